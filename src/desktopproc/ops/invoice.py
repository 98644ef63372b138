"""Makes invoices, letters, labels and other documents of rows of data."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from desktopproc.core.errors import BadInputError, UsageError
from desktopproc.core.job import Family
from desktopproc.core.operation import Item, Source, Steps, Work, operation
from desktopproc.core.schema import Kind, option
from desktopproc.formats.billing import bank
from desktopproc.formats.billing.checking import check_fields
from desktopproc.formats.billing.naming import file_name
from desktopproc.formats.billing.press import Order, Press
from desktopproc.formats.billing.sources import documents, read_once
from desktopproc.formats.billing.totals import Prices, RoundAt, Rounding, Rules
from desktopproc.formats.billing.wording import currency_of, is_currency, system_locale, wording
from desktopproc.formats.rows.documents import Documents, Reading
from desktopproc.formats.typesetting import template_files
from desktopproc.formats.typesetting.label_formats import LABELS, LabelFormat
from desktopproc.formats.typesetting.template import Template
from desktopproc.formats.writing import write_bytes

_MOST_NOTES = 20


class Make(StrEnum):
    """What is made of the data."""

    EACH = "each"
    ONE = "one"
    FIRST = "first"
    TEMPLATE = "template"


class DecimalSign(StrEnum):
    """What stands before the decimals of the numbers in the data."""

    AUTO = "auto"
    POINT = "point"
    COMMA = "comma"


class Discounts(StrEnum):
    """What a discount without a sign is."""

    PERCENT = "percent"
    AMOUNT = "amount"


_SIGNS = {DecimalSign.AUTO: "", DecimalSign.POINT: ".", DecimalSign.COMMA: ","}


@dataclass(frozen=True, slots=True)
class Options:
    template: Path = option(
        Path("invoice"),
        "Template",
        "invoice, delivery-note, letter, certificate, label-sheet, the name of your own in the "
        "folder templates of the configuration, or any file.",
        kind=Kind.FILE,
        suggest=template_files.names,
    )
    make: Make = option(
        Make.EACH,
        "Make",
        "The template itself is written to be changed and chosen as your own.",
        labels={
            "each": "One PDF for each document",
            "one": "One PDF for all",
            "first": "Only the first, to look at",
            "template": "A copy of the template",
        },
    )
    file_name: str = option(
        "",
        "File names",
        "Of fields in braces; as the template says if empty.",
        example="{number} {customer.name}",
        when=("make", (Make.EACH,)),
    )
    locale: str | None = option(
        None,
        "Language and country",
        "Decides words, dates and numbers; the computer's own if not set.",
        example="en_GB or de_DE",
    )
    currency: str | None = option(
        None, "Currency", "Where the data name none; the country's own if not set.", example="EUR"
    )
    seller: str = option(
        "",
        "Sender",
        "Name and address; \\n begins a line.",
        example="Acme Ltd\\n1 High Street\\nLondon N1 9GU",
        section="Sender",
    )
    contact: str = option(
        "",
        "Contact",
        "Telephone, e-mail, website.",
        example="office@acme.example",
        section="Sender",
    )
    vat_id: str = option("", "VAT ID", section="Sender")
    logo: Path | None = option(None, "Logo", kind=Kind.FILE, section="Sender")
    iban: str = option("", "IBAN", section="Sender")
    bic: str = option("", "BIC", section="Sender")
    bank: str = option("", "Bank", section="Sender")
    payment_code: bool = option(
        default=True,
        label="Payment code",
        help="A QR code that banking apps read (EPC), on invoices in euro with an IBAN.",
        section="Sender",
    )
    prices: Prices = option(
        Prices.NET,
        "Prices are",
        labels={"net": "Without tax", "gross": "With tax"},
        section="Amounts",
    )
    tax: float = option(
        0.0, "Tax rate", "Of lines that name none.", lo=0, hi=100, unit="%", section="Amounts"
    )
    rounding: Rounding = option(
        Rounding.HALF_UP,
        "Half a cent",
        labels={"half-up": "Goes up", "half-even": "Goes to the even cent"},
        section="Amounts",
    )
    round_at: RoundAt = option(
        RoundAt.LINE,
        "Round",
        labels={"line": "Each line", "document": "Only the sums"},
        section="Amounts",
    )
    discounts: Discounts = option(
        Discounts.PERCENT,
        "Discounts are",
        "Where the data do not say % themselves.",
        labels={"amount": "Amounts of money"},
        section="Amounts",
    )
    column: tuple[str, ...] = option(
        (),
        "Columns",
        "Which column holds what, where its name does not tell.",
        example="price=Net EUR",
        pattern=r"[\w.]+=.+",
        section="Data",
    )
    sheet: str = option("", "Sheet", "Of a workbook; the first if empty.", section="Data")
    decimal: DecimalSign = option(
        DecimalSign.AUTO,
        "Decimal sign",
        labels={"auto": "As the data show", "point": "Point: 1,234.50", "comma": "Comma: 1.234,50"},
        section="Data",
    )
    label_format: LabelFormat = option(
        LabelFormat.TEMPLATE, "Labels", "Sheets by Avery.", labels=LABELS, section="Labels"
    )
    first_label: int = option(
        1, "Begin at label", "On a sheet that was used before.", lo=1, hi=200, section="Labels"
    )
    label_frames: bool = option(
        default=False, label="Frames", help="To try out on plain paper.", section="Labels"
    )

    def order(self, template: Template, folder: Path) -> Order:
        """The options as the press takes them; UsageError says what is wrong with them."""
        locale = self.locale or system_locale()
        currency = (self.currency or currency_of(locale)).upper()
        if currency and not is_currency(currency):
            raise UsageError(f"--currency {currency} is no currency. Give its code, such as EUR.")
        if self.iban and not bank.is_iban(self.iban):
            raise UsageError(f"--iban {self.iban} is mistyped: its check digits do not fit.")
        if self.bic and not bank.is_bic(self.bic):
            raise UsageError(f"--bic {self.bic} is no BIC. It has 8 or 11 letters and digits.")
        tax = Decimal(str(self.tax))
        return Order(
            template=template,
            locale=locale,
            currency=currency,
            rules=Rules(2, self.prices, self.rounding, self.round_at, tax),
            sender=self._sender(),
            logo=self.logo,
            has_code=self.payment_code,
            labels=self.label_format,
            first_label=self.first_label,
            has_frames=self.label_frames,
            folder=folder,
        )

    def _sender(self) -> dict[str, str]:
        name, _, address = self.seller.replace("\\n", "\n").strip().partition("\n")
        told = {
            "seller.name": name.strip(),
            "seller.address": address,
            "seller.email": self.contact,
            "seller.vat_id": self.vat_id,
            "seller.iban": self.iban,
            "seller.bic": self.bic,
            "seller.bank": self.bank,
            "logo": str(self.logo) if self.logo else "",
        }
        return {key: value for key, value in told.items() if value}

    def reading(self) -> Reading:
        """How the data are to be understood."""
        own = wording(self.locale or system_locale())
        pairs = (part.partition("=") for part in self.column)
        return Reading(
            columns=tuple((field.strip(), name.strip()) for field, _, name in pairs),
            decimal_sign=_SIGNS[self.decimal],
            usual_sign=own.point,
            month_first=own.month_first,
            is_percent=self.discounts is Discounts.PERCENT,
        )


def _suffix(options: Options, _: str) -> str:
    return ".toml" if options.make is Make.TEMPLATE else ".pdf"


def _items(options: Options, path: Path) -> Iterator[Item] | None:
    """One job for each document, unless all go into one file."""
    template = template_files.load(options.template)
    options.order(template, path.parent)
    if options.make is not Make.EACH or template.is_sheet:
        return None
    return _each(options, template, read_once(path, options.reading(), options.sheet))


def _each(options: Options, template: Template, found: Documents) -> Iterator[Item]:
    pattern = options.file_name or template.file_name
    for number in range(len(found)):
        rows = found.groups[number]
        yield Item(rows[0].line, file_name(pattern, found.values(number)), 1 + len(rows) / 40)


@operation(
    "invoice",
    title="Documents from data",
    takes=[Family.DATA],
    gives=_suffix,
    options=Options,
    group="Documents",
    preload=("babel.numbers", "babel.dates", "pikepdf"),
    items=_items,
    sample=lambda options: replace(options, make=Make.FIRST),
)
def invoice(work: Work[Options]) -> Steps:
    """Make invoices, delivery notes, letters, certificates or labels of CSV, JSON or XLSX rows.

    Rows with the same number are the lines of one document; totals are exact.
    """
    options = work.options
    template = template_files.load(options.template)
    if options.make is Make.TEMPLATE:
        yield from _copy(work)
        return
    order = options.order(template, work.source.path.parent)
    found = documents(work.source, options.reading(), options.sheet)
    check_fields(template, tuple(found.fields))
    numbers = _wanted(work, found)
    title = work.source.path.stem if len(numbers) > 1 else ""
    with Press(work.target, order, work, title) as press:
        yield from _printed(work, press, found, numbers)
        press.finish()
        work.expect(pages=press.pdf.count)
    total = _rows(found, numbers)
    yield total, total


def _printed(work: Work[Options], press: Press, found: Documents, numbers: list[int]) -> Steps:
    """Print the documents; one that is wrong is left out, unless it is the only one."""
    done, total, failed = 0, _rows(found, numbers), 0
    for number in numbers:
        yield done, total
        try:
            record = found.record(number)
            yield done, total
            for items in press.add(record, bookmark=len(numbers) > 1):
                yield done + items, total
        except BadInputError as e:
            failed += 1
            if failed == len(numbers):
                raise
            if failed <= _MOST_NOTES:
                work.note(f"Left out: {e}")
        done += len(found.groups[number])
    if failed > _MOST_NOTES:
        work.note(f"{failed - _MOST_NOTES} more documents were left out.")


def _rows(found: Documents, numbers: list[int]) -> int:
    return sum(len(found.groups[number]) for number in numbers)


def _wanted(work: Work[Options], found: Documents) -> list[int]:
    """Which documents are printed: the one this job is for, the first, or all."""
    if work.item is not None:
        return [found.at_line(work.item)]
    return [0] if work.options.make is Make.FIRST else list(range(len(found)))


def _copy(work: Work[Options]) -> Steps:
    """Write the template where results go."""
    work.source.read()
    path = template_files.find(work.options.template)
    write_bytes(work.target, Source(path).read())
    yield 1, 1
