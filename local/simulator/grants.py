"""What our identity has been granted: the one list that tokens are made from."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

GRANTS = Path(__file__).with_name("grants.json")


class DirectoryRole(BaseModel):
    """An Entra role held by the identity; ``id`` is the role template id."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    id: str


class Grants(BaseModel):
    """Application permissions of Graph, Exchange Online and Exchange Online Protection, and the directory roles."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    graph: tuple[str, ...]
    exchange: tuple[str, ...]
    protection: tuple[str, ...] = ()
    directory_roles: tuple[DirectoryRole, ...]


def load_grants(path: Path = GRANTS) -> Grants:
    """The grants in a file. Raises pydantic's ValidationError where it is not of that shape."""
    return Grants.model_validate_json(path.read_bytes())
