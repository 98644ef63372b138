"""Stores photos in another format, size or quality, after steps; several copies at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desktopproc.core.depends import Depends
from desktopproc.core.job import Family
from desktopproc.core.operation import Output, Steps, Work, operation
from desktopproc.core.records import RecordCodec
from desktopproc.core.schema import Kind, option
from desktopproc.formats.photos import opening
from desktopproc.formats.photos.needs import copies_mb
from desktopproc.formats.photos.opening import Wish
from desktopproc.formats.photos.options import CopyOptions, FurtherCopy, IfLarger
from desktopproc.formats.photos.originals import original
from desktopproc.formats.photos.raws import Raw
from desktopproc.formats.photos.rendering import Darkroom
from desktopproc.formats.photos.storing import made_copy
from desktopproc.formats.photos.targets import format_of, may_hold_many, suffix_for
from desktopproc.formats.writing import write_bytes


@dataclass(frozen=True, slots=True)
class Options(CopyOptions):
    raw: Raw = option(
        Raw.DEVELOP,
        "Camera RAW",
        "The preview is quick, and often smaller than the photo.",
        labels={"develop": "Develop", "preview": "Use the camera's preview"}
        | {"large-preview": "Use a large preview, else develop"},
        section="Source",
    )
    also: tuple[FurtherCopy, ...] = option(
        (),
        "One more file from each photo",
        "Such as a small one for the web; each has its own size, steps, format and name.",
        kind=Kind.RECORDS,
        codec=RecordCodec(FurtherCopy),
        section="More files",
    )


def _copies(options: Options) -> tuple[CopyOptions, ...]:
    return (options, *options.also)


def _outputs(options: Options, source: str) -> Sequence[Output]:
    """One name for each copy, and one for the original where that may take a copy's place."""
    found = []
    for copy in _copies(options):
        template, folder = getattr(copy, "name", ""), getattr(copy, "folder", "")
        suffix = suffix_for(copy.format, source)
        found.append(Output(suffix, template, folder))
        if _needs_spare(copy, suffix, source):
            found.append(Output(source, template, folder))
    return found


def _needs_spare(copy: CopyOptions, suffix: str, source: str) -> bool:
    return copy.if_larger is IfLarger.COPY and bool(source) and suffix.lower() != source.lower()


def _depends(options: Options) -> Depends:
    """A text may hold the photo's name, and letters that only this computer's fonts have."""
    has_text = any(step.kind == "watermark" for copy in _copies(options) for step in copy.steps)
    return Depends.NAMES | Depends.COMPUTER if has_text else Depends.CONTENT


_TAKEN = "The original was taken: the copy would not be smaller."


@operation(
    "convert",
    title="Convert",
    takes=[Family.PHOTO],
    gives=_outputs,
    options=Options,
    group="Photos",
    preload=opening.CODECS,
    depends=_depends,
    memory=lambda options, files: copies_mb(_copies(options), files),
)
def convert(work: Work[Options]) -> Steps:
    """Store photos in another format, size or quality, after any steps; their metadata stays."""
    copies = _copies(work.options)
    total = len(copies) + 1
    source = work.source
    least = max(max(copy.width or 0, copy.height or 0, copy.long_edge or 0) for copy in copies)
    targets = iter(work.targets)
    left_out = []
    every = any(may_hold_many(format_of(target.suffix)) for target in work.targets)
    with opening.opened(source, work, Wish(every, work.options.raw, least)) as photo:
        room = Darkroom(photo, [copy.stack for copy in copies], work.max_pixels)
        yield 1, total
        for done, copy in enumerate(copies, 2):
            target = next(targets)
            needs_spare = _needs_spare(copy, target.suffix, source.path.suffix)
            spare = next(targets) if needs_spare else target
            made = _written(work, room, copy, target, spare)
            if made is None:
                left_out.append(target)
            elif copy.dates:
                work.keep_dates(source.path, made)
            yield done, total
    if len(left_out) == len(copies):
        work.skip(f"{source.path.name} would not get smaller and was left out.")


def _written(
    work: Work[Options], room: Darkroom, copy: CopyOptions, target: Path, spare: Path
) -> Path | None:
    """Write the copy, or the original in its place; the file that was written, if any.

    What is told of a copy is said only when it is kept.
    """
    photo = room.photo
    told: list[str] = []
    photo.note = told.append
    stored = made_copy(photo, room, copy, format_of(target.suffix))
    content, instead = stored.content, None
    if copy.if_larger is not IfLarger.KEEP and len(content) >= len(photo.content):
        if copy.if_larger is IfLarger.SKIP:
            return None
        reasons: list[str] = []
        instead = original(photo, copy, reasons.append)
        told = [*reasons, _TAKEN] if instead is not None else [*told, *reasons]
    for sentence in told:
        work.note(sentence)
    if instead is not None:
        write_bytes(spare, instead)
        return spare
    write_bytes(target, content)
    work.expect(*stored.size, stored.pages, target=target)
    return target
