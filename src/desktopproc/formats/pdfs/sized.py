"""Cuts a document into files that are no larger than asked for, by making them and looking."""

import io
from collections.abc import Iterator

from desktopproc.formats.pdfs.parts import Parts

_CLOSE = 0.9  # a file that is so full is full


class Sized:
    """Finds out how many pages fit. What pages have in common, such as fonts, counts once a file,
    so that their sizes cannot be added up."""

    def __init__(self, parts: Parts, count: int, limit_bytes: int) -> None:
        self._parts = parts
        self._count = count
        self._limit = limit_bytes
        self._guess = 1

    def files(self) -> Iterator[tuple[int, int, bytes | None]]:
        """Each file's first page, the page behind its last, and its content; None for an attempt.

        A single page that is too large is a file all the same.
        """
        start = 0
        while start < self._count:
            fits, too_many, content = 0, self._count - start + 1, b""
            wanted = min(self._guess, self._count - start)
            while fits + 1 < too_many:
                made = self._content(start, wanted)
                if len(made) <= self._limit or wanted == 1:
                    fits, content = wanted, made
                    if len(made) > self._limit * _CLOSE:
                        break
                else:
                    too_many = wanted
                wanted = self._next(fits, too_many, wanted, len(made))
                yield start, start, None
            self._guess = fits
            yield start, start + fits, content
            start += fits

    def _content(self, start: int, pages: int) -> bytes:
        buffer = io.BytesIO()
        self._parts.write(range(start, start + pages), buffer)
        return buffer.getvalue()

    def _next(self, fits: int, too_many: int, pages: int, size: int) -> int:
        """By the size per page of the last attempt, but always nearer to the answer."""
        guess = int(pages * self._limit / max(size, 1))
        if too_many <= self._count and fits:
            middle = (fits + too_many) // 2
            guess = min(max(guess, fits + (middle - fits) // 2), too_many - 1)
        return max(fits + 1, min(guess, too_many - 1))
