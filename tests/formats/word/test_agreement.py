"""The built-in renderer makes about the pages that LibreOffice makes, with the same words."""

import shutil
from pathlib import Path
from statistics import median

import pytest

from tests.benchmarks.agreement import compare


@pytest.mark.outside
def test_pages_and_words_are_mostly_those_of_libreoffice(corpus: Path, tmp_path: Path) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    files = sorted((corpus / "docx" / "python-docx").rglob("*.docx"))[::2]

    found = list(compare(files, tmp_path))

    assert len(found) > 10
    assert median(each.f1 for each in found) > 0.98
    assert sum(each.ours == each.theirs for each in found) / len(found) > 0.8
