"""Operations describe themselves, and a source tells in our words why it cannot be read."""

from pathlib import Path
from types import ModuleType

import pytest

from desktopproc.core.errors import MissingInputError, ReadFailedError, StartError
from desktopproc.core.operation import Expected, Source, Work
from desktopproc.ops import load
from tests import saboteurs
from tests.saboteurs.copying import Copying


def test_operations_are_found_by_looking() -> None:
    found = load(saboteurs)

    assert found["copy"].title == "Copy"
    assert found["copy"].help == "Copy a file."
    assert found["copy"].suffix(Copying(suffix=".md"), Path("a.txt")) == ".md"
    assert found["crash"].suffix(None, Path("a.txt")) == ".txt"


def test_no_operations_at_all_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("desktopproc.ops.__path__", [str(tmp_path)])
    empty = ModuleType("empty")
    empty.__path__ = [str(tmp_path)]

    with pytest.raises(StartError, match="No operations were found"):
        load(empty)


def test_a_source_reads_whole_files(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"abc")

    assert Source(file).read() == b"abc"
    assert Source(tmp_path / "gone", data=b"kept").read() == b"kept"


def test_a_source_that_is_gone_or_no_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match="gone is not there any more"):
        Source(tmp_path / "gone").read()
    with pytest.raises(ReadFailedError, match="could not be read"):
        Source(tmp_path).read()


def test_work_keeps_notes_once_and_expectations(tmp_path: Path) -> None:
    work = Work([Source(tmp_path)], tmp_path / "out", Copying())

    work.note("Lost.")
    work.note("Lost.")
    work.expect(width=3)

    assert work.notes == ["Lost."]
    assert work.expected == Expected(width=3)
    assert work.source.path == tmp_path
