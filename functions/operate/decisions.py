"""What a person decides about an incident. Each is one transaction with a line in its history; the work follows."""

from collections.abc import Callable

import azure.functions as func
from pydantic import BaseModel, Field

from functions import wiring
from functions.deciding import Asked, asked_for, decider, nothing_there, unfit_answer
from functions.http import answer_json, answers
from shared.playbook import decisions
from shared.playbook.decisions import By, Decision, Unfit
from shared.playbook.engine import utc_now
from shared.playbook.preview import Foreseen, preview
from shared.playbook.step import Context
from shared.playbook.views import incident_view
from shared.settings import settings
from shared.state.incidents import Snapshot

blueprint = func.Blueprint()

Decide = Callable[[Snapshot], Decision]


class AskedToApprove(Asked):
    """``plan`` is the hash that the incident showed; ``steps`` names a part of it, None for all."""

    plan: str = Field(max_length=64)
    steps: tuple[str, ...] | None = None


class AskedToRetry(Asked):
    """``steps`` to run again; what has failed where it is left out."""

    steps: tuple[str, ...] | None = None


class AskedToRestore(Asked):
    """``force``: also what somebody else has changed since. ``preview``: only show what would come of it."""

    force: bool = False
    preview: bool = False


class AskedToRelease(AskedToRestore):
    """``force``: although it is not safe yet. What is put back beside the holds: all of each of the ``steps``, and the
    single ``changes``, by the id or the resource that the incident shows."""

    steps: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


class Preview(BaseModel):
    """What a release or a restore would do."""

    preview: list[Foreseen]


@blueprint.route("incidents/{id}/approve", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
@answers
async def approve(req: func.HttpRequest) -> func.HttpResponse:
    """Carries out the plan that was shown. 409 with the incident where it is another one by now."""
    by, asked = await decider(req), asked_for(AskedToApprove, req)
    book = wiring.playbook()
    return await _decided(
        req, lambda one: decisions.approve(book, one, asked.plan, asked.steps, By(by.name, asked.reason))
    )


@blueprint.route("incidents/{id}/retry", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
@answers
async def retry(req: func.HttpRequest) -> func.HttpResponse:
    """Runs again what has failed."""
    by, asked = await decider(req), asked_for(AskedToRetry, req)
    return await _decided(
        req, lambda one: decisions.retry(wiring.playbook(), one, asked.steps, By(by.name, asked.reason))
    )


@blueprint.route("incidents/{id}/cancel", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
@answers
async def cancel(req: func.HttpRequest) -> func.HttpResponse:
    """Stops what has not run."""
    by, asked = await decider(req), asked_for(Asked, req)
    return await _decided(req, lambda one: decisions.cancel(one, By(by.name, asked.reason), utc_now()))


@blueprint.route("incidents/{id}/release", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
@answers
async def release(req: func.HttpRequest) -> func.HttpResponse:
    """Lets the user in again: a real attack, now over."""
    by, asked = await decider(req), asked_for(AskedToRelease, req)
    book, lifetime = wiring.playbook(), settings().token_lifetime

    def decide(one: Snapshot) -> Decision:
        why = By(by.name, asked.reason)
        return decisions.release(
            book, one, asked.steps, why, utc_now(), lifetime, changes=asked.changes, force=asked.force
        )

    return await (_previewed if asked.preview else _decided)(req, decide)


@blueprint.route("incidents/{id}/restore", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
@answers
async def restore(req: func.HttpRequest) -> func.HttpResponse:
    """Puts everything back: a false alarm."""
    by, asked = await decider(req), asked_for(AskedToRestore, req)

    def decide(one: Snapshot) -> Decision:
        return decisions.restore(one, By(by.name, asked.reason), utc_now(), force=asked.force)

    return await (_previewed if asked.preview else _decided)(req, decide)


@blueprint.route("incidents/{id}/close", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
@answers
async def close(req: func.HttpRequest) -> func.HttpResponse:
    """Ends the incident; what is blocked stays blocked."""
    by, asked = await decider(req), asked_for(Asked, req)
    return await _decided(
        req, lambda one: decisions.close(wiring.playbook(), one, By(by.name, asked.reason), utc_now())
    )


@blueprint.route("incidents/{id}/tasks/{task}", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
@answers
async def tick(req: func.HttpRequest) -> func.HttpResponse:
    """A person has done a task."""
    by, asked, task = await decider(req), asked_for(Asked, req), req.route_params["task"]
    return await _decided(
        req, lambda one: decisions.tick(wiring.playbook(), one, task, By(by.name, asked.reason), utc_now())
    )


async def _decided(req: func.HttpRequest, decide: Decide) -> func.HttpResponse:
    engine = await wiring.engine()
    try:
        snapshot = await engine.deciding.decide(req.route_params["id"], decide)
    except LookupError:
        return nothing_there()
    except Unfit as unfit:
        return await unfit_answer(req, unfit)
    return answer_json(incident_view(wiring.playbook(), snapshot))


async def _previewed(req: func.HttpRequest, decide: Decide) -> func.HttpResponse:
    engine = await wiring.engine()
    snapshot = await engine.storage.incidents.read(req.route_params["id"])
    if snapshot is None:
        return nothing_there()
    try:
        decision = decide(snapshot)
    except Unfit as unfit:
        return await unfit_answer(req, unfit)
    context = Context(engine.tenant, snapshot, engine.settings, engine.now())
    return answer_json(Preview(preview=await preview(wiring.playbook(), context, decision)))
