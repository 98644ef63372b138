"""A broken program of others costs a few attempts in all, however many workers there are."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from desktopproc.core.job import Job, State
from desktopproc.engine.store import open_reader
from desktopproc.formats.outside.programs import LIBREOFFICE, TESSERACT, Program
from tests.ops import tesseract_stand_in
from tests.word_files import p, word_bytes

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")


def _run(operation: str, sources: Path, other: Program, program: Path, *more: str) -> list[Job]:
    """Work off a folder with a program in the place of another one; the rows."""
    folder = sources.parent
    words = [os.fspath(sources), "-o", os.fspath(folder / "out"), "--workers", "4", *more]
    subprocess.run(
        [sys.executable, "-m", "desktopproc", operation, *words, "--quiet"],
        env={
            **os.environ,
            "DESKTOPPROC_HOME": os.fspath(folder / "home"),
            other.variable: os.fspath(program),
        },
        capture_output=True,
        timeout=60,
        check=False,
    )
    with closing(open_reader(next(folder.rglob("queue.sqlite3")))) as reader:
        return reader.page()


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

    jobs = _run("docx-to-pdf", sources, LIBREOFFICE, program, "--timeout", "1")

    notes = [job.notes[-1] for job in jobs]
    assert [job.state for job in jobs] == [State.DONE] * 10
    assert len(calls.read_text().split()) == 3
    assert notes.count(f"Made by the built-in renderer. {said}") == 3
    rests = "LibreOffice failed several times and rests for a while."
    assert notes.count(f"Made by the built-in renderer. {rests}") == 7


def test_a_tesseract_that_dies_costs_three_jobs_and_the_others_are_told(tmp_path: Path) -> None:
    program = tesseract_stand_in.install(tmp_path, "os.kill(os.getpid(), signal.SIGSEGV)")
    sources = tmp_path / "in"
    sources.mkdir()
    for number in range(9):
        page = Image.new("L", (600, 200), "white")
        ImageDraw.Draw(page).text((60, 60), f"Page {number} of some scans", "black", font_size=40)
        page.save(sources / f"{number}.png", dpi=(200, 200))

    jobs = _run("ocr-pdf", sources, TESSERACT, program, "--engine", "tesseract")

    said = [job.error.message for job in jobs if job.error]
    assert sum("Tesseract failed (code -11)" in each for each in said) == 3
    assert sum("Tesseract failed several times and rests" in each for each in said) == 6
