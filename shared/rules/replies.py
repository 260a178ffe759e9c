"""Whether an automatic reply is an attacker's, by what it says.

When it was written cannot be known. An honest one says when its writer is back and which colleague to ask; an
attacker's sends whoever writes to a page, an address or a bank account that are the attacker's. A telephone number is
in most of the honest ones, so it tells nothing.
"""

import re

from shared.rules.matching import Vocabulary
from shared.rules.written import inside, read

# Where money is to go: an accounts department's reply may speak of invoices.
_ACCOUNTS = Vocabulary(
    {
        "any": "iban, swift code, bitcoin, usdt, paypal, western union",
        "en": """bank details, banking details, bank account, account number, routing number, sort code, wire transfer,
            account details, gift card, payment details""",
        "de": "bankverbindung, kontoverbindung, kontonummer, bankdaten, kontodaten, bankkonto",
        "fr": "coordonnées bancaires, compte bancaire, virement, rib",
        "es": "cuenta bancaria, datos bancarios, transferencia bancaria, número de cuenta",
        "it": "coordinate bancarie, conto bancario, conto corrente, bonifico",
        "pt": "dados bancários, conta bancária, transferência bancária, pix",
        "nl": "bankrekening, rekeningnummer, bankgegevens, overschrijving",
        "pl": "numer konta, rachunek bankowy, numer rachunku, przelew",
        "sv, da, no, fi": "bankkonto, kontonummer, bankgiro, tilinumero, pankkitili",
        "cs, tr": "číslo účtu, bankovní účet, hesap numarası, banka hesab*",
        "ja, zh": "口座, 振込, 银行账户, 銀行帳戶, 账号, 帳號, 转账, 轉帳, 汇款, 匯款",
    }
)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")


def reasons(message: str, domains: frozenset[str]) -> list[str]:
    """Why a message is an attacker's, none where nothing speaks for it. ``domains``: the organisation's, lower case."""
    written = read(message)
    hosts = [host for host in written.hosts if not inside(host, domains)]
    others = [one for one in written.addresses if not inside(one.rpartition("@")[2], domains)]
    told = []
    if hosts:
        told.append(f"it leads to {_few(hosts)}, outside the organisation")
    if others:
        told.append(f"it names the address {_few(others)}, outside the organisation")
    if _ACCOUNTS.found([written.text]) or _IBAN.search(written.text):
        told.append("it speaks of where money is to go")
    return told


def _few(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
