"""What holds for every rule that anybody may hand in."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from shared.rules.judge import judge
from shared.rules.signals import HIGHEST, THRESHOLD

from .cases import CONTEXT, Json

# Words that decide something, so that random rules reach every signal and not only the first.
WORDS = st.sampled_from(
    [
        "invoice", "hacked", "newsletter", "Undeliverable", "RE:", "DocuSign", "Falcon", "@contoso.com", "contoso.com",
        "alex.wilber@contoso.com", "jane.doe@fabrikam.com", "@fabrikam.com", "noreply@linkedin.com", "a@gmail.com",
        "helpdesk@contoso.com", "x@contoso.zendesk.com", '"Joni" [EX:/o=x/cn=j]', '"X" [SMTP:x@attacker.example]',
        "RSS Feeds", "Archive", "Junk Email", "Deleted Items", "Filed", "..", ".", "", "True", "Calendaring", "High",
        "NonDeliveryReport", "Junk E-mail Rule", "Delegate Rule -1", "2026-11-18T00:00:00Z", "{a, b}",
        "forward 'x@y.example'",
    ]
)  # fmt: skip
TEXTS = ("Name", "MoveToFolder", "MessageTypeMatches", "WithImportance", "CopyToFolder", "FlagMessage")
LISTS = ("From", "FromAddressContainsWords", "SubjectContainsWords", "SubjectOrBodyContainsWords", "BodyContainsWords",
         "HeaderContainsWords", "SentTo", "RecipientAddressContainsWords", "ForwardTo", "RedirectTo",
         "ForwardAsAttachmentTo", "ApplyCategory", "SendTextMessageNotificationTo")  # fmt: skip
FLAGS = ("DeleteMessage", "SoftDeleteMessage", "PermanentDelete", "MarkAsRead", "StopProcessingRules", "SentOnlyToMe",
         "HasAttachment", "MyNameInToBox", "BulkCategory", "SupportedByTask", "Enabled", "InError",
         "KeepLatest")  # fmt: skip
FIELDS = st.sampled_from(
    [*TEXTS, *LISTS, *FLAGS, "Description", "Priority", "Sender", "DestinationFolder", "KeepForDays"]
)
ANYTHING = st.recursive(
    WORDS | st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(FIELDS | st.text(), inner, max_size=5),
    max_leaves=15,
)
RULES = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(TEXTS, WORDS),
        **dict.fromkeys(LISTS, st.lists(WORDS, max_size=3)),
        **dict.fromkeys(FLAGS, st.booleans()),
        "Priority": st.integers(0, 5),
    },
)
CONTEXTS = st.builds(
    lambda hidden, created: CONTEXT | {"hidden": hidden} | ({"created": created} if created else {}),
    st.booleans(),
    st.sampled_from(["", "2026-11-18T00:00:00Z", "2024-01-01T00:00:00Z"]),
)


@given(ANYTHING | st.dictionaries(FIELDS, ANYTHING, max_size=6), ANYTHING)
def test_any_json_gets_an_answer(rule: object, context: object) -> None:
    verdict = judge(rule, context)
    assert 0 <= verdict.score <= HIGHEST
    assert verdict.suspicious is (verdict.score >= THRESHOLD)
    assert all(reason.endswith(".") and reason.isprintable() for reason in verdict.reasons)
    assert all(len(reason) < 400 for reason in verdict.reasons)


@given(RULES, CONTEXTS, st.sampled_from(["ForwardTo", "RedirectTo", "ForwardAsAttachmentTo"]))
def test_to_send_mail_outside_as_well_never_lowers_a_score_and_is_always_suspicious(
    rule: Json, context: Json, how: str
) -> None:
    given_targets = rule.get(how)
    targets = given_targets if isinstance(given_targets, list) else []
    more = rule | {how: [*targets, '"X" [SMTP:x@elsewhere.example]']}
    verdict = judge(more, context)
    assert verdict.score >= judge(rule, context).score
    assert verdict.suspicious


@given(RULES, CONTEXTS, st.sampled_from(["PermanentDelete", "DeleteMessage"]))
def test_a_rule_about_security_that_also_deletes_is_suspicious_whatever_its_name(
    rule: Json, context: Json, how: str
) -> None:
    never = {"created": None} | CONTEXT  # a rule made long before may be left, and meeting mail is deleted by many
    rule = {name: value for name, value in rule.items() if name != "MessageTypeMatches"}
    assert judge(rule | {how: True, "SubjectContainsWords": ["hacked"]}, context | never).suspicious


@given(st.text() | WORDS, CONTEXTS)
def test_no_name_makes_a_rule_suspicious_by_itself(name: str, context: Json) -> None:
    harmless: Json = {"SubjectContainsWords": ["Falcon"], "ApplyCategory": ["Red"]}
    assert judge({"Name": name} | harmless, context).score == 0
    files: Json = {"SubjectContainsWords": ["Falcon"], "MoveToFolder": "Falcon"}
    assert not judge({"Name": name} | files, CONTEXT).suspicious


@given(RULES, CONTEXTS)
def test_the_order_of_values_and_of_fields_does_not_matter(rule: Json, context: Json) -> None:
    turned = {name: value[::-1] if isinstance(value, list) else value for name, value in reversed(rule.items())}
    assert judge(turned, context).score == judge(rule, context).score


@given(RULES, CONTEXTS, st.sampled_from([str.upper, str.lower, str.swapcase]))
def test_the_case_of_fields_does_not_matter(rule: Json, context: Json, change: Callable[[str], str]) -> None:
    other = {change(name): value for name, value in rule.items()}
    known = {change(name): value for name, value in context.items()}
    assert judge(other, known) == judge(rule, context)


@given(RULES, CONTEXTS)
def test_a_field_that_is_null_or_empty_is_as_good_as_absent(rule: Json, context: Json) -> None:
    fields = {name for name in [*TEXTS, *LISTS, *FLAGS] if name not in rule}
    padded = rule | {name: [] if name in LISTS else None for name in fields}
    assert judge(padded, context) == judge(rule, context)
