"""What a user owns, in words: whoever has the account can let others in through it."""

from collections.abc import Iterator
from datetime import datetime

from shared.tenant.models import Group
from shared.tenant.owned_objects import OwnedApplication
from shared.tenant.unreadable import Unreadable

from .foreign import shown
from .step import Finding
from .window import Window

_SOURCE = "Microsoft Graph, ownedObjects"


def owned_in_words(
    applications: list[OwnedApplication] | Unreadable, groups: list[Group] | Unreadable, window: Window
) -> Iterator[Finding]:
    """A sentence for each, with what to do where a secret was added within the attack; and what could not be read."""
    for unread in (one for one in (applications, groups) if not isinstance(one, list)):
        yield Finding(f"Could not read what the account owns: {unread}", _SOURCE, gap=True)
    if isinstance(applications, list):
        yield from _applications(applications, window)
    if isinstance(groups, list):
        yield from _groups(groups)


def _applications(applications: list[OwnedApplication], window: Window) -> Iterator[Finding]:
    for one in applications:
        name = f'The account owns the application "{shown(one.display_name)}" ({one.app_id})'
        added = sorted(secret.start for secret in one.secrets if secret.start and window.holds(secret.start))
        if added:
            yield _added(name, added)
        else:
            yield Finding(f"{name}, with secrets: {len(one.secrets)}, none of them added within the attack.", _SOURCE)


def _groups(groups: list[Group]) -> Iterator[Finding]:
    for group in groups:
        roles = ", which carries roles" if group.is_assignable_to_role else ""
        told = f'The account owns the group "{shown(group.display_name)}"{roles}: look at whom it has let in.'
        yield Finding(told, _SOURCE)


def _added(name: str, added: list[datetime]) -> Finding:
    when = ", ".join(f"{one:%Y-%m-%d %H:%M} UTC" for one in added)
    do = "Take away what the user does not know: whoever has it comes in as the application."
    return Finding(f"{name}; within the attack secrets were added to it: {when}. {do}", _SOURCE, at=added[0])
