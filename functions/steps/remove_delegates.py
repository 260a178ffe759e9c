"""Take away what lets others into the mailbox, or send in its name."""

from dataclasses import dataclass
from datetime import datetime
from itertools import starmap

from functions.wiring import step_function
from shared.account import Account, MailboxKind
from shared.playbook.declaration import Declaration, Reversible, Rights, Stage
from shared.playbook.step import Change, Context, Finding, Plan, Skipped, Standing, Step, Task, Values
from shared.playbook.window import attack_window
from shared.state.rows import Skip
from shared.tenant.delegates import RIGHTS, Entry, FullAccess, Right, SendAs, SendOnBehalf
from shared.tenant.errors import NotFound
from shared.tenant.folders import ANONYMOUS, CALENDAR, DEFAULT, ROOT, Folder, FolderAccess, folders
from shared.tenant.side_by_side import side_by_side
from shared.tenant.trustees import Trustee, Trustees

_FOLDERS = 60  # read at most, the most telling first
_ENTRIES = "Entries"
_HARMLESS = {DEFAULT: ("None", "AvailabilityOnly"), ANONYMOUS: ("None",)}
_WHO = {DEFAULT: "everybody in the organisation", ANONYMOUS: "anybody, without signing in"}
_SOURCE = "Exchange Online, Get-MailboxPermission, Get-RecipientPermission, Get-Mailbox, Get-MailboxFolderPermission"


@dataclass(frozen=True)
class _Held:
    """What one trustee has of one kind of right. ``folder`` is None where it is about the whole mailbox."""

    right: Right
    name: str
    entries: list[Entry]
    folder: Folder | None = None

    def __str__(self) -> str:
        rights = sorted({str(one) for entry in self.entries for one in _list(entry[RIGHTS])})
        return f"{', '.join(rights)} on {self.right.folder}" if self.folder else self.right.kind


class RemoveDelegates(Step):
    """Source: Exchange Online, Get-MailboxPermission, Get-RecipientPermission, Get-MailboxFolderPermission.

    No permission tells when it was given, so it is judged by whom it lets in. Taken away is what an outsider has (a
    guest, a mail address elsewhere, who was invited from outside, an id or a name that nobody has any more) and what
    somebody has whose account was itself made within the attack. A colleague's is listed, with a task: an assistant's
    or a team's access is everyday life, to take it away from all would do an attacker's work, and only the user knows
    which is theirs. Everybody (Default) and the public (Anonymous) are set back to what a new mailbox has: free or busy
    in the calendar, nothing elsewhere. Denials, and what is inherited or the user's own, let nobody in and stay.
    """

    declaration = Declaration(
        name="remove-delegates",
        title="Remove outside delegates",
        article="Step 2: Remove suspicious email forwarding addresses (and who else reads the mailbox)",
        stage=Stage.EVICT,
        secures=True,
        rights=Rights(
            graph=("Domain.Read.All",),
            directory_roles=("Exchange Recipient Administrator",),
            cmdlets=(
                "Get-Mailbox",
                "Set-Mailbox",
                "Get-MailboxPermission",
                "Add-MailboxPermission",
                "Remove-MailboxPermission",
                "Get-RecipientPermission",
                "Add-RecipientPermission",
                "Remove-RecipientPermission",
                "Get-MailboxFolderStatistics",
                "Get-MailboxFolderPermission",
                "Add-MailboxFolderPermission",
                "Set-MailboxFolderPermission",
                "Remove-MailboxFolderPermission",
                "Get-Recipient",
            ),
        ),
        reversible=Reversible.PARTLY,
        irreversible=(
            "Who no longer exists, or can only be invited by the user, cannot be let in again. Whether a mailbox shows "
            "up in a delegate's Outlook by itself cannot be read: put back, it does, as is Exchange's default."
        ),
    )

    def skip(self, account: Account) -> Skipped | None:
        if account.mailbox in (MailboxKind.NONE, MailboxKind.ON_PREMISES):
            return _no_mailbox()
        return None

    async def inspect(self, context: Context) -> Plan:
        exchange, user_id = context.tenant.exchange, context.account.id
        try:
            there = await folders(exchange, user_id)
            looked_at = there[:_FOLDERS]
            held = await _everything_held(context, looked_at)
        except NotFound:
            return Plan(skipped=_no_mailbox())
        domains = await context.tenant.graph.domains()
        trustees = Trustees(exchange, frozenset(domain.id.casefold() for domain in domains))
        named = {one.name for one in held if not (one.folder and one.name in _HARMLESS)}
        found = {one.name: one for one in await side_by_side(trustees.find(name) for name in sorted(named))}
        changes: list[Change] = []
        kept: dict[str, tuple[Trustee, list[_Held]]] = {}
        for one in held:
            if one.folder and one.name in _HARMLESS:
                changes += _set_back(one, one.folder)
                continue
            trustee = found[one.name]
            why = _why(context, trustee)
            if why:
                changes.append(_take_away(one, trustee, why))
            elif trustee.id != user_id:
                kept.setdefault(trustee.id, (trustee, []))[1].append(one)
        findings = (*starmap(_of_colleague, kept.values()), _how_complete(len(looked_at), len(there)))
        tasks = (_check(len(kept)),) if kept else ()
        return Plan(tuple(changes), findings, tasks, summary="No outsider can use the mailbox.")

    async def apply(self, context: Context, change: Change) -> datetime:
        return await _make(context, change.before, change.after)

    async def verify(self, context: Context, change: Change, accepted_at: datetime | None) -> Standing:
        del accepted_at
        today = await _right(context, change.before).entries()
        entries = today.get(str(change.before["Trustee"]), [])
        if entries == change.after[_ENTRIES]:
            return Standing.AFTER
        return Standing.BEFORE if entries == change.before[_ENTRIES] else Standing.OTHER

    async def revert(self, context: Context, change: Change) -> datetime:
        return await _make(context, change.after, change.before)


def _no_mailbox() -> Skipped:
    return Skipped(Skip.NOT_APPLICABLE, "The account has no mailbox in Exchange Online.")


async def _everything_held(context: Context, looked_at: list[Folder]) -> list[_Held]:
    exchange, user_id = context.tenant.exchange, context.account.id
    rights: list[tuple[Right, Folder | None]] = [
        (FullAccess(exchange, user_id), None),
        (SendAs(exchange, user_id), None),
        (SendOnBehalf(exchange, user_id), None),
    ]
    for folder in looked_at:
        path = "/" if folder.type == ROOT else folder.folder_path
        rights.append((FolderAccess(exchange, user_id, path), folder))
    read = await side_by_side(_held(right, folder) for right, folder in rights)
    return [one for some in read for one in some]


async def _held(right: Right, folder: Folder | None) -> list[_Held]:
    return [_Held(right, name, entries, folder) for name, entries in (await right.entries()).items()]


def _right(context: Context, values: Values) -> Right:
    """The right that a change is about."""
    exchange, user_id, kind = context.tenant.exchange, context.account.id, values["Kind"]
    whole = (FullAccess(exchange, user_id), SendAs(exchange, user_id), SendOnBehalf(exchange, user_id))
    rights: tuple[Right, ...] = (*whole, FolderAccess(exchange, user_id, str(values.get("Folder", ""))))
    return next(right for right in rights if right.kind == kind)


async def _make(context: Context, was: Values, wanted: Values) -> datetime:
    right = _right(context, was)
    accepted = await right.make(str(was["Identity"]), _entries(was), _entries(wanted))
    return accepted or context.now


def _why(context: Context, trustee: Trustee) -> str:
    """Why a trustee's rights are taken away, "" where they are not."""
    if trustee.outside:
        return f"an outsider ({trustee.outside})"
    if trustee.made_at and attack_window(context).holds(trustee.made_at):
        return f"an account that was made within the attack, at {trustee.made_at:%Y-%m-%d %H:%M} UTC"
    return ""


def _take_away(held: _Held, trustee: Trustee, why: str) -> Change:
    return _change(held, trustee, [], "remove", f"{trustee.name} is {why}.", trustee.gone)


def _set_back(held: _Held, folder: Folder) -> list[Change]:
    rights = {str(one) for entry in held.entries for one in _list(entry[RIGHTS])}
    if rights <= set(_HARMLESS[held.name]):
        return []
    usual = "AvailabilityOnly" if folder.type == CALENDAR and held.name == DEFAULT else "None"
    reason = f"It is open to {_WHO[held.name]}."
    everybody = Trustee(held.name, held.name, held.name)
    return [_change(held, everybody, [{RIGHTS: [usual]}], "set back", reason, "")]


def _change(held: _Held, trustee: Trustee, after: list[Entry], action: str, reason: str, irreversible: str) -> Change:
    where = f" on {held.right.folder}" if held.folder else ""
    what: Values = {"Kind": held.right.kind, "Trustee": trustee.name, "Identity": trustee.identity}
    if held.folder:
        what["Folder"] = held.right.folder
    return Change(
        resource=f"{held.right.kind} of {trustee.id}{where}",
        action=action,
        reason=reason,
        before={**what, _ENTRIES: [*held.entries]},
        after={**what, _ENTRIES: [*after]},
        irreversible=irreversible and f"It cannot be given back: {irreversible}.",
    )


def _of_colleague(trustee: Trustee, held: list[_Held]) -> Finding:
    doubt = f" Which of them it is cannot be told: {trustee.unsure}." if trustee.unsure else ""
    return Finding(f"{trustee.name} ({trustee.id}) has {'; '.join(map(str, held))}. Left as it is.{doubt}", _SOURCE)


def _how_complete(read: int, there: int) -> Finding:
    folders_read = f"all {there}" if read == there else f"{read} of {there}"
    return Finding(f"Read: who may use the whole mailbox, and {folders_read} folders.", _SOURCE, gap=read != there)


def _check(trustees: int) -> Task:
    return Task(
        "check-delegates",
        f"Ask the user who of the colleagues and groups that may use the mailbox ({trustees}) should not, and take it "
        "away: no permission tells when it was given.",
    )


def _entries(values: Values) -> list[Entry]:
    return [entry for entry in _list(values[_ENTRIES]) if isinstance(entry, dict)]


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


step = RemoveDelegates()
blueprint = step_function(step)
