"""Checking PDF/A: what is forbidden is found, what is right is not blamed, and no more is said."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream

from desktopproc.core.operation import Work

Run = Callable[..., Work[Any]]
Change = Callable[[pikepdf.Pdf], None]


def _archival(path: Path, claim: str = "2B", change: Change | None = None) -> Path:
    """A document with nothing wrong: a claim, a profile, no text."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(300, 300))
        page.Contents = Stream(pdf, b"1 0 0 rg 0 0 50 50 re f")
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as packet:
            packet["pdfaid:part"] = claim[0]
            packet["pdfaid:conformance"] = claim[1:]
        profile = Stream(pdf, b"profile", N=3)
        intent = Dictionary(Type=Name.OutputIntent, S=Name.GTS_PDFA1, DestOutputProfile=profile)
        pdf.Root.OutputIntents = Array([intent])
        if change:
            change(pdf)
        modes = pikepdf.ObjectStreamMode
        pdf.save(path, object_stream_mode=modes.disable, fix_metadata_version=False)
    return path


def _rows(work: Work[Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(work.target.read_text("utf-8"))
    return rows


def _without_intent(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.OutputIntents


def _with_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=b"x")


def _with_font(pdf: pikepdf.Pdf) -> None:
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    pdf.pages[0].Resources = Dictionary(Font=Dictionary(F1=font))


def _with_transparency(pdf: pikepdf.Pdf) -> None:
    state = Dictionary(Type=Name.ExtGState, ca=0.5)
    pdf.pages[0].Resources = Dictionary(ExtGState=Dictionary(G=pdf.make_indirect(state)))


def _with_hidden_note(pdf: pikepdf.Pdf) -> None:
    rect = Array([0, 0, 9, 9])
    note = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=rect, F=2)
    pdf.pages[0].Annots = Array([pdf.make_indirect(note)])


def _with_own_form(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=Stream(pdf, b"<x/>"))


@pytest.mark.parametrize("claim", ["1B", "2B", "2U", "3B"])
def test_a_right_document_is_not_blamed(run: Run, tmp_path: Path, claim: str) -> None:
    work = run("check-pdfa", _archival(tmp_path / "a.pdf", claim), table="json")

    (row,) = _rows(work)
    assert (row["claims"], row["result"]) == (f"PDF/A-{claim.lower()}", "no faults found")
    assert work.notes == [
        "1 of 1 claim PDF/A; faults were found in 0 of them. This is not a full validation."
    ]


@pytest.mark.parametrize(
    ("claim", "change", "fault"),
    [
        ("2B", _without_intent, "Its colours depend on the device: there is no output intent."),
        ("2B", _with_script, "It has actions that are not allowed (JavaScript)."),
        ("2B", _with_font, "A font is not embedded: Helvetica."),
        ("1B", _with_transparency, "It has see-through parts."),
        ("2B", _with_hidden_note, "It has annotations that are hidden, or are not printed."),
        ("2B", _with_own_form, "Its form has a language of its own (XFA)."),
        (
            "2A",
            None,
            "It has no structure for screen readers, which its level asks for.",
        ),
    ],
)
def test_what_is_forbidden_is_found(
    run: Run, tmp_path: Path, claim: str, change: Change | None, fault: str
) -> None:
    work = run("check-pdfa", _archival(tmp_path / "a.pdf", claim, change), table="json")

    (row,) = _rows(work)
    assert (row["result"], row["faults"]) == ("faults", fault)


def test_what_later_parts_allow_is_no_fault_of_theirs(run: Run, tmp_path: Path) -> None:
    work = run("check-pdfa", _archival(tmp_path / "a.pdf", "2B", _with_transparency), table="json")

    assert _rows(work)[0]["result"] == "no faults found"


def test_encryption_is_a_fault_and_no_obstacle(run: Run, tmp_path: Path) -> None:
    path = _archival(tmp_path / "a.pdf")
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.save(path, encryption=pikepdf.Encryption(user="x", owner="y"))

    work = run("check-pdfa", path, table="json", passwords=["x"])

    assert "It is encrypted." in _rows(work)[0]["faults"]
    assert len(work.notes) == 1


def test_plain_and_unreadable_documents_have_rows_too(
    run: Run, tmp_path: Path, document: Path
) -> None:
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"%PDF-1.7\nnothing")

    work = run("check-pdfa", document, bad, _archival(tmp_path / "a.pdf"), table="json")

    assert [row["result"] for row in _rows(work)] == ["no claim", "not checked", "no faults found"]
    assert _rows(work)[1]["error"] == work.notes[0]


def test_documents_that_pass_a_full_validation_are_not_blamed(run: Run, corpus: Path) -> None:
    folder = corpus / "pdf" / "verapdf-corpus"
    passing = sorted(folder.glob("veraPDF test suite *-pass-*.pdf"))
    assert len(passing) > 10

    blamed = [
        (row["file"], row["faults"])
        for row in _rows(run("check-pdfa", *passing, table="json"))
        if row["faults"]
    ]

    assert blamed == []
