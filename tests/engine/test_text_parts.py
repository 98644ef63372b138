"""The text of a long PDF is the same whether one worker reads it or several do."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pymupdf
import pytest

PAGES = 230


@pytest.fixture(scope="module")
def long_pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("long") / "long.pdf"
    with pymupdf.open() as document:
        for number in range(1, PAGES + 1):
            page = document.new_page()
            page.insert_text((60, 60), f"Chapter {number}", fontsize=20)
            for line in range(8):
                page.insert_text((60, 120 + 30 * line), f"Line {line} of page {number} is here.")
        document.save(path)
    return path


def _extract(pdf: Path, folder: Path, workers: int, *flags: str) -> tuple[str, dict[str, str]]:
    """How the job ended, and what its files hold."""
    words: list[str | Path] = [
        "extract-text",
        pdf,
        "-o",
        folder,
        "--json",
        "--quiet",
        "--no-cache",
        *flags,
    ]
    done = subprocess.run(
        [sys.executable, "-m", "desktopproc", *words, "--workers", str(workers)],
        env={**os.environ, "DESKTOPPROC_HOME": str(folder.with_name("home"))},
        capture_output=True,
        check=True,
        timeout=110,
    )
    (job,) = json.loads(done.stdout)["jobs"]
    files = [Path(output) for output in job["outputs"]]
    return job["state"], {file.name: file.read_text(encoding="utf-8") for file in files}


@pytest.mark.parametrize(
    "flags",
    [
        [],
        ["--between", "blank-line", "--pages", "5-"],
        ["--format", "md"],
        ["--format", "json"],
        ["--chunk", "characters", "--chunk-size", "700"],
        ["--chunk", "tokens", "--chunks-as", "files"],
    ],
    ids=lambda flags: "-".join(flag.strip("-") for flag in flags) or "plain",
)
def test_parts_are_joined_to_what_one_worker_makes(
    long_pdf: Path, tmp_path: Path, flags: list[str]
) -> None:
    one, alone = _extract(long_pdf, tmp_path / "one", 1, *flags)
    two, shared = _extract(long_pdf, tmp_path / "two", 2, *flags)

    assert one == two == "done"
    assert shared == alone
    assert f"of page {PAGES} is here" in "".join(shared.values())
