"""unblock-sending: a sender that Exchange has blocked may send again, once nobody else can send in his place."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.steps.unblock_sending import step
from functions.wiring import playbook
from shared.account import Account, MailboxKind
from shared.playbook.declaration import Reversible
from shared.playbook.step import Context, Standing
from shared.state.rows import Direction, StepRow, StepStatus
from shared.tenant.errors import Denied, Permanent
from tests.playbook.incident import incident, task
from tests.steps.accounts import EVERYBODY, SHARED_MAILBOX, SYNCED, TAKEN_OVER, name
from tests.steps.bench import Bench, carried_out, only

HOSTILE = 'x](https://evil.example)\u202e\x1b[31m<b>=cmd|"/c"' + "A" * 65_000


@pytest.fixture(autouse=True)
def _a_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The playbook is read with the settings of a deployment."""
    monkeypatch.setenv("REGAIN_TENANT_ID", "any")


def _blocked(address: str, **values: Any) -> dict[str, Any]:
    return {"SenderAddress": address, "Reason": "Policy violation", "CreatedDatetime": "2026-11-20T06:40:00Z"} | values


async def _block(bench: Bench, account: Account, row: dict[str, Any] | None) -> None:
    state = await bench.simulator.state()
    next(one for one in state["accounts"] if one["user"]["id"] == account.id)["blockedSender"] = row
    await bench.simulator.put_state(state)


async def _row(bench: Bench, account: Account) -> Any:
    return (await bench.simulator.truth(account.id))["blockedSender"]


async def test_a_blocked_sender_is_unblocked_and_the_list_says_so(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    change = only(await step.inspect(context))
    assert change.resource == "sending as alex.wilber@contoso.com"
    assert change.before["Blocked"] is True
    assert change.after == {"Blocked": False}
    assert await bench.writes() == []

    assert await step.verify(context, change, None) is Standing.BEFORE
    assert await carried_out(step, context, change) is Standing.AFTER
    assert await _row(bench, TAKEN_OVER) is None


async def test_why_and_how_long_microsoft_takes_is_a_finding(bench: Bench) -> None:
    (finding,) = (await step.inspect(bench.context(TAKEN_OVER))).findings
    assert "OutboundSpamLast24Hours=1240" in finding.text
    assert "2026-11-20T06:40:00Z" in finding.text
    assert "24 at most" in finding.text


@pytest.mark.parametrize("account", [SYNCED, SHARED_MAILBOX], ids=name)
async def test_who_is_not_blocked_is_left_alone_though_others_are(bench: Bench, account: Account) -> None:
    plan = await step.inspect(bench.context(account))
    assert (plan.changes, plan.findings, plan.summary) == ((), (), "The account is not blocked from sending.")


async def test_an_alias_may_be_what_is_blocked(bench: Bench) -> None:
    await _block(bench, TAKEN_OVER, _blocked("ALEX@contoso.com"))
    context = bench.context(TAKEN_OVER)
    assert await carried_out(step, context, only(await step.inspect(context))) is Standing.AFTER


async def test_unblocking_may_be_repeated_and_may_have_been_done_by_somebody_else(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    change = only(await step.inspect(context))
    for _ in range(2):
        assert await carried_out(step, context, change) is Standing.AFTER


async def test_past_the_limit_it_says_that_only_support_can_help(bench: Bench) -> None:
    await bench.behave(behaviour={"unblocking": "limit-reached"})
    context = bench.context(TAKEN_OVER)
    with pytest.raises(Permanent, match="only Microsoft's support"):
        await step.apply(context, only(await step.inspect(context)))


async def test_what_the_reason_quotes_is_one_short_line(bench: Bench) -> None:
    await _block(bench, TAKEN_OVER, _blocked("alex@contoso.com", Reason=HOSTILE))
    plan = await step.inspect(bench.context(TAKEN_OVER))
    texts = [plan.findings[0].text, str(only(plan).before["Reason"])]
    assert all(text.isprintable() and len(text) < 900 for text in texts)


async def test_it_cannot_be_put_back_and_says_why(bench: Bench) -> None:
    change = only(await step.inspect(bench.context(TAKEN_OVER)))
    assert step.declaration.reversible is Reversible.NO
    assert change.irreversible


@pytest.mark.parametrize("account", EVERYBODY, ids=name)
def test_an_account_without_mailbox_in_the_cloud_is_skipped(account: Account) -> None:
    for kind in MailboxKind:
        skipped = step.skip(account.model_copy(update={"mailbox": kind}))
        assert (skipped is not None) is (kind in (MailboxKind.NONE, MailboxKind.ON_PREMISES)), kind


async def test_without_the_directory_role_the_refusal_names_it(bench: Bench) -> None:
    await bench.grant(directory_roles=[])
    with pytest.raises(Denied, match="Security Administrator"):
        await step.inspect(bench.context(TAKEN_OVER))


# When


def _protocols(status: StepStatus, direction: Direction = Direction.APPLY) -> dict[str, StepRow]:
    return {"disable-mail-protocols": StepRow(name="disable-mail-protocols", status=status, direction=direction)}


def _at(bench: Bench, after_the_seal: timedelta, **steps: StepRow) -> Context:
    """An account that is secured, so long after its sessions were ended."""
    snapshot = incident()
    sealed = snapshot.steps["seal"].verified_at
    assert sealed
    snapshot = replace(snapshot, steps=snapshot.steps | steps)
    return Context(bench.tenant, snapshot, bench.settings, sealed + after_the_seal)


def test_it_waits_for_all_that_secures_the_account_and_the_report_for_it() -> None:
    book = playbook()
    securing = {n for n, one in book.items() if one.declaration.contains or one.declaration.secures}
    assert securing | {n for n, one in book.items() if one.declaration.holds} <= book.before("unblock-sending")
    assert "unblock-sending" in book.before("report")


def test_once_the_protocols_are_off_and_verified_it_waits_no_longer(bench: Bench) -> None:
    for status in StepStatus:
        why = step.not_yet(_at(bench, timedelta(0), **_protocols(status)), playbook())
        assert (why == "") is (status in (StepStatus.DONE, StepStatus.NOTHING_TO_DO)), status


@pytest.mark.parametrize("direction", [Direction.LOOK, Direction.REVERT])
def test_protocols_that_were_only_looked_at_or_put_back_are_not_off(bench: Bench, direction: Direction) -> None:
    assert step.not_yet(_at(bench, timedelta(0), **_protocols(StepStatus.DONE, direction)), playbook())


def test_otherwise_it_waits_until_the_last_token_has_run_out_and_says_when(bench: Bench) -> None:
    lifetime = bench.settings.token_lifetime
    off = _protocols(StepStatus.SKIPPED)
    waiting = _at(bench, lifetime - timedelta(seconds=1), **off)
    sealed = waiting.snapshot.steps["seal"].verified_at
    assert sealed

    assert f"{sealed + lifetime:%Y-%m-%d %H:%M} UTC" in step.not_yet(waiting, playbook())
    assert step.not_yet(_at(bench, lifetime, **off), playbook()) == ""


@pytest.mark.parametrize("status", [StepStatus.FAILED, StepStatus.AWAITING_APPROVAL, StepStatus.PLANNED])
def test_while_the_account_is_not_secured_it_says_what_is_missing(bench: Bench, status: StepStatus) -> None:
    missing = StepRow(name="remove-forwarding", status=status)
    late = _at(bench, timedelta(days=30), **{"remove-forwarding": missing}, **_protocols(StepStatus.DONE))
    assert "remove-forwarding" in step.not_yet(late, playbook())


def test_a_task_that_secures_and_is_not_ticked_keeps_it_waiting(bench: Bench) -> None:
    context = _at(bench, timedelta(days=30), **_protocols(StepStatus.DONE))
    for done, waits in ((None, True), (datetime.now(UTC), False)):
        tasks = (task("reset-on-premises", done_at=done),)
        open_task = replace(context, snapshot=replace(context.snapshot, tasks=tasks))
        assert bool(step.not_yet(open_task, playbook())) is waits
