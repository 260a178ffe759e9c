"""What is read from a rule and its context, however they were exported."""

import pytest

from shared.rules.folders import Folder
from shared.rules.judge import judge
from shared.rules.names import says_nothing
from shared.rules.recipients import Recipient, recipient
from shared.rules.rule import Context, Rule
from shared.rules.subjects import BULK, MONEY, SECURITY, kind_of

from .cases import CONTEXT, Json


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('"Rob Knight" [EX:/o=ExchangeLabs/ou=x/cn=Recipients/cn=8450-0b]', Recipient("Rob Knight", "")),
        ('"Rob Knight" [SMTP:Rob@Fabrikam.com]', Recipient("Rob Knight", "rob@fabrikam.com")),
        ('"rob@fabrikam.com" [EX:/o=x/cn=contact]', Recipient("rob@fabrikam.com", "rob@fabrikam.com")),
        ('"boss@contoso.com" [SMTP:rob@fabrikam.com]', Recipient("boss@contoso.com", "rob@fabrikam.com")),
        ("Rob Knight <rob@fabrikam.com>", Recipient("Rob Knight", "rob@fabrikam.com")),
        ("smtp:rob@fabrikam.com", Recipient("smtp:rob@fabrikam.com", "rob@fabrikam.com")),
        ("rob@fabrikam.com", Recipient("rob@fabrikam.com", "rob@fabrikam.com")),
        ("Rob Knight", Recipient("Rob Knight", "")),
        ({"Name": "Rob", "Address": "rob@fabrikam.com"}, Recipient("Rob", "rob@fabrikam.com")),
        ({"EmailAddress": {"Name": "Rob", "Address": "rob@fabrikam.com"}}, Recipient("", "rob@fabrikam.com")),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_a_recipient_is_read_in_every_form(value: object, expected: Recipient | None) -> None:
    assert recipient(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        ["a@x.example", "b@x.example"],
        "a@x.example;b@x.example",
        "{a@x.example, b@x.example}",
        '"A, of X" [SMTP:a@x.example], "B" [SMTP:b@x.example]',
        [["a@x.example"], "b@x.example", None, 7],
    ],
)
def test_recipients_come_as_a_list_or_as_text(value: object) -> None:
    assert [one.address for one in Rule.model_validate({"ForwardTo": value}).targets] == ["a@x.example", "b@x.example"]


@pytest.mark.parametrize(("value", "on"), [(True, True), ("True", True), (1, True), ("false", False), (None, False)])
def test_a_flag_comes_in_any_form(value: object, on: bool) -> None:
    assert Rule.model_validate({"DeleteMessage": value}).delete_message is on


def test_a_value_that_cannot_be_meant_counts_as_missing() -> None:
    rule = {"Name": ["x"], "Priority": "first", "MoveToFolder": True, "From": 5, "KeepForDays": "9" * 5000, "New": {}}
    assert not judge(rule, {"window": "soon", "created": 5, "account": 7}).suspicious


@pytest.mark.parametrize("value", [[], None, "text", 5, True])
def test_what_is_no_rule_is_said_to_be_none(value: object) -> None:
    verdict = judge(value)
    assert not verdict.suspicious
    assert "person" in verdict.reasons[0]


def test_a_rule_nested_beyond_reading_is_said_to_be_so() -> None:
    deep: object = "x"
    for _ in range(5000):
        deep = [deep]
    assert "nested" in judge({"ForwardTo": deep}).reasons[0]


@pytest.mark.parametrize(
    "known",
    [
        {"account": "alex@contoso.com"},
        {"Account": {"userPrincipalName": "Alex@Contoso.com", "id": "b0000000-0000-4000-8000-000000000001"}},
        {"account": {"proxyAddresses": ["SMTP:alex@contoso.com", "smtp:a@contoso.com"]}},
        {"accepted_domains": ["contoso.com"]},
        {"acceptedDomains": [{"DomainName": "Contoso.com", "DomainType": "Authoritative"}]},
        {"AcceptedDomains": "fabrikam.com, contoso.com"},
    ],
)
def test_the_organisation_is_known_by_its_domains_or_its_account(known: Json) -> None:
    assert not judge({"Name": "Desk", "RedirectTo": ["help@desk.contoso.com"], "HasAttachment": True}, known).suspicious
    assert judge({"Name": "Desk", "RedirectTo": ["help@notcontoso.com"], "HasAttachment": True}, known).suspicious


@pytest.mark.parametrize(
    "known",
    [
        {"window": {"start": "2026-11-17T00:00:00Z", "end": None}, "created": "2026-11-18T00:00:00Z"},
        {"attack_window": {"Start": "11/17/2026 1:00:00 AM"}, "created_at": "2026-11-18 00:00"},
        {"attackWindow": ["2026-11-17", "2026-11-19"], "whenCreated": "2026-11-18T02:00:00+02:00"},
    ],
)
def test_the_attack_and_the_rules_age_are_read_in_every_form(known: Json) -> None:
    reasons = judge({"Name": "Falcon", "SubjectContainsWords": ["Falcon"], "MoveToFolder": "Falcon"}, known).reasons
    assert "It was made while the attacker was in: 2026-11-18 00:00 UTC." in reasons


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("RSS Feeds", Folder.BURIED),
        ("\\Inbox\\rss feeds", Folder.BURIED),
        ("alex@contoso.com:\\RSS-Abonnements\\x", Folder.BURIED),
        ("ÉLÉMENTS SUPPRIMÉS", Folder.DELETED),
        ("Elements supprimes", Folder.DELETED),
        ("Źródła danych RSS", Folder.BURIED),
        ("Wiadomości-śmieci", Folder.JUNK),
        ("Archive", Folder.ARCHIVE),
        ("Archive/2026", Folder.OWN),
        ("\\Inbox", Folder.INBOX),
        ("Posteingang\\Rechnungen", Folder.OWN),
        ("", Folder.OWN),
    ],
)
def test_a_folder_is_known_in_every_language_and_as_a_path(path: str, kind: Folder) -> None:
    assert kind_of(path) is kind


@pytest.mark.parametrize("name", ["", " ", ".", "..", ";", "…", "x", "aaa", "1", "123", "asdf", "\u200b", "wqrt", "🙂"])
def test_a_name_that_says_nothing_is_seen(name: str) -> None:
    assert says_nothing(name)


@pytest.mark.parametrize("name", ["IT", "HR", "CC", "2026", "Bob", "发票", "GmbH", "Šéf", "Rechnungen", "1 Invoices"])
def test_a_short_name_may_say_something(name: str) -> None:
    assert not says_nothing(name)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("INVOICE 4711", True),
        ("Eingangsrechnung", True),
        ("paiements", True),
        ("płatności", True),
        ("platnosci", True),
        ("in\u200bvoice", True),
        ("请付款", True),
        ("wireless", False),
        ("embankment", False),
        ("Falcon", False),
    ],
)
def test_a_word_is_found_in_any_case_and_accent_but_not_within_another(text: str, found: bool) -> None:
    assert bool(MONEY.found([text])) is found


def test_vocabularies_tell_subjects_apart() -> None:
    assert SECURITY.found(["Ungewöhnliche Anmeldeaktivität", "newsletter"]) == ["Ungewöhnliche Anmeldeaktivität"]
    assert BULK.found(["invoice", "Nieuwsbrief"]) == ["Nieuwsbrief"]


def test_a_description_is_read_where_the_fields_are_empty_and_not_what_it_quotes() -> None:
    quoted = "If the message:\r\n\tthe subject includes 'please delete or forward'\r\nDo:\r\n\tcategory 'Red'\r\n"
    assert judge({"Name": "Red", "Description": quoted}, CONTEXT).score == 0
    hides = "If the message:\r\n\tthe subject includes 'invoice'\r\nDo:\r\n\tmove the message to folder 'RSS Feeds'\r\n"
    assert judge({"Name": "Red", "Description": hides}, CONTEXT).suspicious


def test_a_context_knows_the_addresses_of_the_account() -> None:
    context = Context.model_validate({"account": {"upn": "a@contoso.com", "aliases": ["SMTP:b@contoso.com"]}})
    assert context.addresses == {"a@contoso.com", "b@contoso.com"}
    assert context.domains == {"contoso.com"}
