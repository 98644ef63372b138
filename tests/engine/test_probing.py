"""PDFs are opened in a process that may hang, crash or die without harm."""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Timer
from typing import Any

import psutil
import pymupdf
import pytest

from desktopproc.engine.probing import PdfProbe
from tests.engine.slow_pdf import write_slow_pdf

MakeProbe = Callable[..., PdfProbe]


@pytest.fixture
def make_probe() -> Iterator[MakeProbe]:
    """Makes probes whose process is gone after the test."""
    with ExitStack() as stack:

        def make(**options: float) -> PdfProbe:
            probe = PdfProbe(**options)  # type: ignore[arg-type]
            stack.callback(probe.close)
            return probe

        yield make


def write_pdf(file: Path, pages: int, **options: Any) -> Path:
    with pymupdf.open() as document:
        for _ in range(pages):
            document.new_page()
        document.save(file, **options)
    return file


def group_leaders() -> set[psutil.Process]:
    """The processes that we started and that may be killed with all they started."""
    below = psutil.Process().children(recursive=True)
    return {process for process in below if os.getpgid(process.pid) == process.pid}


def test_pages_and_protection_are_told(tmp_path: Path, make_probe: MakeProbe) -> None:
    probe = make_probe()
    plain = write_pdf(tmp_path / "plain.pdf", 3)
    locked = write_pdf(
        tmp_path / "locked.pdf",
        3,
        encryption=pymupdf.PDF_ENCRYPT_AES_256,
        user_pw="x",
        owner_pw="y",
    )
    owned = write_pdf(
        tmp_path / "owned.pdf", 2, encryption=pymupdf.PDF_ENCRYPT_AES_256, owner_pw="y"
    )

    assert probe.ask(plain).pages == 3
    assert (probe.ask(locked).needs_password, probe.ask(locked).error) == (True, None)
    assert (probe.ask(owned).pages, probe.ask(owned).needs_password) == (2, False)


def test_the_name_of_a_pdf_does_not_matter(tmp_path: Path, make_probe: MakeProbe) -> None:
    probe = make_probe()
    source = write_pdf(tmp_path / "plain.pdf", 2).read_bytes()

    for name in (b"\xff\xfe", b"new\nline", b"picture.png", b"--help", b"none"):
        file = Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), name)))  # noqa: PTH118
        file.write_bytes(source)
        assert probe.ask(file).pages == 2


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n",
        b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n",
        b"<html><body>%PDF-1.7</body></html>",
    ],
)
def test_a_pdf_that_cannot_be_opened_is_damaged(
    tmp_path: Path, make_probe: MakeProbe, content: bytes
) -> None:
    file = tmp_path / "bad.pdf"
    file.write_bytes(content)

    facts = make_probe().ask(file)

    assert facts.error is not None
    assert facts.error.code == "damaged"
    assert facts.error.message.startswith("bad.pdf is damaged: ")


def test_a_pdf_that_takes_too_long_is_left_out_and_the_next_goes_on(
    tmp_path: Path, make_probe: MakeProbe
) -> None:
    probe = make_probe(limit_s=1.0)
    slow, plain = write_slow_pdf(tmp_path / "slow.pdf"), write_pdf(tmp_path / "plain.pdf", 1)

    facts = probe.ask(slow)

    assert facts.error is not None
    assert facts.error.code == "timed-out"
    assert "took too long to open" in facts.error.message
    assert probe.ask(plain).pages == 1


def test_a_process_that_died_between_two_questions_is_replaced(
    tmp_path: Path, make_probe: MakeProbe
) -> None:
    probe = make_probe()
    plain = write_pdf(tmp_path / "plain.pdf", 3)
    before = group_leaders()
    probe.ask(plain)

    killed = group_leaders() - before
    for process in killed:
        process.kill()
    psutil.wait_procs(killed, 5)

    assert len(killed) == 1
    assert probe.ask(plain).pages == 3


def test_a_cancelled_probe_ends_at_once_and_leaves_no_process(
    tmp_path: Path, make_probe: MakeProbe
) -> None:
    probe = make_probe(limit_s=60)
    probe.ask(write_pdf(tmp_path / "plain.pdf", 1))
    slow = write_slow_pdf(tmp_path / "slow.pdf")
    timer = Timer(0.1, probe.cancel)
    timer.start()

    start = time.monotonic()
    facts = probe.ask(slow)

    timer.join()
    assert time.monotonic() - start < 3
    assert facts.pages is None
    probe.close()


def test_every_pdf_of_the_corpus_agrees_with_pdfinfo(corpus: Path, make_probe: MakeProbe) -> None:
    expected = json.loads((corpus / "expected" / "pdf.json").read_text("utf-8"))
    probe = make_probe()
    found = {name: probe.ask(corpus / name) for name in expected}

    healthy = [name for name in expected if name.startswith("pdf/")]
    assert [name for name in healthy if found[name].pages != expected[name].get("pages")] == []
    told = [n for n in expected if expected[n].get("pages") and not found[n].needs_password]
    differing = [name for name in told if found[name].pages != expected[name]["pages"]]
    assert len(differing) <= 5, differing
    locked = [name for name in expected if expected[name].get("user_password")]
    assert len(locked) == 2
    assert all(found[name].needs_password for name in locked)
    for facts in found.values():
        assert facts.error is None or facts.error.code == "damaged"
