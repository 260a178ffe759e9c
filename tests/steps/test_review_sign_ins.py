"""review-sign-ins: who signed in from where, and since when the attacker was in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.steps.review_sign_ins import step
from shared.account import Account
from shared.playbook.step import Plan
from shared.playbook.window import attack_window
from shared.state.rows import StepRow
from shared.tenant import sign_ins
from shared.tenant.errors import Denied, Throttled, Unlicensed
from tests.steps.accounts import SYNCED, TAKEN_OVER
from tests.steps.bench import Bench

EVIL, HOME = "203.0.113.66", "198.51.100.20"


def _row(ip: str, hours: float, **values: Any) -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(hours=hours)
    return {"id": f"{ip}-{hours}", "createdDateTime": f"{at:%Y-%m-%dT%H:%M:%SZ}", "ipAddress": ip} | values


def _risky(hours: float, **values: Any) -> dict[str, Any]:
    return _row(EVIL, hours, riskLevelDuringSignIn="high", **values)


async def _log(bench: Bench, *rows: dict[str, Any], account: Account = TAKEN_OVER) -> None:
    state = await bench.simulator.state()
    next(one for one in state["accounts"] if one["user"]["id"] == account.id)["signIns"] = list(rows)
    await bench.simulator.put_state(state)


async def _reviewed(bench: Bench, account: Account = TAKEN_OVER) -> Plan:
    return await step.inspect(bench.context(account))


def _told(plan: Plan) -> list[str]:
    return [finding.text for finding in plan.findings]


def _ago(moment: datetime | None) -> float | None:
    return round((datetime.now(UTC) - moment).total_seconds() / 3600, 1) if moment else None


async def test_the_attackers_first_success_sets_the_window(bench: Bench) -> None:
    plan = await _reviewed(bench)
    told = _told(plan)
    assert plan.looked
    assert plan.changes == ()
    assert _ago(plan.attack_began_at) == pytest.approx(26, abs=1)  # the seeds are as old as the tenant
    assert told[0].startswith("Sign-ins by people since ")
    assert told[0].endswith(": 8, all of them were read.")
    assert told[1].startswith("Sign-ins by programs since ")
    assert told[1].endswith(": 1, all of them were read.")
    assert f"{EVIL} (Reykjavik, IS)" in told[2]
    assert "IMAP4" in told[2]
    assert "Mobile Apps and Desktop clients" in told[2]
    assert not any(HOME in one for one in told)


async def test_the_other_steps_read_the_window_from_its_row(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    assert not attack_window(context).known
    began = datetime.now(UTC) - timedelta(hours=26)
    row = StepRow(name="review-sign-ins", attack_began_at=began)
    known = replace(context, snapshot=replace(context.snapshot, steps={row.name: row}))
    assert (attack_window(known).start, attack_window(known).known) == (began, True)


async def test_a_token_that_was_stolen_shows_among_what_programs_did(bench: Bench) -> None:
    await _log(bench, _row(HOME, 400), _risky(50, signInEventTypes=["nonInteractiveUser"]))
    assert _ago((await _reviewed(bench)).attack_began_at) == 50.0


async def test_only_the_accounts_own_sign_ins_are_read(bench: Bench) -> None:
    assert (await _reviewed(bench, SYNCED)).attack_began_at is None


async def test_without_anything_suspicious_the_window_stays_assumed(bench: Bench) -> None:
    await _log(bench, _row(HOME, 400), _row(HOME, 3))
    plan = await _reviewed(bench)
    assert plan.attack_began_at is None
    assert plan.summary == "No sign-in is the attacker's beyond doubt: the attack window is assumed."


async def test_a_log_that_could_not_be_read_in_full_never_makes_the_window_narrower(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_ins, "MOST", 3)
    monkeypatch.setattr(sign_ins, "_PAGE", 2)
    await _log(bench, *(_risky(hours) for hours in (2, 3, 4, 5, 6)))
    plan = await _reviewed(bench)
    assert _told(plan)[0].endswith(": 3, only the newest were read.")
    assert _ago(plan.attack_began_at) == 7 * 24


async def test_what_was_read_in_pages_is_all_of_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_ins, "_PAGE", 2)
    await _log(bench, *(_risky(hours) for hours in (2, 3, 4, 5, 6)))
    assert _ago((await _reviewed(bench)).attack_began_at) == 6.0


async def test_without_the_licence_it_says_so(bench: Bench) -> None:
    state = await bench.simulator.state()
    state["tenant"]["licence"] = "free"
    await bench.simulator.put_state(state)
    with pytest.raises(Unlicensed, match="no licence"):
        await _reviewed(bench)


async def test_without_the_permission_it_names_it(bench: Bench) -> None:
    await bench.grant_all_but("AuditLog.Read.All")
    with pytest.raises(Denied, match=r"AuditLog\.Read\.All"):
        await _reviewed(bench)


async def test_what_programs_did_may_be_unreadable_and_then_that_is_told(bench: Bench) -> None:
    refused = {"status": 400, "code": "BadRequest", "message": "no such property"}
    await bench.simulator.fault(refused, path="^/beta/auditLogs/signIns$")
    plan = await _reviewed(bench)
    assert _told(plan)[1].startswith("Could not read: sign-ins by programs: ")
    assert _ago(plan.attack_began_at) == pytest.approx(26, abs=1)  # the seeds are as old as the tenant


async def test_who_asks_too_often_is_told_to_wait(bench: Bench) -> None:
    await bench.behave(behaviour={"signInLog": "five-in-ten-seconds"})
    await _reviewed(bench)
    await _reviewed(bench)
    with pytest.raises(Throttled):
        await _reviewed(bench)
