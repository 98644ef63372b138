"""Protected files open with the right password, whatever library reads them, and tell so."""

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pikepdf
import pytest

from desktopproc import ops
from desktopproc.core.errors import NeedsPasswordError, ProcError
from desktopproc.core.job import Family
from desktopproc.core.operation import Work
from desktopproc.core.schema import specs

Run = Callable[..., Work[Any]]

READERS = ["extract-text", "pdf-to-images", "merge-pdf"]  # MuPDF, PDFium, qpdf
FREE = pikepdf.Permissions(modify_assembly=True)
Revision = Literal[2, 3, 4, 6]


@pytest.fixture
def protect(document: Path, tmp_path: Path) -> Callable[..., Path]:
    """The sample document, protected: `protect(user="x")`."""

    def protected(name: str = "secret.pdf", **words: Any) -> Path:
        path = tmp_path / name
        with pikepdf.open(document) as pdf:
            pdf.save(path, encryption=pikepdf.Encryption(**({"allow": FREE} | words)))
        return path

    return protected


def _old(revision: Revision) -> dict[str, Any]:
    return {"R": revision, "aes": revision >= 4, "metadata": revision >= 4}


def _is_whole(work: Work[Any]) -> bool:
    """Whether all three pages came out."""
    target = work.target
    if target.is_dir():
        return len(list(target.iterdir())) == 3
    if target.suffix == ".pdf":
        with pikepdf.open(target) as pdf:
            return len(pdf.pages) == 3 and not pdf.is_encrypted
    return "Page 3 of the sample" in target.read_text()


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("given", ["the user's", "the owner's"])
def test_each_password_of_a_file_opens_it(
    run: Run, protect: Callable[..., Path], reader: str, given: str
) -> None:
    path = protect(user="the user's", owner="the owner's")

    work = run(reader, path, passwords=["another", given])

    assert _is_whole(work)
    assert work.notes == ["secret.pdf was opened with its password; the result has none."]


@pytest.mark.parametrize("reader", READERS)
def test_a_wrong_password_is_told_from_none(
    run: Run, protect: Callable[..., Path], reader: str
) -> None:
    path = protect(user="right", owner="own")

    with pytest.raises(NeedsPasswordError) as none:
        run(reader, path)
    with pytest.raises(NeedsPasswordError) as one:
        run(reader, path, passwords=["guess"])
    with pytest.raises(NeedsPasswordError) as two:
        run(reader, path, passwords=["guess", "other"])

    start = "secret.pdf is password-protected"
    assert [str(told.value).removeprefix(start) for told in (none, one, two)] == [
        ". Give its password and retry.",
        ", and the password is wrong. Give another one.",
        ", and none of the 2 passwords opens it. Give another one.",
    ]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("revision", [2, 3, 4, 6])
def test_passwords_of_every_age_and_script_open(
    run: Run, protect: Callable[..., Path], reader: str, revision: Revision
) -> None:
    path = protect(user="pä\u20acs", owner="own", **_old(revision))

    assert _is_whole(run(reader, path, passwords=["pä\u20acs"]))


@pytest.mark.parametrize("reader", READERS)
def test_a_password_is_prepared_as_the_standard_says(
    run: Run, protect: Callable[..., Path], reader: str
) -> None:
    path = protect(user="IX fi", owner="own")  # what SASLprep makes of the next line

    assert _is_whole(run(reader, path, passwords=["\u2168\u00a0\ufb01\u00ad"]))


@pytest.mark.parametrize("reader", READERS)
def test_the_longest_password_opens(run: Run, protect: Callable[..., Path], reader: str) -> None:
    longest = "ä" * 63 + "x"
    assert len(longest.encode()) == 127

    assert _is_whole(run(reader, protect(user=longest, owner="o"), passwords=[longest]))


@pytest.mark.parametrize("reader", READERS)
def test_restrictions_of_the_owner_are_told(
    run: Run, protect: Callable[..., Path], reader: str
) -> None:
    none = pikepdf.Permissions(extract=False, print_lowres=False, print_highres=False,
                               modify_assembly=True)  # fmt: skip

    work = run(reader, protect(owner="own", allow=none))

    assert _is_whole(work)
    assert work.notes == [
        "secret.pdf does not allow printing or copying; the result is not restricted."
    ]


@pytest.mark.parametrize("reader", ["extract-text", "merge-pdf"])  # PDFium mends unasked
def test_a_damaged_file_is_mended_behind_its_password(
    run: Run, protect: Callable[..., Path], reader: str
) -> None:
    path = protect(user="x", owner="y")
    content = path.read_bytes()
    path.write_bytes(content[: content.rindex(b"startxref")] + b"startxref\n7\n%%EOF\n")

    work = run(reader, path, passwords=["x"])

    assert _is_whole(work)
    assert any("repaired" in note for note in work.notes)


def _protected_word(folder: Path, password: str) -> Path:
    """Words and enough besides them: msoffcrypto writes no small files that can be read."""
    from msoffcrypto.format.ooxml import OOXMLFile

    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as package:
        package.writestr("[Content_Types].xml", _TYPES)
        package.writestr("word/document.xml", _DOCUMENT)
        package.writestr("word/media/noise.bin", random.Random(1).randbytes(20_000))
    path = folder / "secret.docx"
    with path.open("wb") as out:
        OOXMLFile(plain).encrypt(password, out)
    return path


_TYPES = """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"""
_DOCUMENT = """<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:body><w:p><w:r><w:t>Told to few</w:t></w:r></w:p></w:body></w:document>"""


def test_a_protected_word_document_opens(run: Run, tmp_path: Path) -> None:
    path = _protected_word(tmp_path, "Wörter")

    work = run("extract-text", path, passwords=["falsch", "Wörter"])

    assert work.target.read_text().split() == ["Told", "to", "few"]
    assert work.notes == ["secret.docx was opened with its password; the result has none."]
    with pytest.raises(NeedsPasswordError, match="the password is wrong"):
        run("extract-text", path, passwords=["falsch"])
    with pytest.raises(NeedsPasswordError, match="Give its password"):
        run("extract-text", path)


def test_a_protected_word_document_may_be_broken(run: Run, tmp_path: Path) -> None:
    path = _protected_word(tmp_path, "x")
    path.write_bytes(path.read_bytes().replace(b"spinCount", b"spinCoumt"))

    with pytest.raises(Exception, match=r"secret\.docx") as told:
        run("extract-text", path, passwords=["x"])

    assert getattr(told.value, "code", "") in {"damaged", "unsupported"}


OPENING = [
    (operation.name, family)
    for operation in ops.load().values()
    for family in (Family.PDF, Family.DOCX)
    if family in operation.takes
]
ASKED: dict[str, dict[str, Any]] = {
    "arrange-pdf": {"reverse": True},
    "stamp-pdf": {"text": "DRAFT"},
    "protect-pdf": {"user_password": "x"},
    "ocr-pdf": {"force": True},
}


@pytest.mark.parametrize(("name", "family"), OPENING)
def test_every_operation_opens_protected_files(
    run: Run,
    document: Path,
    docx_bytes: Callable[[], bytes],
    tmp_path: Path,
    name: str,
    family: Family,
) -> None:
    plain, locked = _pair(document, docx_bytes(), tmp_path, family)
    asked = {key: value for key, value in ASKED.get(name, {}).items() if key in _options(name)}
    try:
        whole = run(name, plain, **asked)
    except ProcError as e:
        pytest.skip(f"{name} cannot do its work here: {e}")

    opened = run(name, locked, passwords=["another", "right"], **asked)

    assert opened.target.exists() == whole.target.exists()
    if told := _told_without(lambda: run(name, locked, **asked)):
        assert told == f"{locked.name} is password-protected. Give its password and retry."
        is_free_pdf = opened.target.suffix == ".pdf" and name != "protect-pdf"
        assert not is_free_pdf or any("password" in note for note in opened.notes)


def _told_without(attempt: Callable[[], object]) -> str:
    """What is said without a password; nothing where the file need not be opened."""
    try:
        attempt()
    except NeedsPasswordError as e:
        return str(e)
    return ""


def _options(name: str) -> set[str]:
    return {spec.name for spec in specs(ops.load()[name].options)}


def _pair(document: Path, word: bytes, folder: Path, family: Family) -> tuple[Path, Path]:
    """The same document as it is and protected by "right"."""
    from msoffcrypto.format.ooxml import OOXMLFile

    if family is Family.PDF:
        locked = folder / "locked.pdf"
        with pikepdf.open(document) as pdf:
            pdf.save(locked, encryption=pikepdf.Encryption(user="right", owner="right"))
        return document, locked
    plain, locked = folder / "paper.docx", folder / "locked.docx"
    plain.write_bytes(word)
    with zipfile.ZipFile(plain, "a") as package:  # no small file comes out right, see above
        package.writestr("word/media/noise.bin", random.Random(1).randbytes(20_000))
    with plain.open("rb") as file, locked.open("wb") as out:
        OOXMLFile(file).encrypt("right", out)
    return plain, locked
