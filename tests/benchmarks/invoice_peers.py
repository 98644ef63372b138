"""Makes the same invoices with other libraries: `python invoice_peers.py NAME OUT CSV`.

Stands alone, so that it runs in any Python that has the library.
"""

import csv
import html
import sys
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

_CENT = Decimal("0.01")
_HEAD = ("#", "Description", "Quantity", "Unit", "Unit price", "VAT", "Amount")
_WIDTHS = (24, 210, 44, 34, 58, 34, 64)

Invoice = tuple[str, dict[str, str], list[list[str]], list[tuple[str, str]]]


def invoices(file: Path) -> Iterable[Invoice]:
    """Number, first row, cells of the lines, and totals of each invoice."""
    groups: dict[str, list[dict[str, str]]] = {}
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            groups.setdefault(row["number"], []).append(row)
    for number, rows in groups.items():
        cells, sums = [], dict[Decimal, Decimal]()
        for at, row in enumerate(rows, 1):
            amount = (Decimal(row["quantity"]) * Decimal(row["price"])).quantize(
                _CENT, ROUND_HALF_UP
            )
            rate = Decimal(row["tax"])
            sums[rate] = sums.get(rate, Decimal(0)) + amount
            price = f"{Decimal(row['price']):,.2f}"
            told = (row["description"], row["quantity"], row["unit"], price)
            cells.append([str(at), *told, f"{rate} %", f"{amount:,.2f}"])
        net = sum(sums.values())
        taxes = {rate: (s * rate / 100).quantize(_CENT, ROUND_HALF_UP) for rate, s in sums.items()}
        totals = [("Subtotal", f"{net:,.2f}")]
        totals += [(f"VAT {rate} %", f"{tax:,.2f}") for rate, tax in sorted(taxes.items())]
        yield number, rows[0], cells, [*totals, ("Total", f"{net + sum(taxes.values()):,.2f}")]


def platypus(invoice: Invoice, target: Path) -> None:
    """reportlab's page layout, descriptions that wrap, heads on every page."""
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

    number, first, cells, totals = invoice
    usual = getSampleStyleSheet()["Normal"]
    lines = [[*row[:1], Paragraph(html.escape(row[1]), usual), *row[2:]] for row in cells]
    table = LongTable([list(_HEAD), *lines], colWidths=list(_WIDTHS), repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("ALIGN", (2, 0), (-1, -1), "RIGHT"),
                ("LINEBELOW", (0, 0), (-1, -1), 0.5, colors.lightgrey),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
    )
    address = "<br/>".join(html.escape(first[key]) for key in ("customer", "street", "city"))
    parts = [Paragraph(address, usual), Spacer(1, 20), Paragraph(f"Invoice {number}", usual), table]
    parts += [Paragraph(f"{label} {amount}", usual) for label, amount in totals]

    def numbered(canvas: Any, document: Any) -> None:
        canvas.drawRightString(550, 30, f"Page {document.page}")

    SimpleDocTemplate(str(target), pagesize=A4).build(
        parts, onFirstPage=numbered, onLaterPages=numbered
    )


def weasyprint(invoice: Invoice, target: Path) -> None:
    """An HTML page with the same table."""
    from weasyprint import HTML

    number, first, cells, totals = invoice
    head = "".join(f"<th>{word}</th>" for word in _HEAD)
    rows = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in cells
    )
    below = "".join(f"<p>{label} {amount}</p>" for label, amount in totals)
    address = "<br>".join(html.escape(first[key]) for key in ("customer", "street", "city"))
    style = (
        "@page{size:A4;margin:20mm;@bottom-right{content:'Page ' counter(page) ' of ' "
        "counter(pages)}}table{width:100%;border-collapse:collapse}"
        "td{border-bottom:0.5pt solid #ddd}td:nth-child(n+3){text-align:right}"
        "body{font:9.5pt sans-serif}"
    )
    page = (
        f"<style>{style}</style><p>{address}</p><h1>Invoice {html.escape(number)}</h1>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{below}"
    )
    HTML(string=page).write_pdf(target)


def main() -> None:
    name, out, file = sys.argv[1:]
    make = {"platypus": platypus, "weasyprint": weasyprint}[name]
    for invoice in invoices(Path(file)):
        make(invoice, Path(out) / f"{invoice[0]}.pdf")


if __name__ == "__main__":
    main()
