"""A line of a PDF page: its runs, where it stands, and how large it is written."""

from dataclasses import dataclass, replace
from typing import Any

from desktopproc.formats.texts.blocks import Box, Run

_ITALIC, _MONOSPACED, _BOLD = 1 << 1, 1 << 3, 1 << 4  # of MuPDF's span flags
_UPRIGHT = 0.999  # the cosine of a line that is level


@dataclass(frozen=True, slots=True)
class Line:
    """One line as MuPDF found it; `block` is the paragraph that MuPDF put it into, and `number`
    which line of that it is."""

    runs: tuple[Run, ...]
    box: Box
    size: float
    block: int
    number: int = 0
    is_level: bool = True
    is_monospaced: bool = False  # program text, whose lines mean something

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]


def lines_of(page: dict[str, Any], links: list[tuple[Box, str]]) -> list[Line]:
    """The lines in MuPDF's `extractDICT`, in the order in which they stand in the file."""
    found: list[Line] = []
    for at, block in enumerate(page["blocks"]):
        for number, line in enumerate(block.get("lines", ())):
            spans = [span for span in line["spans"] if span["text"]]
            if not any(span["text"].strip() for span in spans):
                continue
            runs = _joined([_run(span, links) for span in spans])
            size = max(spans, key=lambda span: len(span["text"].strip()))["size"]
            is_level = line["wmode"] == 0 and line["dir"][0] > _UPRIGHT
            is_monospaced = all(span["flags"] & _MONOSPACED for span in spans)
            box, size = tuple(line["bbox"]), float(size)
            found.append(Line(runs, box, size, at, number, is_level, is_monospaced))
    return found


def _run(span: dict[str, Any], links: list[tuple[Box, str]]) -> Run:
    flags, font = span["flags"], span["font"].lower()
    link = next((uri for box, uri in links if _is_within(span["bbox"], box)), "") if links else ""
    return Run(
        span["text"],
        bold=bool(flags & _BOLD) or "bold" in font or "black" in font,
        italic=bool(flags & _ITALIC) or "italic" in font or "oblique" in font,
        link=link,
    )


def _is_within(box: Box, link: Box) -> bool:
    across, down = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return link[0] <= across <= link[2] and link[1] <= down <= link[3]


def _joined(runs: list[Run]) -> tuple[Run, ...]:
    """Neighbours that look the same as one."""
    found: list[Run] = []
    for run in runs:
        last = found[-1] if found else None
        if last and (last.bold, last.italic, last.link) == (run.bold, run.italic, run.link):
            found[-1] = replace(last, text=last.text + run.text)
        else:
            found.append(run)
    return tuple(found)


def around(boxes: list[Box]) -> Box:
    """The smallest box around all of these."""
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)
