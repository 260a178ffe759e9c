"""The queue of what a door has taken in whole: more than it could store within a second."""

import azure.functions as func

from functions import wiring
from shared.state.deliveries import QUEUE

blueprint = func.Blueprint()


@blueprint.queue_trigger(arg_name="message", queue_name=QUEUE, connection="AzureWebJobsStorage")
async def deliveries(message: func.QueueMessage) -> None:
    """Stores all that is in the delivery that the message names."""
    await (await wiring.taking_in()).expand(message.get_body())
