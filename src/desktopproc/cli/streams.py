"""Writes to the terminal: results on stdout, the rest on stderr, names so that nothing is lost."""

import os
import sys
from collections.abc import Iterable
from typing import TextIO

from desktopproc.core.errors import OutputError


def prepare() -> None:
    """Let no name, however encoded, and no closed stream end the program when it writes."""
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by whoever started us: no pipe may get its number
            nowhere = os.open(os.devnull, os.O_RDWR)
            os.set_inheritable(nowhere, True)  # nor in a child process
            setattr(sys, name, os.fdopen(nowhere, "r" if name == "stdin" else "w"))
        elif name != "stdin" and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def write_result(chunks: Iterable[str]) -> None:
    """Write to stdout; a reader that has gone away is no error, a full disk is."""
    try:
        for chunk in chunks:
            sys.stdout.write(chunk)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence(sys.stdout)
    except OSError as e:
        _silence(sys.stdout)
        raise OutputError(f"The result could not be written: {e.strerror}.") from e


def write_line(line: str) -> None:
    """Write one line of a result to stdout."""
    write_result([line, "\n"])


def say(sentence: str) -> None:
    """Tell the person something, on stderr; nobody listening is no error."""
    try:
        sys.stderr.write(sentence + "\n")
        sys.stderr.flush()
    except OSError:
        _silence(sys.stderr)


def shown(name: object) -> str:
    """A name as a terminal may show it: control characters as escapes, so that it stays one line.

    Reversible: where anything is escaped, backslashes are doubled.
    """
    text = str(name)
    if text.isprintable():
        return text
    return "".join(_escape(character) for character in text)


def _escape(character: str) -> str:
    if character == "\\" or not character.isprintable():
        return character.encode("unicode_escape").decode("ascii")
    return character


def _silence(stream: TextIO) -> None:
    """Point the stream at nothing, so that the interpreter's own last flush cannot complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
