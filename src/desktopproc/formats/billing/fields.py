"""Knows the words for every field of a template: what the data say, what was added up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from desktopproc.formats.billing.bank import grouped
from desktopproc.formats.billing.totals import Line, Prices, Rules, Totals
from desktopproc.formats.billing.wording import Wording
from desktopproc.formats.rows.documents import Discount, Item, Record
from desktopproc.formats.rows.table import Cell
from desktopproc.formats.typesetting.phrases import WORDS, Look
from desktopproc.formats.typesetting.template import Template

COMPUTED = frozenset(
    {
        *("currency", "subtotal", "discount_amount", "net", "tax_total", "total"),
        *("paid_amount", "due_amount", "page", "pages", "today", "item.position", "item.total"),
        *(
            "item.tax_amount",
            "payable",
            "seller.address_line",
            "seller.purpose",
            "seller.account_holder",
        ),
        "customer.address_line",
    }
)
"""What is worked out, so that no data need to have it."""


@dataclass(slots=True)
class Fields:
    """One document in words. What the data say wins over what the options say."""

    record: Record
    template: Template
    wording: Wording
    rules: Rules
    currency: str
    totals: Totals | None
    sender: Mapping[str, str]
    today: date
    paging: dict[str, str] = field(default_factory=dict)
    _known: dict[str, str] = field(default_factory=dict)

    def look(self, name: str) -> str:
        """The words for a field; nothing where nothing is known."""
        if name in self.paging:
            return self.paging[name]
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._found(name)
        return found

    def money(self, value: Decimal) -> str:
        return self.wording.money(value, self.currency, self.rules.places)

    def amount(self, value: Decimal) -> str:
        """Money in a table, where the currency need not stand in every line."""
        return self.wording.number(value, self.rules.places)

    def word(self, name: str) -> str:
        return self.template.word(name, self.wording.language)

    def items(self) -> list[Look]:
        """How to look up the fields of each item; what it lacks is the document's."""
        asked = {name for _, name in self.template.asked if name.startswith("item.")}
        makers = [(name, _MAKERS[name]) for name in asked if name in _MAKERS]
        rest = [(name, name.removeprefix("item.")) for name in asked if name not in _MAKERS]
        lines = self.totals.lines if self.totals else [None] * len(self.record.items)
        has_tax = self.rules.tax or any(item.tax is not None for item in self.record.items)
        looks: list[Look] = []
        number = 0
        for item, line in zip(self.record.items, lines, strict=True):
            told = {name: make(self, item, line) for name, make in makers}
            told |= {name: self.plain(item.values.get(key)) for name, key in rest}
            is_counted = line is not None or item.quantity is not None
            number += is_counted
            told["item.position"] = str(number) if is_counted else ""
            if not has_tax:
                told["item.tax"] = ""
            looks.append(_in(told, self.look))
        return looks

    def plain(self, cell: Cell) -> str:
        """A cell as it is written in this language."""
        if isinstance(cell, str):
            return cell
        if cell is None:
            return ""
        if isinstance(cell, bool):
            return self.word("yes" if cell else "no") or ("yes" if cell else "no")
        if isinstance(cell, datetime | date):
            return self.wording.date(cell, self.template.date_style)
        if isinstance(cell, time):
            return cell.strftime("%H:%M")
        return self.wording.number(Decimal(str(cell)))

    def _found(self, name: str) -> str:
        if name.startswith(WORDS):
            return self.word(name.removeprefix(WORDS))
        if self.totals is not None and name in _TOTALS:
            return self.money(_TOTALS[name](self.totals))
        if name in _OTHERS:
            return _OTHERS[name](self)
        values = self.record.values
        if name in values:
            return self.plain(values[name])
        return self.sender.get(name) or self.template.values.get(name, "")


def _in(told: Mapping[str, str], others: Look) -> Look:
    def look(name: str) -> str:
        found = told.get(name)
        return others(name) if found is None else found

    return look


def _quantity(fields: Fields, item: Item, line: Line | None) -> str:
    if item.quantity is None:
        return "" if line is None else "1"
    return fields.wording.number(item.quantity)


def _price(fields: Fields, item: Item, line: Line | None) -> str:
    price = item.price
    if price is None:
        if line is None or (item.quantity not in (None, 1)):
            return ""
        price = line.amount
    return fields.wording.number(price, least=fields.rules.places)


def _discount(fields: Fields, item: Item, line: Line | None) -> str:
    return "" if item.discount is None or line is None else discount_words(fields, item.discount)


def _tax(fields: Fields, _: Item, line: Line | None) -> str:
    return "" if line is None else fields.wording.percent(line.tax)


def _total(fields: Fields, _: Item, line: Line | None) -> str:
    return "" if line is None else fields.amount(line.amount)


def discount_words(fields: Fields, discount: Discount) -> str:
    """A discount as its row or column says it."""
    value = discount.value
    return fields.wording.percent(value) if discount.is_percent else fields.amount(value)


_MAKERS: Mapping[str, Callable[[Fields, Item, Line | None], str]] = {
    "item.quantity": _quantity,
    "item.price": _price,
    "item.discount": _discount,
    "item.tax": _tax,
    "item.total": _total,
}
_TOTALS: Mapping[str, Callable[[Totals], Decimal]] = {
    "subtotal": lambda totals: totals.subtotal,
    "discount_amount": lambda totals: totals.discount,
    "net": lambda totals: totals.net,
    "tax_total": lambda totals: totals.tax,
    "total": lambda totals: totals.total,
    "paid_amount": lambda totals: totals.paid,
    "due_amount": lambda totals: totals.due,
}
_OTHERS: Mapping[str, Callable[[Fields], str]] = {
    "currency": lambda fields: fields.currency,
    "today": lambda fields: fields.plain(fields.today),
    "payable": lambda fields: (
        "yes" if fields.totals and fields.totals.due > 0 and _own(fields, "seller.iban") else ""
    ),
    "seller.iban": lambda fields: grouped(_own(fields, "seller.iban")),
    "seller.purpose": lambda fields: fields.look("number") if _own(fields, "seller.iban") else "",
    "seller.account_holder": lambda fields: (
        fields.look("seller.name") if _own(fields, "seller.iban") else ""
    ),
    "seller.address_line": lambda fields: _in_one_line(fields.look("seller.address")),
    "customer.address_line": lambda fields: _in_one_line(fields.look("customer.address")),
}


def _own(fields: Fields, name: str) -> str:
    """What the data, the options or the template say."""
    found = fields.record.values.get(name)
    if found is not None:
        return str(found)
    return fields.sender.get(name) or fields.template.values.get(name, "")


def _in_one_line(text: str) -> str:
    return " \u00b7 ".join(part.strip() for part in text.split("\n") if part.strip())


def total_rows(fields: Fields, asked: Sequence[str]) -> list[tuple[str, str, bool]]:
    """The rows below the lines of a bill: what each is called, its amount, whether it stands out.

    Rows that would only repeat what stands above them are left out.
    """
    totals = fields.totals
    if totals is None:
        return []
    is_net = fields.rules.prices is Prices.NET
    taxes = _tax_rows(fields, totals)
    has_discount = bool(totals.discount)
    found: dict[str, list[tuple[str, Decimal]]] = {name: [] for name in asked}
    if taxes or has_discount:
        found["subtotal"] = [(fields.word("subtotal"), totals.subtotal)]
    if has_discount:
        found["discount"] = [(_discount_label(fields), -totals.discount)]
    if has_discount and taxes and is_net:
        found["net"] = [(fields.word("net"), totals.net)]
    found["tax"] = taxes
    found["total"] = [(fields.word("total"), totals.total)]
    if totals.paid:
        found["paid"] = [(fields.word("paid"), -totals.paid)]
        found["due"] = [(fields.word("due_amount"), totals.due)]
    names = list(asked)
    if not is_net and {"tax", "total"} <= set(names):  # what is included comes after the whole
        names.remove("tax")
        names.insert(names.index("total") + 1, "tax")
    if not is_net and not has_discount:
        found["subtotal"] = []
    loud = "due" if totals.paid and "due" in names else "total"
    return [
        (label, fields.money(value), name == loud)
        for name in names
        for label, value in found.get(name, ())
    ]


def _discount_label(fields: Fields) -> str:
    discount, word = fields.record.discount, fields.word("discount")
    if discount is None or not discount.is_percent:
        return word
    return f"{word} {fields.wording.percent(discount.value)}"


def _tax_rows(fields: Fields, totals: Totals) -> list[tuple[str, Decimal]]:
    """One for each rate; none where nobody spoke of tax."""
    groups = totals.groups
    if all(group.rate == 0 for group in groups) and not any(
        item.tax is not None for item in fields.record.items
    ):
        return []
    word = fields.word("tax" if fields.rules.prices is Prices.NET else "tax_included")
    rows = []
    for group in groups:
        label = f"{word} {fields.wording.percent(group.rate)}"
        if len(groups) > 1:
            label += f" {fields.word('on')} {fields.amount(group.net)}"
        rows.append((label, group.tax))
    return rows
