"""Who makes a PDF of a Word document: LibreOffice where it is well, else our own renderer."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psutil
import pymupdf
import pytest

from desktopproc.core.errors import ProcError
from desktopproc.formats.outside.office import Office, OfficeDiedError, OfficeRefusedError
from desktopproc.formats.outside.programs import LIBREOFFICE
from desktopproc.formats.word.converting import Engine, to_pdf
from tests.word_files import p, word_bytes

needs_sh = pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")


def _stand_in(folder: Path, does: str) -> Path:
    program = folder / "soffice"
    program.write_text(f"#!/bin/sh\n{does}\n")
    program.chmod(0o755)
    return program


def _convert(target: Path, engine: Engine = Engine.AUTO, timeout_s: float = 60.0) -> list[str]:
    notes: list[str] = []
    content = word_bytes(p("some words"))
    for _ in to_pdf("a.docx", content, target, notes.append, engine=engine, timeout_s=timeout_s):
        pass
    return notes


@pytest.fixture
def no_office(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LIBREOFFICE.variable, "none")


def test_without_libreoffice_the_row_says_so(no_office: None, tmp_path: Path) -> None:
    notes = _convert(tmp_path / "a.pdf")

    assert "Made by the built-in renderer. LibreOffice was not found." in notes
    with pymupdf.open(tmp_path / "a.pdf") as pdf:
        assert "some words" in pdf[0].get_text()


def test_libreoffice_can_be_insisted_on(no_office: None, tmp_path: Path) -> None:
    with pytest.raises(ProcError, match=r"LibreOffice was not found\. Install it"):
        _convert(tmp_path / "a.pdf", Engine.LIBREOFFICE)


@needs_sh
def test_a_libreoffice_that_does_not_start_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LIBREOFFICE.variable, str(_stand_in(tmp_path, "exit 1")))

    assert "built-in renderer. LibreOffice ended as soon as" in _convert(tmp_path / "a.pdf")[-1]


@needs_sh
def test_a_libreoffice_that_hangs_is_ended_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = tmp_path / "numbers"
    program = _stand_in(tmp_path, f"sleep 600 & echo $$ $! > {numbers}; wait")
    monkeypatch.setenv(LIBREOFFICE.variable, str(program))

    notes = _convert(tmp_path / "a.pdf", timeout_s=1)

    assert "LibreOffice was not ready in 1 s" in notes[-1]
    for pid in map(int, numbers.read_text().split()):
        assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@needs_sh
def test_documents_with_entities_never_reach_libreoffice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = tmp_path / "calls"
    monkeypatch.setenv(LIBREOFFICE.variable, str(_stand_in(tmp_path, f"echo x > {calls}")))
    content = word_bytes(p("words"), start='<!DOCTYPE x [<!ENTITY a "b">]>')
    notes: list[str] = []

    list(to_pdf("a.docx", content, tmp_path / "a.pdf", notes.append))

    assert not calls.exists()
    assert "entities" in notes[-1]


@pytest.fixture
def office() -> Iterator[Office]:
    found = shutil.which("soffice")
    if found is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    office = Office(Path(found))
    yield office
    office.close()


@pytest.mark.outside
def test_one_libreoffice_serves_one_document_after_the_other(
    office: Office, tmp_path: Path
) -> None:
    numbers = set()
    for at in range(3):
        target = tmp_path / f"{at}.pdf"
        list(
            office.convert(word_bytes(p(f"words {at}")), ".docx", target, timeout_s=100, at=(0, 1))
        )
        assert office._process is not None
        numbers.add(office._process.pid)
        with pymupdf.open(target) as pdf:
            assert f"words {at}" in pdf[0].get_text()

    assert len(numbers) == 1


@pytest.mark.outside
def test_a_document_that_libreoffice_refuses_leaves_it_running(
    office: Office, tmp_path: Path
) -> None:
    with pytest.raises(OfficeRefusedError):
        list(office.convert(b"PK\3\4", ".docx", tmp_path / "a.pdf", timeout_s=100, at=(0, 1)))

    content = word_bytes(p("well"))
    list(office.convert(content, ".docx", tmp_path / "b.pdf", timeout_s=100, at=(0, 1)))

    assert (tmp_path / "b.pdf").exists()


@pytest.mark.outside
def test_stopping_half_way_ends_libreoffice_and_removes_its_profile(
    office: Office, tmp_path: Path
) -> None:
    steps = office.convert(word_bytes(), ".docx", tmp_path / "a.pdf", timeout_s=100, at=(0, 1))
    assert next(steps) == (0, 1)
    assert office._process is not None
    number, folder = office._process.pid, office._folder

    steps.close()

    assert not folder.exists()
    assert not psutil.pid_exists(number)


@pytest.mark.outside
def test_a_libreoffice_that_was_killed_is_started_again(office: Office, tmp_path: Path) -> None:
    content = word_bytes(p("again"))
    for name in ("a.pdf", "b.pdf"):
        list(office.convert(content, ".docx", tmp_path / name, timeout_s=100, at=(0, 1)))
        assert office._process is not None
        for child in psutil.Process(office._process.pid).children(recursive=True):
            child.kill()
        office._process.wait(10)

    assert (tmp_path / "b.pdf").exists()


def test_a_program_that_cannot_be_run_is_an_office_that_died(tmp_path: Path) -> None:
    (tmp_path / "soffice").write_text("no program")
    office = Office(tmp_path / "soffice")

    with pytest.raises(OfficeDiedError, match="cannot be started"):
        list(office.convert(word_bytes(), ".docx", tmp_path / "a.pdf", timeout_s=5, at=(0, 1)))
