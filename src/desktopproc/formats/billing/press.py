"""Prints records with a template into a PDF, each on pages or a label of its own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from desktopproc.core.errors import BadInputError, UsageError
from desktopproc.core.operation import Work
from desktopproc.formats.billing import bank
from desktopproc.formats.billing.fields import Fields, total_rows
from desktopproc.formats.billing.pictures import Pictures
from desktopproc.formats.billing.totals import Rules, Totals, add_up
from desktopproc.formats.billing.wording import is_currency, places_of, wording
from desktopproc.formats.pdf_document import PdfDocument, Properties
from desktopproc.formats.rows.documents import Record
from desktopproc.formats.typesetting.flow import Flow
from desktopproc.formats.typesetting.label_formats import SHEETS, LabelFormat, LabelSheet
from desktopproc.formats.typesetting.labels import Labels
from desktopproc.formats.typesetting.pieces import Bill, Layout
from desktopproc.formats.typesetting.setting import Setter
from desktopproc.formats.typesetting.template import Template

_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "zł": "PLN", "Kč": "CZK"}
_MOST_WORRIES = 20


@dataclass(frozen=True, slots=True)
class Order:
    """How records are to be printed, apart from what they say themselves."""

    template: Template
    locale: str
    currency: str = ""
    rules: Rules = field(default_factory=Rules)
    sender: Mapping[str, str] = field(default_factory=dict)
    logo: Path | None = None
    has_code: bool = True
    labels: LabelFormat = LabelFormat.TEMPLATE
    first_label: int = 1
    has_frames: bool = False
    folder: Path = Path()  # of the data, where its pictures lie


class Press:
    """A PDF that grows by records. Use as a context manager; `finish` makes it whole."""

    def __init__(self, target: Path, order: Order, work: Work[Any], title: str = "") -> None:
        self._order = order
        self._work = work
        self._title = title
        self._today = date.today()
        own = wording(order.locale)
        sheet = _sheet(order) if order.template.is_sheet else None
        properties = Properties(title, order.sender.get("seller.name", ""), language=own.tag)
        self.pdf = PdfDocument(target, properties)
        self._setter = Setter(self.pdf.writer)
        self._pictures = Pictures(self.pdf.writer, work, order.template.folder, order.folder)
        self._labels = self._on(sheet) if sheet else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.pdf.__exit__(kind, error, trace)

    def add(self, record: Record, *, bookmark: bool = False) -> Iterator[int]:
        """Print a record; every step is a stop point, and tells how many of its items are set.

        What is wrong with it raises BadInputError before any page of it is written.
        """
        fields = self._fields(record)
        yield 0
        for note in record.notes[:_MOST_WORRIES]:
            self._work.note(note)
        if self._labels is not None:
            if not self._labels.add(fields.look):
                self._work.note(f"{record.place}: the label has no room for all of its text.")
            yield 0
            return
        flow = self._flow(fields)
        yield 0
        yield from flow.set()
        title = fields.template.title.fill(fields.look).strip()
        if bookmark:
            self.pdf.bookmark(title or record.place, flow.sheets.size[1])
        self._tell(fields, "" if bookmark else title)
        for _ in flow.sheets.finish(self.pdf, fields.paging):
            yield len(record.items)

    def finish(self) -> None:
        """Write what the pages have in common, and the end of the file."""
        if self._labels is not None:
            for _ in self._labels.finish():
                pass
        self._setter.finish()
        self.pdf.finish()
        if self._setter.missing:
            shown = ", ".join(f"U+{ord(sign):04X}" for sign in sorted(self._setter.missing))
            self._work.note(f"No font has these characters, so they are missing: {shown}.")

    def _tell(self, fields: Fields, title: str) -> None:
        """What a reader shows as the title and the author."""
        told = self.pdf.properties
        author = told.author or fields.look("seller.name")
        self.pdf.properties = replace(
            told, title=told.title or title, author=author, language=fields.wording.tag
        )

    def _fields(self, record: Record) -> Fields:
        order = self._order
        words = self._wording(record)
        currency = self._currency(record)
        places = places_of(currency) if currency else 2
        rules = replace(order.rules, places=places)
        if record.tax is not None:
            rules = replace(rules, tax=record.tax)
        totals = None
        if order.template.has_totals:
            totals = add_up(record.items, rules, record.discount, record.paid)
            self._compare(record, totals, rules)
        fields = Fields(
            record, order.template, words, rules, currency, totals, order.sender, self._today
        )
        if totals is not None and not fields.look("seller.name"):
            self._work.note("The bill names no sender. Enter one with the options or in a column.")
        iban = fields.look("seller.iban")
        if iban and not bank.is_iban(iban):
            raise BadInputError(
                f"{record.place}: the IBAN {iban} is mistyped, its check digits do not fit. "
                "Correct it and retry."
            )
        return fields

    def _compare(self, record: Record, totals: Totals, rules: Rules) -> None:
        """Say where the data's own totals are others than ours."""
        for item, line in zip(record.items, totals.lines, strict=True):
            if line is None or item.total is None or item.price is None:
                continue
            if rules.rounded(item.total) != line.amount:
                record.notes.append(
                    f"{item.place}: the data say {item.total}, but it comes to {line.amount}."
                )

    def _wording(self, record: Record) -> Any:
        asked = record.values.get("language")
        try:
            return wording(str(asked) if asked else self._order.locale)
        except UsageError as e:
            raise BadInputError(f"{record.place}: {e}") from e

    def _currency(self, record: Record) -> str:
        asked = record.values.get("currency")
        code = str(asked or self._order.currency).strip()
        code = _SIGNS.get(code, code).upper()
        if code and not is_currency(code):
            raise BadInputError(
                f"{record.place}: '{code}' is no currency. Give its code, such as EUR or USD."
            )
        return code

    def _flow(self, fields: Fields) -> Flow:
        bill = Bill(
            totals=lambda rows: total_rows(fields, rows),
            image=lambda name: self._pictures.image(name, self._order.logo),
            code=lambda: self._code(fields),
        )
        layout = Layout(self._setter, fields.look, bill)
        items = fields.items() if self._order.template.has_items else []
        return Flow(fields.template, self._setter, layout, fields.look, items, fields.wording.point)

    def _code(self, fields: Fields) -> list[list[bool]] | None:
        totals, look = fields.totals, fields.look
        if not self._order.has_code or totals is None or fields.currency != "EUR":
            return None
        text = bank.giro_code(
            look("seller.name"), look("seller.iban"), look("seller.bic"), totals.due, look("number")
        )
        return bank.qr_squares(text) if text else None

    def _on(self, sheet: LabelSheet) -> Labels | None:
        order, label = self._order, self._order.template.label
        if label is None:
            return None
        first = order.first_label - 1
        return Labels(self.pdf, self._setter, label, sheet, first, has_frames=order.has_frames)


def _sheet(order: Order) -> LabelSheet:
    """The sheet that the options or else the template name; UsageError if there is none such."""
    kind, label = order.labels, order.template.label
    if kind is LabelFormat.TEMPLATE and label is not None:
        named = label.values["format"] or LabelFormat.L7160.value
        if named not in SHEETS:
            raise UsageError(
                f"The template {order.template.name} is not right in line {label.line}: "
                f"there are no labels '{named}', but {', '.join(SHEETS)}."
            )
        kind = LabelFormat(named)
    sheet = SHEETS[kind]
    if order.first_label > sheet.count:
        raise UsageError(f"There are only {sheet.count} labels on a sheet. Begin at one of them.")
    return sheet
