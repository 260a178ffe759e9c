"""The one timer: every minute, what was lost is sent again."""

import azure.functions as func

from functions import wiring
from shared.playbook.sweep import Sweep

blueprint = func.Blueprint()


@blueprint.timer_trigger(arg_name="timer", schedule="0 * * * * *")
async def sweep(timer: func.TimerRequest) -> None:
    """Looks at what is open and due."""
    del timer
    await Sweep(await wiring.engine()).run()
