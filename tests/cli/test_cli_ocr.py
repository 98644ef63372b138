"""Recognition from the terminal: shared by workers, told as one job, stopped and resumed."""

import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pymupdf
import pytest

from tests.ops import tesseract_stand_in
from tests.ops.tesseract_stand_in import needs_scripts

Cli = Callable[..., Any]
PAGES = 6


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """Pages of different widths, each a picture with something on it."""
    path = tmp_path / "scan.pdf"
    with pymupdf.open() as pdf, pymupdf.open() as drawn:
        drawn.new_page(width=300, height=200).draw_rect((20, 20, 90, 40), fill=(0, 0, 0))
        picture = drawn[0].get_pixmap(dpi=100).tobytes("png")
        for number in range(PAGES):
            page = pdf.new_page(width=360 + 36 * number, height=200)
            page.insert_image((0, 0, 300, 200), stream=picture)
        pdf.save(path)
    return path


def _engine(folder: Path, code: str) -> dict[str, str]:
    program = tesseract_stand_in.install(folder, code)
    return {"DESKTOPPROC_TESSERACT": str(program)}


def _text(path: Path) -> list[str]:
    with pymupdf.open(path) as pdf:
        return [page.get_text().strip() for page in pdf]


@contextmanager
def _meeting(of: int) -> Iterator[tuple[int, set[bytes]]]:
    """A door that opens when programs of so many workers have come: its port, and who came."""
    workers: set[bytes] = set()
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            waiting: list[socket.socket] = []
            with suppress(OSError):
                while True:
                    visitor, _ = door.accept()
                    workers.add(visitor.recv(16))
                    waiting.append(visitor)
                    while len(workers) >= of and waiting:
                        waiting.pop().close()

        host = threading.Thread(target=serve)
        host.start()
        yield door.getsockname()[1], workers
        door.shutdown(socket.SHUT_RDWR)
        host.join()


@needs_scripts
def test_workers_share_a_scan_and_its_pages_stay_in_order(
    cli: Cli, scan: Path, tmp_path: Path
) -> None:
    with _meeting(of=2) as (port, workers):
        engine = _engine(
            tmp_path,
            f"""
        import socket
        with socket.create_connection(("127.0.0.1", {port}), 30) as door:
            door.sendall(str(os.getppid()).encode())
            door.recv(1)
        width = int(page.split()[1])
        if width == 1650:
            sys.exit("Out of ink")
        answer(f"w{{width}}")
        """,
        )
        words = ["ocr-pdf", scan, "-o", "out", "--workers", "2", "--result", "both", "--json"]
        answer = cli(*words, env=engine)

    assert answer.code == 0, answer.err
    (job,) = answer.json["jobs"]
    assert job["notes"] == ["Page 2 got no text: Tesseract failed (Out of ink)."]
    wanted = [f"w{(360 + 36 * number) * 300 // 72}" for number in range(PAGES)]
    wanted[1] = ""
    assert _text(tmp_path / "out" / "scan.pdf") == wanted
    pages = (tmp_path / "out" / "scan.txt").read_text().split("\f")
    assert [page.strip() for page in pages] == wanted
    assert len(workers) == 2


@needs_scripts
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_stopped_recognition_leaves_nothing_and_can_be_resumed(
    environment: dict[str, str],
    command: list[str],
    cli: Cli,
    scan: Path,
    tmp_path: Path,
    number: signal.Signals,
) -> None:
    hanging = _engine(
        tmp_path,
        f"""
        with open(os.path.join({str(tmp_path)!r}, f"pid-{{os.getpid()}}"), "w") as file:
            file.write("here")
        signal.pause()
        """,
    )
    run = subprocess.Popen(
        [*command, "ocr-pdf", scan, "-o", "out", "--workers", "2", "--quiet"],
        cwd=tmp_path,
        env={**environment, **hanging},
    )
    while run.poll() is None and len(list(tmp_path.glob("pid-*"))) < 2:
        pass
    engines = [int(path.name.removeprefix("pid-")) for path in tmp_path.glob("pid-*")]

    run.send_signal(number)
    run.wait(30)
    left = [psutil.Process(pid) for pid in engines if psutil.pid_exists(pid)]
    _, alive = psutil.wait_procs(left, timeout=20)

    assert len(engines) == 2
    assert not alive
    assert not [path for path in (tmp_path / "out").rglob("*.pdf") if path.name[0] != "."]
    _engine(tmp_path, "answer('Resumed')")
    resumed = cli("queue", "start", "--json", env=hanging)
    assert resumed.code == 0, resumed.err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["scan.pdf"]
    assert _text(tmp_path / "out" / "scan.pdf") == ["Resumed"] * PAGES


@needs_scripts
def test_a_protected_scan_opens_with_its_password(cli: Cli, scan: Path, tmp_path: Path) -> None:
    engine = _engine(tmp_path, "answer('Read')")
    with pymupdf.open(scan) as pdf:
        pdf.save(
            tmp_path / "secret.pdf", encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="open sesame"
        )
    (tmp_path / "words").write_text("open sesame\n")

    shut = cli("ocr-pdf", "secret.pdf", "-o", "out", "--json", env=engine)
    words = ["ocr-pdf", "secret.pdf", "-o", "out", "--password-file", "words", "--json"]
    opened = cli(*words, env=engine)

    assert shut.json["jobs"][0]["error"]["code"] == "needs-password"
    assert opened.code == 0, opened.out
    assert _text(tmp_path / "out" / "secret.pdf") == ["Read"] * PAGES
    assert len(opened.json["jobs"][0]["notes"]) == 1


def test_without_an_engine_the_job_fails_with_a_code_of_its_own(cli: Cli, scan: Path) -> None:
    words = ["ocr-pdf", scan, "-o", "out", "--json"]
    answer = cli(*words, env={"DESKTOPPROC_TESSERACT": "none"})

    assert answer.code == 1
    error = answer.json["jobs"][0]["error"]
    assert error["code"] == "missing-program"
    assert error["message"].startswith("Reading text in pictures needs Tesseract")
    assert os.linesep not in error["message"]
