"""Which sign-ins are the attacker's: by what Entra calls risky, by where the alert's activity came from."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.playbook.sign_ins import judged
from shared.tenant.sign_ins import SignIn

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LOOK_BACK = NOW - timedelta(days=7)
HOME, AWAY, EVIL = "198.51.100.20", "192.0.2.4", "203.0.113.66"
FAILED = 50126


def _sign_in(ip: str, hours: float, **values: Any) -> SignIn:
    return SignIn(id="1", at=NOW - timedelta(hours=hours), ip_address=ip, **values)


def test_what_entra_calls_risky_is_the_attackers_and_so_is_all_else_from_there() -> None:
    seen = judged([_sign_in(EVIL, 30), _sign_in(EVIL, 26, risk_level="high"), _sign_in(HOME, 3)], [], LOOK_BACK)
    assert seen.began_at == NOW - timedelta(hours=30)
    assert seen.told[0].startswith(f"Probably the attacker: {EVIL} (place unknown), 2026-11-24 06:00 to ")
    assert seen.told[0].endswith("2 succeeded, 0 failed. Entra calls it risky.")


@pytest.mark.parametrize(
    ("risk", "attackers"),
    [
        ({"risk_level": "high"}, True),
        ({"risk_level": "medium"}, True),
        ({"risk_state": "atRisk"}, True),
        ({"risk_state": "confirmedCompromised"}, True),
        ({"risk_level": "low"}, False),
        ({"risk_level": "hidden", "risk_state": "none"}, False),
        ({"risk_state": "remediated"}, False),
        ({"risk_level": "unknownFutureValue"}, False),
    ],
)
def test_a_level_that_nobody_acts_on_makes_nobody_an_attacker(risk: dict[str, str], attackers: bool) -> None:
    assert (judged([_sign_in(EVIL, 5, **risk)], [], LOOK_BACK).began_at is not None) is attackers


@pytest.mark.parametrize(("minutes", "attackers"), [(0, True), (9, True), (-9, True), (11, False), (-11, False)])
def test_where_an_alerts_activity_came_from_is_the_attackers(minutes: int, attackers: bool) -> None:
    activity = NOW - timedelta(hours=5) + timedelta(minutes=minutes)
    seen = judged([_sign_in(EVIL, 5)], [activity], LOOK_BACK)
    assert (seen.began_at == NOW - timedelta(hours=5)) is attackers


def test_an_address_that_the_user_had_before_is_the_users_own_at_the_time_of_the_alert_too() -> None:
    seen = judged([_sign_in(HOME, 24 * 20), _sign_in(HOME, 5)], [NOW - timedelta(hours=5)], LOOK_BACK)
    assert seen.began_at is None
    assert seen.told == ()


def test_a_stolen_session_on_the_users_own_address_counts_from_what_is_risky_about_it() -> None:
    rows = [_sign_in(HOME, 24 * 20), _sign_in(HOME, 30), _sign_in(HOME, 5, risk_level="high"), _sign_in(HOME, 2)]
    assert judged(rows, [], LOOK_BACK).began_at == NOW - timedelta(hours=5)


def test_a_failure_lets_nobody_in() -> None:
    rows = [_sign_in(EVIL, 6, error_code=FAILED, risk_level="high"), _sign_in(EVIL, 5, error_code=FAILED)]
    assert judged(rows, [NOW - timedelta(hours=5)], LOOK_BACK).began_at is None


def test_new_addresses_and_tried_passwords_stand_out_and_do_not_set_the_window() -> None:
    tried = [_sign_in(EVIL, hours, error_code=FAILED) for hours in range(1, 12)]
    seen = judged([_sign_in(HOME, 24 * 20), _sign_in(AWAY, 40, city="Oslo", country="NO"), *tried], [], LOOK_BACK)
    assert seen.began_at is None
    assert seen.told[0].startswith(f"New for this user: {AWAY} (Oslo, NO)")
    assert seen.told[1].startswith(f"Somebody tries passwords: {EVIL}")


def test_a_protocol_without_a_second_factor_stands_out() -> None:
    rows = [_sign_in(HOME, 24 * 20, client="Browser"), _sign_in(HOME, 5, client="IMAP4")]
    assert judged(rows, [], LOOK_BACK).told == ("Signed in without a second factor, by IMAP4.",)


def test_an_empty_log_tells_nothing() -> None:
    assert (judged([], [NOW], LOOK_BACK).began_at, judged([], [NOW], LOOK_BACK).told) == (None, ())


@given(st.text(), st.text(), st.text(), st.text())
def test_whatever_the_log_holds_is_told_in_one_line_that_can_be_read(
    ip: str, city: str, country: str, name: str
) -> None:
    rows = [_sign_in(ip, 5, city=city, country=country, client=name, risk_level="high")]
    assert all(line.isprintable() and len(line) < 400 for line in judged(rows, [], LOOK_BACK).told)
