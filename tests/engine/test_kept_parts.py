"""Documents that several workers share are looked for among kept results before they are cut."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pymupdf

_PAGES = 120


def _long_pdf(path: Path) -> Path:
    with pymupdf.open() as document:
        for number in range(1, _PAGES + 1):
            document.new_page().insert_text((60, 60), f"Chapter {number}", fontsize=20)
        document.save(path)
    return path


def _extract(pdf: Path, out: Path) -> dict[str, Any]:
    words: list[str | Path] = [
        "extract-text",
        pdf,
        "-o",
        out,
        "--json",
        "--quiet",
        "--workers",
        "2",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "desktopproc", *words],
        env={**os.environ, "DESKTOPPROC_HOME": str(out.with_name("home"))},
        capture_output=True,
        check=True,
        timeout=100,
    )
    (job,) = json.loads(done.stdout)["jobs"]
    found: dict[str, Any] = job
    return found


def test_a_long_document_is_found_elsewhere_and_another_one_is_not(tmp_path: Path) -> None:
    first = _long_pdf(tmp_path / "long.pdf")
    for name in ("same", "other"):
        (tmp_path / name).mkdir()
    same = Path(shutil.copy(first, tmp_path / "same"))
    content = bytearray(first.read_bytes())
    at = content.index(b"%", 5)  # in the comment of the head
    content[at + 1] ^= 1
    other = tmp_path / "other" / "long.pdf"
    other.write_bytes(content)

    jobs = [_extract(pdf, tmp_path / f"out-{n}") for n, pdf in enumerate((first, same, other))]

    assert [(job["state"], job["cached"]) for job in jobs] == [
        ("done", False),
        ("done", True),
        ("done", False),
    ]
    texts = [Path(job["outputs"][0]).read_text(encoding="utf-8") for job in jobs]
    assert f"Chapter {_PAGES}" in texts[0]
    assert texts[0] == texts[1] == texts[2]
