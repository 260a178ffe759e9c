"""The rules of a mailbox, read and judged."""

import re
from asyncio import TaskGroup
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from shared.rules.judge import Verdict, judge
from shared.rules.signals import HIGHEST
from shared.tenant.errors import Denied, NotFound, Permanent
from shared.tenant.exchange import Exchange
from shared.tenant.rules import Kind, Owner, Rule, accepted_domains, address_of, owner, rules
from shared.tenant.side_by_side import side_by_side

from .foreign import shown
from .step import Context, Finding
from .window import attack_window, attackers_rules

SOURCES = {Kind.INBOX: "Exchange Online, Get-InboxRule", Kind.SWEEP: "Exchange Online, Get-SweepRule"}

_TARGETS = ("ForwardTo", "ForwardAsAttachmentTo", "RedirectTo")
_ENTRY = re.compile(r"(?P<name>.*)\[EX:(?P<dn>[^\]]+)\]\s*", re.DOTALL)
_DOMAINS = "the organisation's domains, so that only the account's own counts as inside"
_DOMAINS_SOURCE = "Exchange Online, Get-AcceptedDomain"
_MOST_LOOKED_UP = 50
_MADE_BY_ATTACKER = "It was made from the attacker's address, as the audit log tells."


@dataclass(frozen=True)
class Judged:
    """A rule and what is thought of it."""

    rule: Rule
    verdict: Verdict


@dataclass(frozen=True)
class Reading:
    """All rules of a mailbox. ``gaps`` says what could not be read; without ``swept``, the sweep rules are among it."""

    judged: tuple[Judged, ...]
    gaps: tuple[Finding, ...]
    swept: bool


async def read_rules(context: Context) -> Reading:
    """Reads and judges all rules of the account's mailbox.

    Raises ``NotFound`` where there is none. What the judgement can do without is a gap where it cannot be read.
    """
    exchange, user_id = context.tenant.exchange, context.account.id
    gaps: list[Finding] = []
    async with _together() as all_of:
        inbox = all_of.create_task(rules(exchange, user_id, Kind.INBOX))
        visible = all_of.create_task(rules(exchange, user_id, Kind.INBOX, hidden=False))
        sweep = rules(exchange, user_id, Kind.SWEEP)
        swept = all_of.create_task(_or_gap(sweep, "the sweep rules", SOURCES[Kind.SWEEP], gaps))
        domains = all_of.create_task(_or_gap(accepted_domains(exchange), _DOMAINS, _DOMAINS_SOURCE, gaps))
        mailbox = all_of.create_task(owner(exchange, user_id))
    found = [*inbox.result(), *(swept.result() or ())]
    addresses = await _look_up(exchange, found, gaps)
    hidden = {rule.identity for rule in inbox.result()} - {rule.identity for rule in visible.result()}
    known = _known(context, mailbox.result(), domains.result() or ())
    theirs = attackers_rules(context)
    judged = []
    for rule in found:
        verdict = judge(_addressed(rule, addresses), known | {"hidden": rule.identity in hidden})
        judged.append(Judged(rule, verdict if rule.identity in hidden else _by_address(rule, verdict, theirs)))
    return Reading(tuple(judged), tuple(gaps), swept=swept.result() is not None)


def _by_address(rule: Rule, verdict: Verdict, theirs: frozenset[str]) -> Verdict:
    """What a rule does may be harmless, and it is an attacker's all the same."""
    if rule.kind is not Kind.INBOX or theirs.isdisjoint((rule.name.casefold(), rule.id.casefold())):
        return verdict
    return Verdict(suspicious=True, score=HIGHEST, reasons=(_MADE_BY_ATTACKER, *verdict.reasons))


@asynccontextmanager
async def _together() -> AsyncIterator[TaskGroup]:
    """All that is begun within ends with it, and where one of them fails, its own error is what is raised."""
    try:
        async with TaskGroup() as group:
            yield group
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None


async def _or_gap[T](read: Coroutine[Any, Any, T], what: str, source: str, gaps: list[Finding]) -> T | None:
    try:
        return await read
    except (Denied, NotFound, Permanent) as error:
        gaps.append(Finding(f"Could not read {what}: {error}", source, gap=True))
        return None


def _known(context: Context, mailbox: Owner, domains: Iterable[str]) -> dict[str, object]:
    """What is known of every rule besides itself."""
    window = attack_window(context)
    return {
        "account": [context.account.user_principal_name, *mailbox.addresses],
        "accepted_domains": list(domains),
        "window": {"start": window.start.isoformat(), "end": window.end.isoformat()},
        "language": next(iter(mailbox.languages), ""),
    }


async def _look_up(exchange: Exchange, found: Iterable[Rule], gaps: list[Finding]) -> dict[str, str]:
    """The real addresses of the entries of the address book that rules send mail to, by their names there."""
    entries = [entry for rule in found for target in _targets(rule) if (entry := _ENTRY.fullmatch(target))]
    names = list(dict.fromkeys(entry["dn"] for entry in entries))
    asked = names[:_MOST_LOOKED_UP]

    def one(name: str) -> Coroutine[Any, Any, str | None]:
        what = f'where mail to "{shown(name)}" goes'
        return _or_gap(address_of(exchange, name), what, "Exchange Online, Get-Recipient", gaps)

    answers = await side_by_side(map(one, asked))
    if len(asked) < len(names):
        more = f"Rules send mail to {len(names)} entries of the address book; {len(asked)} were looked up."
        gaps.append(Finding(more, "Exchange Online, Get-Recipient", gap=True))
    return {name: address for name, address in zip(asked, answers, strict=True) if address}


def _targets(rule: Rule) -> list[str]:
    lists = [value for name in _TARGETS if isinstance(value := rule.row.get(name), list)]
    return [target for targets in lists for target in targets if isinstance(target, str)]


def _addressed(rule: Rule, addresses: dict[str, str]) -> dict[str, object]:
    """The row, with the real address of each target that is an entry of the address book."""
    lists = {name: value for name in _TARGETS if isinstance(value := rule.row.get(name), list)}
    return rule.row | {name: [_real(target, addresses) for target in value] for name, value in lists.items()}


def _real(target: object, addresses: dict[str, str]) -> object:
    entry = _ENTRY.fullmatch(target) if isinstance(target, str) else None
    if entry is None or entry["dn"] not in addresses:
        return target
    return {"name": entry["name"].strip(' "'), "address": addresses[entry["dn"]]}
