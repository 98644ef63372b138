"""Finds the font and size that most of a PDF is set in, by the name that Word has for it."""

import re
from collections import Counter
from typing import Any

_SAMPLE_PAGES = 8
_USUAL = ("Calibri", 11.0)
_KNOWN = {
    "timesnewroman": "Times New Roman",
    "times": "Times New Roman",
    "nimbusroman": "Times New Roman",
    "liberationserif": "Times New Roman",
    "arial": "Arial",
    "helvetica": "Arial",
    "nimbussans": "Arial",
    "liberationsans": "Arial",
    "courier": "Courier New",
    "nimbusmono": "Courier New",
    "liberationmono": "Courier New",
    "carlito": "Calibri",
    "calibri": "Calibri",
    "caladea": "Cambria",
    "cambria": "Cambria",
    "cmr": "Latin Modern Roman",
    "dejavusansmono": "DejaVu Sans Mono",
    "dejavusans": "DejaVu Sans",
    "dejavuserif": "DejaVu Serif",
}
_PREFIX = re.compile(r"^[A-Z]{6}\+")
_STYLE = re.compile(
    r"[-,_ ]*(regular|bold|italic|oblique|roman|book|medium|light|black|semibold|mt|psmt|ps)+$",
    re.IGNORECASE,
)
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")


def main_font(document: Any) -> tuple[str, float]:
    """Family and size in points; Word's own where the PDF has no text."""
    import pymupdf

    seen: Counter[tuple[str, float]] = Counter()
    count = document.page_count
    step = max(1, -(-count // _SAMPLE_PAGES))
    for index in range(0, count, step):
        try:
            page = document.load_page(index).get_text("dict", flags=0)
        except (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase):
            continue  # a page that fails is told where it is read
        for block in page["blocks"]:
            for line in block.get("lines", ()):
                for span in line["spans"]:
                    size = round(span["size"] * 2) / 2
                    seen[span["font"], size] += len(span["text"])
    if not seen:
        return _USUAL
    name, size = seen.most_common(1)[0][0]
    return family(name), min(max(size, 4.0), 72.0)


def family(name: str) -> str:
    """The family that a font of a PDF belongs to, as Word knows it."""
    bare = _PREFIX.sub("", name)
    plain = re.sub(r"[^a-z]", "", bare.lower())
    for start, known in _KNOWN.items():
        if plain.startswith(start):
            return known
    stem = _STYLE.sub("", bare)
    return _WORDS.sub(" ", stem) or _USUAL[0]
