"""review-sent-items: what was sent while the attacker was in, and to whom; a collector says how complete it is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.steps.review_sent_items import step
from shared.account import Account, MailboxKind
from shared.playbook.step import Plan
from shared.state.rows import Skip
from shared.tenant import sent_mail
from shared.tenant.errors import Denied
from tests.steps.accounts import EVERYBODY, GUEST, NO_MAILBOX, SHARED_MAILBOX, SYNCED, TAKEN_OVER, name
from tests.steps.bench import Bench

HOSTILE = '=cmd|"/c calc"!A1 [x](https://evil.example)\u202e\x1b[31m<b>\r\n' + "A" * 65_000


def _ago(hours: float) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _message(number: int, *to: str, hours: float = 2, **values: Any) -> dict[str, Any]:
    return {
        "id": f"id-{number}",
        "internetMessageId": f"<{number}@contoso.com>",
        "subject": f"Subject {number}",
        "sentDateTime": _ago(hours),
        "hasAttachments": False,
        "toRecipients": [{"emailAddress": {"address": one, "name": one.partition("@")[0]}} for one in to],
        "ccRecipients": [],
        "bccRecipients": [],
    } | values


def _trace(number: int, to: str, hours: float = 2, **values: Any) -> dict[str, Any]:
    return {
        "id": f"trace-{number}-{to}",
        "messageId": f"<{number}@contoso.com>",
        "subject": f"Subject {number}",
        "receivedDateTime": _ago(hours),
        "recipientAddress": to,
        "status": "delivered",
    } | values


async def _sent(bench: Bench, account: Account, messages: list[Any], traces: list[Any]) -> None:
    state = await bench.simulator.state()
    seed = next(one for one in state["accounts"] if one["user"]["id"] == account.id)
    seed |= {"sentItems": messages, "messageTrace": traces}
    await bench.simulator.put_state(state)


async def _reviewed(bench: Bench, account: Account = TAKEN_OVER) -> Plan:
    return await step.inspect(bench.context(account))


def _told(plan: Plan) -> list[str]:
    return [finding.text for finding in plan.findings]


async def test_what_was_sent_in_the_window_is_counted_and_what_came_before_is_not(bench: Bench) -> None:
    plan = await _reviewed(bench)
    told = _told(plan)
    assert told[0].startswith("Sent Items from ")
    assert told[0].endswith("UTC: 1 entries, all of them were read.")
    assert told[1].endswith("UTC: 4 entries, all of them were read.")
    assert told[2] == "Sent: 3 messages to 4 recipients, 3 of them outside the organisation; 1 with attachments."
    assert told[3] == "2 of them are not in the Sent Items: taken out, or sent without a copy."
    assert plan.looked
    assert plan.changes == ()
    assert await bench.writes() == []


async def test_whom_to_warn_is_everybody_who_got_something_from_either_source(bench: Bench) -> None:
    messages = [_message(1, "b@fabrikam.example"), _message(2, "A@fabrikam.example", "alex@contoso.com")]
    traces = [_trace(2, "a@fabrikam.example"), _trace(3, "a@fabrikam.example", hours=1)]
    await _sent(bench, TAKEN_OVER, messages, traces)
    plan = await _reviewed(bench)

    assert [(one.address, one.name, one.messages) for one in plan.contacts] == [
        ("a@fabrikam.example", "A", 2),
        ("b@fabrikam.example", "b", 1),
    ]
    first = plan.contacts[0]
    assert first.last_at - first.first_at == timedelta(hours=1)
    assert [task.slug for task in plan.tasks] == ["warn-contacts"]
    assert "Warn the 2 people" in plan.tasks[0].text


async def test_copies_and_blind_copies_count(bench: Bench) -> None:
    other = [{"emailAddress": {"address": "c@fabrikam.example", "name": None}}]
    blind = [{"emailAddress": {"address": "d@fabrikam.example", "name": "D"}}]
    await _sent(bench, TAKEN_OVER, [_message(1, "a@b.example", ccRecipients=other, bccRecipients=blind)], [])
    assert len((await _reviewed(bench)).contacts) == 3


async def test_sent_items_that_were_emptied_are_told_and_the_trace_says_what_was_in_them(bench: Bench) -> None:
    await _sent(bench, TAKEN_OVER, [], [_trace(number, "a@b.example") for number in range(7)])
    told = _told(await _reviewed(bench))
    assert told[0].endswith("0 entries, all of them were read.")
    assert "7 of them are not in the Sent Items: taken out, or sent without a copy." in told


async def test_a_burst_and_a_subject_that_repeats_stand_out(bench: Bench) -> None:
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=3)
    at = (hour + timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%SZ")
    flood = [_message(n, f"{n}@b.example", sentDateTime=at, subject="New bank details") for n in range(40)]
    await _sent(bench, TAKEN_OVER, [*flood, _message(99, "a@b.example", hours=30)], [])
    told = _told(await _reviewed(bench))
    assert f"A burst: 40 messages in the hour from {hour:%Y-%m-%d %H:%M} UTC." in told
    assert '40 messages have the subject "New bank details".' in told


async def test_a_quiet_mailbox_has_nobody_to_warn(bench: Bench) -> None:
    plan = await _reviewed(bench, SYNCED)
    assert (plan.contacts, plan.tasks) == ((), ())
    assert "Sent: 0 messages to 0 recipients, 0 of them outside the organisation; 0 with attachments." in _told(plan)


async def test_more_than_can_be_read_is_said_to_be_more(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sent_mail, "MOST", 5)
    monkeypatch.setattr(sent_mail, "_PAGE", 2)
    monkeypatch.setattr("functions.steps.review_sent_items.MOST", 5)
    messages = [_message(number, "a@b.example", hours=number + 1) for number in range(8)]
    await _sent(bench, TAKEN_OVER, messages, [_trace(number, "a@b.example", hours=9 - number) for number in range(8)])
    told = _told(await _reviewed(bench))
    assert told[0].endswith("5 entries, only the newest 5 were read.")
    assert told[1].endswith("5 entries, only the newest 5 were read.")
    assert not any("not in the Sent Items" in text for text in told), "nobody knows"


async def test_all_pages_are_read(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sent_mail, "_PAGE", 3)
    await _sent(bench, TAKEN_OVER, [_message(number, f"{number}@b.example") for number in range(10)], [])
    assert len((await _reviewed(bench)).contacts) == 10


@pytest.mark.parametrize("days", [25, 400])
async def test_a_long_window_is_traced_in_pieces_and_as_far_back_as_there_is_a_trace(bench: Bench, days: int) -> None:
    traces = [_trace(number, "a@b.example", hours=24 * back) for number, back in enumerate((1, 12, 24, 88))]
    await _sent(bench, TAKEN_OVER, [], traces)
    bench.settings = bench.settings.model_copy(update={"look_back": timedelta(days=days)})
    told = _told(await _reviewed(bench))
    if days == 25:
        assert told[1].endswith("3 entries, all of them were read.")
    else:
        assert told[1].endswith("4 entries, it reaches no further back than 90 days.")


async def test_without_the_trace_the_sent_items_are_told_and_that_it_is_not_all(bench: Bench) -> None:
    await bench.behave(behaviour={"messageTrace": "not-onboarded"})
    plan = await _reviewed(bench)
    assert _told(plan)[1].startswith("Could not read: Message trace of alex.wilber@contoso.com: ")
    assert len(plan.contacts) == 2


async def test_without_the_sent_items_the_trace_is_told(bench: Bench) -> None:
    await bench.grant_all_but("Mail.ReadBasic.All")
    plan = await _reviewed(bench)
    assert _told(plan)[0].startswith("Could not read: Sent Items: ")
    assert "Mail.ReadBasic.All" in _told(plan)[0]
    assert not any("not in the Sent Items" in text for text in _told(plan)), "nobody knows"
    assert len(plan.contacts) == 4


async def test_without_either_it_fails_and_says_what_it_needs(bench: Bench) -> None:
    await bench.grant(graph=["User.Read.All", "Domain.Read.All"])
    with pytest.raises(Denied, match=r"Mail\.ReadBasic\.All"):
        await _reviewed(bench)


async def test_without_the_domains_all_but_the_users_own_are_outside_and_it_says_so(bench: Bench) -> None:
    await bench.grant_all_but("Domain.Read.All")
    told = _told(await _reviewed(bench))
    assert any(text.startswith("Could not read the domains") for text in told)
    assert any("3 of them outside the organisation" in text for text in told)


async def test_what_an_attacker_wrote_is_short_and_can_be_seen(bench: Bench) -> None:
    to = [{"emailAddress": {"address": HOSTILE, "name": HOSTILE}}]
    messages = [_message(number, subject=HOSTILE, toRecipients=to) for number in range(6)]
    await _sent(bench, TAKEN_OVER, messages, [_trace(9, HOSTILE, subject=HOSTILE)])
    plan = await _reviewed(bench)

    assert all(text.isprintable() and len(text) < 400 for text in _told(plan))
    assert any(
        text.startswith("6 messages have the subject") or "7 messages have the subject" in text for text in _told(plan)
    )
    (contact,) = plan.contacts
    assert contact.address.isprintable()
    assert contact.name.isprintable()
    assert (len(contact.address), len(contact.name)) == (254, 80)


@pytest.mark.parametrize("account", EVERYBODY, ids=name)
def test_an_account_without_mailbox_in_the_cloud_is_skipped(account: Account) -> None:
    for kind in MailboxKind:
        skipped = step.skip(account.model_copy(update={"mailbox": kind}))
        assert (skipped is not None) is (kind in (MailboxKind.NONE, MailboxKind.ON_PREMISES)), kind


@pytest.mark.parametrize("account", [NO_MAILBOX, GUEST], ids=name)
async def test_a_mailbox_that_is_not_there_is_skipped(bench: Bench, account: Account) -> None:
    plan = await _reviewed(bench, account.model_copy(update={"mailbox": MailboxKind.UNKNOWN}))
    assert plan.skipped is not None
    assert plan.skipped.kind is Skip.NOT_APPLICABLE


async def test_a_shared_mailbox_is_reviewed_too(bench: Bench) -> None:
    await _sent(bench, SHARED_MAILBOX, [_message(1, "a@b.example")], [])
    assert len((await _reviewed(bench, SHARED_MAILBOX)).contacts) == 1
