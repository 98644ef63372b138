"""Looks for what PDF/A forbids, as far as it shows in the structure of a document.

The rules are those of ISO 19005-1 (part 1), -2 and -3; what needs a look into fonts, profiles or
the meaning of a page is not checked, so that a document without faults may still have some.
"""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from desktopproc.formats.pdfs.archival import declared_level, xmp_of
from desktopproc.formats.pdfs.destinations import leaves
from desktopproc.formats.pdfs.nested import holders
from desktopproc.formats.pdfs.samples import filters_of

if TYPE_CHECKING:
    from pikepdf import Pdf

_EVERY = 200  # objects between two stop points

# ISO 19005-1, 6.6.1; -2 and -3, 6.5.1
_ACTIONS = {"/JavaScript", "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/SetState"}
_ACTIONS |= {"/NOP", "/Rendition", "/GoTo3DView", "/Trans", "/RichMediaExecute"}
_LATER = {"/Hide", "/SetOCGState"}  # forbidden from part 2 on
_NAMED = {"/NextPage", "/PrevPage", "/FirstPage", "/LastPage"}

# ISO 19005-1, 6.5.2; -2 and -3, 6.3.1
_NOTES = {"/Sound", "/Movie", "/Screen", "/3D", "/RichMedia"}
_NO_VIEW, _PRINT = 0b100011, 0b100  # annotation flags: invisible, hidden, no view; print
_DEFAULTS = {"/DefaultRGB", "/DefaultCMYK", "/DefaultGray"}
_PLAIN_BLENDS = {"/Normal", "/Compatible"}


@dataclass(slots=True)
class Report:
    """What a document claims to be, and what speaks against it."""

    claims: str
    faults: dict[str, int] = field(default_factory=dict)

    def add(self, fault: str) -> None:
        self.faults[fault] = self.faults.get(fault, 0) + 1

    @property
    def told(self) -> list[str]:
        """The faults, with how often each was found."""
        return [f"{text} ({n}x)" if n > 1 else text for text, n in self.faults.items()]


def checked(pdf: "Pdf") -> Generator[float, None, Report]:
    """Check a document by the part it claims, or by part 2 if it claims none."""
    report = Report(declared_level(pdf))
    rules = _Rules(pdf, report)
    rules.document()
    objects = pdf.objects
    for count, found in enumerate(objects, 1):
        rules.object(found)
        if count % _EVERY == 0:
            yield 0.6 * count / len(objects)
    total = len(pdf.pages)
    for count, page in enumerate(pdf.pages, 1):
        rules.page(page)
        yield 0.6 + 0.4 * count / total
    rules.colours()
    return report


class _Rules:
    """What is forbidden, asked of the document, of each object, and of each page."""

    def __init__(self, pdf: "Pdf", report: Report) -> None:
        self._pdf = pdf
        self._root: Any = pdf.Root
        self._report = report
        self._part = int(report.claims[:1] or 2)
        self._uses_device_colours = False
        self._fonts: set[tuple[int, int]] = set()

    def document(self) -> None:
        """The catalog, the trailer, and the metadata."""
        from pikepdf import Dictionary

        add, root = self._report.add, self._root
        if not self._report.claims:
            add("It does not claim to be PDF/A in its XMP metadata.")
        if self._pdf.is_encrypted:
            add("It is encrypted.")
        if "/ID" not in self._pdf.trailer:
            add("It has no file identifier.")
        if not xmp_of(self._pdf):
            add("It has no XMP metadata.")
        elif self._part == 1 and filters_of(root.Metadata):
            add("Its XMP metadata are packed.")
        form = root.get("/AcroForm")
        if isinstance(form, Dictionary):
            if "/XFA" in form:
                add("Its form has a language of its own (XFA).")
            if form.get("/NeedAppearances", False) is True:
                add("Its form asks viewers to draw the fields.")
        if "/AA" in root:
            add("It acts by itself.")
        names = root.get("/Names")
        names = names if isinstance(names, Dictionary) else Dictionary()
        if "/JavaScript" in names:
            add("It has scripts.")
        if self._part == 1:
            if "/OCProperties" in root:
                add("It has layers.")
            if any(True for _ in leaves(names.get("/EmbeddedFiles"))):
                add("It has embedded files.")
            if self._pdf.trailer.get("/Type") == "/XRef":
                add("Its objects are packed together (object streams).")
        self._tags()

    def _tags(self) -> None:
        """Levels a: for screen readers (ISO 19005-1, 6.8)."""
        from pikepdf import Dictionary

        if not self._report.claims.endswith("a"):
            return
        marked = self._root.get("/MarkInfo")
        is_marked = isinstance(marked, Dictionary) and bool(marked.get("/Marked", False))
        if not is_marked or "/StructTreeRoot" not in self._root:
            self._report.add("It has no structure for screen readers, which its level asks for.")

    def object(self, found: Any) -> None:
        """One object of the file, whatever it is."""
        from pikepdf import Array, Stream

        if isinstance(found, Stream):
            self._stream(found)
        for holder in holders(found):
            if isinstance(holder, Array):
                continue
            self._action(holder)
            if holder.get("/Type") == "/Annot" or "/Rect" in holder:
                self._note(holder)
            if self._part == 1:
                self._transparency(holder)

    def _stream(self, stream: Any) -> None:
        add, filters = self._report.add, filters_of(stream)
        if "/LZWDecode" in filters:
            add("It has LZW-packed streams.")
        if self._part == 1 and "/JPXDecode" in filters:
            add("It has JPEG 2000 pictures.")
        if "/F" in stream or "/FFilter" in stream:
            add("It has streams outside the file.")
        if stream.get("/Subtype") == "/Image":
            if "/Alternates" in stream:
                add("It has alternate pictures.")
            if stream.get("/Interpolate", False) is True:
                add("It has pictures that are to be smoothed.")
            if str(stream.get("/ColorSpace", "")).startswith("/Device"):
                self._uses_device_colours = True
        if "/OPI" in stream or (stream.get("/Subtype") == "/Form" and "/PS" in stream):
            add("It has drawings for other programs (OPI, PostScript).")
        if stream.get("/Subtype") == "/PS":
            add("It has drawings for other programs (OPI, PostScript).")
        if stream.get("/Subtype") == "/Form" and "/Ref" in stream:
            add("It refers to pages of other files.")

    def _action(self, found: Any) -> None:
        kind = str(found.get("/S", ""))
        if kind in _ACTIONS or (self._part > 1 and kind in _LATER):
            self._report.add(f"It has actions that are not allowed ({kind[1:]}).")
        elif kind == "/Named" and str(found.get("/N", "")) not in _NAMED:
            self._report.add("It has actions that are not allowed (Named).")

    def _note(self, note: Any) -> None:
        kind, flags = str(note.get("/Subtype", "")), note.get("/F", 0)
        if kind in _NOTES or (self._part == 1 and kind == "/FileAttachment"):
            self._report.add(f"It has annotations that are not allowed ({kind[1:]}).")
        elif kind and kind not in {"/Popup", "/Link"} and note.get("/Type") == "/Annot":
            is_seen = isinstance(flags, int) and flags & _PRINT and not flags & _NO_VIEW
            if not is_seen and _area(note):
                self._report.add("It has annotations that are hidden, or are not printed.")

    def _transparency(self, found: Any) -> None:
        """ISO 19005-1, 6.4."""
        from pikepdf import Dictionary, Stream

        group = found.get("/Group")
        is_group = isinstance(group, Dictionary) and group.get("/S") == "/Transparency"
        mask = found.get("/SMask")
        has_mask = isinstance(mask, Dictionary | Stream)
        blend = found.get("/BM")
        is_blended = blend is not None and str(blend) not in _PLAIN_BLENDS
        if found.get("/Type") != "/Annot":
            shares = [found.get(word, 1) for word in ("/ca", "/CA")]
            is_thin = any(not isinstance(share, Dictionary) and share != 1 for share in shares)
        else:
            is_thin = False
        if is_group or has_mask or is_blended or is_thin:
            self._report.add("It has see-through parts.")

    def page(self, page: Any) -> None:
        """What a page draws with: fonts and colours."""
        from pikepdf import PikepdfError, parse_content_stream

        if "/AA" in page.obj:
            self._report.add("It acts by itself.")
        self._resources(page.obj.get("/Resources"), 0)
        if not self._uses_device_colours:
            try:
                steps = parse_content_stream(page, "rg RG k K")
                self._uses_device_colours = bool(steps)
            except (PikepdfError, TypeError, ValueError):
                self._report.add("It has a page whose drawing is damaged.")

    def _resources(self, resources: Any, depth: int) -> None:
        from pikepdf import Dictionary, Stream

        if not isinstance(resources, Dictionary) or depth > 8:
            return
        fonts = resources.get("/Font")
        for font in fonts.values() if isinstance(fonts, Dictionary) else ():
            if isinstance(font, Dictionary) and font.objgen not in self._fonts:
                if font.is_indirect:
                    self._fonts.add(font.objgen)
                self._font(font)
        drawn = resources.get("/XObject")
        for form in drawn.values() if isinstance(drawn, Dictionary) else ():
            is_new = isinstance(form, Stream) and form.objgen not in self._fonts
            if is_new and form.get("/Subtype") == "/Form":
                self._fonts.add(form.objgen)
                self._resources(form.get("/Resources"), depth + 1)

    def _font(self, font: Any) -> None:
        """ISO 19005-1, 6.3.4; -2, 6.2.11.4: every font lies in the file."""
        from pikepdf import Array, Dictionary

        if font.get("/Subtype") == "/Type3":
            return
        below = font.get("/DescendantFonts")
        holder = below[0] if isinstance(below, Array) and len(below) else font
        told = holder.get("/FontDescriptor") if isinstance(holder, Dictionary) else None
        files = ("/FontFile", "/FontFile2", "/FontFile3")
        if not isinstance(told, Dictionary) or not any(word in told for word in files):
            name = str(font.get("/BaseFont", "/unnamed"))[1:]
            self._report.add(f"A font is not embedded: {name}.")

    def colours(self) -> None:
        """ISO 19005-1, 6.2.3; -2, 6.2.4: what colours of a device mean has to be said."""
        from pikepdf import Array, Dictionary

        intents = self._root.get("/OutputIntents")
        listed = list(intents) if isinstance(intents, Array) else []
        meant = [
            one for one in listed if isinstance(one, Dictionary) and one.get("/S") == "/GTS_PDFA1"
        ]
        has_profile = any("/DestOutputProfile" in one for one in meant)
        if self._uses_device_colours and not has_profile and not self._has_defaults():
            self._report.add("Its colours depend on the device: there is no output intent.")

    def _has_defaults(self) -> bool:
        """Whether colours of a device are given a meaning some other way."""
        from pikepdf import Dictionary

        for page in self._pdf.pages:
            resources = page.obj.get("/Resources")
            spaces = resources.get("/ColorSpace") if isinstance(resources, Dictionary) else None
            if isinstance(spaces, Dictionary) and _DEFAULTS & set(spaces.keys()):
                return True
        return False


def _area(note: Any) -> float:
    try:
        left, bottom, right, top = (float(edge) for edge in note.Rect)
    except (AttributeError, TypeError, ValueError):
        return 0.0
    return abs((right - left) * (top - bottom))
