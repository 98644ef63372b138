"""Takes invisible text, the layer of an earlier recognition, out of the pages of a PDF."""

import io
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from desktopproc.core.operation import Work
from desktopproc.formats.pdf_errors import check_is_pdf, reading_pdf
from desktopproc.formats.pdfs import unlocking

if TYPE_CHECKING:
    import pikepdf

_INVISIBLE = 3  # text rendering mode (ISO 32000-2, table 104)
_SHOWING = frozenset({"Tj", "TJ", "'", '"'})


def without_hidden_text(
    work: Work[Any], content: bytes, chosen: Callable[[int, str], Iterable[int]]
) -> bytes:
    """The PDF without the text that nobody sees on the pages chosen; its other content stays.

    `chosen` is told how many pages there are, and the name of the document.
    """
    import pikepdf

    name = work.source.path.name
    check_is_pdf(name, content)
    with (
        reading_pdf(name, pikepdf.PikepdfError),
        unlocking.by_pikepdf(name, io.BytesIO(content), work) as pdf,
    ):
        cleaned: set[tuple[int, int]] = set()
        for index in chosen(len(pdf.pages), name):
            page = pdf.pages[index]
            _clean_page(pdf, page)
            _clean_forms(page.resources, cleaned)
        buffer = io.BytesIO()
        pdf.save(buffer)
        return buffer.getvalue()


def _clean_page(pdf: "pikepdf.Pdf", page: "pikepdf.Page") -> None:
    if "/Contents" in page and (kept := _kept(page)) is not None:
        page.obj.Contents = pdf.make_stream(kept)


def _clean_forms(resources: "pikepdf.Object", cleaned: set[tuple[int, int]]) -> None:
    """The same for the forms that a page draws, each once."""
    from pikepdf import Dictionary, Name, Stream

    drawn = resources.get(Name.XObject) if isinstance(resources, Dictionary) else None
    for form in drawn.values() if isinstance(drawn, Dictionary) else ():
        if not isinstance(form, Stream) or form.objgen in cleaned:
            continue
        cleaned.add(form.objgen)
        if form.get(Name.Subtype) == Name.Form:
            if (kept := _kept(form)) is not None:
                form.write(kept)
            _clean_forms(form.get(Name.Resources, Dictionary()), cleaned)


def _kept(content: "pikepdf.Page | pikepdf.Object") -> bytes | None:
    """The operators but for those that show invisible text; None when there are none of these."""
    import pikepdf

    kept: list[pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage] = []
    mode, outer, has_hidden = 0, [], False
    for instruction in pikepdf.parse_content_stream(content):
        word = str(instruction.operator)
        if word == "q":
            outer.append(mode)
        elif word == "Q" and outer:
            mode = outer.pop()
        elif word == "Tr" and instruction.operands:
            mode = int(instruction.operands[0])
        elif word in _SHOWING and mode == _INVISIBLE:
            has_hidden = True
            continue
        kept.append(instruction)
    return pikepdf.unparse_content_stream(kept) if has_hidden else None
