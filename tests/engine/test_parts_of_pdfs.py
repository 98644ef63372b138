"""Parts on real PDFs: what several workers make together is what one makes alone."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest

from desktopproc.core.job import Family, Job, OutputPlan, Request, State
from tests.engine.harness import OPERATIONS, Bench, facts

PAGES = 45


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("papers") / "paper.pdf"
    with pymupdf.open() as document:
        for number in range(1, PAGES + 1):
            page = document.new_page(width=200, height=100)
            page.insert_text((20, 50), f"Page {number} of {PAGES}")
        document.save(path)
    return path


def run(bench: Bench, operation: str, paper: Path, pages: int | None, out: str) -> Job:
    """Run with what phase 1 is to have counted."""
    found = replace(facts(paper), kind=Family.PDF, pages=pages)
    plan = OutputPlan(bench.out / out)
    options = OPERATIONS[operation].options()
    batch = bench.engine.submit(Request(operation, options, ((found, None),), plan)).result()
    bench.settle(batch)
    (row,) = bench.rows(batch)
    assert row.state is State.DONE
    return row


@pytest.mark.parametrize("operation", ["page-text", "page-images"])
def test_several_workers_make_what_one_makes(
    make_bench: Callable[..., Bench], paper: Path, operation: str
) -> None:
    bench = make_bench(cpu_workers=3)

    alone = run(bench, operation, paper, None, "alone")
    shared = run(bench, operation, paper, PAGES, "shared")
    miscounted = run(bench, operation, paper, PAGES - 5, "miscounted")

    wanted = [(path.name, path.read_bytes()) for path in alone.outputs]
    for row in (shared, miscounted):
        assert [(path.name, path.read_bytes()) for path in row.outputs] == wanted
    assert len(wanted) == (1 if operation == "page-text" else PAGES)
