"""Opens the queue file for a command that only looks at it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from desktopproc.cli.command import Call
from desktopproc.cli.streams import say
from desktopproc.core.errors import StartError

if TYPE_CHECKING:
    from desktopproc.engine.reader import Reader


@contextmanager
def queue_reader(call: Call) -> "Iterator[Reader | None]":
    """The queue as it is; None before there is one. No work is started."""
    from desktopproc.engine.store import Store, open_reader  # deferred: --help needs no queue

    file = call.home.queue_file
    try:
        file.stat()
    except FileNotFoundError:
        yield None
        return
    except OSError as e:
        raise StartError(f"The queue file {file} cannot be read: {e.strerror}.") from e
    store = Store(file)  # an older file is brought up to date, a broken one is set aside
    store.close()
    if store.set_aside:
        say(f"The queue file was damaged and a new one was started. Kept: {store.set_aside}")
    with closing(open_reader(file)) as reader:
        yield reader
