"""Reads pictures of text with the models that RapidOCR brings, where the extra `ocr` is installed.

They know the Latin alphabet and Chinese and Japanese signs without being told the language. Nothing
is fetched: the models lie in the package, and are only used from there.
"""

import importlib.util
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktopproc.core.errors import MissingProgramError, WorkerError
from desktopproc.formats.recognition.words import Line, Word

if TYPE_CHECKING:
    from concurrent.futures import Future

    from PIL.Image import Image

_PACKAGES = ("rapidocr", "onnxruntime")
_TICK_S = 0.05
_DESCENT = 0.2  # of a line's height; the models do not tell where a line stands

At = tuple[int, int]


@dataclass(slots=True)
class Bundled:
    """The models, loaded with the first page, and how long they may take for one."""

    limit_s: float
    models: Any = None

    @property
    def doubtful(self) -> float:
        return 92.0

    def lines(self, image: "Image", dpi: float, at: At) -> Generator[At, None, tuple[Line, ...]]:  # noqa: ARG002 - the models see no dpi
        """What is read in a grey picture of a page, line by line.

        The models work in a thread, so that there are stop points meanwhile; it cannot be ended
        before its page is done, which the engine does with the whole worker.
        """
        from concurrent.futures import ThreadPoolExecutor  # deferred: --help needs no threads

        threads = ThreadPoolExecutor(1)
        try:
            answer = yield from self._waiting(threads.submit(self._read, image), at)
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
        found = zip(answer.boxes, answer.word_results, strict=True) if answer.txts else ()
        return tuple(line for box, words in found if (line := _line(box.tolist(), words)))

    def turn(self, image: "Image", dpi: float, at: At) -> Generator[At, None, int]:  # noqa: ARG002
        """They do not tell directions."""
        yield at
        return 0

    def _waiting(self, answer: "Future[Any]", at: At) -> Generator[At, None, Any]:
        waited = 0.0
        while True:
            try:
                return answer.result(_TICK_S)
            except TimeoutError:
                waited += _TICK_S
            except (RuntimeError, ValueError, MemoryError) as e:
                raise WorkerError(f"The built-in recognition failed ({e})") from e
            if waited >= self.limit_s:
                raise WorkerError(f"The built-in recognition took longer than {self.limit_s:g} s")
            yield at

    def _read(self, image: "Image") -> Any:
        import numpy

        self.models = self.models or _loaded()
        return self.models(numpy.asarray(image.convert("RGB")), return_word_box=True)


def is_installed() -> bool:
    """Whether the extra is there; nothing is loaded for it."""
    return all(importlib.util.find_spec(package) for package in _PACKAGES)


def _loaded() -> Any:
    """The models with their own files named, without which RapidOCR would look on the network."""
    import rapidocr

    folder = Path(rapidocr.__file__).with_name("models")
    found = {part: next(folder.glob(f"*_{part}_*.onnx"), None) for part in ("det", "rec", "cls")}
    if None in found.values():
        raise MissingProgramError("The models of rapidocr are not complete. Install it again.")
    paths = {f"{part.capitalize()}.model_path": str(path) for part, path in found.items()}
    engine = "EngineConfig.onnxruntime"
    return rapidocr.RapidOCR(
        params={
            **paths,
            f"{engine}.intra_op_num_threads": 1,  # workers are as many as cores already
            f"{engine}.inter_op_num_threads": 1,
            "Global.log_level": "error",
            "Global.use_cls": False,  # lines on their head are to fail: the page is turned then
        }
    )


def _line(
    box: list[list[float]], found: tuple[tuple[str, float, list[list[float]]], ...]
) -> Line | None:
    """A line; `box` has its four corners, from the top left clockwise."""
    words = [_word(text, sure, corners) for text, sure, corners in found if text.strip()]
    if not words:
        return None
    (left, top), (right, top_right), _, (_, bottom) = box
    height = max(bottom - top, 1.0)
    slope = (top_right - top) / (right - left) if right > left else 0.0
    base = bottom - _DESCENT * height + slope * (words[0].left - left)
    return Line(tuple(words), base, height, slope, is_first=False)


def _word(text: str, sure: float, corners: list[list[float]]) -> Word:
    across, down = zip(*corners, strict=True)
    left, top, right, bottom = min(across), min(down), max(across), max(down)
    box = (float(left), float(top), float(max(right, left + 1)), float(max(bottom, top + 1)))
    return Word(text.strip(), *box, confidence=100 * sure)
