"""Knows how PDF writes objects (ISO 32000-1, 7.3): strings, names, dictionaries, references."""

import re
from collections.abc import Mapping

from desktopproc.formats.pdfs.bytewise.plain import NotPlainError

_FLAT = rb"(?:[^()\\]++|\\.)*+"
_NESTED = rb"(?:[^()\\]++|\\.|\(" + _FLAT + rb"\))*+"
_STRING = rb"\((?:[^()\\]++|\\.|\(" + _NESTED + rb"\))*+\)"  # parentheses in it three deep
_REGULAR = rb"[^\x00\t\n\f\r ()<>\[\]{}/%]"
_REFERENCE = rb"(\d++)\s++\d++\s++R(?!" + _REGULAR + rb")"

_STRINGS = re.compile(_STRING, re.DOTALL)
_REFERENCES = re.compile(_REFERENCE)
_REFERENCES_OR_STRINGS = re.compile(_REFERENCE + rb"|" + _STRING, re.DOTALL)
_TOKENS = re.compile(
    _STRING + rb"|<<|>>|\[|\]|<[0-9A-Fa-f\s]*+>|/" + _REGULAR + rb"*+|" + _REGULAR + rb"++",
    re.DOTALL,
)


def check(body: bytes) -> None:
    """Raise NotPlainError for an object with comments, or with strings that are nested deep."""
    if b"(" in body or b"%" in body or b")" in body:
        bare = _STRINGS.sub(b"", body)
        if b"(" in bare or b")" in bare or b"%" in bare:
            raise NotPlainError


def renumbered(body: bytes, references: Mapping[bytes, bytes]) -> bytes:
    """The same object with other references, by the numbers of those that it has."""
    if b"(" not in body:
        return _REFERENCES.sub(lambda match: references[match[1]], body)
    return _REFERENCES_OR_STRINGS.sub(
        lambda match: match[0] if match[1] is None else references[match[1]], body
    )


def reference(value: bytes | None) -> int | None:
    """The number of the object that a value refers to; None if it holds the value itself."""
    match = _REFERENCES.fullmatch((value or b"").strip())
    return int(match[1]) if match else None


def references(value: bytes) -> list[int]:
    """The numbers of an array that holds nothing but references."""
    inner = value.strip()
    if inner[:1] != b"[" or inner[-1:] != b"]" or _REFERENCES.sub(b"", inner[1:-1]).strip():
        raise NotPlainError
    return [int(old) for old in _REFERENCES.findall(inner)]


def entries(body: bytes) -> dict[bytes, bytes]:
    """The keys of a dictionary, with their slash, and their values as they are written."""
    found: dict[bytes, bytes] = {}
    key, start, depth, is_first = b"", 0, 0, False
    if not body.lstrip().startswith(b"<<"):
        raise NotPlainError
    for match in _TOKENS.finditer(body):
        token = match[0]
        if token in (b">>", b"]"):
            depth -= 1
            if not depth:
                if key:
                    found[key] = body[start : match.start()].strip()
                return found
        elif depth == 1 and token[:1] == b"/" and not is_first:
            if key:
                found[key] = body[start : match.start()].strip()
            key, start, is_first = token, match.end(), True
            continue
        elif token in (b"<<", b"["):
            depth += 1
            if depth == 1:
                continue
        is_first = False
    raise NotPlainError


def dictionary(found: dict[bytes, bytes]) -> bytes:
    """What `entries` has read, as it is written."""
    return b"<<%b>>" % b"".join(b"%b %b" % pair for pair in found.items())
