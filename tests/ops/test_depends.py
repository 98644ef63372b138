"""Results depend on nothing but what their operation declares: else old ones would be taken."""

import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from desktopproc import ops
from desktopproc.core.depends import Depends
from desktopproc.core.job import Family
from desktopproc.core.operation import Operation, Shape, Work
from desktopproc.core.schema import build

_ASKED: dict[str, dict[str, Any]] = {
    "stamp-pdf": {"text": "{file} {page}"},
    "number-pages": {"header": "{file}"},
    "arrange-pdf": {"reverse": True},
    "metadata": {"action": "set", "artist": "Ann"},
    "pdf-metadata": {"action": "set", "title": "{file}"},
}
_NEVER = {"organize", "find-duplicates", "protect-pdf", "invoice"}
_TIME = re.compile(rb"\d{4}-\d\d-\d\dT[\d:]+Z?")


def _declared(operation: Operation) -> Depends | None:
    return operation.depends_on(build(operation.options, _ASKED.get(operation.name, {})))


_OPERATIONS = list(ops.load().values())
_REUSED = [
    operation
    for operation in _OPERATIONS
    if (depends := _declared(operation)) is not None and Depends.PLACES not in depends
]


def test_what_changes_more_than_its_results_or_draws_lots_is_never_reused() -> None:
    assert {operation.name for operation in _OPERATIONS if _declared(operation) is None} == _NEVER


@pytest.mark.parametrize("operation", _REUSED, ids=lambda operation: operation.name)
def test_a_result_depends_on_nothing_that_is_not_declared(
    operation: Operation,
    tmp_path: Path,
    make_work: Callable[..., Work[Any]],
    jpeg_bytes: Callable[[], bytes],
    pdf_bytes: Callable[..., bytes],
    docx_bytes: Callable[[], bytes],
) -> None:
    samples = {
        Family.PHOTO: (jpeg_bytes, ".jpg"),
        Family.PDF: (lambda: pdf_bytes(picture=jpeg_bytes()), ".pdf"),
        Family.DOCX: (docx_bytes, ".docx"),
    }
    make, suffix = next(samples[family] for family in operation.takes if family in samples)
    content = make()
    has_name = Depends.NAMES in (_declared(operation) or Depends.CONTENT)
    made = []
    for number, name in enumerate(("one", "one" if has_name else "other")):
        source = tmp_path / f"in {number}" / f"{name}{suffix}"
        results = tmp_path / f"out {number}"
        source.parent.mkdir()
        results.mkdir()
        source.write_bytes(content)
        os.utime(source, (number * 10**8, number * 10**8))
        work = make_work(operation.name, [source], results, **_ASKED.get(operation.name, {}))
        for _ in operation.run(work):
            pass
        is_folder = operation.shape(work.options) is Shape.ONE_TO_FOLDER
        files = sorted(path for path in results.rglob("*") if path.is_file())
        made.append([(file.name if is_folder else "", _held_by(file)) for file in files])

    assert made[0] == made[1] != []


def _held_by(file: Path) -> object:
    """What a file holds, without the time at which it was made and numbers drawn by lot."""
    if file.suffix == ".pdf":
        with pymupdf.open(file) as pdf:
            told = {k: v for k, v in pdf.metadata.items() if not k.endswith("Date")}
            pages = [(page.get_text(), page.get_pixmap(dpi=20).samples) for page in pdf]
            return told, pages, pdf.get_toc(), sorted(pdf.embfile_names())
    if file.suffix == ".docx":
        with zipfile.ZipFile(file) as package:
            return {name: _TIME.sub(b"", package.read(name)) for name in package.namelist()}
    return file.read_bytes()
