"""Takes requests in: has their data files read, and puts one after the other into the queue."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import partial

from desktopproc.core.errors import ProcError, UsageError
from desktopproc.core.job import Request
from desktopproc.core.operation import Operation
from desktopproc.core.schema import secrets_of
from desktopproc.engine.enqueue import Enqueue
from desktopproc.engine.intake import Intake
from desktopproc.engine.itemising import Itemising
from desktopproc.engine.plan import Items
from desktopproc.engine.twins import Twins
from desktopproc.engine.vault import Secrets, Vault


class Reception:
    """From a request to a batch that is whole. Engine thread only."""

    def __init__(
        self,
        *,
        intake: Intake,
        vault: Vault,
        itemising: Itemising,
        lease: int,
        operations: Mapping[str, Operation],
        entered: Callable[[int, Request], None],
    ) -> None:
        """`entered` hears of every batch that is whole, with its request."""
        self._intake, self._vault, self._itemising = intake, vault, itemising
        self._lease, self._operations, self._entered = lease, operations, entered
        self._enqueues: list[tuple[Enqueue, Request, Future[int]]] = []

    @property
    def has_more(self) -> bool:
        """Whether a request waits for the next step."""
        return bool(self._enqueues)

    @property
    def is_empty(self) -> bool:
        """Whether every request is in the queue, or refused."""
        return not self._enqueues and self._itemising.is_empty

    def submit(self, request: Request, answer: "Future[int]") -> None:
        """Take a request; the answer comes when its batch is whole, or with our error."""
        operation = self._operations.get(request.operation)
        if operation is None:
            answer.set_exception(UsageError(f"There is no operation '{request.operation}'."))
        else:
            begin = partial(self._begin, request, operation, answer=answer)
            self._itemising.begin(request, operation, begin)

    def _begin(
        self,
        request: Request,
        operation: Operation,
        items: Items,
        twins: Twins,
        answer: "Future[int]",
    ) -> None:
        try:
            found = Secrets(request.passwords, secrets_of(request.options))
            self._vault.prepare(found)
            enqueue = Enqueue(self._intake, self._lease, request, operation, items, twins)
            self._vault.keep(enqueue.batch, found)
        except ProcError as e:
            answer.set_exception(e)
        else:
            self._enqueues.append((enqueue, request, answer))

    def step(self) -> None:
        """Store the next piece of the first request."""
        if not self._enqueues:
            return
        enqueue, request, answer = self._enqueues[0]
        try:
            is_whole = enqueue.step()
        except ProcError as e:
            self._enqueues.pop(0)
            self._intake.drop_batch(enqueue.batch)
            answer.set_exception(e)
            return
        if is_whole:
            self._enqueues.pop(0)
            self._entered(enqueue.batch, request)
            answer.set_result(enqueue.batch)

    def stop(self) -> None:
        """Let nothing more come of files that are being read."""
        self._itemising.stop()

    def abandon(self) -> None:
        """Forget what is not whole."""
        for enqueue, _, _ in self._enqueues:
            self._intake.drop_batch(enqueue.batch)
