"""Writes numbers, money and dates as a language and its country do."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from desktopproc.core.errors import UsageError

if TYPE_CHECKING:
    from babel import Locale

_MOST_PLACES = 6  # that a price per unit shows
_MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class Affixes:
    """What stands before and behind an amount of money."""

    before: str
    behind: str
    negative_before: str
    negative_behind: str


class Wording:
    """The writing of one locale; it asks Babel once and formats by itself, forty times as fast."""

    def __init__(self, name: str) -> None:
        self.locale = _locale(name)
        symbols = self.locale.number_symbols.get("latn") or self.locale.number_symbols
        self.point = str(symbols["decimal"])
        self._group = str(symbols["group"])
        groups = self.locale.decimal_formats[None].grouping
        self._is_indian = tuple(groups) == (3, 2)
        turned = {",": self._group, ".": self.point}
        is_usual = all(sign == other for sign, other in turned.items())
        self._signs = {} if is_usual else str.maketrans(turned)
        self._percents: dict[Decimal, str] = {}

    @property
    def language(self) -> str:
        """The language alone, such as "de"."""
        return str(self.locale.language)

    @property
    def tag(self) -> str:
        """The name of the locale as PDF and the web spell it (BCP 47)."""
        return str(self.locale).replace("_", "-")

    @property
    def month_first(self) -> bool:
        """Whether 3/4 is the fourth of March."""
        pattern = str(self.locale.date_formats["short"].pattern).lower()
        return pattern.find("m") < pattern.find("d") and not pattern.startswith("y")

    def number(self, value: Decimal, places: int | None = None, least: int = 0) -> str:
        """A number with this many decimals, or as many as it has from `least` on."""
        text = f"{value:,f}"
        whole, _, part = text.partition(".")
        if places is None:
            part = part.rstrip("0").ljust(least, "0")
            places = min(len(part), _MOST_PLACES)
        if len(part) > places:
            whole, _, part = f"{_at(value, places):,f}".partition(".")
        is_negative = whole.startswith("-")
        whole = whole.removeprefix("-")
        text = f"{whole}.{part.ljust(places, '0')}" if places else whole
        if self._is_indian:
            text = _indian(text)
        if self._signs:
            text = text.translate(self._signs)
        if is_negative and any(sign in "123456789" for sign in text):
            return f"{_MINUS}{text}"
        return text

    def money(self, value: Decimal, currency: str, places: int) -> str:
        """An amount with its currency's sign where the locale puts it."""
        affixes = _affixes(str(self.locale), currency)
        text = self.number(abs(value), places)
        if _at(value, places) < 0:
            return f"{affixes.negative_before}{text}{affixes.negative_behind}"
        return f"{affixes.before}{text}{affixes.behind}"

    def percent(self, value: Decimal) -> str:
        """A rate, such as 19 %."""
        found = self._percents.get(value)
        if found is None:
            before, behind = _percent(str(self.locale))
            found = self._percents[value] = f"{before}{self.number(value)}{behind}"
        return found

    def date(self, value: date, style: str) -> str:
        """A day; `style` is short, medium, long or full."""
        return _date(str(self.locale), value, style)


@lru_cache(maxsize=32)
def wording(name: str) -> Wording:
    """The writing of a locale such as de_DE; UsageError where there is none of that name."""
    return Wording(name)


def _locale(name: str) -> "Locale":
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(name.strip().replace("-", "_").partition(".")[0])
    except (UnknownLocaleError, ValueError, TypeError, AttributeError):
        raise UsageError(
            f"There is no language and region '{name}'. Give one such as en_GB, de_DE or fr_CA."
        ) from None


@lru_cache(maxsize=64)
def places_of(currency: str) -> int:
    """How many decimals a currency has: 2 for EUR, 0 for JPY, 3 for KWD."""
    from babel.numbers import get_currency_precision

    return int(get_currency_precision(currency))


@lru_cache(maxsize=64)
def is_currency(code: str) -> bool:
    """Whether there is a currency of this code (ISO 4217)."""
    from babel.numbers import is_currency as known

    return bool(known(code))


@lru_cache(maxsize=64)
def currency_of(locale: str) -> str:
    """What people pay with in the locale's country; empty where it names no country."""
    from babel.numbers import get_territory_currencies

    territory = _locale(locale).territory
    found = get_territory_currencies(territory) if territory else []
    return str(found[0]) if found else ""


def _at(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@lru_cache(maxsize=64)
def _affixes(locale: str, currency: str) -> Affixes:
    from babel.numbers import get_currency_symbol

    own = _locale(locale)
    if not currency:
        return Affixes("", "", _MINUS, "")
    sign = get_currency_symbol(currency, own).replace("\uffe5", "\xa5")  # the narrow yen sign
    pattern = own.currency_formats["standard"]

    def put(parts: Any) -> tuple[str, str]:
        return tuple(part.replace("\xa4", sign).replace("-", _MINUS) for part in parts)

    before, behind = put(pattern.prefix[:1] + pattern.suffix[:1])
    negative = put(pattern.prefix[1:] + pattern.suffix[1:])
    if before[-1:].isalnum():  # "CHF 5", "USD 5": a word keeps its distance
        before += "\xa0"
        if negative[0][-1:].isalnum():
            negative = (negative[0] + "\xa0", negative[1])
    return Affixes(before, behind, *negative)


@lru_cache(maxsize=64)
def _percent(locale: str) -> tuple[str, str]:
    pattern = _locale(locale).percent_formats[None]
    return str(pattern.prefix[0]), str(pattern.suffix[0])


@lru_cache(maxsize=512)
def _date(locale: str, value: date, style: str) -> str:
    from babel.dates import format_date

    return str(format_date(value, style, _locale(locale)))


def _indian(text: str) -> str:
    """12,345,678 as 1,23,45,678."""
    whole, point, part = text.replace(",", "").partition(".")
    head, tail = whole[:-3], whole[-3:]
    pairs = [head[max(0, at - 2) : at] for at in range(len(head), 0, -2)][::-1]
    return ",".join([*pairs, tail]) + point + part


def system_locale() -> str:
    """The computer's own language and country; British English where it tells none."""
    from babel import default_locale

    try:
        found = default_locale("LC_TIME") or ""
    except ValueError:
        found = ""
    return "en_GB" if found in ("", "en_US_POSIX") else found
