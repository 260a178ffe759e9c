"""The account that an entity, an item of evidence or a row names, and what only looks like one.

The order of trust: object id, UPN, mail address, SID, on-premises name. A bare name is nobody: two hosts may each have
an account of that name. Sources: the entity reference of Microsoft Sentinel (Account, Mailbox), the Graph resource
``userAccount``, the table AlertEvidence.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pydantic import AliasChoices, Field

from .alert import NamedAccount
from .names import address, guid, object_id_of, on_premises_name, user_sid
from .tolerant import Folded, Object, Text, Word, folded

_BUILT_IN_SIDS = ("S-1-5-18", "S-1-5-19", "S-1-5-20", "S-1-5-7", "S-1-5-32-")
_BUILT_IN_DOMAINS = frozenset(("nt authority", "nt service", "window manager", "font driver host", "builtin"))
_BUILT_IN_NAMES = frozenset(
    ("system", "root", "local service", "network service", "anonymous", "anonymous logon", "null", "none", "n/a", "-")
)


def _choices(*names: str) -> AliasChoices:
    return AliasChoices(*names)


class AccountFields(Folded):
    """All that any source calls the names of an account."""

    object_id: Text = Field(
        None,
        validation_alias=_choices(
            "aaduserid", "azureaduserid", "accountobjectid", "aadid", "externaldirectoryobjectid", "userid", "objectid"
        ),
    )
    principal_name: Text = Field(None, validation_alias=_choices("userprincipalname", "upn", "accountupn"))
    account_name: Text = Field(None, validation_alias=_choices("accountname", "name", "username"))
    upn_suffix: Text = None
    mail: Text = Field(
        None, validation_alias=_choices("mailboxprimaryaddress", "primaryaddress", "mailboxaddress", "mail")
    )
    sid: Text = Field(None, validation_alias=_choices("sid", "usersid", "accountsid", "onpremisessecurityidentifier"))
    domain: Word = Field(None, validation_alias=_choices("ntdomain", "domainname", "accountdomain"))
    dns_domain: Word = None
    friendly_name: Text = None
    tenant_id: Word = Field(None, validation_alias=_choices("aadtenantid", "tenantid"))
    user_account: Object = Field(default_factory=dict)


@dataclass(frozen=True)
class Surroundings:
    """What an account is judged by: ``tenant_id`` is ours, None where any is; ``hosts`` are the alert's devices."""

    tenant_id: str | None = None
    hosts: frozenset[str] = frozenset()


def account_of(record: dict[str, object], around: Surroundings) -> NamedAccount | None:
    """The account that ``record`` names, by its own fields and by those of the ``userAccount`` in it.

    None for nobody: built-in and computer accounts, those of one host alone, those of another tenant.
    """
    fields = AccountFields.model_validate(record)
    own = _of_fields(fields, around)
    inner = folded(fields.user_account)
    if not inner:
        return own
    nested = _of_fields(AccountFields.model_validate(inner), around)
    return combined(own, nested) if nested and own else nested or own


def merged(accounts: Iterable[NamedAccount]) -> tuple[NamedAccount, ...]:
    """Each account once, in the order in which they came first: the same by object id, else by address, else by SID."""
    groups: list[list[NamedAccount]] = []
    for account in sorted(accounts, key=lambda one: one.id is None):  # stable: whom an object id names, comes first
        group = next((group for group in groups if any(_same(account, one) for one in group)), None)
        if group is None:
            groups.append([account])
        else:
            group.append(account)
    return tuple(_one(group) for group in groups)


def combined(first: NamedAccount, second: NamedAccount) -> NamedAccount:
    """One account of two descriptions; where both name it, the first does."""
    return NamedAccount(
        id=first.id or second.id,
        name=first.name or second.name,
        sid=first.sid or second.sid,
        on_premises=first.on_premises or second.on_premises,
    )


def _one(group: list[NamedAccount]) -> NamedAccount:
    whole = group[0]
    for account in group[1:]:
        whole = combined(whole, account)
    return whole


def _same(one: NamedAccount, other: NamedAccount) -> bool:
    if one.id and other.id:
        return one.id == other.id
    if one.name and other.name:
        return one.name == other.name
    if one.sid and other.sid:
        return one.sid == other.sid
    return one.on_premises is not None and one.on_premises == other.on_premises


def _of_fields(fields: AccountFields, around: Surroundings) -> NamedAccount | None:
    fields = _written_out(fields)
    if _built_in(fields) or _computer(fields) or _foreign(fields, around):
        return None
    account = NamedAccount(id=guid(fields.object_id) or object_id_of(fields.sid), name=_address(fields))
    if account.key:
        return replace(account, sid=user_sid(fields.sid))
    if _local(fields, around):
        return None
    account = NamedAccount(
        sid=user_sid(fields.sid), on_premises=on_premises_name(fields.domain or fields.dns_domain, fields.account_name)
    )
    return account if account.key else None


def _written_out(fields: AccountFields) -> AccountFields:
    """With the name taken apart that came as ``DOMAIN\\name``, and the label in its place where there is no name."""
    label = fields.friendly_name
    named = fields.account_name or fields.object_id or fields.principal_name or fields.sid or fields.mail
    if label and not named:
        if user_sid(label) or object_id_of(label):
            return fields.model_copy(update={"sid": label})
        if "@" in label or "\\" in label:
            return _written_out(fields.model_copy(update={"account_name": label}))
    domain, slash, name = (fields.account_name or "").partition("\\")
    return fields.model_copy(update={"domain": domain.casefold(), "account_name": name}) if slash else fields


def _address(fields: AccountFields) -> str | None:
    """The UPN, else what a UPN is made of, else the mail address; an object id's field may hold a UPN too."""
    made = f"{fields.account_name}@{fields.upn_suffix}" if fields.account_name and fields.upn_suffix else None
    tried = (fields.principal_name, made, fields.account_name, fields.object_id, fields.mail)
    return next((found for found in map(address, tried) if found), None)


def _built_in(fields: AccountFields) -> bool:
    if (fields.sid or "").upper().startswith(_BUILT_IN_SIDS) and not user_sid(fields.sid):
        return True
    name = (fields.account_name or "").casefold()
    return fields.domain in _BUILT_IN_DOMAINS or (name in _BUILT_IN_NAMES and not guid(fields.object_id))


def _computer(fields: AccountFields) -> bool:
    names = (fields.account_name, fields.principal_name)
    return any(name.partition("@")[0].endswith("$") for name in names if name)


def _foreign(fields: AccountFields, around: Surroundings) -> bool:
    tenant = guid(fields.tenant_id)
    return around.tenant_id is not None and tenant is not None and tenant != around.tenant_id.lower()


def _local(fields: AccountFields, around: Surroundings) -> bool:
    """Whether it is one host's own: its domain is the name of a device of the alert."""
    return fields.domain is not None and fields.domain in around.hosts
