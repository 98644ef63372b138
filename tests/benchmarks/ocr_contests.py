"""What is measured of recognizing text: a scan against OCRmyPDF and against Tesseract by hand."""

from pathlib import Path

from tests.benchmarks import inputs
from tests.benchmarks.contests import Contest, Peer, Plan, Words

_PAGES = 20
_BY_HAND = (
    "out=$1; pdftoppm -r 300 -gray $2 $out/page; export OMP_THREAD_LIMIT=1; "
    "ls $out/*.pgm | xargs -P 2 -I{} tesseract {} {} -l eng --dpi 300 pdf 2>/dev/null; "
    "pdfunite $out/*.pdf $out/all.pdf"
)


def _scan(plan: Plan) -> list[Path]:
    """Pictures of pages at 300 dpi, as a scanner with a document feeder makes them."""
    import pymupdf

    path = plan.folder / "scan.pdf"
    if path.exists():
        return [path]
    with (
        pymupdf.open(inputs.pdf(plan.folder / "printed.pdf", _PAGES)) as printed,
        pymupdf.open() as scan,
    ):
        for page in printed:
            shown = page.get_pixmap(dpi=300, colorspace=pymupdf.csGRAY)
            sheet = scan.new_page(width=page.rect.width, height=page.rect.height)
            sheet.insert_image(sheet.rect, stream=shown.tobytes("jpeg", jpg_quality=85))
        scan.save(path)
    return [path]


def _ocrmypdf(files: list[Path], out: Path) -> Words:
    """Nothing but the text layer: it is not even asked to look for pages on their head."""
    words = ["ocrmypdf", "-q", "-j", "2", "-l", "eng", "--output-type", "pdf", "--optimize", "0"]
    return [*words, *files, out / "scan.pdf"]


CONTESTS = (
    Contest(
        f"recognition of a scan, {_PAGES} pages",
        _scan,
        lambda files: ["ocr-pdf", *files, "--language", "eng", "--workers", "2"],
        (
            Peer(
                "ocrmypdf -j2",
                "ocrmypdf",
                _ocrmypdf,
                bar=1.0,
            ),
            Peer(
                "pdftoppm, tesseract, pdfunite",
                "tesseract",
                lambda f, out: ["sh", "-c", _BY_HAND, "sh", out, *f],
            ),
        ),
    ),
)
