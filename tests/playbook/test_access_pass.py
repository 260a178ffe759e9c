"""When an incident is far enough for a Temporary Access Pass, who gets none, and who may issue none."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.wiring import playbook
from shared.account import Account, Authority
from shared.playbook.access_pass import against_account, against_incident, against_person
from shared.state.incidents import Snapshot
from shared.state.rows import Ending, Skip, StepStatus

from .incident import ACCOUNT, SECURED, incident, step, task

ROSA = "b0000000-0000-4000-8000-0000000000ab"
ENDED = SECURED + timedelta(hours=2)


def _ended(ending: Ending = Ending.RELEASED, **values: Any) -> Snapshot:
    return incident(ending=ending, ended_at=ENDED, **values)


def _against(snapshot: Snapshot, later: timedelta = timedelta(hours=1)) -> str:
    return against_incident(playbook(), snapshot, ENDED + later)


@pytest.mark.parametrize("ending", [Ending.RELEASED, Ending.RESTORED])
def test_once_the_user_is_let_in_again_one_may_be_issued(ending: Ending) -> None:
    assert _against(_ended(ending)) == ""


@pytest.mark.parametrize("ending", [None, Ending.CLOSED, Ending.CANCELLED])
def test_before_the_block_is_lifted_none_is_issued_and_the_answer_says_what_to_do(ending: Ending | None) -> None:
    assert "release the incident first" in _against(incident(ending=ending, ended_at=ENDED if ending else None))


@pytest.mark.parametrize(
    "broken",
    [
        {"reset-password": step("reset-password", StepStatus.FAILED)},
        {"block-sign-in": step("block-sign-in", StepStatus.SKIPPED, skip=Skip.OFF)},
        {"remove-mfa-methods": step("remove-mfa-methods", StepStatus.PLANNED)},
    ],
    ids=str,
)
def test_an_account_that_was_released_before_it_was_secured_gets_none(broken: dict[str, Any]) -> None:
    snapshot = _ended()
    told = _against(replace(snapshot, steps=snapshot.steps | broken))
    assert "not secured" in told
    assert next(iter(broken)) in told


def test_nor_does_one_with_a_securing_task_that_nobody_has_ticked() -> None:
    assert "the task reset-password:on-premises" in _against(replace(_ended(), tasks=(task("on-premises"),)))


def test_an_incident_is_no_licence_for_ever() -> None:
    assert _against(_ended(), timedelta(days=7)) == ""
    assert "more than 7 days ago" in _against(_ended(), timedelta(days=7, seconds=1))


def test_one_that_has_joined_another_says_which() -> None:
    assert "f" * 32 in _against(_ended(Ending.JOINED, joined_to="f" * 32))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"protected": "alex@contoso.com"}, "protected"),
        ({"unsure": "its groups could not be read"}, "may be protected"),
        ({"guest": True}, "own organisation"),
        ({"authority": Authority.SYNCED}, "synced"),
        ({"authority": Authority.FEDERATED}, "federated"),
        ({"privileged": "role Helpdesk Administrator"}, "Helpdesk Administrator"),
    ],
)
def test_who_is_no_ordinary_member_of_the_cloud_gets_none(values: dict[str, Any], reason: str) -> None:
    assert reason in against_account(Account(**ACCOUNT.model_dump() | values))


def test_an_ordinary_member_may_have_one() -> None:
    assert against_account(ACCOUNT) == ""


def test_whoever_opened_the_incident_issues_none() -> None:
    opened = _ended(source="manual", opened_by=ROSA)
    assert "You have opened this incident" in against_person(opened, ROSA)
    assert against_person(opened, ACCOUNT.id.replace("01", "02")) == ""


def test_nor_does_anybody_where_nobody_knows_who_opened_it_by_hand() -> None:
    assert "may have been you" in against_person(_ended(source="manual"), ROSA)
    assert against_person(_ended(source="entra"), ROSA) == ""


def test_nobody_issues_one_for_themselves() -> None:
    assert "your own" in against_person(_ended(), ACCOUNT.id)
