"""Every file of the corpus through the real command: done, or failed with one clear sentence."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

LIMITS = {"DESKTOPPROC_STALL_TIMEOUT_S": "30", "DESKTOPPROC_WORKER_MEMORY_MB": "1500"}

# operation, flags, folders, the least share that must be done
CASES = [
    ("thumbnail", ["--size", "64"], ["photos"], 0.97),
    ("thumbnail", ["--size", "64"], ["photos-broken"], 0.3),
    ("convert", ["--format", "webp", "--long-edge", "64"], ["photos-broken"], 0.3),
    ("convert", ["--format", "jpeg", "--long-edge", "64"], ["photos"], 0.97),
    (
        "convert",
        ["--format", "avif", "--long-edge", "64", "--effort", "fast"],
        ["photos-broken"],
        0.3,
    ),
    ("organize", [], ["photos"], 0.99),
    ("organize", [], ["photos-broken"], 0.6),
    ("extract-text", ["--pages", "1-5"], ["pdf", "docx"], 0.99),
    ("extract-text", ["--pages", "1-5"], ["pdf-broken", "docx-broken"], 0.4),
    ("pdf-to-images", ["--pages", "1", "--dpi", "20"], ["pdf"], 0.99),
    ("pdf-to-images", ["--pages", "1", "--dpi", "20"], ["pdf-broken"], 0.5),
    ("rotate-pdf", ["--pages", "1"], ["pdf", "pdf-broken"], 0.85),
]


def desktopproc(home: Path, *words: str | Path) -> tuple[int, dict[str, Any], str]:
    """Run the command; its exit code, its JSON, its stderr."""
    done = subprocess.run(
        [sys.executable, "-m", "desktopproc", *words],
        env={**os.environ, "DESKTOPPROC_HOME": str(home), **LIMITS},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    return done.returncode, json.loads(done.stdout), done.stderr


def seen(folders: list[Path]) -> dict[str, tuple[int, int]]:
    """Every file below, with what would change if somebody wrote to it."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


@pytest.mark.parametrize(
    ("operation", "flags", "folders", "least_done"),
    CASES,
    ids=["-".join([case[0], *case[1][1:2], *case[2]]) for case in CASES],
)
def test_every_file_ends_as_done_or_with_a_sentence(
    corpus: Path,
    tmp_path: Path,
    operation: str,
    flags: list[str],
    folders: list[str],
    least_done: float,
) -> None:
    sources = [corpus / folder for folder in folders]
    before = seen(sources)

    code, result, _ = desktopproc(
        tmp_path / "home", operation, *sources, "-o", tmp_path / "out", "--json", "--quiet", *flags
    )

    jobs = result["jobs"]
    assert {job["input"] for job in jobs} == set(before)
    assert code == (1 if result["counts"]["failed"] else 0)
    assert result["counts"]["done"] >= least_done * len(jobs)
    for job in jobs:
        if job["state"] == "done":
            assert job["outputs"], job
            assert all(Path(output).is_file() for output in job["outputs"]), job
        else:
            assert job["error"]["code"] not in {"unexpected", "error"}, job
            assert job["error"]["message"].endswith("."), job
            assert len(job["error"]["message"]) < 300, job
    assert {job["state"] for job in jobs} <= {"done", "failed", "skipped"}
    assert not list((tmp_path / "out").rglob(".*")), "a temp file was left"
    assert seen(sources) == before


@pytest.mark.parametrize("operation", ["metadata", "find-duplicates", "contact-sheet"])
@pytest.mark.parametrize("folder", ["photos/pillow", "photos-broken"])
def test_every_photo_goes_into_the_one_result(
    corpus: Path, tmp_path: Path, operation: str, folder: str
) -> None:
    before = seen([corpus / folder])

    _, result, _ = desktopproc(
        tmp_path / "home", operation, corpus / folder, "-o", tmp_path / "out", "--json", "--quiet"
    )

    done = [job for job in result["jobs"] if job["state"] == "done"]
    others = [job for job in result["jobs"] if job["state"] != "done"]
    assert len(done) == 1
    assert all(Path(output).stat().st_size for output in done[0]["outputs"])
    assert {*done[0]["inputs"], *(job["input"] for job in others)} == set(before)
    assert all(job["error"]["code"] in {"damaged", "unsupported"} for job in others)
    assert all(note.endswith(".") for note in done[0]["notes"])
    assert not list((tmp_path / "out").rglob(".*")), "a temp file was left"
    assert seen([corpus / folder]) == before


def test_every_file_is_scanned(corpus: Path, tmp_path: Path) -> None:
    folders = [corpus / name for name in ("photos", "photos-broken", "pdf", "pdf-broken", "docx")]

    code, result, _ = desktopproc(tmp_path / "home", "scan", *folders, "--json")

    assert code == 1  # some cannot be read, and each says why
    assert {file["path"] for file in result["files"]} == set(seen(folders))
    for file in result["files"]:
        if file["error"]:
            assert file["error"]["message"].endswith("."), file
