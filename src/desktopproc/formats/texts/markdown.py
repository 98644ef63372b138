"""Writes blocks as Markdown (CommonMark, with the tables of GitHub Flavored Markdown)."""

import re
from collections.abc import Iterable

from desktopproc.formats.texts.blocks import Block, BlockKind, Run

_SPECIAL = re.compile(r"([\\`*]|(?<!\w)_|_(?!\w)|<(?=[A-Za-z/!?])|\](?=\())")
_AT_START = re.compile(r"^(#{1,6}(?=\s)|[-+](?=\s)|>|={2,}\s*$|-{2,}\s*$|~~~)")
_NUMBER_AT_START = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_COUNTED = re.compile(r"\d{1,9}[.)]")
_SPACES = re.compile(r"\s+")
_ODD_IN_ADDRESS = re.compile(r"[\s()<>]")


def markdown_of(blocks: Iterable[Block]) -> str:
    """The blocks as Markdown; it ends with a line break unless it is empty."""
    parts: list[str] = []
    depth = -1  # of the list item before
    for block in blocks:
        is_item = block.kind is BlockKind.LIST
        if parts:
            parts.append("\n" if is_item and depth >= 0 else "\n\n")
        depth = min(block.level, depth + 1) if is_item else -1
        parts.append(markdown(block, depth))
    return "".join([*parts, "\n"]) if parts else ""


def markdown(block: Block, depth: int = 0) -> str:
    """One block as Markdown; `depth` is how far a list item is indented."""
    match block.kind:
        case BlockKind.TABLE:
            return "\n".join(table_lines(block.rows))
        case BlockKind.HEADING:
            words = f"{block.marker} {block.text}" if block.marker else block.text
            return f"{'#' * max(1, min(block.level, 6))} {_escaped(_SPACES.sub(' ', words))}"
        case BlockKind.LIST:
            sign = f"{block.marker} " if _COUNTED.fullmatch(block.marker) else "- "
            if sign == "- " and block.marker.isalnum() | (block.marker[-1:] in {".", ")"}):
                sign += f"{block.marker} "
            indent = "    " * max(depth, 0)
            text = _spans(block.runs).replace("\n", "\n" + indent + " " * 4)
            return f"{indent}{sign}{text}".rstrip()
    return block.text if block.is_verbatim else _safe_start(_spans(block.runs))


def table_lines(rows: tuple[tuple[str, ...], ...]) -> list[str]:
    """The lines of a table; its first row becomes the head, as Markdown has none without."""
    if not rows:
        return []
    head, *rest = rows
    return [_row(head), _row(("---",) * len(head)), *map(_row, rest)]


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(map(_cell, cells)) + " |"


def _cell(text: str) -> str:
    if text == "---":
        return text
    lines = (_escaped(_SPACES.sub(" ", line)) for line in text.strip().splitlines())
    return "<br>".join(lines).replace("|", "\\|")


def _spans(runs: tuple[Run, ...]) -> str:
    return "".join(map(_span, runs)).replace("\n", "  \n").strip()


def _span(run: Run) -> str:
    core = run.text.strip()
    if not core:
        return run.text
    start = run.text[: len(run.text) - len(run.text.lstrip())]
    end = run.text[len(run.text.rstrip()) :]
    is_word = any(sign.isalnum() for sign in core)  # emphasis on signs alone is noise
    stars = "*" * (2 * run.bold + run.italic) if is_word else ""
    text = f"{stars}{_escaped(core)}{stars}"
    if run.link:
        address = f"<{run.link}>" if _ODD_IN_ADDRESS.search(run.link) else run.link
        text = f"[{text}]({address})"
    return f"{start}{text}{end}"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _safe_start(text: str) -> str:
    """A paragraph that begins like a heading, a list or a quotation, but is none."""
    return _NUMBER_AT_START.sub(r"\1\\\2", _AT_START.sub(r"\\\1", text))
