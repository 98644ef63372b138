"""Checks bank details, and writes the code that a phone reads to pay a bill."""

import re
from decimal import Decimal

_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_LENGTHS = {
    "AD": 24,
    "AT": 20,
    "BE": 16,
    "BG": 22,
    "CH": 21,
    "CY": 28,
    "CZ": 24,
    "DE": 22,
    "DK": 18,
    "EE": 20,
    "ES": 24,
    "FI": 18,
    "FR": 27,
    "GB": 22,
    "GI": 23,
    "GR": 27,
    "HR": 21,
    "HU": 28,
    "IE": 22,
    "IS": 26,
    "IT": 27,
    "LI": 21,
    "LT": 20,
    "LU": 20,
    "LV": 21,
    "MC": 27,
    "MT": 31,
    "NL": 18,
    "NO": 15,
    "PL": 28,
    "PT": 25,
    "RO": 24,
    "SE": 24,
    "SI": 19,
    "SK": 24,
    "SM": 27,
}  # the IBAN registry of SWIFT, for the countries of SEPA
_MASK = 2
_LARGEST = Decimal("999999999.99")


def compact(text: str) -> str:
    """An account number without the spaces that people write it with."""
    return re.sub(r"\s", "", text).upper()


def is_iban(text: str) -> bool:
    """Whether an IBAN is spelled right: its length, and its check digits (ISO 13616, mod 97)."""
    iban = compact(text)
    if not _IBAN.fullmatch(iban) or len(iban) != _LENGTHS.get(iban[:2], len(iban)):
        return False
    return int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 == 1


def is_bic(text: str) -> bool:
    """Whether a BIC has the form of one (ISO 9362)."""
    return _BIC.fullmatch(compact(text)) is not None


def grouped(iban: str) -> str:
    """An IBAN in groups of four, as it is printed."""
    letters = compact(iban)
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def giro_code(name: str, iban: str, bic: str, amount: Decimal, purpose: str) -> str | None:
    """The text of an EPC QR code (EPC069-12 version 2); None where it cannot say the amount."""
    if not is_iban(iban) or not Decimal("0.01") <= amount <= _LARGEST or not name.strip():
        return None
    lines = (
        *("BCD", "002", "1", "SCT", compact(bic) if is_bic(bic) else ""),
        *(" ".join(name.split())[:70], compact(iban), f"EUR{amount:.2f}", "", ""),
        " ".join(purpose.split())[:140],
    )
    return "\n".join(lines)


def qr_squares(text: str) -> list[list[bool]]:
    """The dark and light squares of a QR code with the error correction that EPC asks for."""
    import segno

    # Any mask is right (ISO 18004, 7.8); trying out all eight is most of the time it takes.
    code = segno.make(text, error="m", micro=False, boost_error=False, encoding="utf-8", mask=_MASK)
    return [[bool(dark) for dark in row] for row in code.matrix]
