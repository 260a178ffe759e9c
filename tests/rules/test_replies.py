"""Which automatic replies are an attacker's: those that lead outside, or say where money is to go."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rules.replies import reasons
from shared.rules.written import inside, read

DOMAINS = frozenset({"contoso.com", "contoso.onmicrosoft.com"})

HONEST = {
    "nothing": "",
    "the usual": "<html><body>I am out of office until 5 January. In urgent cases call +1 555 0100.</body></html>",
    "a colleague": 'Bitte wenden Sie sich an <a href="mailto:miriam@contoso.com">miriam@contoso.com</a>.',
    "our own page": 'See <a href="https://www.contoso.com/help">our help</a> or https://contoso.com.',
    "invoices": "For invoices please write to ap@contoso.com. We will pay them swiftly.",
    "an account manager": "Your new account manager is Megan Bowen.",
    "styles": "<style>a { background: url(https://attacker.example) }</style>I am away.",
    "a picture": '<img src="https://cdn.example/logo.png">I am away.',
    "away, in Japanese": "休暇中です。",
}
ATTACKERS = {
    "a link": ('<a href="https://contoso.attacker.example/x">Open the document</a>', "contoso.attacker.example"),
    "a link in words": ("See www.attacker.example/login", "www.attacker.example"),
    "our name before": ("https://contoso.com.attacker.example", "contoso.com.attacker.example"),
    "our name as a user": ("https://contoso.com@attacker.example/", "attacker.example"),
    "without a scheme": ('<a href="//attacker.example/">here</a>', "attacker.example"),
    "backslashes": ("https://attacker.example\\@contoso.com/", "attacker.example"),
    "in capitals": ('<A HREF="HTTPS://ATTACKER.EXAMPLE">x</A>', "attacker.example"),
    "broken markup": ('<a href="https://attacker.example"', "attacker.example"),
    "another address": ("Write to me at alex.wilber@mail.example from now on.", "alex.wilber@mail.example"),
    "a mail link": ('<a href="mailto:alex@mail.example?subject=x">me</a>', "alex@mail.example"),
    "bank details": ("Please note our new bank details.", "where money is to go"),
    "in German": ("Unsere Bankverbindung hat sich geändert.", "where money is to go"),
    "in French": ("Voici nos nouvelles coordonnées bancaires.", "where money is to go"),
    "in Japanese": ("新しい口座にお願いします。", "where money is to go"),
    "an IBAN": ("DE89 3704 0044 0532 0130 00", "where money is to go"),
    "hidden letters": ("b\u200ba\u00adnk det\u202eails", "where money is to go"),
    "torn by tags": ("bank <b>det</b>ails", "where money is to go"),
    "entities": ("bank&nbsp;det&#97;ils", "where money is to go"),
}


@pytest.mark.parametrize("message", HONEST.values(), ids=HONEST.keys())
def test_an_honest_reply_is_left_alone(message: str) -> None:
    assert reasons(message, DOMAINS) == []


@pytest.mark.parametrize(("message", "told"), ATTACKERS.values(), ids=ATTACKERS.keys())
def test_a_reply_that_leads_astray_is_an_attackers_and_says_why(message: str, told: str) -> None:
    assert told in " ".join(reasons(message, DOMAINS))


def test_of_many_places_a_few_are_named() -> None:
    (why,) = reasons(" ".join(f"https://{n}.example" for n in range(9)), DOMAINS)
    assert why == "it leads to 0.example, 1.example, 2.example and 6 more, outside the organisation"


@pytest.mark.parametrize(
    ("host", "is_inside"),
    [("contoso.com", True), ("a.b.contoso.com", True), ("notcontoso.com", False), ("com", False), ("", False)],
)
def test_a_host_is_inside_by_its_whole_labels(host: str, is_inside: bool) -> None:
    assert inside(host, DOMAINS) is is_inside


@given(st.text() | st.text("<>&!-/=\"' ahref:@."))
def test_any_text_can_be_read(message: str) -> None:
    reasons(message, DOMAINS)
    assert "\n" not in read(message).text


@pytest.mark.parametrize(
    "piece", ["<a href='x'>", "<a href='", "<", "&", "https://", "\u202e", "a@", "<![", "<!--", "<style>", "href="]
)
def test_a_text_is_read_in_a_time_that_grows_with_its_length_alone(piece: str) -> None:
    """Four times the text may take some four times as long: a search from each character would take sixteen times."""
    reasons(piece, DOMAINS)
    short, long = (_seconds(piece * (size // len(piece))) for size in (2**16, 2**18))
    assert long < max(8 * short, 1)


def _seconds(message: str) -> float:
    before = process_time()
    reasons(message, DOMAINS)
    return process_time() - before
