"""Finds photos that are the same file, hold the same bytes or show the same picture."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from desktopproc.core.errors import MissingInputError, ProcError
from desktopproc.core.job import Facts, Family
from desktopproc.core.operation import Source, Work
from desktopproc.core.reading import reading
from desktopproc.formats import images
from desktopproc.formats.image_fingerprint import (
    BITS,
    Fingerprint,
    distance,
    fingerprint,
    is_alike,
)
from desktopproc.formats.neighbours import Neighbours
from desktopproc.formats.probe import probe
from desktopproc.formats.same_content import digest_of, same_content
from desktopproc.formats.side_by_side import in_order

Passed = Iterator[int]
"""How many files are through since the last step; 0 is a mere stop point."""


class Kind(StrEnum):
    """How a photo relates to the one that is kept."""

    KEPT = "kept"
    EXACT = "exact"
    NEAR = "near"
    SAME_FILE = "same file"


@dataclass(slots=True, eq=False)
class Photo:
    """One file of the search, and what became known of it."""

    at: int  # its place in the user's order
    source: Source
    facts: Facts
    identity: tuple[int, int]  # device and inode
    digest: bytes = b""
    fingerprint: Fingerprint | None = None
    error: str = ""

    @property
    def path(self) -> Path:
        return self.source.path

    @property
    def size_bytes(self) -> int:
        return self.facts.size_bytes or 0


@dataclass(frozen=True, slots=True)
class Member:
    """A photo in a group: how it relates to the kept one, and in how many bits it differs."""

    photo: Photo
    kind: Kind
    distance: int


@dataclass(frozen=True, slots=True)
class Group:
    """Photos of which one is enough; the kept one comes first."""

    members: tuple[Member, ...]

    @property
    def kept(self) -> Photo:
        return self.members[0].photo


@dataclass(slots=True)
class Search:
    """The photos of one job, looked at in steps; `groups` tells what was found."""

    work: Work[Any]
    photos: list[Photo] = field(default_factory=list)

    def look(self) -> Passed:
        """Read the headers. A file that is gone raises; one that is bad is remembered as that."""
        numbered = list(enumerate(self.work.sources))
        for photo in in_order(_looked_at, numbered, self.work.threads):
            if photo is not None:
                self.photos.append(photo)
            yield int(photo is not None)

    def compare_contents(self) -> Passed:
        """Find what is equal byte for byte."""
        firsts = {photo.identity: photo for photo in reversed(self.photos) if photo.size_bytes}
        yield len(self.photos) - len(firsts)
        told = yield from same_content(
            {photo.path: photo.size_bytes for photo in firsts.values()}, self.work.threads
        )
        for photo in firsts.values():
            found = told.get(photo.path, b"")
            if isinstance(found, bytes):
                photo.digest = found
            else:
                photo.error = str(found)

    def compare_looks(self) -> Passed:
        """Take the fingerprint of each picture, once for equal ones."""
        firsts = [photo for photo, *_ in _contents(self.photos) if not photo.error]
        yield len(self.photos) - len(firsts)
        for done in in_order(self._take_fingerprint, firsts, self.work.threads):
            yield int(done is not None)

    def digests(self, photos: Sequence[Photo]) -> Passed:
        """Read whole what has no digest yet, so that it can be moved."""
        missing = [photo for photo in photos if not photo.digest]
        for done in in_order(_take_digest, missing, self.work.threads):
            yield int(done is not None)

    def groups(
        self, order: Callable[[Photo], Any], likeness: int, *, last: bool = False
    ) -> Iterator[Group | None]:
        """The first of a group by `order`, or the last, is kept, and all others are like it.

        `likeness` is how many percent of the bits of two fingerprints must be equal. None is a
        mere stop point.
        """
        contents = _contents(sorted(self.photos, key=order, reverse=last))
        looks = _Looks([same[0].fingerprint for same in contents], likeness)
        placed: set[int] = set()
        for at, same in enumerate(contents):
            if at not in placed:
                alike = looks.take(at)
                placed.update(alike)
                group = Group(tuple(_members([same, *(contents[one] for one in alike)])))
                yield group if len(group.members) > 1 else None

    def _take_fingerprint(self, photo: Photo) -> Photo:
        try:
            with images.opened(photo.source, self.work) as picture:
                photo.fingerprint = fingerprint(picture)
        except MissingInputError:
            raise
        except ProcError as e:
            photo.error = str(e)
        return photo


class _Looks:
    """The fingerprints of the search; each picture is taken by one group."""

    def __init__(self, prints: Sequence[Fingerprint | None], likeness: int) -> None:
        self._prints = {at: found for at, found in enumerate(prints) if found is not None}
        bits = {at: found.bits for at, found in self._prints.items()}
        self._near = Neighbours(bits, BITS, BITS * (100 - likeness) // 100)

    def take(self, at: int) -> list[int]:
        """What is like this one and was not taken before."""
        if at not in self._prints:
            return []
        own = self._prints[at]
        alike = [one for one in self._near.near(at) if is_alike(own, self._prints[one])]
        for one in (at, *alike):
            self._near.remove(one)
        return alike


def _looked_at(numbered: tuple[int, Source]) -> Photo:
    at, source = numbered
    with reading(source.path):
        status = source.path.stat()
    facts = source.facts or probe(source.path)
    facts = replace(facts, size_bytes=status.st_size, mtime_ns=status.st_mtime_ns)
    error = "" if facts.kind is Family.PHOTO else f"{source.path.name} is not a photo."
    error = facts.error.message if facts.error else error
    return Photo(at, source, facts, (status.st_dev, status.st_ino), error=error)


def _take_digest(photo: Photo) -> Photo:
    try:
        photo.digest = digest_of(photo.path)
    except ProcError as e:
        photo.error = str(e)
    return photo


def _contents(photos: Sequence[Photo]) -> list[list[Photo]]:
    """Photos of one content together, in the order in which they come."""
    together: dict[bytes | tuple[int, int], list[Photo]] = defaultdict(list)
    digests = {photo.identity: photo.digest for photo in photos if photo.digest}
    for photo in photos:
        together[digests.get(photo.identity, photo.identity)].append(photo)
    return list(together.values())


def _members(contents: Sequence[Sequence[Photo]]) -> Iterator[Member]:
    kept = contents[0][0]
    seen: set[tuple[int, int]] = set()
    for same in contents:
        for photo in same:
            kind = Kind.EXACT if same is contents[0] else Kind.NEAR
            if photo is kept:
                kind = Kind.KEPT
            elif photo.identity in seen:
                kind = Kind.SAME_FILE
            seen.add(photo.identity)
            yield Member(photo, kind, _bits_apart(kept, same[0]))


def _bits_apart(kept: Photo, other: Photo) -> int:
    if kept.fingerprint is None or other.fingerprint is None:
        return 0
    return distance(kept.fingerprint, other.fingerprint)
