"""Good files that a worker has too little memory for are never called damaged."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktopproc.core.job import Job, OutputPlan, Request, State
from desktopproc.core.schema import build
from desktopproc.formats.probe import probe
from tests.engine.harness import OPERATIONS, Bench

MakeBench = Callable[..., Bench]
SIZE = (4200, 3000)
LIMITS = [64, 200, 400]  # MB


def _picture(file: Path) -> Path:
    import pillow_heif
    from PIL import Image

    image = Image.linear_gradient("L").resize(SIZE).convert("RGB")
    if file.suffix == ".heic":
        pillow_heif.from_pillow(image).save(file, quality=50)
    elif file.suffix == ".pdf":
        image.save(file.with_suffix(".jpg"))
        image.save(file, resolution=72)
    else:
        image.save(file)
    return file


def _run(bench: Bench, operation: str, file: Path) -> Job:
    options: Any = build(OPERATIONS[operation].options, {})
    request = Request(operation, options, ((probe(file), None),), OutputPlan(bench.out))
    batch = bench.engine.submit(request).result(30)
    bench.settle(batch)
    return bench.rows(batch)[0]


@pytest.mark.parametrize(
    ("operation", "suffix"),
    [
        *[("convert", s) for s in (".jpg", ".png", ".tiff", ".webp", ".heic", ".avif", ".gif")],
        *[("thumbnail", s) for s in (".jpg", ".png", ".tiff", ".webp", ".heic", ".avif", ".gif")],
        ("pdf-to-images", ".pdf"),
        ("compress-pdf", ".pdf"),
    ],
)
def test_what_needs_more_memory_is_not_called_damaged(
    operation: str, suffix: str, make_bench: MakeBench, tmp_path: Path
) -> None:
    file = _picture(tmp_path / f"good{suffix}")
    for limit in LIMITS:
        bench = make_bench(worker_memory_mb=limit, cpu_workers=1)
        job = _run(bench, operation, file)
        bench.close()
        assert job.state is State.DONE or job.error is not None
        if job.error is not None:
            assert job.error.code in {"memory", "poison"}, (limit, job.error)
