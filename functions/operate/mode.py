"""The switch: one call stops all writing at once, whatever is running or queued."""

from datetime import datetime

import azure.functions as func
from pydantic import BaseModel, ConfigDict

from functions import wiring
from functions.deciding import decider
from functions.http import answer_json, answers, parsed
from functions.text import Reason
from shared.playbook.engine import utc_now
from shared.policy import Mode
from shared.settings import settings
from shared.state.switch import Position

blueprint = func.Blueprint()


class Asked(BaseModel):
    """Where the switch is to be, and why."""

    model_config = ConfigDict(extra="forbid")

    mode: Mode
    reason: Reason = ""


class ModeView(BaseModel):
    """``mode`` is what new incidents get: the lower of the ``setting`` and the ``switch``."""

    mode: Mode
    setting: Mode
    switch: Mode
    who: str
    why: str
    at: datetime | None


@blueprint.route("mode", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
@answers
async def mode(req: func.HttpRequest) -> func.HttpResponse:
    """The switch, and who has set it."""
    del req
    return _shown(await (await wiring.storage()).switch.position())


@blueprint.route("mode", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
@answers
async def set_mode(req: func.HttpRequest) -> func.HttpResponse:
    """Sets the switch. Lowering it acts at once; raising it starts nothing: what was planned is approved."""
    person, asked = await decider(req), parsed(Asked, req)
    position = Position(mode=asked.mode, who=person.name, why=asked.reason, at=utc_now())
    await (await wiring.storage()).switch.set(position)
    return _shown(position)


def _shown(position: Position) -> func.HttpResponse:
    setting = settings().mode
    return answer_json(
        ModeView(
            mode=setting.lowered_to(position.mode),
            setting=setting,
            switch=position.mode,
            who=position.who,
            why=position.why,
            at=position.at,
        )
    )
