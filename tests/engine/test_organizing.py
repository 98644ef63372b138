"""Photos that are filed where they, or others, lie already: through the whole engine."""

from pathlib import Path

import pytest
from PIL import Image

from desktopproc.core.job import Conflict, Job, OutputPlan, Request, State
from desktopproc.core.schema import build
from desktopproc.formats.probe import probe
from tests.engine.harness import LIMIT_S, OPERATIONS, Bench


def photo_file(path: Path) -> bytes:
    Image.linear_gradient("L").save(path, "JPEG")
    return path.read_bytes()


def run(
    bench: Bench,
    operation: str,
    photo: Path,
    output: OutputPlan,
    root: Path | None = None,
    **options: object,
) -> Job:
    request = Request(
        operation=operation,
        options=build(OPERATIONS[operation].options, options),
        files=((probe(photo), root),),
        output=output,
    )
    batch = bench.engine.submit(request).result(LIMIT_S)
    bench.settle(batch)
    (row,) = bench.rows(batch)
    return row


@pytest.mark.parametrize("conflict", list(Conflict))
@pytest.mark.parametrize("spelling", ["as it is", "link"])
@pytest.mark.parametrize("action", ["copy", "move"])
@pytest.mark.parametrize("names", ["{stem}", "A"])
def test_what_lies_under_the_name_it_would_get_stays(
    bench: Bench, tmp_path: Path, conflict: Conflict, spelling: str, action: str, names: str
) -> None:
    folder = tmp_path / "photos"
    (folder / "no date").mkdir(parents=True)
    photo = folder / "no date" / "A.JPG"
    sample = photo_file(photo)
    out = folder
    if spelling == "link":
        out = tmp_path / "link"
        out.symlink_to(folder)

    plan = OutputPlan(out, conflict=conflict)
    row = run(bench, "organize", photo, plan, action=action, names=names)

    assert row.state is State.SKIPPED
    assert row.error is not None
    assert row.error.message == "A.JPG is in its folder already."
    assert [path for path in folder.rglob("*") if path.is_file()] == [photo]
    assert photo.read_bytes() == sample


@pytest.mark.parametrize("policy", [Conflict.OVERWRITE, Conflict.UPDATE, Conflict.RENAME])
def test_another_file_beside_its_source_gets_a_number(
    bench: Bench, tmp_path: Path, policy: Conflict
) -> None:
    """Only where the result would be the source itself there is nothing to do."""
    photo = tmp_path / "A.JPG"
    sample = photo_file(photo)

    row = run(bench, "convert", photo, OutputPlan(tmp_path, conflict=policy), format="same")

    assert row.outputs[0].name == "A (2).JPG"
    assert photo.read_bytes() == sample


def test_photos_that_were_moved_can_be_organized_again(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    photo_file(folder / "a.jpg")
    run(bench, "organize", folder / "a.jpg", OutputPlan(bench.out), action="move")
    first = bench.out / "no date" / "a.jpg"
    assert first.is_file()

    plan = OutputPlan(bench.out)
    row = run(bench, "organize", first, plan, bench.out, action="move", undated="undated")

    assert row.state is State.DONE
    assert not first.exists()
    assert (bench.out / "undated" / "a.jpg").is_file()
