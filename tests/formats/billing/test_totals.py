"""Bills add up to the cent, whatever is in them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopproc.core.errors import BadInputError
from desktopproc.formats.billing.totals import Prices, RoundAt, Rounding, Rules, add_up
from desktopproc.formats.rows.documents import Discount, Item

D = Decimal


def _item(
    quantity: str | None,
    price: str | None,
    tax: str | None = None,
    discount: Discount | None = None,
) -> Item:
    numbers = [None if text is None else D(text) for text in (quantity, price, tax)]
    return Item("row 2", {}, numbers[0], numbers[1], discount, numbers[2])


_ITEMS = st.lists(
    st.builds(
        Item,
        st.just("row 2"),
        st.just({}),
        st.decimals(-100, 1000, places=3),
        st.decimals(0, 10_000, places=4),
        st.none() | st.builds(Discount, st.decimals(0, 100, places=1), st.just(True)),
        st.none() | st.sampled_from([D(0), D(7), D("7.0"), D("19"), D("5.5")]),
    ),
    max_size=12,
)
_RULES = st.builds(
    Rules,
    st.sampled_from([0, 2, 3]),
    st.sampled_from(Prices),
    st.sampled_from(Rounding),
    st.sampled_from(RoundAt),
    st.sampled_from([D(0), D(20)]),
)
_DISCOUNTS = st.none() | st.builds(Discount, st.decimals(0, 100, places=1), st.booleans())


@given(_ITEMS, _RULES, _DISCOUNTS, st.none() | st.decimals(0, 500, places=2))
def test_the_parts_of_a_bill_make_its_whole(
    items: list[Item], rules: Rules, discount: Discount | None, paid: Decimal | None
) -> None:
    totals = add_up(items, rules, discount, paid)
    coin = D(1).scaleb(-rules.places)

    assert totals.net == sum((group.net for group in totals.groups), D(0))
    assert totals.tax == sum((group.tax for group in totals.groups), D(0))
    assert totals.total == totals.net + totals.tax
    assert totals.due == totals.total - totals.paid
    whole = totals.net if rules.prices is Prices.NET else totals.total
    assert totals.subtotal - totals.discount == whole
    assert len({group.rate for group in totals.groups}) == len(totals.groups)
    for value in (totals.subtotal, totals.net, totals.tax, totals.total, totals.due):
        assert value % coin == 0


@given(_ITEMS, _RULES)
def test_rounded_lines_add_up_to_the_subtotal(items: list[Item], rules: Rules) -> None:
    totals = add_up(items, rules)

    if rules.round_at is RoundAt.LINE:
        lines = [line.amount for line in totals.lines if line is not None]
        assert sum(lines, D(0)) == totals.subtotal


@given(_ITEMS, _RULES)
def test_tax_is_that_of_its_base_to_the_coin(items: list[Item], rules: Rules) -> None:
    coin = D(1).scaleb(-rules.places)
    for group in add_up(items, rules).groups:
        assert abs(group.net * group.rate / 100 - group.tax) <= coin * 2


@given(_ITEMS, _RULES)
def test_a_credit_note_mirrors_its_bill(items: list[Item], rules: Rules) -> None:
    credit = [
        Item(i.place, i.values, -(i.quantity or D(0)), i.price, i.discount, i.tax) for i in items
    ]

    assert add_up(credit, rules).total == -add_up(items, rules).total


@pytest.mark.parametrize(
    ("rounding", "value"), [(Rounding.HALF_UP, "0.13"), (Rounding.HALF_EVEN, "0.12")]
)
def test_half_a_cent_goes_where_it_is_asked_to(rounding: Rounding, value: str) -> None:
    assert add_up([_item("1", "0.125")], Rules(rounding=rounding)).total == D(value)


def test_rounding_each_line_differs_from_rounding_the_sum() -> None:
    items = [_item("1", "0.125")] * 3

    assert add_up(items, Rules(round_at=RoundAt.LINE)).total == D("0.39")
    assert add_up(items, Rules(round_at=RoundAt.DOCUMENT)).total == D("0.38")


def test_a_discount_of_the_whole_is_shared_out_by_rate() -> None:
    totals = add_up(
        [_item("1", "100", "19"), _item("1", "50", "7")], Rules(), Discount(D(10), is_percent=True)
    )

    assert totals.discount == D("15.00")
    assert [(g.rate, g.net, g.tax) for g in totals.groups] == [
        (D(7), D("45.00"), D("3.15")),
        (D(19), D("90.00"), D("17.10")),
    ]


def test_prices_with_tax_keep_their_total() -> None:
    totals = add_up([_item("1", "119", "19")], Rules(prices=Prices.GROSS))

    assert (totals.net, totals.tax, totals.total) == (D("100.00"), D("19.00"), D("119.00"))


@pytest.mark.parametrize(("places", "total"), [(0, "4"), (3, "3.703")])
def test_currencies_have_coins_of_their_own(places: int, total: str) -> None:
    assert add_up([_item("3", "1.23433")], Rules(places=places)).total == D(total)


def test_a_line_of_text_counts_nothing_and_one_without_a_price_is_an_error() -> None:
    assert add_up([_item(None, None)], Rules()).lines == [None]
    with pytest.raises(BadInputError, match="row 2: there is no price"):
        add_up([_item("2", None)], Rules())
