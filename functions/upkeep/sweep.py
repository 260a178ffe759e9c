"""The one timer: every minute, what was lost is sent again."""

import azure.functions as func

from functions import wiring
from shared.playbook.engine import utc_now
from shared.playbook.sweep import Sweep

blueprint = func.Blueprint()


@blueprint.timer_trigger(arg_name="timer", schedule="0 * * * * *")
async def sweep(timer: func.TimerRequest) -> None:
    """Looks at what is open and due, and at what a door has taken in and nobody has worked through."""
    del timer
    await Sweep(await wiring.engine()).run()
    await (await wiring.taking_in()).resend(utc_now())
