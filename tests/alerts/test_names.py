"""Which text names a user."""

import pytest

from shared.alerts.alert import NamedAccount
from shared.alerts.names import address, guid, named_account

ID = "90c192cf-d3ac-44af-8f21-ddb66cad4a26"


@pytest.mark.parametrize("text", [ID, ID.upper()])
def test_a_guid_is_one_in_any_case(text: str) -> None:
    assert guid(text) == ID


@pytest.mark.parametrize(
    "text", [None, "", "user1", ID[:-1], f"{ID}0", f"{{{ID}}}", f"{ID}\n", "00000000-0000-0000-0000-000000000000"]
)
def test_what_is_no_guid_or_that_of_nothing_is_none(text: str | None) -> None:
    assert guid(text) is None


@pytest.mark.parametrize(
    ("text", "lower"),
    [
        ("Ada@Contoso.COM", "ada@contoso.com"),
        ("o'brien+x@contoso.com", "o'brien+x@contoso.com"),
        ("eve_fabrikam.com#EXT#@contoso.onmicrosoft.com", "eve_fabrikam.com#ext#@contoso.onmicrosoft.com"),
        ("Straße@contoso.com", "straße@contoso.com"),  # not strasse@: that is somebody else
        ("\u212aim@contoso.com", "\u212aim@contoso.com"),  # the Kelvin sign is no k
        ("ﬁona@contoso.com", "ﬁona@contoso.com"),
    ],
)
def test_an_address_is_in_lower_case(text: str, lower: str) -> None:
    assert address(text) == lower


@pytest.mark.parametrize(
    "text",
    [None, "", "REDACTED", "@contoso.com", "ada@", "a@b@c", "a da@contoso.com", "ada@contoso.com\n",
     "ada\x00@contoso.com", "ada\u202e@contoso.com", "\ud800@contoso.com", f"{'a' * 320}@contoso.com"],
)  # fmt: skip
def test_what_is_no_address_is_none(text: str | None) -> None:
    assert address(text) is None


@pytest.mark.parametrize(
    ("user_id", "name", "account"),
    [
        (ID, "ada@contoso.com", NamedAccount(id=ID, name="ada@contoso.com")),
        (ID, None, NamedAccount(id=ID)),
        ("user1", "ada@contoso.com", NamedAccount(name="ada@contoso.com")),
        ("user1", "REDACTED", None),
        (None, None, None),
    ],
)
def test_an_account_is_named_by_what_can_be_read(
    user_id: str | None, name: str | None, account: NamedAccount | None
) -> None:
    assert named_account(user_id, name) == account
