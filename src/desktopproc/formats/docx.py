"""Reads a Word document as blocks: body, tables, boxes, headers, footers, notes, comments."""

from collections.abc import Callable, Generator
from dataclasses import replace

from desktopproc.formats.docx_package import PIECE_BYTES, Package, Relation, opened
from desktopproc.formats.texts.blocks import Block, Parts, Place, Run, paragraph
from desktopproc.formats.texts.growing import placed
from desktopproc.formats.texts.word_numbering import numbering
from desktopproc.formats.texts.word_part import PartBlocks, PartReading, Surroundings, part_blocks
from desktopproc.formats.texts.word_styles import styles

_NOTES = {"footnote": ("footnotes", Place.FOOTNOTE), "endnote": ("endnotes", Place.ENDNOTE)}


def document_blocks(
    name: str, content: bytes, note: Callable[[str], None], wanted: Parts
) -> list[Block]:
    """The text of a Word document in reading order: headers, body, notes, comments, footers."""
    steps = reading(name, content, note, wanted)
    while True:
        try:
            next(steps)
        except StopIteration as e:
            blocks: list[Block] = e.value[0]
            return blocks


def reading(
    name: str, content: bytes, note: Callable[[str], None], wanted: Parts
) -> Generator[tuple[int, int], None, tuple[list[Block], int]]:
    """The same in steps: pieces of the body that have been read, of one more than there are.

    The answer is the blocks, and how many steps it is until they are written.
    """
    with opened(name, content) as package:
        main = package.main_part()
        relations = package.relations(main)
        around = _surroundings(package, main, relations)
        total = package.zip.getinfo(main).file_size // PIECE_BYTES + 2
        part = PartReading(package, main, around)
        for done, _ in enumerate(part.steps(), 1):
            yield min(done, total - 1), total
        body = part.found
        headers = _margins(package, relations, around, Place.HEADER) if wanted.margins else []
        footers = _margins(package, relations, around, Place.FOOTER) if wanted.margins else []
        notes = _notes(package, relations, body) if wanted.notes and body.references else []
        comments = _comments(package, relations)
        if comments and not wanted.comments:
            note("Its comments were left out.")
            comments = []
        _tell_losses(package, body, note)
    return [*headers, *body.blocks, *notes, *comments, *footers], total


def _tell_losses(package: Package, body: PartBlocks, note: Callable[[str], None]) -> None:
    name = package.name
    if body.has_entities:
        note(f"{name} refers to text outside of itself, which was left out.")
    if body.has_embedded:
        note(f"{name} embeds another document, whose text was left out.")
    if package.has_doubles:
        note(f"{name} holds parts of the same name; the last of each was read.")


def _surroundings(package: Package, main: str, relations: list[Relation]) -> Surroundings:
    found = {relation.kind: relation.target for relation in relations}
    style, lists = found.get("styles", ""), found.get("numbering", "")
    return Surroundings(
        styles(package, style) if package.has(style) else {},
        numbering(package, lists) if package.has(lists) else None,
        package.links(main),
    )


def _margins(
    package: Package, relations: list[Relation], around: Surroundings, place: Place
) -> list[Block]:
    """The headers or footers of all sections; the same text is told once."""
    told: list[Block] = []
    texts: set[tuple[str, ...]] = set()
    for relation in relations:
        if relation.kind == place.value and package.has(relation.target):
            links = package.links(relation.target)
            blocks = part_blocks(package, relation.target, replace(around, links=links)).blocks
            text = tuple("\t".join((block.text, *sum(block.rows, ()))) for block in blocks)
            if text not in texts:
                texts.add(text)
                told += placed(blocks, place)
    return told


def _notes(package: Package, relations: list[Relation], body: PartBlocks) -> list[Block]:
    """Foot and end notes in the order in which the text refers to them."""
    parts = {
        kind: part_blocks(
            package, relation.target, Surroundings(links=package.links(relation.target))
        ).notes
        for kind, (word, _) in _NOTES.items()
        for relation in relations
        if relation.kind == word and package.has(relation.target)
    }
    found: list[Block] = []
    for number, (kind, ident) in enumerate(body.references, 1):
        blocks = placed(parts.get(kind, {}).get(ident, []), _NOTES[kind][1])
        found += _led(f"[{number}] ", blocks or [paragraph("", _NOTES[kind][1])])
    return found


def _comments(package: Package, relations: list[Relation]) -> list[Block]:
    """What was written in the margin, each with who wrote it."""
    found: list[Block] = []
    for relation in relations:
        if relation.kind != "comments" or not package.has(relation.target):
            continue
        links = package.links(relation.target)
        part = part_blocks(package, relation.target, Surroundings(links=links))
        for comment in part.comments.values():
            author = f"[{comment.author or 'Comment'}] "
            found += _led(author, placed(comment.blocks, Place.COMMENT))
    return found


def _led(lead: str, blocks: list[Block]) -> list[Block]:
    """The blocks with these words in front of the first."""
    if not blocks:
        return []
    first, *rest = blocks
    if first.rows:
        return [paragraph(lead.rstrip(), first.place), *blocks]
    return [replace(first, runs=(Run(lead), *first.runs)), *rest]
