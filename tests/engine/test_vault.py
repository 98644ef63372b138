"""The passwords of a batch reach its jobs, and nothing else ever tells them."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from desktopproc.core.job import OutputPlan, Request, State
from desktopproc.core.schema import build
from desktopproc.engine.home import Home
from desktopproc.engine.store import Store
from desktopproc.engine.vault import Secrets, Vault
from tests.engine.harness import LIMIT_S, OPERATIONS, Bench, facts, make_files

WORD, OTHER = "giraffe-17", "okapi-23"


def _request(bench: Bench, files: list[Path], *, start: bool = True) -> Request:
    return Request(
        operation="tell",
        options=build(OPERATIONS["tell"].options, {"word": WORD}),
        files=tuple((facts(file), None) for file in files),
        output=OutputPlan(bench.out),
        start=start,
        passwords=(OTHER,),
    )


def _files_with(folder: Path, word: str) -> list[Path]:
    return [
        path for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()
    ]


def test_secrets_reach_the_worker_and_no_file_of_ours(bench: Bench, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 2)

    batch = bench.engine.submit(_request(bench, files)).result(LIMIT_S)
    bench.settle(batch)
    bench.close()

    made = [job.outputs[0].read_text() for job in bench.watch.jobs.values()]
    assert made == [f"{WORD} {OTHER}"] * 2
    assert _files_with(tmp_path / "home", WORD) == _files_with(tmp_path / "home", OTHER) == []


def test_not_even_an_unexpected_error_tells_them(bench: Bench, tmp_path: Path) -> None:
    files = make_files(tmp_path / "in", 1, "bad")

    batch = bench.engine.submit(_request(bench, files)).result(LIMIT_S)
    bench.settle(batch)
    (job,) = bench.rows(batch)
    bench.close()

    assert job.error is not None
    assert job.error.code == "unexpected"
    assert _files_with(tmp_path / "home", "ValueError") != []  # the traceback is kept
    assert _files_with(tmp_path / "home", WORD) == _files_with(tmp_path / "home", OTHER) == []
    assert WORD not in repr(_request(bench, files))
    assert OTHER not in repr(_request(bench, files))


def test_another_process_runs_the_batch_with_its_secrets(
    make_bench: Callable[..., Bench], tmp_path: Path
) -> None:
    first, files = make_bench(), make_files(tmp_path / "in", 1)
    batch = first.engine.submit(_request(first, files, start=False)).result(LIMIT_S)
    second = make_bench()

    second.engine.start_batches([batch]).result(LIMIT_S)
    second.settle(batch)

    (job,) = second.rows(batch)
    assert job.outputs[0].read_text() == f"{WORD} {OTHER}"


def test_a_retry_tries_the_new_password_first_and_keeps_the_old(
    bench: Bench, tmp_path: Path
) -> None:
    (file,) = make_files(tmp_path / "in", 1, "bad")
    batch = bench.engine.submit(_request(bench, [file])).result(LIMIT_S)
    bench.settle(batch)
    file.write_text("good")

    (job,) = bench.rows(batch)
    bench.engine.retry([job.id], ["new"]).result(LIMIT_S)
    bench.until_done(batch, 1)

    (job,) = bench.rows(batch)
    assert job.state is State.DONE
    assert job.outputs[0].read_text() == f"{WORD} new {OTHER}"


def test_a_batch_without_secrets_makes_no_key(bench: Bench, tmp_path: Path) -> None:
    bench.run("copy", make_files(tmp_path / "in", 1))

    assert not bench.home.key_file.exists()


def test_a_key_that_cannot_be_made_refuses_the_batch(bench: Bench, tmp_path: Path) -> None:
    bench.home.key_file.mkdir(parents=True)

    answer = bench.engine.submit(_request(bench, make_files(tmp_path / "in", 1)))

    with pytest.raises(Exception, match=r"queue\.key cannot be used"):
        answer.result(LIMIT_S)
    assert bench.rows() == []


def test_what_is_sealed_for_one_batch_opens_for_no_other(tmp_path: Path) -> None:
    home = Home.find({"DESKTOPPROC_HOME": str(tmp_path)})
    home.make()
    with closing(Store(home.queue_file)) as store:
        vault = Vault(store, home.key_file)
        with store.change() as db:
            for batch in (1, 2):
                db.execute(_BATCH, (batch,))
        vault.keep(1, Secrets((WORD,)))
        with store.change() as db:
            db.execute("INSERT INTO secrets SELECT 2, sealed FROM secrets")

        assert vault.of(1) == Secrets((WORD,))
        with pytest.raises(Exception, match="cannot be read"):
            vault.of(2)


_BATCH = """
    INSERT INTO batches (id, operation, options, preset, folder, template, conflict, keep_tree,
    reuse, priority, created) VALUES (?, 'tell', '{}', '', x'', '', 'rename', 0, 1, 1, 0)
"""
