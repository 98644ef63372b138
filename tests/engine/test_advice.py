"""What is recommended from which figures, and that nothing is where they do not support it."""

from dataclasses import replace
from typing import Any

import pytest

from desktopproc.core.job import Storage
from desktopproc.engine.advice import Drive, Figures, advise
from desktopproc.engine.timings import Timing, Trouble

SSD = Drive("sda", "/mnt/photos", Storage.SSD, free=10**11)
HDD = replace(SSD, storage=Storage.HDD)
OTHER = Drive("sdb", "/mnt/out", Storage.SSD, free=10**11)
LONG = Figures(run_s=60.0, run_jobs=500, workers=2, cores=2, sources=SSD, results=OTHER)
READS = {"read": 80.0, "decode": 10.0, "process": 5.0, "encode": 4.0, "write": 1.0}
WRITES = {"read": 5.0, "decode": 10.0, "process": 15.0, "encode": 10.0, "write": 60.0}
WORD = Timing("docx-to-pdf", 40, 1.0, 2.0, 3.0, None, None, {})

SUPPORTED: dict[str, Figures] = {
    "read-as-hard-disk": replace(LONG, stages=READS),
    "slow-drive": replace(LONG, stages=READS, sources=HDD),
    "drive-is-the-limit": replace(LONG, sources=HDD, idle_disk=0.6),
    "slow-results": replace(LONG, stages=WRITES),
    "same-hard-disk": replace(LONG, sources=HDD, results=HDD, idle_disk=0.3),
    "memory-limit": replace(LONG, idle_memory=0.4),
    "few-workers": replace(LONG, busy=0.98, workers=2, cores=8),
    "last-job": replace(LONG, last_job=("scan.pdf", 95.0)),
    "failures-needs-password": replace(
        LONG, troubles=[Trouble("extract-text", "needs-password", 37, "a.pdf needs a password.")]
    ),
    "little-room": replace(LONG, results=replace(OTHER, free=4 * 10**8)),
    "no-libreoffice": replace(LONG, timings=[WORD], has_office=False),
    "libreoffice-fails": replace(LONG, timings=[WORD], resting=12),
    "reuse-results": replace(LONG, repeats=300),
}
UNSUPPORTED: dict[str, Figures] = {
    "nothing is known": Figures(),
    "all is well": replace(LONG, stages={"read": 1.0, "decode": 50.0, "write": 1.0}, busy=0.97),
    "few jobs read slowly": replace(LONG, stages=READS, run_jobs=19),
    "little time was spent": replace(LONG, stages={"read": 8.0, "decode": 1.0}),
    "it read half of the time": replace(LONG, stages={"read": 49.0, "decode": 51.0}),
    "the drive is not known": replace(LONG, stages=READS, sources=None),
    "a short run waited for memory": replace(LONG, run_s=5.0, idle_memory=0.9),
    "a short run waited for a drive": replace(LONG, run_s=5.0, sources=HDD, idle_disk=0.9),
    "one SSD holds both": replace(
        LONG, sources=SSD, results=SSD, stages={"read": 20, "decode": 30, "write": 20}
    ),
    "as many workers as there are cores": replace(LONG, busy=0.98, workers=0, cores=8),
    "half of the cores had nothing to do": replace(LONG, busy=0.5, workers=2, cores=8),
    "the last job has just begun": replace(LONG, last_job=("scan.pdf", 3.0)),
    "the only job is long": replace(LONG, run_jobs=1, last_job=("scan.pdf", 95.0)),
    "few failed": replace(LONG, troubles=[Trouble("convert", "damaged", 9, "")]),
    "no reason stands out": replace(
        LONG,
        troubles=[Trouble("convert", code, 10, "") for code in ("damaged", "missing", "memory")],
    ),
    "nobody knows what would help": replace(LONG, troubles=[Trouble("convert", "skipped", 90, "")]),
    "no Word document was made": replace(LONG, has_office=False),
}


@pytest.mark.parametrize("code", SUPPORTED)
def test_figures_support_a_recommendation(code: str) -> None:
    found = advise(SUPPORTED[code])

    assert [advice.code for advice in found] == [code]
    (sentence,) = [advice.sentence for advice in found]
    assert sentence.endswith(".")
    assert "! " not in sentence


@pytest.mark.parametrize("why", UNSUPPORTED)
def test_nothing_is_recommended_without_support(why: str) -> None:
    assert advise(UNSUPPORTED[why]) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"stages": READS}, ["/mnt/photos", "80\N{NO-BREAK SPACE}%", "Hard disk"]),
        ({"idle_memory": 0.4}, ["40\N{NO-BREAK SPACE}%", "half of this computer's"]),
        ({"idle_memory": 0.4, "memory_mb": 2000}, ["now 2,000 MB"]),
        ({"repeats": 300}, ["300 files", "leave out --no-cache"]),
        ({"repeats": 300, "keeps_results": False}, ["set Results kept"]),
        ({"last_job": ("scan.pdf", 95.4)}, ["scan.pdf", "95 s", "high priority"]),
    ],
)
def test_a_recommendation_names_its_figures_and_what_to_do(
    change: dict[str, Any], words: list[str]
) -> None:
    (advice,) = advise(replace(LONG, **change))

    assert all(word in advice.sentence for word in words)


def test_failures_of_several_operations_count_together() -> None:
    troubles = [Trouble(operation, "missing", 6, "") for operation in ("convert", "thumbnail")]

    (advice,) = advise(replace(LONG, troubles=troubles))

    assert advice.sentence.startswith("12 jobs failed")
