"""Incidents: the list, one in full, its report, whom to warn."""

from http import HTTPStatus

import azure.functions as func

from functions import wiring
from functions.http import Problem, answer_json, answers, parsed_query
from shared.playbook.contacts import all_contacts, as_csv
from shared.playbook.listing import Filters, list_incidents
from shared.playbook.markdown import report
from shared.playbook.page import page
from shared.playbook.report import report_of
from shared.playbook.views import IncidentView, incident_view
from shared.state.incidents import Snapshot

_PRIVATE = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cache-control": "no-store"}
_PAGE = _PRIVATE | {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:"}

blueprint = func.Blueprint()


@blueprint.route("incidents", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
@answers
async def incidents(req: func.HttpRequest) -> func.HttpResponse:
    """``{"incidents": […], "next": …}``, newest first; ``?status=``, ``?account=``, ``?limit=``, ``?after=``."""
    return answer_json(await list_incidents(await wiring.storage(), wiring.playbook(), parsed_query(Filters, req)))


@blueprint.route("incidents/{id}", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
@answers
async def incident(req: func.HttpRequest) -> func.HttpResponse:
    """One incident in full; 404 where there is none."""
    return answer_json(await _view(req))


@blueprint.route("incidents/{id}/report", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
@answers
async def incident_report(req: func.HttpRequest) -> func.HttpResponse:
    """The report: JSON, or as ``?format=`` or ``Accept`` says HTML or Markdown."""
    view = await _view(req)
    match _format(req):
        case "html":
            return func.HttpResponse(page(view), mimetype="text/html", charset="utf-8", headers=_PAGE)
        case "markdown":
            return func.HttpResponse(report(view), mimetype="text/markdown", charset="utf-8", headers=_PRIVATE)
        case "json":
            return answer_json(report_of(view), headers=_PRIVATE)
        case other:
            raise Problem(HTTPStatus.BAD_REQUEST, f"There is no report as {other[:20]}: html, markdown or json.")


@blueprint.route("incidents/{id}/contacts", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
@answers
async def incident_contacts(req: func.HttpRequest) -> func.HttpResponse:
    """Everybody who got mail from the account during the attack, as CSV: to be warned."""
    table = as_csv(all_contacts(await _snapshot(req)))
    headers = _PRIVATE | {"content-disposition": 'attachment; filename="contacts.csv"'}
    return func.HttpResponse(table, mimetype="text/csv", charset="utf-8", headers=headers)


def _format(req: func.HttpRequest) -> str:
    """What is asked for outright, else the first that the caller accepts."""
    if asked := req.params.get("format"):
        return str(asked)
    accepted = req.headers.get("accept", "")
    places = {name: accepted.find(f"text/{name}") for name in ("html", "markdown")}
    found = [name for name, place in sorted(places.items(), key=lambda one: one[1]) if place >= 0]
    return found[0] if found else "json"


async def _view(req: func.HttpRequest) -> IncidentView:
    return incident_view(wiring.playbook(), await _snapshot(req))


async def _snapshot(req: func.HttpRequest) -> Snapshot:
    snapshot = await (await wiring.storage()).incidents.read(req.route_params["id"])
    if snapshot is None:
        raise Problem(HTTPStatus.NOT_FOUND, "There is no incident with this id.")
    return snapshot
