"""What every operation promises, for each one that is found."""

import hashlib
import random
from pathlib import Path
from typing import Any

import pytest

from desktopproc import ops
from desktopproc.core.errors import ProcError
from desktopproc.core.job import Family
from desktopproc.core.operation import Operation, Shape, Source, Work
from desktopproc.core.schema import build, specs, to_plain
from tests.ops.conftest import jpeg_bytes, make_work, pdf_bytes

OPERATIONS = list(ops.load().values())
GARBAGE = {
    "empty": b"",
    "noise": random.Random(7).randbytes(4096),
    "text": b"Not what the name says.\n",
    "half a JPEG": jpeg_bytes()[:4000],
    "only the start of a PNG": b"\x89PNG\r\n\x1a\n" + bytes(64),
    "half a PDF": pdf_bytes()[:300],
    "a PDF in name": b"%PDF-1.7\n" + bytes(100),
    "a zip in name": b"PK\x03\x04" + bytes(100),
}

every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda op: op.name)


def _sources(operation: Operation, folder: Path) -> list[Path]:
    if Family.PHOTO in operation.takes:
        sample, suffix = jpeg_bytes(), ".jpg"
    elif Family.PDF in operation.takes:
        sample, suffix = pdf_bytes(), ".pdf"
    else:
        pytest.fail(f"there is no sample for {operation.takes}")
    count = 3 if operation.shape is Shape.MANY_TO_ONE else 1
    paths = [folder / f"source {number}{suffix}" for number in range(count)]
    for path in paths:
        path.write_bytes(sample)
    return paths


def _work(operation: Operation, folder: Path) -> Work[Any]:
    sources, results = folder / "sources", folder / "results"
    sources.mkdir()
    results.mkdir()
    return make_work(operation.name, _sources(operation, sources), results)


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
def test_progress_only_grows_and_reaches_its_total(operation: Operation, tmp_path: Path) -> None:
    steps = list(operation.run(_work(operation, tmp_path)))

    assert steps
    assert all(earlier <= later for (earlier, _), (later, _) in zip(steps, steps[1:], strict=False))
    assert steps[-1][0] == steps[-1][1] > 0


@every_operation
def test_a_sample_becomes_a_result_and_stays_as_it_was(
    operation: Operation, tmp_path: Path
) -> None:
    work = _work(operation, tmp_path)
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
    operation: Operation, tmp_path: Path
) -> None:
    work = _work(operation, tmp_path)
    before = _state(tmp_path / "sources")
    steps = operation.run(work)

    next(steps)
    steps.close()  # type: ignore[attr-defined]

    left = set((tmp_path / "results").iterdir())
    assert left <= {work.target}
    assert _state(tmp_path / "sources") == before


@every_operation
@pytest.mark.parametrize("content", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_gives_one_of_our_errors_or_a_result(
    operation: Operation, content: bytes, tmp_path: Path
) -> None:
    work = _work(operation, tmp_path)
    bad = work.sources[0].path
    bad.write_bytes(content)
    work.sources = [Source(bad), *work.sources[1:]]

    try:
        for _ in operation.run(work):
            pass
    except ProcError as error:
        assert bad.name in str(error)
        assert str(error).endswith(".")
    else:
        assert work.notes


@every_operation
def test_a_source_that_is_gone_is_missing(operation: Operation, tmp_path: Path) -> None:
    work = _work(operation, tmp_path)
    work.sources[0].path.unlink()

    with pytest.raises(ProcError) as caught:
        list(operation.run(work))

    assert caught.value.code == "missing"


@every_operation
def test_a_target_folder_that_is_gone_pauses_the_batch(
    operation: Operation, tmp_path: Path
) -> None:
    work = _work(operation, tmp_path)
    work.target = tmp_path / "not there" / work.target.name

    with pytest.raises(ProcError) as caught:
        list(operation.run(work))

    assert caught.value.code == "volume-gone"
