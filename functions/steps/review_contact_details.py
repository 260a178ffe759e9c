"""Telephone, address, alternate mail, photo: what the account shows now, and what of it was changed, by whom, when."""

from functions.wiring import step_function
from shared.account import Account, Authority
from shared.playbook.declaration import Declaration, Rights, Stage
from shared.playbook.detail_changes import Changed, changes
from shared.playbook.foreign import shown
from shared.playbook.step import Context, Finding, Plan, Step, Task
from shared.playbook.symptoms import Symptom
from shared.playbook.window import attack_window, logs_from
from shared.tenant.contact_details import ContactDetails, contact_details, has_photo
from shared.tenant.directory_audits import MOST, Audit, done_to
from shared.tenant.unreadable import Unreadable, or_why

_PROFILE = "Microsoft Graph, user and profilePhoto"
_LOG = "Microsoft Entra, directory audit log"
_WHERE = {
    Authority.CLOUD: "in the Microsoft Entra admin center, Users",
    Authority.SYNCED: "in the on-premises Active Directory, where they are kept",
    Authority.FEDERATED: "where they are kept: in the Microsoft Entra admin center, or in the on-premises directory",
}
_OTHER_SERVICES = Task(
    "other-services",
    "Go through other services with the user (banks, shops, social media, portals of suppliers): where this address is "
    "the login or gets the mail for a new password, or where the same password was used, set a new one there, end what "
    "is signed in, and look at what was changed. Who reads a mailbox can get a new password for what belongs to it.",
)
_SCAN = Task(
    "scan-for-malware",
    "Scan every device that the user works with for malware, private ones too, before the user signs in there again: "
    "what took the password would take the next one. disable-devices lists those that are registered.",
)


class ReviewContactDetails(Step):
    """Sources: Graph, user: get, profilePhoto: get, directoryAudit: list; the article's step 7.

    Nothing is put back: only the user knows which number is the right one.
    """

    declaration = Declaration(
        name="review-contact-details",
        title="Review contact details",
        article="Step 7: Review what was changed (telephone, address and other contact details)",
        stage=Stage.REVIEW,
        after=("triage", "review-sign-ins"),
        changes=False,
        rights=Rights(graph=("User.Read.All", "AuditLog.Read.All")),
        symptoms=(Symptom.PROFILE, Symptom.DISPLAY_NAME),
    )

    async def inspect(self, context: Context) -> Plan:
        graph, account, window = context.tenant.graph, context.account, attack_window(context)
        details = await contact_details(graph, account.id)
        photo = await has_photo(graph, account.id)
        audits = await or_why(done_to(graph, account.id, logs_from(context)))
        made = list(changes(audits, account.id)) if isinstance(audits, list) else []
        within = [one for one in made if window.holds(one.at)]
        return Plan(
            findings=(
                Finding(_now(details, photo=photo), _PROFILE),
                _complete(audits),
                *(Finding(f"{_when(one, within)}: {one}.", _LOG, at=one.at if one in within else None) for one in made),
            ),
            tasks=(_check(account, within), _SCAN, _OTHER_SERVICES),
            looked=True,
        )


def _now(details: ContactDetails, *, photo: bool) -> str:
    lines = {
        "name": [details.display_name],
        "mobile": [details.mobile_phone],
        "telephone": details.business_phones,
        "fax": [details.fax_number],
        "alternate mail": details.other_mails,
        "address": [details.street_address, details.postal_code, details.city, details.state, details.country],
        "office": [details.office_location],
        "job title": [details.job_title],
    }
    told = [
        f'{name} "{shown(", ".join(one for one in values if one), 200)}"'
        for name, values in lines.items()
        if any(values)
    ]
    return f"As they are now: {'; '.join([*told, 'a photo' if photo else 'no photo'])}."


def _complete(audits: list[Audit] | Unreadable) -> Finding:
    if not isinstance(audits, list):
        return Finding(f"Could not read what of it was changed: {audits}", _LOG, gap=True)
    how = "all of them were read" if len(audits) <= MOST else f"only the newest {MOST} were read"
    return Finding(f"Entries about what was done to the account: {len(audits)}, {how}.", _LOG, gap=len(audits) > MOST)


def _when(change: Changed, within: list[Changed]) -> str:
    return "Changed while the attacker may have been in" if change in within else "Changed before the attack"


def _check(account: Account, within: list[Changed]) -> Task:
    """What a code for a new password may be sent to is a way back in."""
    resets = sorted({shown(one.name, 40) for one in within if one.resets})
    names = sorted({shown(one.name, 40) for one in within})
    changed = f" Changed while the attacker may have been in: {', '.join(names)}." if names else ""
    danger = f" A code for a new password may be sent to {', '.join(resets)}." if resets else ""
    return Task(
        "check-contact-details",
        "Ask the user, by another way than this mailbox, whether telephone, address, alternate mail and photo are "
        f"right, and put right what is not, {_WHERE[account.authority]}.{changed}{danger}",
        secures=bool(resets),
    )


step = ReviewContactDetails()
blueprint = step_function(step)
