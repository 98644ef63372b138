"""Stores photos in another format, size or quality, after steps; several copies at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from desktopproc.core.job import Family
from desktopproc.core.operation import Output, Steps, Work, operation
from desktopproc.core.records import RecordCodec
from desktopproc.core.schema import Kind, option
from desktopproc.formats.photos import opening
from desktopproc.formats.photos.opening import Wish
from desktopproc.formats.photos.options import CopyOptions, FurtherCopy, IfLarger
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
    return copy.if_larger is IfLarger.COPY and bool(source) and suffix != source


@operation(
    "convert",
    title="Convert",
    takes=[Family.PHOTO],
    gives=_outputs,
    options=Options,
    group="Photos",
    preload=opening.CODECS,
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
            spare = (
                next(targets)
                if _needs_spare(copy, target.suffix, source.path.suffix.lower())
                else target
            )
            stored = made_copy(photo, room, copy, format_of(target.suffix))
            if copy.if_larger is IfLarger.KEEP or len(stored.content) < len(photo.content):
                write_bytes(target, stored.content)
                work.expect(*stored.size, target=target)
            elif copy.if_larger is IfLarger.COPY:
                write_bytes(spare, photo.content)
                target = spare
                work.note("The original was taken: the copy would not be smaller.")
            else:
                left_out.append(target)
                yield done, total
                continue
            if copy.dates:
                work.keep_dates(source.path, target)
            yield done, total
    if len(left_out) == len(copies):
        work.skip(f"{source.path.name} would not get smaller and was left out.")
