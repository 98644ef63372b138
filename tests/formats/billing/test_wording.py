"""Money, numbers and dates in the writing of a country; Babel itself is the judge."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from desktopproc.core.errors import UsageError
from desktopproc.formats.billing.wording import currency_of, places_of, wording

_LOCALES = (
    "de_DE",
    "en_US",
    "en_GB",
    "fr_FR",
    "de_CH",
    "sv_SE",
    "hi_IN",
    "pt_BR",
    "nl_NL",
    "ja_JP",
)


@given(
    st.sampled_from(_LOCALES),
    st.sampled_from(["EUR", "USD", "JPY", "KWD", "CHF"]),
    st.decimals(0, 10**9, places=3),
)
def test_money_is_written_as_babel_writes_it(locale: str, currency: str, value: Decimal) -> None:
    places = places_of(currency)
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)

    expected = format_currency(rounded, currency, locale=locale).replace("\uffe5", "\xa5")

    found = wording(locale).money(rounded, currency, places)

    # CLDR parts a word from digits ("KWD 1", currencySpacing); Babel leaves that out
    assert found.replace("\xa0", "") == expected.replace("\xa0", "")


@pytest.mark.parametrize(
    ("locale", "value", "text"),
    [
        ("en_GB", "-80", "\u2212£80.00"),
        ("de_DE", "-1234.5", "\u22121.234,50\xa0£"),
        ("en_GB", "-0.001", "£0.00"),
    ],
)
def test_negative_amounts(locale: str, value: str, text: str) -> None:
    assert wording(locale).money(Decimal(value), "GBP", 2) == text


@pytest.mark.parametrize(
    ("value", "least", "text"),
    [("2", 0, "2"), ("1.50", 0, "1.5"), ("0.0125", 2, "0.0125"), ("1E+3", 2, "1,000.00")],
)
def test_numbers_show_the_decimals_they_have(value: str, least: int, text: str) -> None:
    assert wording("en_GB").number(Decimal(value), least=least) == text


@pytest.mark.parametrize(
    ("locale", "text"), [("de_DE", "04.03.2026"), ("en_GB", "4 Mar 2026"), ("en_US", "Mar 4, 2026")]
)
def test_dates(locale: str, text: str) -> None:
    assert wording(locale).date(date(2026, 3, 4), "medium") == text


def test_what_a_country_pays_with_and_which_comes_first_day_or_month() -> None:
    assert [currency_of(name) for name in ("de_DE", "en_GB", "ja_JP", "en")] == [
        *("EUR", "GBP", "JPY", ""),
    ]
    assert wording("en_US").month_first
    assert not wording("en_GB").month_first


def test_a_locale_that_is_none_is_an_error_that_says_so() -> None:
    with pytest.raises(UsageError, match="no language and region 'xx_YY'"):
        wording("xx_YY")
