"""Account numbers that are mistyped are found, and payment codes say what banks read."""

from decimal import Decimal

import pytest

from desktopproc.formats.billing.bank import giro_code, grouped, is_bic, is_iban, qr_squares

_IBAN = "DE89 3704 0044 0532 0130 00"  # the example of ISO 13616


@pytest.mark.parametrize("iban", [_IBAN, "gb82west12345698765432", "FR1420041010050500013M02606"])
def test_ibans_that_are_right(iban: str) -> None:
    assert is_iban(iban)


@pytest.mark.parametrize(
    "iban", ["DE89370400440532013001", "DE8937040044053201300", "XX", "", "DE98370400440532013000"]
)
def test_ibans_that_are_mistyped(iban: str) -> None:
    assert not is_iban(iban)


def test_an_iban_is_printed_in_fours() -> None:
    assert grouped("DE89370400440532013000") == _IBAN


@pytest.mark.parametrize(
    ("bic", "is_right"), [("COBADEFFXXX", True), ("COBADEFF", True), ("C", False)]
)
def test_bics(bic: str, is_right: bool) -> None:
    assert is_bic(bic) is is_right


def test_a_payment_code_holds_the_lines_of_epc069_12() -> None:
    code = giro_code("Oak & Ash", _IBAN, "COBADEFFXXX", Decimal("12.3"), "2026-1")

    assert code is not None
    assert code.split("\n") == [
        *("BCD", "002", "1", "SCT", "COBADEFFXXX", "Oak & Ash", "DE89370400440532013000"),
        *("EUR12.30", "", "", "2026-1"),
    ]


@pytest.mark.parametrize("amount", ["0", "-1", "1000000000"])
def test_there_is_no_payment_code_for_what_cannot_be_paid(amount: str) -> None:
    assert giro_code("Oak", _IBAN, "", Decimal(amount), "1") is None


def test_the_squares_of_a_code_have_its_three_corners() -> None:
    squares = qr_squares("BCD")

    assert len(squares) == len(squares[0]) >= 21
    for row, column in ((0, 0), (0, -7), (-7, 0)):
        corner = [line[column:][:7] for line in squares[row:][:7]]
        assert corner[0] == [True] * 7
        assert corner[3] == [True, False, True, True, True, False, True]
