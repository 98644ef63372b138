"""Reads a Word document as plain text: body, tables, boxes, headers, footers, notes."""

from collections.abc import Callable

from desktopproc.formats.docx_package import Package, Relation, opened
from desktopproc.formats.docx_text import PartText, part_text

_NOTES = {"footnote": "footnotes", "endnote": "endnotes"}


def document_text(
    name: str, content: bytes, note: Callable[[str], None], *, with_margins: bool = True
) -> str:
    """The text of a Word document; `with_margins` adds its headers and footers, each once."""
    with opened(name, content) as package:
        main = package.main_part()
        relations = package.relations(main)
        body = part_text(package, main)
        headers = _margin(package, relations, "header") if with_margins else []
        footers = _margin(package, relations, "footer") if with_margins else []
        notes = _notes(package, relations, body)
    if body.has_entities:
        note(f"{name} refers to text outside of itself, which was left out.")
    blocks = (headers, body.lines, notes, footers)
    return "\n\n".join("\n".join(block).strip("\n") for block in blocks if any(block)) + "\n"


def _margin(package: Package, relations: list[Relation], kind: str) -> list[str]:
    """The headers or footers of all sections; the same text is told once."""
    told: list[str] = []
    for relation in relations:
        if relation.kind == kind and package.has(relation.target):
            text = "\n".join(part_text(package, relation.target).lines).strip()
            if text and text not in told:
                told.append(text)
    return told


def _notes(package: Package, relations: list[Relation], body: PartText) -> list[str]:
    """Foot and end notes in the order in which the text refers to them."""
    parts = {
        kind: part_text(package, relation.target).notes
        for kind, word in _NOTES.items()
        for relation in relations
        if relation.kind == word and package.has(relation.target)
    }
    lines: list[str] = []
    for number, (kind, ident) in enumerate(body.references, 1):
        text = "\n".join(parts.get(kind, {}).get(ident, [])).strip()
        lines.append(f"[{number}] {text}")
    return lines
