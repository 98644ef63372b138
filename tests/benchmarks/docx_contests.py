"""What is measured of Word documents: a hundred to PDF, against one call of LibreOffice."""

from pathlib import Path

from tests.benchmarks.contests import Contest, Peer, Plan, Words
from tests.word_files import p, word_bytes

_COUNT = 300
_WORDS = (
    *("harbour", "light", "morning", "window", "river", "garden"),
    *("paper", "letter", "winter", "stone", "bread", "market"),
)


def _documents(plan: Plan) -> list[Path]:
    """Reports of three pages: headings, paragraphs with runs, and a table."""
    folder = plan.folder / "word"
    folder.mkdir(parents=True, exist_ok=True)
    return [_document(folder / f"report-{number}.docx", number) for number in range(_COUNT)]


def _document(file: Path, number: int) -> Path:
    if file.exists():
        return file
    styles = (
        '<w:style w:type="paragraph" w:default="1" w:styleId="N"><w:name w:val="Normal"/>'
        '<w:pPr><w:spacing w:after="160"/></w:pPr><w:rPr><w:sz w:val="22"/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="H"><w:name w:val="heading 1"/>'
        '<w:basedOn w:val="N"/><w:rPr><w:b/><w:sz w:val="32"/></w:rPr></w:style>'
    )
    body = []
    for part in range(8):
        body.append(p(f"Part {part} of report {number}", '<w:pStyle w:val="H"/>'))
        for paragraph in range(3):
            at = number + part + paragraph
            text = " ".join(_WORDS[(at + k * (paragraph + 3)) % len(_WORDS)] for k in range(60))
            body.append(p(text, '<w:jc w:val="both"/>'))
    rows = "".join(
        f"<w:tr><w:tc>{p(f'Row {row}')}</w:tc><w:tc>{p(str(row * number))}</w:tc></w:tr>"
        for row in range(20)
    )
    file.write_bytes(word_bytes("".join(body) + f"<w:tbl>{rows}</w:tbl><w:p/>", styles=styles))
    return file


def _one_call(files: list[Path], out: Path) -> Words:
    """LibreOffice as it is meant to be used for many files, with a profile that is ready."""
    profile = f"-env:UserInstallation={(files[0].parent.parent / 'office-profile').as_uri()}"
    return ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", out, *files]


_OFFICE = Peer("soffice, one call", "soffice", _one_call, bar=1.0)

CONTESTS = (
    Contest(
        f"{_COUNT} Word documents to PDF by LibreOffice",
        _documents,
        lambda files: ["docx-to-pdf", *files, "--engine", "libreoffice"],
        (_OFFICE,),
    ),
    Contest(
        f"{_COUNT} Word documents to PDF, built in",
        _documents,
        lambda files: ["docx-to-pdf", *files, "--engine", "built-in"],
        (_OFFICE,),
    ),
)
