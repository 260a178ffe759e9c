"""The function app that the host runs in these tests: it writes down what it was given.

``decide`` asks who is signed in as Regain does.
"""

HOST_JSON = """{
  "version": "2.0",
  "extensions": {"queues": {
    "maxPollingInterval": "00:00:01", "visibilityTimeout": "00:00:01", "batchSize": 2, "newBatchThreshold": 1,
    "maxDequeueCount": 3
  }}
}"""

FUNCTION_APP = """
import asyncio
import json
import os
from pathlib import Path

import azure.functions as func

from functions.http import answers
from functions.principal import responder

app = func.FunctionApp()
blueprint = func.Blueprint()
notes = Path(os.environ["NOTES"])


def note(**what):
    with notes.open("a") as file:
        file.write(json.dumps(what) + "\\n")


@app.route("things/{id}", methods=["GET", "POST"], auth_level=func.AuthLevel.FUNCTION)
async def thing(req: func.HttpRequest) -> func.HttpResponse:
    told = {"method": req.method, "id": req.route_params["id"], "query": dict(req.params),
            "authentication": os.environ.get("WEBSITE_AUTH_ENABLED"),
            "headers": dict(req.headers), "body": req.get_body().decode("latin-1")}
    return func.HttpResponse(json.dumps(told), status_code=201, mimetype="application/json", headers={"x-mine": "1"})


@app.route("things/special", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
def special(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("special")


@app.route("broken", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def broken(req: func.HttpRequest) -> func.HttpResponse:
    raise RuntimeError("not for the caller's eyes")


@app.route("decide", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
@answers
async def decide(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(responder(req).name)


@blueprint.queue_trigger(arg_name="message", queue_name="plain", connection="STORAGE")
async def plain(message: func.QueueMessage) -> None:
    note(function="plain", body=message.get_body().decode(), count=message.dequeue_count, id=message.id,
         inserted=message.insertion_time.isoformat())


@blueprint.queue_trigger(arg_name="message", queue_name="always-fails", connection="STORAGE")
async def always_fails(message: func.QueueMessage) -> None:
    note(function="always_fails", body=message.get_body().decode(), count=message.dequeue_count)
    raise RuntimeError("again")


@blueprint.queue_trigger(arg_name="message", queue_name="relay", connection="STORAGE")
@blueprint.queue_output(arg_name="out", queue_name="relayed", connection="STORAGE")
async def relay(message: func.QueueMessage, out: func.Out[str]) -> None:
    out.set("relayed " + message.get_body().decode())


@blueprint.queue_trigger(arg_name="message", queue_name="slow", connection="STORAGE")
async def slow(message: func.QueueMessage) -> None:
    note(function="slow", at="start")
    await asyncio.sleep(float(message.get_body()))
    note(function="slow", at="end")


@blueprint.timer_trigger(arg_name="timer", schedule="*/1 * * * * *")
async def ticks(timer: func.TimerRequest) -> None:
    note(function="ticks", past_due=timer.past_due)


app.register_functions(blueprint)
"""
