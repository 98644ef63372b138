"""Takes out of a PDF what can act by itself, reach outside, or hide other files."""

from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from desktopproc.formats.pdfs.destinations import leaves
from desktopproc.formats.pdfs.nested import holders

if TYPE_CHECKING:
    from pikepdf import Pdf

_EVERY = 200  # objects between two stop points

# ISO 32000-2, table 201 and 12.6.4: what an action is called, and what we call it
_ACTIONS = {
    "/JavaScript": "script",
    "/Launch": "launch of a program",
    "/SubmitForm": "sending of a form",
    "/ImportData": "import of data",
    "/GoToR": "link to another file",
    "/GoToE": "link to an embedded file",
    "/GoToDp": "link to another part",
    "/Movie": "film or sound",
    "/Sound": "film or sound",
    "/Rendition": "film or sound",
    "/RichMediaExecute": "film or sound",
    "/GoTo3DView": "3D view",
}
_ANNOTATIONS = {
    "/RichMedia": "film or sound",
    "/Movie": "film or sound",
    "/Sound": "film or sound",
    "/Screen": "film or sound",
    "/3D": "3D view",
}
_SAFE_SCHEMES = ("http:", "https:", "mailto:", "tel:")
_WEB = "web link"
_FILE = "embedded file"


@dataclass(frozen=True, slots=True)
class Keep:
    """What may stay although it is taken out by default, or the other way round."""

    attachments: bool = False
    web_links: bool = True


@dataclass(slots=True)
class Disarmed:
    """What was taken out: how many of each kind, and what the embedded files are called."""

    kinds: Counter[str] = field(default_factory=Counter)
    files: list[str] = field(default_factory=list)

    @property
    def told(self) -> str:
        """One sentence for the row."""
        if not self.kinds:
            return "Nothing was found that could act by itself."
        parts = [f"{count:,} x {kind}" for kind, count in sorted(self.kinds.items())]
        return f"Taken out: {', '.join(parts)}."


def disarmed(pdf: "Pdf", keep: Keep, told: Disarmed) -> Generator[float, None, None]:
    """Take out of every object what is dangerous; yields the share that is done."""
    _Catalog(pdf, keep, told).clean()
    objects = pdf.objects
    for count, found in enumerate(objects, 1):
        _Walk(keep, told).clean(found)
        if count % _EVERY == 0:
            yield count / len(objects)


class _Catalog:
    """What the document as a whole does and holds."""

    def __init__(self, pdf: "Pdf", keep: Keep, told: Disarmed) -> None:
        self._root: Any = pdf.Root
        self._keep = keep
        self._told = told

    def clean(self) -> None:
        from pikepdf import Array, Dictionary

        root, told = self._root, self._told
        opening = root.get("/OpenAction")
        if isinstance(opening, Dictionary) and opening.get("/S") != "/GoTo":
            told.kinds[_kind_of(opening) or "action on opening"] += 1
            del root.OpenAction
        form = root.get("/AcroForm")
        if isinstance(form, Dictionary):
            self._drop(form, "/XFA", "form with its own language (XFA)")
            self._drop(form, "/CO", "")
        for word in ("/NeedsRendering", "/SpiderInfo"):
            self._drop(root, word, "")
        names = root.get("/Names")
        if isinstance(names, Dictionary):
            for _ in leaves(names.get("/JavaScript")):
                told.kinds["script"] += 1
            self._drop(names, "/JavaScript", "")
            self._drop(names, "/Renditions", "")
            if not self._keep.attachments:
                self._drop_files(names)
        if not self._keep.attachments:
            self._drop(root, "/Collection", "")
            if isinstance(root.get("/AF"), Array):
                self._drop(root, "/AF", "")

    def _drop_files(self, names: Any) -> None:
        for name, file in leaves(names.get("/EmbeddedFiles")):
            self._told.kinds[_FILE] += 1
            self._told.files.append(_called(name, file))
        self._drop(names, "/EmbeddedFiles", "")

    def _drop(self, holder: Any, word: str, kind: str) -> None:
        if word in holder:
            del holder[word]
            if kind:
                self._told.kinds[kind] += 1


class _Walk:
    """One object with all that stands inside it, but not what it refers to."""

    def __init__(self, keep: Keep, told: Disarmed) -> None:
        self._keep = keep
        self._told = told

    def clean(self, found: Any) -> None:
        from pikepdf import Array, Stream

        for holder in holders(found):
            if not isinstance(holder, Array):
                self._holder(holder, is_stream=isinstance(holder, Stream))

    def _holder(self, holder: Any, *, is_stream: bool) -> None:
        from pikepdf import Array, Dictionary

        kinds = self._told.kinds
        if "/AA" in holder:
            actions = holder.get("/AA")
            for action in actions.values() if isinstance(actions, Dictionary) else ():
                kinds[_kind_of(action) or "action by itself"] += 1
            del holder["/AA"]
        for word in ("/A", "/PA", "/Next"):
            if word in holder:
                self._action(holder, word)
        if isinstance(holder.get("/Annots"), Array):
            self._annotations(holder)
        if not self._keep.attachments:
            for word in ("/AF", "/EF"):  # what refers to a file, and the files themselves
                if word in holder:
                    del holder[word]
        for word in ("/F", "/Ref", "/OPI") if is_stream else ("/OPI",):
            if word in holder:
                del holder[word]
                kinds["reference to another file"] += 1

    def _action(self, holder: Any, word: str) -> None:
        from pikepdf import Array, Dictionary

        action = holder.get(word)
        if isinstance(action, Array):  # one after the other: only /Next can be that
            left = [one for one in action if self._may_stay(one)]
            if len(left) < len(action):
                holder[word] = Array(left)
        elif isinstance(action, Dictionary) and not self._may_stay(action):
            del holder[word]

    def _may_stay(self, action: Any) -> bool:
        from pikepdf import Dictionary

        if not isinstance(action, Dictionary):
            return True
        kind = _kind_of(action)
        if action.get("/S") == "/URI":
            address = str(action.get("/URI", "")).strip().lower()
            is_safe = address.startswith(_SAFE_SCHEMES) or ":" not in address.split("/")[0]
            kind = "" if is_safe and self._keep.web_links else _WEB
        if kind:
            self._told.kinds[kind] += 1
        return not kind

    def _annotations(self, page: Any) -> None:
        from pikepdf import Array, Dictionary

        kept = []
        for note in page.Annots:
            name = str(note.get("/Subtype", "")) if isinstance(note, Dictionary) else ""
            kind = _ANNOTATIONS.get(name, "")
            if name == "/FileAttachment" and not self._keep.attachments:
                kind = _FILE
                self._told.files.append(_called(b"", note.get("/FS")))
            if kind:
                self._told.kinds[kind] += 1
                _hollow(note)
            elif not _belongs_to_nothing(note):
                kept.append(note)
        if len(kept) < len(page.Annots):
            page.Annots = Array(kept)


def _hollow(note: Any) -> None:
    """Take all out of an annotation that goes: something else may still refer to it."""
    for word in list(note.keys()):
        if word not in {"/Type", "/Rect"}:
            del note[word]


def _belongs_to_nothing(note: Any) -> bool:
    """Whether this is the pop-up window of an annotation that has been taken out."""
    from pikepdf import Dictionary

    if not isinstance(note, Dictionary) or note.get("/Subtype") != "/Popup":
        return False
    parent = note.get("/Parent")
    return isinstance(parent, Dictionary) and "/Subtype" not in parent


def _kind_of(action: Any) -> str:
    from pikepdf import Dictionary

    return _ACTIONS.get(str(action.get("/S", "")), "") if isinstance(action, Dictionary) else ""


def _called(name: bytes, file: Any) -> str:
    """What an embedded file is called, as its description says or else the list of files."""
    from pikepdf import Dictionary, String

    for word in ("/UF", "/F"):
        told = file.get(word) if isinstance(file, Dictionary) else None
        if told is not None:
            return str(told)
    return str(String(name))
