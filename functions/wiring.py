"""Where the parts meet: the playbook from ``functions/steps``, and one engine for this process."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

import azure.functions as func

from shared.playbook.engine import Engine, utc_now
from shared.playbook.opening import Opening
from shared.playbook.registry import Playbook
from shared.playbook.step import Step
from shared.playbook.taking_in import TakingIn
from shared.settings import settings
from shared.state.storage import Storage
from shared.tenant.tenant import Tenant

_FOLDERS = ("intake", "steps", "operate", "upkeep")
_prepared = False


def step_function(step: Step) -> func.Blueprint:
    """The Azure Function of a step: its queue's trigger, which hands the message to the engine."""
    blueprint = func.Blueprint()
    declared = step.declaration

    @blueprint.function_name(declared.function)
    @blueprint.queue_trigger(arg_name="message", queue_name=declared.name, connection="AzureWebJobsStorage")
    async def run(message: func.QueueMessage) -> None:
        await (await engine()).handle(message.get_body())

    return blueprint


def modules(folder: str) -> list[ModuleType]:
    """The modules of one folder of ``functions``, by name."""
    package = import_module(f"functions.{folder}")
    return [import_module(f"{package.__name__}.{info.name}") for info in iter_modules(package.__path__)]


def blueprints() -> list[func.Blueprint]:
    """One blueprint a file: every door, step, operation and timer."""
    return [module.blueprint for folder in _FOLDERS for module in modules(folder)]


@cache
def playbook() -> Playbook:
    """All steps. Raises ``ValueError`` where the setting ``REGAIN_STEPS`` names a step that does not exist."""
    book = Playbook(module.step for module in modules("steps"))
    book.check_names(settings().steps)
    return book


async def storage() -> Storage:
    """This process's storage, with its tables there."""
    global _prepared  # noqa: PLW0603 - once a process
    if not _prepared:
        await _storage().prepare()
        _prepared = True
    return _storage()


async def engine() -> Engine:
    """This process's engine."""
    return Engine(playbook(), await storage(), _tenant(), settings())


async def opening() -> Opening:
    """What the doors open incidents with."""
    return Opening(await storage(), settings(), utc_now)


async def taking_in() -> TakingIn:
    """What the doors take in with."""
    return TakingIn(await storage(), settings(), await opening())


@cache
def _storage() -> Storage:
    return Storage.from_settings(settings())


@cache
def _tenant() -> Tenant:
    return Tenant.from_settings(settings())
