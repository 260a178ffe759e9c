"""The tenant only says that it refuses; a person is told which role is missing."""

import pytest

from shared.account import Account
from shared.playbook.rights import FOR_ADMINISTRATORS, naming_the_role
from shared.tenant.errors import Denied, NotFound, Permanent, Throttled, Transient

ORDINARY = Account(id="1", user_principal_name="a@b.c")
PRIVILEGED = ORDINARY.model_copy(update={"privileged": "role Exchange Administrator"})


async def test_a_refusal_about_a_privileged_account_names_the_role_and_why_it_is_needed() -> None:
    original = Denied("403", "some permission")
    with pytest.raises(Denied) as denied:
        async with naming_the_role(PRIVILEGED):
            raise original

    assert FOR_ADMINISTRATORS in denied.value.permission
    assert FOR_ADMINISTRATORS in str(denied.value)
    assert "role Exchange Administrator" in str(denied.value)
    assert denied.value.__cause__ is original


async def test_a_refusal_about_anybody_else_stays_as_it_is() -> None:
    original = Denied("403", "some permission")
    with pytest.raises(Denied) as denied:
        async with naming_the_role(ORDINARY):
            raise original
    assert denied.value is original


@pytest.mark.parametrize(
    "error", [NotFound("n"), Permanent("p"), Transient("t"), Throttled("t", 1.0), RuntimeError("r")], ids=repr
)
async def test_any_other_trouble_stays_as_it_is(error: Exception) -> None:
    with pytest.raises(type(error)) as raised:
        async with naming_the_role(PRIVILEGED):
            raise error
    assert raised.value is error


async def test_what_is_allowed_goes_through() -> None:
    async with naming_the_role(PRIVILEGED):
        done = True
    assert done
