"""Numbers and dates as people write them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopproc.formats.rows.amounts import day, decimal_sign, number


@pytest.mark.parametrize(
    ("text", "sign", "value"),
    [
        ("1.234,56", ",", "1234.56"),
        ("1,234.56", ".", "1234.56"),
        ("1'234.50", ".", "1234.50"),
        ("1\u202f234,5", ",", "1234.5"),
        ("12,34,567.00", ".", "1234567.00"),
        ("€ 12,50", ",", "12.50"),
        ("12.50 EUR", ".", "12.50"),
        ("-$5", ".", "-5"),
        ("\u22127", ".", "-7"),
        ("(5.00)", ".", "-5.00"),
        ("5-", ".", "-5"),
        ("19 %", ".", "19"),
        (".5", ".", "0.5"),
        ("1.000", ",", "1000"),
        ("1.000", ".", "1.000"),
    ],
)
def test_numbers_are_read(text: str, sign: str, value: str) -> None:
    assert number(text, sign) == Decimal(value)


@pytest.mark.parametrize("text", ["abc", "1,2,3", "1.2.3,4", "12a34", "--1", "1e99", "NaN"])
def test_what_is_no_number_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        number(text, ".")


@pytest.mark.parametrize("cell", [None, "", "  ", True])
def test_nothing_is_no_number(cell: str | bool | None) -> None:
    assert number(cell, ".") is None


@pytest.mark.parametrize(
    ("cells", "sign"),
    [
        (["1.234", "12,5"], ","),
        (["1,234", "12.5"], "."),
        (["1.234,00"], ","),
        (["1.234.567"], ","),
        (["1,234,567"], "."),
        (["1.234", "7"], "?"),
        ([3, None], "?"),
    ],
)
def test_the_decimal_sign_is_the_one_that_the_table_shows(
    cells: list[str | int | None], sign: str
) -> None:
    assert decimal_sign(cells, "?") == sign


@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from([(",", "."), (".", ",")]))
def test_what_was_written_is_read_again(value: Decimal, signs: tuple[str, str]) -> None:
    group, point = signs
    text = f"{value:,.2f}".translate(str.maketrans(",.", group + point))

    assert number(text, point) == value


@pytest.mark.parametrize(
    ("text", "month_first", "expected"),
    [
        ("2026-03-04", False, date(2026, 3, 4)),
        ("2026-03-04T10:00:00Z", False, date(2026, 3, 4)),
        ("04.03.2026", True, date(2026, 3, 4)),
        ("3/4/2026", True, date(2026, 3, 4)),
        ("3/4/2026", False, date(2026, 4, 3)),
        ("3/25/26", False, date(2026, 3, 25)),
        ("31.02.2026", False, None),
        ("March 2026", False, None),
    ],
)
def test_dates_are_read(text: str, month_first: bool, expected: date | None) -> None:
    assert day(text, month_first=month_first) == expected
