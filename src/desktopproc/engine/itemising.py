"""Reads the files of a request before their jobs are planned: items of data, and equal files."""

import logging
import threading
from collections.abc import Callable, Iterator

from desktopproc.core.errors import BadInputError, Failure, TooLargeError
from desktopproc.core.job import Facts, Request
from desktopproc.core.operation import Item, Operation
from desktopproc.engine.iopool import IoPool
from desktopproc.engine.plan import Found, Items
from desktopproc.engine.refusing import refuse
from desktopproc.engine.twins import Twins, may_have_twins, twins_of

log = logging.getLogger(__name__)

_MOST = 1_000_000  # items of one file: one that says it has more is not meant for this


def items_of(
    request: Request, operation: Operation, is_stopped: Callable[[], bool] = lambda: False
) -> Items:
    """What is wanted of each file. Reads the files: not for the engine's or the window's thread."""
    return {
        facts.path: _found(request, facts, operation, is_stopped)
        for facts, root in request.files
        if operation.items is not None and refuse(facts, root, operation) is None
    }


def _found(
    request: Request, facts: Facts, operation: Operation, is_stopped: Callable[[], bool]
) -> Found:
    try:
        items = operation.items_in(request.options, facts.path)
        if items is None:
            return None
        return tuple(_wanted(request, facts.path.name, iter(items), is_stopped))
    except Exception as e:  # noqa: BLE001 - a bug in one operation's reader costs one file
        return Failure.of(e)


def _wanted(
    request: Request, name: str, items: Iterator[Item], is_stopped: Callable[[], bool]
) -> Iterator[Item]:
    """The items that the request is for; an error where there is none, or one is not there."""
    missing = set(request.items)
    for count, item in enumerate(items):
        if is_stopped():
            return
        if count == _MOST:
            raise TooLargeError(f"{name} has more than {_MOST:,} items. Split it into several.")
        if not request.items:
            yield item
        elif item.number in missing:
            missing.remove(item.number)
            yield item
            if not missing:
                return
    if missing:
        raise BadInputError(f"{name} has no item {min(missing)}. Choose others.")


class Itemising:
    """Has items read in I/O threads. Engine thread only."""

    def __init__(
        self, io: IoPool, post: Callable[[Callable[[], None]], None], *, finds_twins: bool
    ) -> None:
        """`post` has a call made on the engine thread."""
        self._io, self._post, self._finds_twins = io, post, finds_twins
        self._open = 0
        self._stopped = threading.Event()

    @property
    def is_empty(self) -> bool:
        return not self._open

    def begin(
        self, request: Request, operation: Operation, then: Callable[[Items, Twins], None]
    ) -> None:
        """Read what the request's files hold, and go on with that; not after `stop`."""
        has_twins = self._finds_twins and may_have_twins(request, operation)
        if operation.items is None and not has_twins:
            then({}, {})
            return
        self._open += 1

        def back(items: Items, twins: Twins) -> None:
            self._open -= 1
            then(items, twins)

        def read() -> None:
            items = items_of(request, operation, self._stopped.is_set)
            twins = twins_of(request, operation, self._stopped.is_set) if has_twins else {}
            if not self._stopped.is_set():
                self._post(lambda: back(items, twins))

        self._io.submit(read)

    def stop(self) -> None:
        """Let nothing more come of what is being read."""
        self._stopped.set()
