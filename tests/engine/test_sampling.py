"""A process makes the first document of a file, or says why there is none."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from desktopproc.core.schema import build
from desktopproc.engine.sampling import Sampling
from desktopproc.ops import load

INVOICE = load()["invoice"]


@pytest.fixture
def sampling() -> Iterator[Sampling]:
    with closing(Sampling()) as made:
        yield made


def test_a_sample_is_a_file_and_its_picture(sampling: Sampling, tmp_path: Path) -> None:
    source, target = tmp_path / "rows.csv", tmp_path / "sample.pdf"
    source.write_text("number,customer,seller,price\n1,Ann,Oak,5\n")
    assert INVOICE.sample is not None
    options: object = INVOICE.sample(build(INVOICE.options, {}))

    made = sampling.make(INVOICE, options, source, target, 400)

    assert made is not None
    assert (made.error, made.notes) == ("", ())
    assert (made.height, len(made.pixels)) == (400, made.width * 400 * 4)
    assert target.read_bytes().startswith(b"%PDF-")


def test_a_row_that_is_wrong_is_told_and_leaves_no_file(sampling: Sampling, tmp_path: Path) -> None:
    source, target = tmp_path / "rows.csv", tmp_path / "sample.pdf"
    source.write_text("number,customer,price\n1,Ann,five\n")
    options: object = build(INVOICE.options, {"make": "first"})

    made = sampling.make(INVOICE, options, source, target, 400)

    assert made is not None
    assert "line 2, column price: 'five' is not a number" in made.error
    assert not target.exists()
