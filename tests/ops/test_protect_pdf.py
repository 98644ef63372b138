"""Protected PDFs are what other programs take for protected, and open with the right password."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pymupdf
import pypdfium2
import pytest

from desktopproc.core.errors import NeedsPasswordError, UsageError
from desktopproc.core.operation import Work
from desktopproc.formats.verify import verify

Run = Callable[..., Work[Any]]

TYPED = "\u2168 pä\u20acs\u00a0wort"  # SASLprep makes other signs of the first and the last space
PREPARED = "IX pä\u20acs wort"
FORBIDDEN = {"printing": "none", "copying": False, "changes": False, "comments": False,
             "forms": False, "pages": False}  # fmt: skip


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def _said(*words: str | Path) -> str:
    done = subprocess.run(
        [_program(str(words[0])), *map(str, words[1:])], capture_output=True, check=True
    )
    return done.stdout.decode()


def test_the_file_opens_with_its_password_only(run: Run, document: Path) -> None:
    work = run("protect-pdf", document, user_password="right")

    verify(work.target, work.expected)
    for password in ("", "wrong"):
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(work.target, password=password)
    with pikepdf.open(work.target, password="right") as pdf:
        assert (pdf.encryption.R, pdf.encryption.bits, len(pdf.pages)) == (6, 256, 3)
        assert all(pdf.allow)
    assert work.notes == []
    with pymupdf.open(work.target) as pdf:
        assert pdf.authenticate("right")
        assert "Page 2 of the sample" in pdf[1].get_text()


@pytest.mark.parametrize("password", [TYPED, "ä" * 63 + "x", "\u5bc6\u7801", "none", "a b,c"])
def test_any_words_may_be_the_password(run: Run, document: Path, password: str) -> None:
    target = run("protect-pdf", document, user_password=password).target

    assert run("extract-text", target, passwords=[password]).target.read_text().startswith("Page 1")
    assert len(pypdfium2.PdfDocument(target, password=password.replace(TYPED, PREPARED))) == 3


def test_the_owner_may_do_what_readers_may_not(run: Run, document: Path) -> None:
    work = run("protect-pdf", document, user_password="u", owner_password="o", **FORBIDDEN)

    with pikepdf.open(work.target, password="u") as pdf:
        allowed = pdf.allow._asdict()
        assert allowed.pop("accessibility")
        assert not any(allowed.values())
        assert not pdf.owner_password_matched
    with pikepdf.open(work.target, password="o") as pdf:
        assert pdf.owner_password_matched
    assert work.notes == ["What is forbidden is for the viewer to heed; not every program does."]


def test_permissions_alone_leave_the_file_open_to_all(run: Run, document: Path) -> None:
    one, two = [run("protect-pdf", document, copying=False, printing="coarse") for _ in range(2)]

    with pikepdf.open(one.target) as pdf:
        assert not pdf.owner_password_matched
        assert (pdf.allow.extract, pdf.allow.print_lowres, pdf.allow.print_highres) == (
            False,
            True,
            False,
        )
        first = bytes(pdf.trailer.Encrypt.O)
    with pikepdf.open(two.target) as pdf:
        assert bytes(pdf.trailer.Encrypt.O) != first
    assert any("made up" in note for note in one.notes)


def test_a_made_up_owner_is_not_the_reader(run: Run, document: Path) -> None:
    target = run("protect-pdf", document, user_password="u", copying=False).target

    with pikepdf.open(target, password="u") as pdf:
        assert not pdf.owner_password_matched


def test_metadata_may_stay_readable(run: Run, document: Path) -> None:
    with pikepdf.open(document, allow_overwriting_input=True) as pdf:
        with pdf.open_metadata() as metadata:
            metadata["dc:title"] = "Findable"
        pdf.save()

    hidden = run("protect-pdf", document, user_password="u").target
    shown = run("protect-pdf", document, user_password="u", encrypt_metadata=False).target

    assert (b"Findable" in hidden.read_bytes(), b"Findable" in shown.read_bytes()) == (False, True)


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({}, "Nothing would be protected"),
        ({"user_password": "x", "owner_password": "x", "copying": False}, "would be its owner"),
        ({"user_password": "ä" * 64}, "longer than 127 bytes"),
        ({"owner_password": "\x07"}, "no password may have"),
    ],
    ids=lambda value: "" if isinstance(value, dict) else value,
)
def test_what_protects_nothing_is_refused(
    run: Run, document: Path, wish: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        run("protect-pdf", document, **wish)


def test_protection_is_removed_with_the_password(run: Run, document: Path) -> None:
    target = run(
        "protect-pdf", document, user_password="u", owner_password="o", copying=False
    ).target
    plain = run("protect-pdf", target, remove=True, passwords=["u", "o"])

    with pikepdf.open(plain.target) as pdf:
        assert (pdf.is_encrypted, len(pdf.pages)) == (False, 3)
    verify(plain.target, plain.expected)
    assert plain.notes == []


@pytest.mark.parametrize("wish", [{"remove": True}, {"user_password": "new"}])
def test_only_the_owner_changes_what_is_restricted(
    run: Run, document: Path, wish: dict[str, Any]
) -> None:
    target = run(
        "protect-pdf", document, user_password="u", owner_password="o", copying=False
    ).target

    with pytest.raises(NeedsPasswordError, match="is password-protected"):
        run("protect-pdf", target, **wish)
    with pytest.raises(NeedsPasswordError, match="Give the owner's password"):
        run("protect-pdf", target, passwords=["u"], **wish)
    assert run("protect-pdf", target, passwords=["o"], **wish).target.exists()


def test_a_protected_file_gets_another_password(run: Run, document: Path) -> None:
    first = run("protect-pdf", document, user_password="old").target
    second = run("protect-pdf", first, user_password="new", passwords=["old"]).target

    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(second, password="old")
    with pikepdf.open(second, password="new") as pdf:
        assert len(pdf.pages) == 3


def test_what_is_not_protected_needs_no_removing(run: Run, document: Path) -> None:
    work = run("protect-pdf", document, remove=True)

    assert not work.target.exists()
    assert work.reason == "paper.pdf is not protected."


def test_a_protected_file_does_not_claim_to_be_archival(run: Run, document: Path) -> None:
    with pikepdf.open(document, allow_overwriting_input=True) as pdf:
        with pdf.open_metadata() as metadata:
            metadata["pdfaid:part"], metadata["pdfaid:conformance"] = "2", "B"
        pdf.save()

    work = run("protect-pdf", document, user_password="u")

    assert work.notes == ["paper.pdf was PDF/A, which a protected file cannot be."]
    with pikepdf.open(work.target, password="u") as pdf, pdf.open_metadata() as metadata:
        assert metadata.pdfa_status == ""


def test_a_damaged_file_is_mended_and_protected(run: Run, document: Path) -> None:
    content = document.read_bytes()
    document.write_bytes(content.replace(b"startxref", b"startxxxx"))

    work = run("protect-pdf", document, user_password="u")

    verify(work.target, work.expected)
    assert work.notes == ["paper.pdf is damaged and was repaired while reading; check the result."]


def test_a_file_that_was_cut_off_is_mended_and_protected(run: Run, document: Path) -> None:
    cut = document.with_name("cut.pdf")
    with pikepdf.open(document) as pdf:
        pdf.save(cut, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    content = cut.read_bytes()
    cut.write_bytes(content[: content.rindex(b"xref", 0, content.rindex(b"startxref"))])

    work = run("protect-pdf", cut, user_password="u")

    verify(work.target, work.expected)
    assert work.notes == ["cut.pdf is damaged and was repaired while reading; check the result."]


@pytest.mark.outside
def test_other_programs_agree(run: Run, document: Path) -> None:
    wish = {"user_password": PREPARED, "owner_password": "own", "copying": False}
    target = run("protect-pdf", document, printing="coarse", **wish).target

    shown = _said("qpdf", f"--password={PREPARED}", "--show-encryption", target)
    assert _said("qpdf", f"--password={PREPARED}", "--check", target)
    info = _said("pdfinfo", "-upw", PREPARED, target)
    text = _said("pdftotext", "-upw", PREPARED, target, "-")

    for line in (
        "R = 6",
        "Supplied password is user password",
        "extract for accessibility: allowed",
        "extract for any purpose: not allowed",
        "print low resolution: allowed",
        "print high resolution: not allowed",
        "modify anything: allowed",
        "stream encryption method: AESv3",
    ):
        assert line in shown
    assert "algorithm:AES-256" in info
    assert "copy:no" in info
    assert "Page 3 of the sample" in text


@pytest.mark.outside
def test_other_programs_take_it_for_free_again(run: Run, document: Path) -> None:
    target = run("protect-pdf", document, user_password="u").target
    plain = run("protect-pdf", target, remove=True, passwords=["u"]).target

    assert "File is not encrypted" in _said("qpdf", "--show-encryption", plain)
    assert "No syntax or stream encoding errors" in _said("qpdf", "--check", plain)
    assert "Encrypted:       no" in _said("pdfinfo", plain)
