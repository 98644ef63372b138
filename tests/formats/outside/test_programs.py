"""Where programs of others are looked for."""

import os
import sys
from pathlib import Path

import pytest

from desktopproc.formats.outside.programs import LIBREOFFICE, Program, find, version


def _program_at(path: Path, says: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def no_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))


needs_sh = pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")


@needs_sh
def test_the_variable_wins_over_the_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    named = _program_at(tmp_path / "here" / "office", "Office 1")
    monkeypatch.setenv(LIBREOFFICE.variable, str(named))

    assert find(LIBREOFFICE) == named


def test_the_variable_can_hide_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LIBREOFFICE.variable, "none")

    assert find(LIBREOFFICE) is None


def test_a_variable_that_leads_nowhere_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LIBREOFFICE.variable, "/nowhere/soffice")

    assert find(LIBREOFFICE) is None


@needs_sh
def test_the_newest_of_the_usual_folders_is_taken(no_path: None, tmp_path: Path) -> None:
    for number in (6, 7):
        _program_at(tmp_path / f"office{number}.1" / "program" / "office", f"Office {number}")
    program = Program(
        "Office", "NO_SUCH_VARIABLE", ("office",), {sys.platform: (f"{tmp_path}/office*/program",)}
    )

    found = find(program)

    assert found is not None
    assert version(found) == "Office 7"


@needs_sh
def test_a_program_that_does_not_answer_has_no_version(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_text("not a program")

    assert version(broken) is None
