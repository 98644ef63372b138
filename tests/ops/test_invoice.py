"""Documents from data: what is in the rows is on the paper, to the cent."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pikepdf
import pymupdf
import pypdfium2
import pytest
from PIL import Image

from desktopproc import ops
from desktopproc.core.errors import BadInputError, UsageError
from desktopproc.core.operation import Work
from desktopproc.core.schema import build
from desktopproc.formats.verify import verify

Run = Callable[..., Work[Any]]
_ASKED = {"locale": "en_GB", "currency": "EUR", "seller": "Oak & Ash Ltd"}
_IBAN = "DE89370400440532013000"
_ROWS = """\
number,date,due,customer,street,zip,city,item,details,quantity,unit,price,discount,vat,notes
2026-1,2026-03-04,2026-04-03,Müller & Söhne,Hafen 12,20457,Hamburg,Walnut desk,Oiled,2,pcs,\
"1,249.00",10,19,Thank you.
2026-1,,,,,,,Delivery,,1.5,h,60.00,,19,
2026-1,,,,,,,<b>Book</b> & map,,1,pcs,39.90,,7,
2026-2,2026-03-05,,Smith Ltd,,,,Lamp,,3,pcs,80,,19,
"""


def _file(folder: Path, text: str, name: str = "bills.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _text(path: Path) -> str:
    with pymupdf.open(path) as document:
        return "\n".join(page.get_text() for page in document)


def _words(path: Path) -> str:
    return " ".join(_text(path).split())


@pytest.fixture
def bills(tmp_path: Path) -> Path:
    return _file(tmp_path, _ROWS)


def test_an_invoice_says_all_that_its_rows_say(run: Run, bills: Path) -> None:
    asked = {
        "seller": "Oak & Ash Ltd\\n1 High Street\\nLondon",
        "iban": _IBAN,
        "bank": "Bank of Oak",
    }

    work = run("invoice", bills, make="first", **{**_ASKED, **asked})

    words = _words(work.target)
    for expected in (
        *("Oak & Ash Ltd", "1 High Street · London", "Müller & Söhne", "20457 Hamburg"),
        *("Invoice 2026-1", "4 Mar 2026", "3 Apr 2026", "Walnut desk", "Oiled", "1,249.00"),
        *("10%", "2,248.20", "1.5", "90.00", "<b>Book</b> & map", "39.90", "Thank you."),
        *("Subtotal €2,378.10", "VAT 7% on 39.90 €2.79", "VAT 19% on 2,338.20 €444.26"),
        *("Total €2,825.15", "DE89 3704 0044 0532 0130 00", "Bank of Oak", "Page 1 of 1"),
    ):
        assert expected in words
    with pikepdf.open(work.target) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Invoice 2026-1"
        assert str(pdf.docinfo["/Author"]) == "Oak & Ash Ltd"
        assert str(pdf.Root["/Lang"]) == "en-GB"
    verify(work.target, work.expected)


def test_all_go_into_one_with_a_bookmark_each(run: Run, bills: Path) -> None:
    work = run("invoice", bills, make="one", **_ASKED)

    with pymupdf.open(work.target) as document:
        assert document.get_toc() == [[1, "Invoice 2026-1", 1], [1, "Invoice 2026-2", 2]]
        assert "Smith Ltd" in document[1].get_text()


def test_each_document_is_an_item_with_a_name_of_its_own(bills: Path) -> None:
    operation = ops.load()["invoice"]
    options: object = build(operation.options, {"file_name": "{number} {customer}"})

    items = list(operation.items_in(options, bills) or ())

    assert [(item.number, item.name) for item in items] == [
        (2, "2026-1 Müller & Söhne"),
        (5, "2026-2 Smith Ltd"),
    ]


def test_one_item_is_one_document(make_work: Callable[..., Work[Any]], bills: Path) -> None:
    work = make_work("invoice", [bills], bills.parent, **_ASKED)
    work.item = 5

    list(ops.load()["invoice"].run(work))

    assert "Smith Ltd" in _text(work.target)
    assert "Walnut" not in _text(work.target)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("2026-2,,,,,,,Lamp,,x,pcs,80,,19,", "line 5, column quantity: 'x' is not a number"),
        ("2026-2,,,,,,,Lamp,,3,pcs,,,19,", "line 5: there is no price"),
        ("2026-2,,,,,,,Lamp,,3,pcs,80,,190,", "line 5, column vat: '190' is no tax rate"),
        ("2026-2,,,,,,,Lamp,,3,pcs,80,101,19,", "line 5, column discount: '101' is over 100 %"),
        ("2026-1,,,Smith Ltd,,,,Lamp,,3,pcs,80,,19,", "line 5, column customer: 'Smith Ltd', but"),
        ("2026-2,,,,,,,Lamp,,3,pcs,80,,19,,more,and", "line 5 has 17 values, but there are 15"),
    ],
)
def test_a_wrong_row_is_named_and_the_others_go_on(
    run: Run, tmp_path: Path, row: str, why: str
) -> None:
    good = "".join(_ROWS.splitlines(keepends=True)[:4])
    file = _file(tmp_path, f"{good}{row}\n2026-3,,,Ann\n")

    work = run("invoice", file, make="one", **_ASKED)

    assert any(f"bills.csv, {why}" in note for note in work.notes)
    assert "Invoice 2026-3" in _text(work.target)


def test_when_every_row_is_wrong_nothing_is_made(run: Run, tmp_path: Path) -> None:
    file = _file(tmp_path, "number,quantity,price\n1,x,2\n2,y,3\n")

    with pytest.raises(BadInputError, match="line 3, column quantity: 'y'"):
        run("invoice", file, make="one")


@pytest.mark.parametrize("lines", [0, 1, 30, 400])
def test_long_bills_keep_their_heads_and_their_totals_together(
    run: Run, tmp_path: Path, lines: int
) -> None:
    rows = ["number,customer,description,quantity,price", "R1,Ann,,,"]
    rows += [f"R1,,Line {at} of them,1,2.00" for at in range(1, lines + 1)]

    work = run("invoice", _file(tmp_path, "\n".join(rows)), make="first", **_ASKED)

    with pymupdf.open(work.target) as document:
        pages = [page.get_text() for page in document]
    assert work.expected.pages == len(pages)
    assert sum(len(re.findall(r"Line \d+ of them", page)) for page in pages) == lines
    for at, page in enumerate(pages, 1):
        assert f"Page {at} of {len(pages)}" in page
        assert ("Unit price" in page) == bool(re.search(r"Line \d+ of them", page))
    if lines:
        assert f"€{2 * lines:,.2f}" in pages[-1]
        assert f"Line {lines} of them" in pages[-1]


def test_nothing_leaves_the_page_whatever_the_words(run: Run, tmp_path: Path) -> None:
    row = {
        "number": "R" * 40,
        "customer": "W" * 300,
        "notes": "word " * 3000,
        "items": [
            {"description": "D" * 4000, "quantity": "123456789.123456", "price": 99999999.123},
            {"description": "word " * 2500, "details": "x " * 900, "quantity": -1, "price": 0},
        ],
    }
    file = _file(tmp_path, json.dumps([row]), "bills.json")

    work = run("invoice", file, make="first", **_ASKED)

    with pymupdf.open(work.target) as document:
        for page in document:
            blocks = page.get_text("blocks")
            assert all(b[0] >= 0 and b[2] <= page.rect.width + 1 for b in blocks)
            assert all(b[1] >= 0 and b[3] <= page.rect.height for b in blocks)
        everything = "".join(page.get_text() for page in document)
    assert everything.count("D") >= 4000
    assert everything.count("word") == 5500


def test_money_follows_the_country_and_the_currency(run: Run, tmp_path: Path) -> None:
    head = "number;customer;menge;einzelpreis;mwst;währung\n"
    euro = _file(tmp_path, head + "1;Ann;1,5;1.234,50;19;EUR\n", "euro.csv")
    yen = _file(tmp_path, head + "1;Ann;3;1.234;0;JPY\n", "yen.csv")

    german = _words(run("invoice", euro, make="first", locale="de_DE").target)
    japanese = _words(run("invoice", yen, make="first", locale="de_DE").target)

    for expected in ("Rechnung 1", "1,5", "1.851,75", "USt. 19 % 351,83 €", "2.203,58 €"):
        assert expected in german
    assert "3.702 ¥" in japanese


def test_prices_with_tax_say_what_they_include(run: Run, tmp_path: Path) -> None:
    file = _file(tmp_path, "number,customer,quantity,price,vat\n1,Ann,1,119,19\n")

    words = _words(run("invoice", file, make="first", prices="gross", **_ASKED).target)

    assert "Total €119.00" in words
    assert "Includes VAT 19% €19.00" in words


def test_what_was_paid_and_taken_off_the_whole_is_shown(run: Run, tmp_path: Path) -> None:
    bill = {"number": "1", "customer": "Ann", "discount": "10 %", "paid": 50, "tax": 20}
    bill["items"] = [{"description": "Lamp", "qty": 1, "price": 100}]
    file = _file(tmp_path, json.dumps([bill]), "bill.json")

    words = _words(run("invoice", file, make="first", **_ASKED).target)

    for expected in (
        *("Subtotal €100.00", "Discount 10% -€10.00", "Net amount €90.00", "VAT 20% €18.00"),
        *("Total €108.00", "Paid -€50.00", "Amount due €58.00"),
    ):
        assert expected in words


def test_columns_can_be_named_by_hand(run: Run, tmp_path: Path) -> None:
    file = _file(tmp_path, "Beleg,Wer,Was,Wieviel,Netto\n7,Ann,Lamp,2,5\n")
    columns = ("number=Beleg", "customer=Wer", "description=Was", "quantity=Wieviel", "price=Netto")

    words = _words(run("invoice", file, make="first", column=columns, **_ASKED).target)

    assert "Invoice 7" in words
    assert "Total €10.00" in words
    with pytest.raises(UsageError, match="there is no such column, but Beleg, Wer"):
        run("invoice", file, make="first", column=("number=Nr",))


def test_totals_of_the_data_that_are_others_than_ours_are_told(run: Run, tmp_path: Path) -> None:
    file = _file(tmp_path, "number,customer,quantity,price,total\n1,Ann,3,3.33,10.00\n")

    assert run("invoice", file, make="first", **_ASKED).notes == [
        "bills.csv, line 2: the data say 10.00, but it comes to 9.99."
    ]


def test_a_workbook_makes_the_same_invoice_as_a_csv(run: Run, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Number", "Customer", "Description", "Quantity", "Price", "Tax"])
    book.active.append([1, "Ann", "Lamp", 3, 19.99, 0.19])
    book.active["F2"].number_format = "0%"
    book.save(tmp_path / "bills.xlsx")

    words = _words(run("invoice", tmp_path / "bills.xlsx", make="first", **_ASKED).target)

    assert "VAT 19% €11.39" in words
    assert "Total €71.36" in words


def test_mistyped_accounts_and_currencies_are_refused(
    run: Run, tmp_path: Path, bills: Path
) -> None:
    with pytest.raises(UsageError, match="check digits"):
        run("invoice", bills, iban="DE89370400440532013001")
    with pytest.raises(UsageError, match="--currency XYZ is no currency"):
        run("invoice", bills, currency="XYZ")
    with pytest.raises(UsageError, match="no language and region 'qq'"):
        run("invoice", bills, locale="qq")
    wrong = _file(tmp_path, "number,customer,price,currency\n1,Ann,2,EURO\n", "wrong.csv")
    with pytest.raises(BadInputError, match="line 2: 'EURO' is no currency"):
        run("invoice", wrong)


def test_a_bill_without_a_sender_says_so(run: Run, bills: Path) -> None:
    assert run("invoice", bills, make="first").notes == [
        "The bill names no sender. Enter one with the options or in a column."
    ]


def test_a_payment_code_is_there_for_euro_and_reads_as_dark_squares(run: Run, bills: Path) -> None:
    asked = {"make": "first", "seller": "Oak", "iban": _IBAN, "locale": "en_GB"}

    with_code = run("invoice", bills, currency="EUR", **asked).target
    without = run("invoice", bills, currency="GBP", **asked).target

    assert _darkness(with_code) > _darkness(without) + 1000


def _darkness(path: Path) -> int:
    document = pypdfium2.PdfDocument(path)
    image = document[0].render(scale=1).to_pil().convert("L")
    document.close()
    return sum(image.histogram()[:60])


def test_a_logo_is_shown_and_one_that_is_gone_is_told(
    run: Run, tmp_path: Path, bills: Path
) -> None:
    Image.new("RGB", (300, 100), (200, 20, 20)).save(tmp_path / "logo.png")

    work = run("invoice", bills, make="first", logo=str(tmp_path / "logo.png"), **_ASKED)

    with pymupdf.open(work.target) as document:
        assert [(image[2], image[3]) for image in document.get_page_images(0)] == [(300, 100)]
    with pytest.raises(BadInputError, match=r"nowhere\.png is not there"):
        run("invoice", bills, make="first", logo=str(tmp_path / "nowhere.png"))


_PEOPLE = """\
name;street;plz;ort;course;date;text;subject
Anna Österreicher;Am Markt 17;01067;Dresden;Typesetting;04.03.2026;"First.

Second.";Your edition
山田太郎;丸の内1-2-3;100-0005;東京;活版;05.03.2026;お世話になっております。;件名
"""


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("letter", ["Your edition", "First.", "Yours faithfully,", "4 March 2026"]),
        ("certificate", ["Certificate", "This certificate is awarded to", "Typesetting"]),
        ("label-sheet", ["Am Markt 17", "01067 Dresden"]),
        ("delivery-note", ["Delivery note", "Name and signature"]),
    ],
)
def test_the_other_templates(run: Run, tmp_path: Path, template: str, expected: list[str]) -> None:
    file = _file(tmp_path, _PEOPLE)

    work = run("invoice", file, template=template, make="one", locale="en_GB")

    words = _words(work.target)
    for word in ("Anna Österreicher", "山田太郎", *expected):
        assert word in words
    assert work.expected.pages == (1 if template == "label-sheet" else 2)
    verify(work.target, work.expected)


def test_labels_fill_sheets_from_any_place(run: Run, tmp_path: Path) -> None:
    rows = ["name,city", *(f"Person {at},Town {at}" for at in range(50))]
    file = _file(tmp_path, "\n".join(rows))

    asked = {"template": "label-sheet", "label_format": "l7160"}
    work = run("invoice", file, first_label=20, **asked)

    with pymupdf.open(work.target) as document:
        counts = [page.get_text().count("Person") for page in document]
    assert counts == [2, 21, 21, 6]
    with pytest.raises(UsageError, match="only 21 labels"):
        run("invoice", file, first_label=22, **asked)


def test_a_template_can_be_copied_and_changed(run: Run, tmp_path: Path, bills: Path) -> None:
    copy = run("invoice", bills, make="template").target
    text = copy.read_text(encoding="utf-8").replace('invoice = "Invoice"', 'invoice = "Bill"')
    own = _file(tmp_path, text, "my.toml")

    words = _words(run("invoice", bills, template=str(own), make="first", **_ASKED).target)

    assert "Bill 2026-1" in words
    own.write_text(text.replace("{customer.name}", "{custmer.name}"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"my\.toml .*no field \{custmer\.name\}.*customer\.name"):
        run("invoice", bills, template=str(own), make="first")


def test_what_no_font_has_is_told(run: Run, tmp_path: Path) -> None:
    file = _file(tmp_path, "number,customer\n1,Ann \ue123\n")

    assert run("invoice", file, make="first", **_ASKED).notes == [
        "No font has these characters, so they are missing: U+E123."
    ]


def test_pictures_named_in_data_lead_nowhere_but_beside_them(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    Image.new("RGB", (30, 10)).save(tmp_path / "secret.png")
    Image.new("RGB", (20, 10)).save(tmp_path / "data" / "photo.png")
    template = _file(tmp_path, '[[block]]\nkind = "picture"\nfile = "{photo}"', "card.toml")
    file = _file(tmp_path / "data", "name,photo\nA,photo.png\nB,../secret.png\n", "people.csv")

    work = run("invoice", file, template=str(template), make="one")

    with pymupdf.open(work.target) as document:
        assert [len(page.get_images()) for page in document] == [1, 0]
    assert work.notes == ["The picture ../secret.png is not there and was left out."]


def test_progress_is_told_in_rows(make_work: Callable[..., Work[Any]], tmp_path: Path) -> None:
    rows = ["number,customer,description,price", *(f"1,Ann,Line {at},2" for at in range(500))]
    work = make_work("invoice", [_file(tmp_path, "\n".join(rows))], tmp_path)

    steps = list(ops.load()["invoice"].run(work))

    assert steps[-1] == (500, 500)
    assert len({done for done, _ in steps}) > 10


@pytest.mark.outside
@pytest.mark.skipif(not shutil.which("qpdf"), reason="qpdf is not installed")
def test_qpdf_finds_nothing_wrong(run: Run, bills: Path) -> None:
    work = run("invoice", bills, make="one", iban=_IBAN, **{**_ASKED, "seller": "שלום"})

    done = subprocess.run(["qpdf", "--check", work.target], capture_output=True, check=False)

    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
