"""Bytes that were read already, as the header readers want them."""

from desktopproc.formats.headers.source import HEAD_BYTES, Source


class InMemory(Source):
    """A whole file in memory; reading from it costs nothing, so it has no limit."""

    __slots__ = ("_content",)

    def __init__(self, content: bytes, name: str) -> None:  # no file lies behind it
        self.name = name
        self.size = len(content)
        self.head = content[:HEAD_BYTES]
        self._content = content

    def at(self, offset: int, length: int) -> bytes:
        """What lies there, shorter at the end."""
        return self._content[offset : offset + length] if offset >= 0 and length > 0 else b""
