"""What a step declares, and what follows from it."""

import pytest

from shared.playbook.declaration import Declaration, Reversible, Rights, Stage
from shared.policy import Gate


def _declared(stage: Stage = Stage.EVICT, name: str = "remove-forwarding") -> Declaration:
    return Declaration(name=name, title="t", article="a", stage=stage)


def test_what_is_left_out_is_an_ordinary_step_that_runs_by_itself() -> None:
    declared = _declared()
    assert declared.after == ("triage",)
    assert declared.changes
    assert (declared.secures, declared.holds, declared.only_sessions) == (False, False, False)
    assert (declared.reversible, declared.gate, declared.rights) == (Reversible.YES, Gate.AUTO, Rights())


@pytest.mark.parametrize("stage", Stage)
def test_a_containment_step_contains_and_no_other_does(stage: Stage) -> None:
    assert _declared(stage).contains is (stage is Stage.CONTAIN)


@pytest.mark.parametrize(
    ("name", "function"), [("seal", "seal"), ("block-sign-in", "block_sign_in"), ("a-b-c-d", "a_b_c_d")]
)
def test_a_function_is_named_like_its_queue_as_python_writes_names(name: str, function: str) -> None:
    assert _declared(name=name).function == function
    assert function.isidentifier()
