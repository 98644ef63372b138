"""Adds up a bill in exact decimals: lines, discounts, tax by rate, what is left to pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext
from enum import StrEnum

from desktopproc.core.errors import BadInputError
from desktopproc.formats.rows.documents import Discount, Item

ZERO = Decimal(0)
_HUNDRED = Decimal(100)
_EXACT = Context(prec=60)


class Prices(StrEnum):
    """What the prices in the data are."""

    NET = "net"
    GROSS = "gross"


class Rounding(StrEnum):
    """Where the half of the smallest coin goes."""

    HALF_UP = "half-up"
    HALF_EVEN = "half-even"


class RoundAt(StrEnum):
    """What is rounded: each line, or sums alone."""

    LINE = "line"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Rules:
    """How a bill is added up; `places` is how many decimals the currency has."""

    places: int = 2
    prices: Prices = Prices.NET
    rounding: Rounding = Rounding.HALF_UP
    round_at: RoundAt = RoundAt.LINE
    tax: Decimal = ZERO  # for lines that name no rate

    def rounded(self, value: Decimal) -> Decimal:
        """To the smallest coin; half up goes away from zero, so that a credit mirrors its bill."""
        way = ROUND_HALF_UP if self.rounding is Rounding.HALF_UP else ROUND_HALF_EVEN
        return value.quantize(Decimal(1).scaleb(-self.places), way) + ZERO  # + 0: never -0


@dataclass(frozen=True, slots=True)
class Line:
    """What one item comes to, and the rate it is taxed at."""

    amount: Decimal
    exact: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """Everything that is taxed at one rate."""

    rate: Decimal
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """A bill that is added up. `subtotal` is in the kind of prices the data have."""

    lines: Sequence[Line | None]
    subtotal: Decimal
    discount: Decimal
    groups: Sequence[TaxGroup]
    net: Decimal
    tax: Decimal
    total: Decimal
    paid: Decimal
    due: Decimal


def add_up(
    items: Sequence[Item],
    rules: Rules,
    discount: Discount | None = None,
    paid: Decimal | None = None,
) -> Totals:
    """Add up the items; lines without quantity and price count nothing."""
    with localcontext(_EXACT):
        lines = [_line(item, rules) for item in items]
        priced = [line for line in lines if line is not None]
        exact: dict[Decimal, Decimal] = {}
        for line in priced:
            value = line.amount if rules.round_at is RoundAt.LINE else line.exact
            exact[line.tax] = exact.get(line.tax, ZERO) + value
        sums = {rate: rules.rounded(value) for rate, value in exact.items()}
        subtotal = sum(sums.values(), ZERO)
        taken = rules.rounded(_off(subtotal, discount)) if sums else ZERO
        shares = _shared(taken, sums, rules)
        groups = [
            _group(rate, sums[rate] - shares[rate], exact[rate] - shares[rate], rules)
            for rate in sorted(sums)
        ]
        net = sum((group.net for group in groups), ZERO)
        tax = sum((group.tax for group in groups), ZERO)
        paid = rules.rounded(paid or ZERO)
        due = net + tax - paid
        return Totals(lines, subtotal, taken, groups, net, tax, net + tax, paid, due)


def _line(item: Item, rules: Rules) -> Line | None:
    if item.quantity is None and item.price is None and item.total is None:
        return None
    quantity = Decimal(1) if item.quantity is None else item.quantity
    price = item.price
    if price is None and item.total is not None:
        exact = item.total
    elif price is None:
        raise BadInputError(f"{item.place}: there is no price. Enter one and retry.")
    else:
        exact = quantity * price
        exact -= _off(exact, item.discount)
    tax = rules.tax if item.tax is None else item.tax
    return Line(rules.rounded(exact), exact, tax.normalize() + ZERO)


def _off(value: Decimal, discount: Discount | None) -> Decimal:
    if discount is None:
        return ZERO
    return value * discount.value / _HUNDRED if discount.is_percent else discount.value


def _shared(taken: Decimal, sums: dict[Decimal, Decimal], rules: Rules) -> dict[Decimal, Decimal]:
    """The discount of the whole, shared out by what each rate comes to; the last takes the rest."""
    whole = sum(sums.values(), ZERO)
    shares = dict.fromkeys(sums, ZERO)
    if not taken or not sums:
        return shares
    left = taken
    largest = max(sums, key=lambda rate: (abs(sums[rate]), rate))
    for rate, value in sums.items():
        if rate != largest and whole:
            shares[rate] = rules.rounded(taken * value / whole)
            left -= shares[rate]
    shares[largest] = left
    return shares


def _group(rate: Decimal, value: Decimal, exact: Decimal, rules: Rules) -> TaxGroup:
    """A rate's share of the bill; `exact` is its value before it was rounded."""
    if rules.prices is Prices.GROSS:
        net = rules.rounded(exact / (1 + rate / _HUNDRED))
        return TaxGroup(rate, net, value - net)
    base = value if rules.round_at is RoundAt.LINE else exact
    return TaxGroup(rate, value, rules.rounded(base * rate / _HUNDRED))
