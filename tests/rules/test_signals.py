"""Each signal: a rule where it holds, and one that is nearly the same where it does not."""

from collections.abc import Mapping

import pytest

from shared.rules.judge import judge, signals_in, traits, verdict
from shared.rules.rule import Context, Rule
from shared.rules.signals import HIGHEST, SIGNALS, THRESHOLD, Trait

from .cases import CONTEXT, Json

OUT: Json = {"ForwardTo": ["x@attacker.example"]}
IN: Json = {"ForwardTo": ['"Joni" [EX:/o=x/cn=joni]']}
TEXT: Json = {"SendTextMessageNotificationTo": ["+15550100"]}
DELETE: Json = {"DeleteMessage": True}
RSS: Json = {"MoveToFolder": "RSS Feeds"}
FILE: Json = {"MoveToFolder": "Filed"}
READ: Json = {"MoveToFolder": "Filed", "MarkAsRead": True}
MONEY: Json = {"SubjectContainsWords": ["invoice"]}
SECURITY: Json = {"BodyContainsWords": ["hacked"]}
GUARD: Json = {"From": ["helpdesk@contoso.com"]}
BOUNCE: Json = {"SubjectContainsWords": ["Undeliverable"]}
PERSON: Json = {"From": ['"Jane Doe" [SMTP:jane.doe@fabrikam.com]']}
FIRM: Json = {"FromAddressContainsWords": ["@fabrikam.com"]}
OURS: Json = {"FromAddressContainsWords": ["@contoso.com"]}
PLAIN: Json = {"SubjectContainsWords": ["Falcon"]}
NEWS: Json = {"SubjectContainsWords": ["newsletter"]}
NAMED: Json = {"Name": "Falcon"}
DOT: Json = {"Name": "."}
IN_WINDOW: Json = {"created": "2026-11-18T00:00:00Z"}
LONG_AGO: Json = {"created": "2025-11-18T00:00:00Z"}

# signal: a rule where it holds, and one where it does not; a third and fourth are what is known about each
ONE_BY_ONE: dict[str, tuple[Mapping[str, object], ...]] = {
    "outside": (OUT, {"ForwardTo": ["x@sub.contoso.com"]}),
    "outside-free-mail": ({"RedirectTo": ["x@yahoo.fr"]}, {"RedirectTo": ["x@fabrikam.com"]}),
    "outside-lookalike": ({"RedirectTo": ["x@c0ntoso.com"]}, {"RedirectTo": ["x@fabrikam.com"]}),
    "outside-hiding": (OUT | DELETE, OUT),
    "outside-sensitive": (OUT | MONEY, OUT | PLAIN),
    "own-tickets": ({"RedirectTo": ["help@contoso.zendesk.com"]}, {"RedirectTo": ["help@fabrikam.zendesk.com"]}),
    "texts": (TEXT, IN),
    "texts-sensitive": (TEXT | SECURITY, TEXT | PLAIN),
    "texts-everything": (TEXT, TEXT | PLAIN),
    "inside-hiding": (IN | DELETE, IN),
    "inside-everything": (IN, IN | PLAIN),
    "inside-sensitive": (IN | MONEY, IN | PLAIN),
    "deletes": ({"MoveToFolder": "Gelöschte Elemente"}, {"MoveToFolder": "Gelöst"}),
    "deletes-for-good": ({"PermanentDelete": True}, {"SoftDeleteMessage": True}),
    "buries": ({"MoveToFolder": "alex:\\Inbox\\Historique des conversations"}, {"MoveToFolder": "\\Inbox\\Historique"}),
    "junks": ({"MoveToFolder": "Ongewenste e-mail"}, {"MoveToFolder": "Post"}),
    "archives": ({"MoveToFolder": "\\Archiwum"}, {"MoveToFolder": "Archiwum\\Faktury"}),
    "blank-folder": ({"MoveToFolder": "\\Inbox\\.."}, {"MoveToFolder": "\\Inbox\\2026"}),
    "reads": (READ, {"MarkAsRead": True}),
    "hides-everything": (DELETE, DELETE | PLAIN),
    "moves-everything": (FILE, FILE | PLAIN),
    "reads-everything": (READ, READ | PLAIN),
    "hides-broadly": (DELETE | {"SentOnlyToMe": True}, DELETE | {"MyNameInCcBox": True}),
    "hides-money": (DELETE | MONEY, FILE | MONEY),
    "hides-security": (DELETE | SECURITY, DELETE | PLAIN),
    "hides-guards": (DELETE | GUARD, DELETE | PERSON),
    "hides-bounces": (DELETE | {"MessageTypeMatches": "NonDeliveryReport"}, FILE | BOUNCE),
    "hides-automatic-replies": (DELETE | {"SubjectContainsWords": ["Abwesenheitsnotiz"]}, DELETE | PLAIN),
    "hides-replies": (DELETE | {"SubjectContainsWords": ["AW:"]}, DELETE | {"SubjectContainsWords": ["Award"]}),
    "hides-lures": (DELETE | {"SubjectContainsWords": ["DocuSign"]}, DELETE | PLAIN),
    "hides-correspondent": (DELETE | PERSON, DELETE | {"From": ["jane@fabrikam.com", "bob@northwind.example"]}),
    "hides-firm": (DELETE | FIRM, DELETE | {"FromAddressContainsWords": ["@gmail.com"]}),
    "hides-itself": (DELETE | {"From": ["Alex.Wilber@contoso.com"]}, DELETE | PERSON),
    "hides-own-domain": (DELETE | OURS, DELETE | FIRM),
    "moves-money": (READ | MONEY, FILE | MONEY),
    "moves-security": (READ | SECURITY, FILE | SECURITY),
    "moves-guards": (READ | GUARD, FILE | GUARD),
    "moves-bounces": (READ | BOUNCE, FILE | BOUNCE),
    "moves-correspondent": (READ | PERSON, FILE | PERSON),
    "moves-firm": (READ | FIRM, FILE | FIRM),
    "moves-own-domain": (READ | OURS, FILE | OURS),
    "meaningless-name": (DOT | FILE | PLAIN, DOT | PLAIN),
    "meaningless-name-hiding": (DOT | RSS, DOT | FILE),
    "meaningless-name-moving": (DOT | FILE | MONEY, DOT | FILE | PLAIN),
    "borrowed-name": ({"Name": "Junk E-mail Rule"} | FILE, {"Name": "Junk E-mail Rule", "MoveToFolder": "Junk Email"}),
    "hidden": (FILE | PLAIN, FILE | PLAIN, {"hidden": True}, {"hidden": False}),
    "stops": (FILE | {"StopProcessingRules": True}, {"StopProcessingRules": True}),
    "first": (RSS | {"StopProcessingRules": True, "Priority": 1}, RSS | {"StopProcessingRules": True, "Priority": 2}),
    "in-window": (FILE, FILE, IN_WINDOW, LONG_AGO),
    "in-window-hiding": (DELETE | PLAIN, DELETE | NEWS, IN_WINDOW, IN_WINDOW),
    "bulk": (DELETE | NEWS, DELETE | {"SubjectContainsWords": ["newsletter", "Falcon"]}),
    "automated": (
        {"MoveToFolder": "Archive", "From": ["noreply@fabrikam.com"]} | MONEY,
        {"MoveToFolder": "Archive", "From": ["jane.doe@fabrikam.com"]} | MONEY,
    ),
    "calendar": (DELETE | {"MessageTypeMatches": "Calendaring"}, DELETE | PLAIN),
    "folder-fits": (MONEY | {"MoveToFolder": "Rechnungen"}, MONEY | {"MoveToFolder": "Temp"}),
    "marks": (FILE | {"ApplyCategory": ["Red"]}, DELETE | {"ApplyCategory": ["Red"]}),
    "keeps": (
        {"Sender": "jane.doe@fabrikam.com", "DestinationFolder": "Deleted Items", "KeepForDays": 10},
        {"Sender": "jane.doe@fabrikam.com", "DestinationFolder": "Deleted Items"},
    ),
    "long-before": (FILE, FILE, LONG_AGO, IN_WINDOW),
    "system": (
        {"Name": "Delegate Rule -1", "MessageTypeMatches": "Calendaring"} | IN,
        {"Name": "Delegate Rule -1", "MessageTypeMatches": "Calendaring"} | OUT,
    ),
    "unreadable": (DELETE | {"SupportedByTask": False}, DELETE),
    "described": (
        {"Description": "Take the following actions:\r\n\tforward the message to 'x@attacker.example'"},
        OUT | {"Description": "Take the following actions:\r\n\tforward the message to 'x@attacker.example'"},
    ),
    "disabled": (FILE | {"Enabled": False}, FILE | {"Enabled": True}),
    "in-error": (FILE | {"InError": True}, FILE | {"InError": False}),
}


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        (DELETE | {"SubjectContainsWords": ["[EXTERNAL]"]}, "hides-broadly"),
        (DELETE | {"WithImportance": "High"}, "hides-broadly"),
        (DELETE | {"HeaderContainsWords": ["X-MS-Exchange-Organization-AuthAs: Internal"]}, "hides-own-domain"),
        (DELETE | {"FromAddressContainsWords": ["@"]}, "hides-everything"),
        (DELETE | {"FromAddressContainsWords": [".com", "jane.doe@fabrikam.com"]}, "hides-everything"),
        (DELETE | {"RecipientAddressContainsWords": ["alex.wilber@contoso.com"]}, "hides-everything"),
        (DELETE | {"ReceivedAfterDate": "2026-11-01T00:00:00Z"}, "hides-everything"),
        (DELETE | {"ExceptIfFrom": ["x@attacker.example"]}, "hides-everything"),
    ],
)
def test_a_condition_that_nearly_all_mail_meets_narrows_nothing(rule: Json, name: str) -> None:
    assert name in held(rule, {})


def held(rule: Mapping[str, object], known: Mapping[str, object]) -> set[str]:
    found = traits(Rule.model_validate({**NAMED, **rule}), Context.model_validate({**CONTEXT, **known}))
    return {signal.name for signal in signals_in(found)}


def test_every_signal_is_tested_here() -> None:
    assert list(ONE_BY_ONE) == [signal.name for signal in SIGNALS]


@pytest.mark.parametrize("name", ONE_BY_ONE)
def test_a_signal_holds_where_it_should_and_only_there(name: str) -> None:
    holds, does_not, *known = ONE_BY_ONE[name]
    of_one, of_other = known or ({}, {})
    assert name in held(holds, of_one)
    assert name not in held(does_not, of_other)


def test_the_weights_of_all_that_holds_add_up_and_the_threshold_is_reached_by_them() -> None:
    found = {Trait.DELETES: "", Trait.HIDES: "", Trait.MONEY: '"invoice"'}
    assert verdict(found).score == 25 + 30
    assert verdict(found).suspicious
    assert verdict(found).reasons == ('It hides mail about money: "invoice".', "It deletes mail.")
    assert not verdict({Trait.DELETES: "", Trait.HIDES: ""}).suspicious


def test_a_score_stays_within_its_bounds() -> None:
    assert verdict({Trait.BULK: "", Trait.HIDES: ""}).score == 0
    assert judge(DOT | OUT | DELETE | MONEY | SECURITY, CONTEXT).score == HIGHEST


def test_each_signal_has_a_name_of_its_own_and_a_sentence_for_a_person() -> None:
    assert len({signal.name for signal in SIGNALS}) == len(SIGNALS)
    for signal in SIGNALS:
        assert signal.says[0].isupper()
        assert signal.says.endswith(".")
        assert abs(signal.weight) <= HIGHEST


def test_no_look_is_enough_by_itself() -> None:
    looks = ("meaningless-name", "meaningless-name-hiding", "borrowed-name", "hidden", "stops", "first")
    weights = {signal.name: signal.weight for signal in SIGNALS}
    assert all(0 < weights[name] < THRESHOLD for name in looks)


def test_nothing_but_age_speaks_for_a_rule_that_sends_mail_outside() -> None:
    excuses = {signal.name for signal in SIGNALS if signal.weight < 0 and Trait.SENDS_OUTSIDE not in signal.unless}
    assert excuses == {"long-before"}
    assert "bulk" not in held(OUT | DELETE | NEWS, {})
    assert judge(NAMED | OUT | PLAIN, CONTEXT | LONG_AGO).suspicious
