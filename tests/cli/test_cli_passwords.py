"""Passwords in the terminal: given, asked for, kept for a batch, and told to nobody."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pikepdf
import pytest

from tests.cli.conftest import Answer, Cli, wait_until_running

SECRET = "Zebra im Hinterhof \u20ac 77"
ON_A_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-m", "desktopproc", *sys.argv[1:]])
"""


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    """A folder with three protected PDFs and a free one."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a", "b", "c"):
        _pdf(folder / f"{name}.pdf", SECRET)
    _pdf(folder / "free.pdf", "")
    return folder


def _pdf(path: Path, password: str) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        wanted = pikepdf.Encryption(user=password, owner=password) if password else False
        pdf.save(path, encryption=wanted)


def _told_nobody(home: Path, *answers: Answer) -> None:
    """No file of ours and nothing that was said holds the password."""
    files = [path for path in home.rglob("*") if path.is_file()]
    assert any(path.name.startswith("queue.sqlite3") for path in files)
    for path in files:
        content = path.read_bytes()
        for form in (SECRET, SECRET.encode("unicode_escape").decode(), "Zebra im Hinterhof"):
            assert form.encode() not in content, path
            assert form.encode("utf-16-le") not in content, path
    for answer in answers:
        assert "Zebra" not in answer.out + answer.err


@pytest.fixture
def sealed(tmp_path: Path) -> Callable[[], list[int]]:
    """How many bytes are sealed for each batch that has passwords."""

    def ask() -> list[int]:
        with closing(sqlite3.connect(tmp_path / "home" / "state" / "queue.sqlite3")) as queue:
            return [size for (size,) in queue.execute("SELECT length(sealed) FROM secrets")]

    return ask


def test_passwords_come_from_flags_files_and_the_environment(
    cli: Cli, locked: Path, tmp_path: Path
) -> None:
    flags = ["--password", "other", "--password", "of a", "--password-file", "words"]
    for name, password in (("a", "of a"), ("b", "of b")):
        _pdf(locked / f"{name}.pdf", password)
    (tmp_path / "words").write_bytes("\ufeffanother\r\n\r\nof b\r\n".encode())

    answer = cli("rotate-pdf", locked, "-o", "out", "--json", *flags,
                 env={"DESKTOPPROC_PASSWORD": SECRET})  # fmt: skip

    assert answer.json["counts"]["done"] == 4
    _told_nobody(tmp_path / "home", answer)


def test_without_a_password_the_others_go_on_and_the_rest_is_tried_again(
    cli: Cli, locked: Path, tmp_path: Path
) -> None:
    first = cli("rotate-pdf", locked, "-o", "out", "--json")
    again = cli("queue", "retry", "--json", env={"DESKTOPPROC_PASSWORD": SECRET})

    assert first.code == 1  # and nobody was asked
    assert (first.json["counts"]["done"], first.json["counts"]["failed"]) == (1, 3)
    errors = [job["error"] for job in first.json["jobs"] if job["error"]]
    assert {error["code"] for error in errors} == {"needs-password"}
    assert "a.pdf is password-protected. Give its password and retry." in first.err
    assert again.json["counts"]["done"] == 3
    _told_nobody(tmp_path / "home", first, again)


def test_a_queued_batch_runs_elsewhere_without_being_asked_again(
    cli: Cli, locked: Path, tmp_path: Path, sealed: Callable[[], list[int]]
) -> None:
    (tmp_path / "words").write_text(SECRET, encoding="utf-8")
    added = cli("queue", "add", "rotate-pdf", locked, "-o", "out", "--password-file", "words")
    (size,) = sealed()
    _told_nobody(tmp_path / "home", added)

    started = cli("queue", "start", "--json")

    assert size > len(SECRET)
    assert started.json["counts"]["done"] == 4
    assert sealed() == [0]  # nobody needs it any more
    _told_nobody(tmp_path / "home", started)


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps folders private in another way")
def test_the_key_is_for_the_user_alone_and_apart_from_the_queue(
    cli: Cli, locked: Path, tmp_path: Path
) -> None:
    before = cli("queue", "add", "rotate-pdf", locked, "-o", "out")
    key = tmp_path / "home" / "config" / "queue.key"
    assert not key.exists(), before  # nothing to keep, no key

    cli("queue", "add", "rotate-pdf", locked, "-o", "out", "--password", SECRET)

    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert [path.name for path in key.parent.iterdir()] == ["queue.key"]


def test_a_lost_key_is_told_and_another_password_helps(
    cli: Cli, locked: Path, tmp_path: Path
) -> None:
    cli("queue", "add", "rotate-pdf", locked, "-o", "out", "--password", SECRET)
    (tmp_path / "home" / "config" / "queue.key").write_bytes(os.urandom(32))

    started = cli("queue", "start", "--json")
    again = cli("queue", "retry", "--json", "--password", SECRET)

    assert {job["error"]["code"] for job in started.json["jobs"]} == {"needs-password"}
    assert "queue.key is another one" in started.json["jobs"][0]["error"]["message"]
    assert again.json["counts"]["done"] == 4


def test_what_cannot_be_protected_any_more_is_not_made(
    cli: Cli, locked: Path, tmp_path: Path
) -> None:
    free = locked / "free.pdf"
    cli("queue", "add", "protect-pdf", free, "-o", "out", "--user-password", SECRET,
        "--no-copying")  # fmt: skip
    (tmp_path / "home" / "config" / "queue.key").unlink()

    started = cli("queue", "start", "--json")
    again = cli("queue", "retry", "--json", "--password", "another")

    assert [job["error"]["code"] for job in started.json["jobs"]] == ["needs-password"]
    assert [job["error"]["code"] for job in again.json["jobs"]] == ["needs-password"]
    assert not list((tmp_path / "out").iterdir())


def test_passwords_to_protect_with_are_kept_alike(cli: Cli, locked: Path, tmp_path: Path) -> None:
    free = locked / "free.pdf"
    words = ["protect-pdf", free, "-o", "out"]
    (tmp_path / "word").write_text(SECRET + "\n", encoding="utf-8")

    answers = [
        cli(*words, "--user-password", SECRET, "--dry-run", "--json"),
        cli("queue", "add", *words, "--user-password-file", "word"),
        cli(*words, "--json", env={"DESKTOPPROC_USER_PASSWORD": SECRET}),
        cli("queue", "command", "1"),
        cli("queue", "start", "--json"),
        cli("presets", "show", "kept"),
    ]

    assert [answer.code for answer in answers] == [0, 0, 0, 0, 0, 2]
    made = sorted((tmp_path / "out").iterdir())
    assert len(made) == 2
    for path in made:
        with pikepdf.open(path, password=SECRET) as pdf:
            assert pdf.is_encrypted
    _told_nobody(tmp_path / "home", *answers)


def test_a_protected_result_is_never_taken_for_up_to_date(cli: Cli, locked: Path) -> None:
    words = ["protect-pdf", locked / "free.pdf", "-o", "out", "--on-conflict", "update", "--json"]

    cli(*words, "--user-password", "old")
    second = cli(*words, "--user-password", "new")

    (job,) = second.json["jobs"]
    assert not job["cached"]
    with pikepdf.open(job["outputs"][0], password="new") as pdf:
        assert pdf.is_encrypted


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_a_killed_batch_goes_on_with_its_passwords(
    environment: dict[str, str], command: list[str], cli: Cli, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(60):
        _pdf(folder / f"{number}.pdf", SECRET)
    run = subprocess.Popen(
        [*command, "rotate-pdf", str(folder), "-o", "out", "--workers", "1", "--quiet"],
        cwd=tmp_path,
        env={**environment, "DESKTOPPROC_PASSWORD": SECRET},
        text=True,
    )
    wait_until_running(tmp_path / "home" / "state" / "queue.sqlite3", run)
    run.send_signal(signal.SIGKILL)
    run.wait()
    _told_nobody(tmp_path / "home")

    started = cli("queue", "start", "--json")

    assert started.json["counts"]["failed"] == 0
    assert started.json["counts"]["done"] > 0
    assert len(list((tmp_path / "out").iterdir())) == 60


@pytest.mark.skipif(os.name == "nt", reason="needs a terminal of its own")
def test_at_a_terminal_it_is_asked_once_for_the_batch(
    environment: dict[str, str], locked: Path, tmp_path: Path
) -> None:
    ours, theirs = os.openpty()
    run = subprocess.Popen(
        [sys.executable, "-c", ON_A_TERMINAL, "rotate-pdf", str(locked), "-o", "out"],
        cwd=tmp_path,
        env={**environment, "TERM": "dumb"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)

    said = _until(ours, b"without these files): ")
    os.write(ours, SECRET.encode() + b"\n")
    said += _until(ours, None)

    assert run.wait(60) == 0
    os.close(ours)
    assert said.count(b"Password (") == 1
    assert b"a.pdf, b.pdf, c.pdf need a password." in said
    assert b"Zebra" not in said
    assert len(list((tmp_path / "out").iterdir())) == 4
    _told_nobody(tmp_path / "home")


def _until(terminal: int, prompt: bytes | None) -> bytes:
    """What is said up to the question, or to the end."""
    said = b""
    while prompt is None or prompt not in said:
        try:
            chunk = os.read(terminal, 4096)
        except OSError:  # how a terminal says that nobody is at its other end
            chunk = b""
        if not chunk:
            assert prompt is None, said
            return said
        said += chunk
    return said


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("missing", None, "cannot be read"),
        ("film", b"\xff\xfe\x00\x80", "is no text in UTF-8"),
        ("book", b"x" * 2_000_000, "is too large"),
    ],
)
def test_a_file_that_holds_no_passwords_is_refused(
    cli: Cli, locked: Path, tmp_path: Path, name: str, content: bytes | None, sentence: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)

    answer = cli("rotate-pdf", locked, "-o", "out", "--password-file", name)

    assert answer.code == 2
    assert sentence in answer.sentence
