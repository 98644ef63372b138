"""What every operation promises, for each one that is found."""

import hashlib
import itertools
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktopproc import ops
from desktopproc.core.errors import ProcError
from desktopproc.core.job import Family
from desktopproc.core.operation import Operation, Shape, Source, Work
from desktopproc.core.schema import build, specs, to_plain

OPERATIONS = list(ops.load().values())
GARBAGE = {
    "empty": b"",
    "noise": random.Random(7).randbytes(4096),
    "text": b"Not what the name says.\n",
    "only the start of a JPEG": b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(64),
    "only the start of a PNG": b"\x89PNG\r\n\x1a\n" + bytes(64),
    "only the start of a PDF": b"%PDF-1.7\n" + bytes(100),
    "only the start of a zip": b"PK\x03\x04" + bytes(100),
}
ASKED: dict[str, dict[str, Any]] = {
    "stamp-pdf": {"text": "DRAFT"},
    "arrange-pdf": {"reverse": True},
    "protect-pdf": {"user_password": "x"},
}
"""What a sample needs to be asked for where the options as they are ask for nothing."""
Prepare = Callable[[Operation], Work[Any]]

every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda op: op.name)


@pytest.fixture
def prepare(
    tmp_path: Path,
    make_work: Callable[..., Work[Any]],
    jpeg_bytes: Callable[[], bytes],
    pdf_bytes: Callable[..., bytes],
    docx_bytes: Callable[[], bytes],
    data_bytes: Callable[[], bytes],
) -> Prepare:
    """The work of an operation on samples in "sources", aimed at "results"."""
    samples = {
        Family.PHOTO: (jpeg_bytes, ".jpg"),
        Family.PDF: (lambda: pdf_bytes(picture=jpeg_bytes()), ".pdf"),
        Family.DOCX: (docx_bytes, ".docx"),
        Family.DATA: (data_bytes, ".csv"),
    }

    def work(operation: Operation) -> Work[Any]:
        make, suffix = next(samples[family] for family in operation.takes if family in samples)
        asked = ASKED.get(operation.name, {})
        options: object = build(operation.options, asked)
        count = 3 if operation.shape(options) is Shape.MANY_TO_ONE else 1
        paths = [tmp_path / "sources" / f"source {number}{suffix}" for number in range(count)]
        for folder in ("sources", "results"):
            (tmp_path / folder).mkdir()
        for path in paths:
            path.write_bytes(make())
        return make_work(operation.name, paths, tmp_path / "results", **asked)

    return work


def _state(folder: Path) -> dict[str, str]:
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@every_operation
def test_every_operation_is_described(operation: Operation) -> None:
    assert operation.title
    assert operation.help.endswith(".")
    assert operation.group
    assert operation.takes
    assert operation.suffix(operation.options(), Path("x.jpg")).startswith(".")


@every_operation
def test_every_option_is_described(operation: Operation) -> None:
    for spec in specs(operation.options):
        assert spec.label, spec.name


@every_operation
def test_options_survive_being_stored(operation: Operation) -> None:
    options = operation.options()

    assert build(operation.options, to_plain(options)) == options


@every_operation
def test_progress_only_grows_and_reaches_its_total(
    operation: Operation, prepare: Prepare, tmp_path: Path
) -> None:
    steps = list(operation.run(prepare(operation)))

    assert steps
    assert all(earlier <= later for (earlier, _), (later, _) in itertools.pairwise(steps))
    assert steps[-1][0] == steps[-1][1] > 0


@every_operation
def test_a_sample_becomes_a_result_and_stays_as_it_was(
    operation: Operation, prepare: Prepare, tmp_path: Path
) -> None:
    work = prepare(operation)
    before = _state(tmp_path / "sources")

    for _ in operation.run(work):
        pass

    made = [path for path in (tmp_path / "results").rglob("*") if path.is_file()]
    assert made
    assert all(path.stat().st_size for path in made)
    assert _state(tmp_path / "sources") == before
    assert all(path == work.target or path.parent == work.target for path in made)


@every_operation
def test_closing_after_the_first_step_leaves_nothing_outside_the_target(
    operation: Operation, prepare: Prepare, tmp_path: Path
) -> None:
    work = prepare(operation)
    before = _state(tmp_path / "sources")
    steps = operation.run(work)

    next(steps)
    steps.close()  # type: ignore[attr-defined]

    left = set((tmp_path / "results").iterdir())
    assert left <= {work.target}
    assert _state(tmp_path / "sources") == before


@every_operation
@pytest.mark.parametrize("content", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_is_named_in_one_of_our_errors_or_in_a_note(
    operation: Operation, content: bytes, prepare: Prepare
) -> None:
    work = prepare(operation)
    bad = work.sources[0].path
    bad.write_bytes(content)

    told = _told(operation, work)

    assert any(bad.name in sentence for sentence in told)
    assert all(sentence.endswith(".") for sentence in told)


def _told(operation: Operation, work: Work[Any]) -> list[str]:
    """The error, or the notes of an operation on many files that goes on without a bad one."""
    try:
        list(operation.run(work))
    except ProcError as e:
        return [str(e)]
    assert operation.shape(work.options) is Shape.MANY_TO_ONE
    return work.notes


@every_operation
@pytest.mark.parametrize(
    "stem", ["\udcff\udc80", "two\nlines", "-rf --", 'it\'s "$(x)"', "ä" * 120, "\u202etxt", "🌄"]
)
def test_odd_names_are_names_like_any_other(
    operation: Operation, prepare: Prepare, stem: str
) -> None:
    work = prepare(operation)
    path = work.sources[0].path
    odd = path.rename(path.with_name(stem + path.suffix))
    work.sources = [Source(odd), *work.sources[1:]]

    for _ in operation.run(work):
        pass

    assert work.target.exists()


@every_operation
def test_a_source_that_is_gone_is_missing(
    operation: Operation, prepare: Prepare, tmp_path: Path
) -> None:
    work = prepare(operation)
    for source in work.sources:
        source.path.unlink()

    with pytest.raises(ProcError) as caught:
        list(operation.run(work))

    assert caught.value.code == "missing"


@every_operation
def test_a_target_folder_that_is_gone_pauses_the_batch(
    operation: Operation, prepare: Prepare, tmp_path: Path
) -> None:
    work = prepare(operation)
    work.target = tmp_path / "not there" / work.target.name

    with pytest.raises(ProcError) as caught:
        list(operation.run(work))

    assert caught.value.code == "volume-gone"
