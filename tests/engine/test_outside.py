"""Jobs that ask programs of others: limits hold them up, and nobody else."""

import sys
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from desktopproc.core.job import Counts, OutputPlan, Request, State
from desktopproc.core.settings import Settings
from desktopproc.formats.probe import probe
from desktopproc.ops import merge_pdf
from tests.engine.harness import Bench, make_files
from tests.word_files import p, word_bytes

MakeBench = Callable[..., Bench]


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some program that is there, in the place of LibreOffice; nobody starts it."""
    monkeypatch.setenv("DESKTOPPROC_LIBREOFFICE", sys.executable)


def _until_some_are_done(bench: Bench, batch: int) -> None:
    """Others may have been given to workers that have begun with a job that lasts."""
    bench.watch.until(lambda w: w.last.batch_counts.get(batch, Counts()).done >= 1)


def _merge(bench: Bench, *files: Path) -> int:
    """Have files joined that were looked at before, as those of a user are."""
    found = tuple((probe(file), None) for file in files)
    request = Request("merge-pdf", merge_pdf.Options(), found, OutputPlan(bench.out))
    return bench.engine.submit(request).result(30)


@pytest.mark.parametrize("limit", [{"outside_at_once": 1}, {"outside_per_s": 0.001}])
def test_jobs_that_wait_for_their_turn_hold_up_nobody(
    limit: dict[str, float], office: None, make_bench: MakeBench, tmp_path: Path
) -> None:
    bench = make_bench(cpu_workers=4, **limit)
    go_on = tmp_path / "go on"
    asking = bench.submit("ask", make_files(tmp_path / "a", 40), until=str(go_on))
    others = bench.submit("copy", make_files(tmp_path / "b", 5))

    _until_some_are_done(bench, others)
    counts = bench.watch.last.batch_counts[asking]
    assert (counts.running, counts.waiting) == (1, 39)

    go_on.touch()
    bench.engine.configure(Settings(cpu_workers=4))
    bench.settle(asking)
    assert bench.watch.last.batch_counts[asking] == Counts(done=40)


def test_merging_is_counted_only_with_word_documents(
    office: None, make_bench: MakeBench, tmp_path: Path
) -> None:
    bench = make_bench(cpu_workers=4, outside_at_once=1)
    go_on = tmp_path / "go on"
    pdf, word = tmp_path / "a.pdf", tmp_path / "b.docx"
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(pdf)
    word.write_bytes(word_bytes(p("Word")))
    asking = bench.submit("ask", make_files(tmp_path / "a", 1), until=str(go_on))
    bench.watch.until(lambda w: w.last.counts.running == 1)
    with_word = _merge(bench, pdf, word)
    plain = _merge(bench, pdf, pdf)

    bench.settle(plain)
    assert bench.watch.last.batch_counts[with_word] == Counts(waiting=1)

    go_on.touch()
    bench.settle(asking)
    bench.settle(with_word)
    assert bench.watch.last.batch_counts[with_word] == Counts(done=1)


def test_the_engine_wakes_when_the_next_one_may_start(
    office: None, make_bench: MakeBench, tmp_path: Path
) -> None:
    bench = make_bench(outside_per_s=20.0)

    jobs = bench.run("ask", make_files(tmp_path / "a", 26))

    assert [job.state for job in jobs] == [State.DONE] * 26


def test_before_anything_is_known_no_more_try_than_may_fail(
    office: None, make_bench: MakeBench, tmp_path: Path
) -> None:
    bench = make_bench(cpu_workers=4)
    go_on = tmp_path / "go on"
    asking = bench.submit("ask", make_files(tmp_path / "a", 20), until=str(go_on), is_well=False)
    others = bench.submit("copy", make_files(tmp_path / "b", 5))
    _until_some_are_done(bench, others)
    bench.watch.until(lambda w: w.last.batch_counts[asking].running == 3)

    go_on.touch()
    bench.settle(asking)

    said = [job.outputs[0].read_text() for job in bench.rows(asking)]
    assert said.count("asked") == 3
    assert len(said) == 20


def test_one_that_works_is_asked_by_every_worker(
    office: None, make_bench: MakeBench, tmp_path: Path
) -> None:
    bench = make_bench(cpu_workers=4)
    bench.run("ask", make_files(tmp_path / "a", 2))
    go_on = tmp_path / "go on"

    asking = bench.submit("ask", make_files(tmp_path / "b", 20), until=str(go_on))

    bench.watch.until(lambda w: w.last.counts.running == 4)
    go_on.touch()
    bench.settle(asking)
