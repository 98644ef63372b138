"""The last task of a job that several workers share: one whole of the files of its parts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from desktopproc.core.errors import ChangedInputError
from desktopproc.core.operation import Expected, Join, Steps, Work
from desktopproc.engine.outputs import parts_folder, sweep
from desktopproc.engine.records import MadeFile
from desktopproc.engine.task import PartFinished


def join(work: Work[Any], parts: Sequence[PartFinished], by: Join | None) -> Steps:
    """Have the target made, with all that the parts had to say; no file of a part stays."""
    for part in parts:
        for note in (*part.notes, part.reason):
            if note:
                work.note(note)
    work.expected = _together([part.expected for part in parts if part.file])
    files = [part.file for part in parts if part.file]
    yield from (by or _gather)(work, files)
    sweep(parts_folder(work.target))


def sources_of(parts: Sequence[PartFinished]) -> dict[Path, MadeFile]:
    """The sources as every part has read them; ChangedInputError where they are not the same."""
    first = parts[0].sources if parts else ()
    for part in parts:
        if part.sources != first:
            raise ChangedInputError(f"{first[0].path.name} changed while it was read.")
    return {source.path: source for source in first}


def _together(parts: Sequence[Expected]) -> Expected:
    """What is expected of the whole: all pages; a size only where every part has the same."""
    pages = [part.pages for part in parts if part.pages is not None]
    sizes = {(part.width, part.height) for part in parts}
    width, height = sizes.pop() if len(sizes) == 1 else (None, None)
    return Expected(width, height, sum(pages) if len(pages) == len(parts) else None)


def _gather(work: Work[Any], folders: Sequence[Path]) -> Steps:
    """Bring the files of all folders into the one that is the target."""
    for done, folder in enumerate(folders, 1):
        for file in sorted(folder.iterdir()):
            target = work.target / file.name
            if target.exists():
                raise ValueError(f"two parts made a file named {file.name}")
            file.rename(target)
        yield done, len(folders)
