"""The domains that the organisation receives mail for."""

from local.simulator.answer import ExchangeError
from local.simulator.exchange import CmdletRequest, Output, cmdlet
from local.simulator.records import Json
from local.simulator.seeds import stable_id

NOT_ALLOWED = "Microsoft.Exchange.AdminApi.CommandInvocation.CmdletAccessDeniedException"


@cmdlet("Get-AcceptedDomain", "ResultSize")
def get_accepted_domain(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/get-accepteddomain

    Which roles open it is told nowhere but in a tenant itself.
    """
    if request.tenant.behaviour.accepted_domains == "refused":
        raise ExchangeError(NOT_ALLOWED, "You don't have sufficient permissions to run Get-AcceptedDomain.", 403)
    return Output(_row(domain) for domain in request.tenant.domains if domain.get("isVerified"))


def _row(domain: Json) -> Json:
    name = str(domain["id"])
    return {
        "Identity": name,
        "Name": name,
        "DomainName": name,
        "DomainType": "Authoritative",
        "Default": bool(domain.get("isDefault")),
        "InitialDomain": bool(domain.get("isInitial")),
        "Guid": stable_id(name, "accepted domain"),
    }
