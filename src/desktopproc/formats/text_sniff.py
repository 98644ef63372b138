"""Tells tables and records from other text by how they are built."""

import csv
import json
import re

DATA = frozenset({"csv", "json"})

_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_DELIMITERS = (",", ";", "\t", "|")
_LOOKED_AT = 1 << 14
_MOST_ROWS = 50
_JSON_START = re.compile(r'\s*(?:\{\s*(?:"|\}|$)|\[\s*(?:[\[\]{"\-\d]|true|false|null|$))')


def sniff(head: bytes, size: int) -> str | None:
    """The format of a text of `size` bytes that begins like this: "csv", "json", "xml", "html",
    "svg" or plain "text"; None when it is no text.
    """
    head = head[:_LOOKED_AT]
    is_whole = size <= len(head)
    text = _decode(head, is_whole=is_whole)
    if text is None or not text.strip():
        return None
    if (markup := _markup(text)) is not None:
        return markup
    if _is_json(text, is_whole=is_whole):
        return "json"
    return "csv" if _is_table(text, is_whole=is_whole) else "text"


def _decode(head: bytes, *, is_whole: bool) -> str | None:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head[: len(head) & ~1].decode("utf-16", errors="replace")
    if _BINARY.search(head) is not None:
        return None
    head = head.removeprefix(b"\xef\xbb\xbf")
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError as e:
        if not is_whole and e.start > len(head) - 4:  # cut inside a character
            return head[: e.start].decode("utf-8")
    text = head.decode("latin-1")
    letters = sum(character.isascii() for character in text)
    return text if letters > 0.7 * len(text) else None


def _markup(text: str) -> str | None:
    start = text[:1024].lstrip().lower()
    if not start.startswith("<"):
        return None
    if "<svg" in start:
        return "svg"
    if start.startswith(("<!doctype html", "<html", "<head", "<body")) or "<html" in start:
        return "html"
    return "xml" if re.match(r"<[?!a-z]", start) else None


def _is_json(text: str, *, is_whole: bool) -> bool:
    if _JSON_START.match(text) is None:
        return False
    if not is_whole:
        return True
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return _is_json_lines(text)
    return True


def _is_json_lines(text: str) -> bool:
    lines = text.splitlines()[:5]
    try:
        return len(lines) > 1 and all(isinstance(json.loads(line), dict) for line in lines if line)
    except (ValueError, RecursionError):
        return False


def _is_table(text: str, *, is_whole: bool) -> bool:
    """Whether one delimiter cuts every line into the same number of parts, two or more."""
    lines = text.splitlines()
    if not is_whole:
        lines = lines[:-1]  # the last one is cut
    lines = [line for line in lines if line.strip()][: _MOST_ROWS + 1]
    return any(_fits(lines, delimiter) for delimiter in _DELIMITERS)


def _fits(lines: list[str], delimiter: str) -> bool:
    if len(lines) < 2 or delimiter not in lines[0]:
        return False
    try:
        rows = list(csv.reader(lines, delimiter=delimiter))[:_MOST_ROWS]
    except csv.Error:
        return False
    widths = {len(row) for row in rows}
    header = rows[0]
    is_header = all(0 < len(name.strip()) <= 80 for name in header) or len(rows) > 5
    return len(rows) > 1 and len(widths) == 1 and is_header
