"""Reads pictures of text with Tesseract, a page at a time, in a process that can be ended."""

import io
import os
import re
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desktopproc.core.errors import MissingProgramError, TimedOutError, WorkerError
from desktopproc.core.outside import Outside
from desktopproc.formats.outside import programs, running
from desktopproc.formats.recognition import languages
from desktopproc.formats.recognition.hocr import lines_of
from desktopproc.formats.recognition.words import Line

if TYPE_CHECKING:
    from PIL.Image import Image

TITLE = programs.TESSERACT.title
_REFUSED = 1  # its exit code where the picture may be to blame; it was well
_LIST_LIMIT_S = 20.0
_ONE_THREAD = {"OMP_THREAD_LIMIT": "1"}  # pages run side by side; threads inside one only wait
_SCRIPT_DATA = "osd"  # knows directions, not words
_ROTATE = re.compile(rb"^Rotate: (\d+)", re.MULTILINE)
_SURE = re.compile(rb"^Orientation confidence: ([\d.]+)", re.MULTILINE)
_LEAST_SURE = 1.0  # below this Tesseract's word for the direction is a guess

At = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Tesseract:
    """Tesseract with the languages it shall know, and how long it may take for one page."""

    program: Path
    languages: str
    limit_s: float
    outside: Outside
    knows_directions: bool = False

    @property
    def doubtful(self) -> float:
        return 70.0

    def lines(self, image: "Image", dpi: float, at: At) -> Generator[At, None, tuple[Line, ...]]:
        """What is read in a grey picture of a page, line by line."""
        words = ["-l", self.languages, "--psm", "3", "-c", "tessedit_create_hocr=1"]
        ended = yield from self._run(image, dpi, words, at)
        return lines_of(ended.out)

    def turn(self, image: "Image", dpi: float, at: At) -> Generator[At, None, int]:
        """By how much the picture must be turned clockwise to stand upright, as far as is known."""
        if not self.knows_directions:
            return 0
        try:
            ended = yield from self._run(image, dpi, ["--psm", "0"], at)
        except WorkerError:  # "Too few characters"
            return 0
        rotate, sure = _ROTATE.search(ended.out), _SURE.search(ended.out)
        if not rotate or not sure or float(sure[1]) < _LEAST_SURE:
            return 0
        return int(rotate[1]) % 360

    def _run(
        self, image: "Image", dpi: float, words: list[str], at: At
    ) -> Generator[At, None, running.Ended]:
        argv: list[str | Path] = [self.program, "stdin", "stdout", "--dpi", str(round(dpi)), *words]
        try:
            ended = yield from running.running(
                argv, timeout_s=self.limit_s, at=at, given=_pgm(image), environment=_ONE_THREAD
            )
        except TimedOutError as e:
            self.outside.failed(TITLE)
            raise WorkerError(f"Tesseract took longer than {self.limit_s:g} s and was ended") from e
        except OSError as e:
            self.outside.failed(TITLE)
            raise MissingProgramError(f"Tesseract cannot be started: {e}. Install it again.") from e
        if ended.code == 0:
            self.outside.succeeded(TITLE)
        elif ended.code != _REFUSED:
            self.outside.failed(TITLE)
        if ended.code:
            raise WorkerError(f"Tesseract failed ({ended.last_words or f'code {ended.code}'})")
        return ended


def is_installed() -> bool:
    """Whether there is a Tesseract on this computer."""
    return programs.find(programs.TESSERACT) is not None


def found(wanted: str | None, limit_s: float, outside: Outside) -> Tesseract:
    """Tesseract with these languages; MissingProgramError says how what is missing is installed.

    WorkerError while it rests because it failed for other jobs.
    """
    if reason := outside.rest_of(TITLE):
        raise WorkerError(f"{reason} Retry this file later.")
    program = programs.find(programs.TESSERACT)
    if program is None:
        raise MissingProgramError(
            "Reading text in pictures needs Tesseract, which is not installed. "
            + languages.install_tesseract()
        )
    installed = _installed(program, outside)
    known = languages.checked(
        wanted, _system_language(), [code for code in installed if code != _SCRIPT_DATA]
    )
    return Tesseract(program, known, limit_s, outside, _SCRIPT_DATA in installed)


def _installed(program: Path, outside: Outside) -> list[str]:
    try:
        ended = running.run([program, "--list-langs"], timeout_s=_LIST_LIMIT_S)
    except (OSError, TimedOutError) as e:
        outside.failed(TITLE)
        raise MissingProgramError("Tesseract cannot be started. Install it again.") from e
    lines = (ended.out or ended.err).decode("utf-8", "replace").splitlines()
    return [line.strip() for line in lines[1:] if line.strip()]


def _system_language() -> str | None:
    """What the user's system speaks, as POSIX tells it (XBD 8.2); elsewhere as Python knows it."""
    import locale

    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value
    return locale.getlocale()[0]


def _pgm(image: "Image") -> bytes:
    """The picture as grey samples behind a short header, which costs no packing (netpbm, pgm)."""
    buffer = io.BytesIO()
    image.save(buffer, "PPM")
    return buffer.getvalue()
