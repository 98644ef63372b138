"""Reads a data file of any kind into a table, or says why it is none."""

from desktopproc.core.errors import BadInputError, UnsupportedError
from desktopproc.core.operation import Source
from desktopproc.formats import text_sniff
from desktopproc.formats.rows import csv_rows, json_rows, xlsx_rows
from desktopproc.formats.rows.table import Table

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TEXTS = frozenset({"csv", "text", "json", None})
_BINARY = 0.02  # the share of control signs from which a text is none


def read_table(source: Source, sheet: str = "") -> Table:
    """The rows of a CSV, JSON or XLSX file; `sheet` names one of a workbook's."""
    name, content = source.path.name, source.read()
    if not content.strip():
        raise BadInputError(f"{name} is empty. Copy it again.")
    if content.startswith(_OLE):
        raise UnsupportedError(
            f"{name} is in Excel's old format, or has a password. "
            "Save it as .xlsx without a password and retry."
        )
    if content.startswith(_ZIP):
        table = xlsx_rows.read(name, content, sheet)
    elif _is_json(content):
        table = json_rows.read(name, content)
    else:
        table = csv_rows.read(name, _checked(name, content))
    if not table.rows:
        raise BadInputError(f"{name} has no rows below its heading. Add one for each document.")
    return table


def _is_json(content: bytes) -> bool:
    """Whether it begins like JSON, broken or not: a better sentence comes from its reader."""
    found = text_sniff.sniff(content, len(content))
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return found == "json" or (found != "csv" and start in (b"{", b"["))


def _checked(name: str, content: bytes) -> bytes:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content
    head = content[: 1 << 16]
    controls = sum(head.count(byte) for byte in (*range(9), *range(14, 32), 127))
    found = text_sniff.sniff(head, len(content))
    if b"\0" in head or controls > _BINARY * len(head) or found not in _TEXTS:
        raise UnsupportedError(
            f"{name} is not a table. Give a CSV, JSON or XLSX file with a heading."
        )
    return content
