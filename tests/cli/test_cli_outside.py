"""A broken program of others costs a few attempts in all, however many workers there are."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from desktopproc.core.job import State
from desktopproc.engine.store import open_reader
from tests.word_files import p, word_bytes

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")


@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("exit 1", "LibreOffice ended as soon as it was started."),
        ("sleep 600", "LibreOffice was not ready in 1 s."),
    ],
    ids=["fails", "hangs"],
)
def test_a_broken_libreoffice_is_tried_three_times_by_all_workers_together(
    does: str, said: str, tmp_path: Path
) -> None:
    program, calls = tmp_path / "soffice", tmp_path / "calls"
    program.write_text(f"#!/bin/sh\necho call >> {calls}\n{does}\n")
    program.chmod(0o755)
    sources = tmp_path / "in"
    sources.mkdir()
    for number in range(10):
        (sources / f"{number}.docx").write_bytes(word_bytes(p(f"words {number}")))

    home = tmp_path / "home"
    words: list[str | Path] = [
        "docx-to-pdf",
        sources,
        "-o",
        tmp_path / "out",
        "--workers",
        "4",
        "--timeout",
        "1",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "desktopproc", *words, "--quiet"],
        env={
            **os.environ,
            "DESKTOPPROC_HOME": str(home),
            "DESKTOPPROC_LIBREOFFICE": str(program),
        },
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    with closing(open_reader(next(home.rglob("queue.sqlite3")))) as reader:
        jobs = reader.page()
    notes = [job.notes[-1] for job in jobs]
    assert [job.state for job in jobs] == [State.DONE] * 10
    assert len(calls.read_text().split()) == 3
    assert notes.count(f"Made by the built-in renderer. {said}") == 3
    rests = "LibreOffice failed several times and rests for a while."
    assert notes.count(f"Made by the built-in renderer. {rests}") == 7
