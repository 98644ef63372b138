"""Every file of the corpus ends as done or with one clear sentence; what is whole gets done."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SURVEY = Path(__file__).with_name("survey.py")
# files that end the process that reads them (endless recursion, gigabytes from a few bytes):
# the engine's limits turn them into failed jobs, and nothing else may need that
MAY_END_A_WORKER = {"photos-broken": 0, "pdf-broken": 2, "docx-broken": 0}


def _survey(operation: str, files: list[Path], **options: Any) -> Iterator[dict[str, str]]:
    """How each file ended; one that ends the surveying process is "died"."""
    left = [str(path) for path in files]
    while left:
        done = subprocess.run(
            [sys.executable, SURVEY, operation, json.dumps(options)],
            input="\0".join(left),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=100,
            check=False,
        )
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        yield from lines
        if done.returncode > 0:
            pytest.fail(f"not an error of ours at {left[len(lines)]}:\n{done.stderr[-2000:]}")
        if done.returncode < 0:
            yield {"file": left[len(lines)], "code": "died", "message": ""}
            lines.append({})
        left = left[len(lines) :]


def _files(corpus: Path, folder: str) -> list[Path]:
    return sorted(
        path for path in (corpus / folder).rglob("*") if path.is_file() and path.suffix != ".tar"
    )


CASES = [
    ("thumbnail", "photos", {"size": 64}, 0.97),
    ("thumbnail", "photos-broken", {"size": 64}, 0.3),
    ("convert", "photos-broken", {"format": "tiff", "long_edge": 64}, 0.3),
    ("extract-text", "pdf", {"pages": "1-5"}, 0.99),
    ("extract-text", "pdf-broken", {"pages": "1-5"}, 0.5),
    ("extract-text", "docx", {}, 1.0),
    ("extract-text", "docx-broken", {}, 0.2),
    ("pdf-to-images", "pdf", {"pages": "1", "dpi": 20}, 0.99),
    ("pdf-to-images", "pdf-broken", {"pages": "1", "dpi": 20}, 0.5),
]


@pytest.mark.parametrize(
    ("operation", "folder", "options", "least_done"), CASES, ids=[f"{c[0]}-{c[1]}" for c in CASES]
)
def test_every_file_ends_as_done_or_with_a_sentence(
    corpus: Path, operation: str, folder: str, options: dict[str, Any], least_done: float
) -> None:
    files = _files(corpus, folder)

    ends = list(_survey(operation, files, **options))

    counts = Counter(end["code"] for end in ends)
    assert len(ends) == len(files)
    assert counts["nothing"] == 0
    assert counts["died"] <= MAY_END_A_WORKER.get(folder, 0), [
        end["file"] for end in ends if end["code"] == "died"
    ]
    assert counts["done"] >= least_done * len(files)
    for end in ends:
        if end["message"]:
            assert end["message"].startswith(Path(end["file"]).name), end
            assert end["message"].endswith("."), end
            assert len(end["message"]) < 300, end


def test_protected_documents_say_so(corpus: Path) -> None:
    facts = json.loads((corpus / "expected" / "pdf.json").read_text())
    names = [name for name, known in facts.items() if known.get("needs_password")]

    ends = list(_survey("extract-text", [corpus / name for name in names]))

    assert names
    assert {end["code"] for end in ends} == {"needs-password"}
