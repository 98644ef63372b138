"""Writes pages as JSON: one object a page, with what is known of each block."""

import json
from typing import Any

from desktopproc.formats.texts.blocks import Block, BlockKind, Page, Place, Run

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": "), check_circular=False)


def page_json(page: Page) -> str:
    """One page on one line; what is not known is left out. `page_of` reads it back."""
    words: dict[str, Any] = {"page": page.number}
    if page.width is not None:
        words |= {"width": page.width, "height": page.height}
    return one_line({**words, "blocks": [_block(block) for block in page.blocks]})


def page_of(line: str) -> Page:
    """The page in what `page_json` made."""
    words = json.loads(line)
    blocks = tuple(_block_of(block) for block in words["blocks"])
    return Page(blocks, words["page"], words.get("width"), words.get("height"))


def one_line(words: dict[str, Any]) -> str:
    """JSON on one line, every letter as itself."""
    return _ENCODER.encode(words)


def _block(block: Block) -> dict[str, Any]:
    words: dict[str, Any] = {"kind": block.kind.value}
    if block.place is not Place.BODY:
        words["place"] = block.place.value
    if block.kind in {BlockKind.HEADING, BlockKind.LIST}:
        words["level"] = block.level
    if block.marker:
        words["marker"] = block.marker
    if block.kind is BlockKind.TABLE:
        words["rows"] = [list(row) for row in block.rows]
    else:
        words["text"] = block.text
    if any(run.bold or run.italic or run.link for run in block.runs):
        words["runs"] = [_run(run) for run in block.runs]
    if block.box is not None:
        words["box"] = [round(edge, 2) for edge in block.box]
    if block.size is not None:
        words["size"] = round(block.size, 2)
    return words


def _run(run: Run) -> dict[str, Any]:
    words: dict[str, Any] = {"text": run.text}
    if run.bold:
        words["bold"] = True
    if run.italic:
        words["italic"] = True
    if run.link:
        words["link"] = run.link
    return words


def _block_of(words: dict[str, Any]) -> Block:
    runs = words.get("runs") or [{"text": words.get("text", "")}]
    box = words.get("box")
    return Block(
        BlockKind(words["kind"]),
        tuple(Run(**run) for run in runs if run["text"]),
        words.get("level", 0),
        words.get("marker", ""),
        tuple(tuple(row) for row in words.get("rows", ())),
        Place(words.get("place", Place.BODY)),
        (box[0], box[1], box[2], box[3]) if box else None,
        words.get("size"),
    )
