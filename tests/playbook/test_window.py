"""Since when the attacker may have been in."""

from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from shared.playbook.step import Context
from shared.playbook.window import Window, attack_window
from shared.settings import Settings
from shared.state.incidents import Snapshot
from shared.tenant.tenant import Tenant

from .incident import OPENED, SECURED, alert, incident


def _window(snapshot: Snapshot) -> Window:
    settings = Settings(tenant_id="any", look_back=timedelta(days=3))
    return attack_window(Context(cast("Tenant", None), snapshot, settings, SECURED))


def test_it_begins_the_look_back_before_the_first_activity_of_any_alert() -> None:
    first = OPENED - timedelta(hours=5)
    seen = replace(incident(), alerts=(alert(OPENED), alert(first), alert(None)))
    assert _window(seen) == Window(first - timedelta(days=3), SECURED)


def test_where_no_alert_tells_of_a_time_it_begins_before_the_incident() -> None:
    assert _window(replace(incident(), alerts=(alert(None),))).start == OPENED - timedelta(days=3)


@pytest.mark.parametrize(("days", "held"), [(-4, False), (-3, True), (-1, True), (1, False), (None, False)])
def test_it_holds_what_happened_in_it(days: int | None, held: bool) -> None:
    moment = None if days is None else OPENED + timedelta(days=days)
    assert _window(incident()).holds(moment) is held
