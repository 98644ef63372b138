"""Fails with everything that it knows in the message of its error."""

from dataclasses import dataclass

from desktopproc.core.job import Family
from desktopproc.core.operation import Steps, Work, operation
from desktopproc.core.schema import Kind, option


@dataclass(frozen=True, slots=True)
class Telling:
    word: str = option("", "Password", kind=Kind.SECRET)


@operation("tell", title="Tell", takes=tuple(Family), gives=".txt", options=Telling, group="T")
def tell(work: Work[Telling]) -> Steps:
    """Raise an error that nobody expected, with the work in it; fine where the file is."""
    yield 0, 1
    content = work.source.read()
    if b"good" not in content:
        raise ValueError(f"{work!r} {work.options!r}")
    work.target.write_text(f"{work.options.word} {' '.join(work.passwords)}")
    yield 1, 1
