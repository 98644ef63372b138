"""Starts one killable child process: clean environment, own process group, dies with its parent.

Both the worker pool and the probe of phase 1 start their processes here. What a child may rely on:

- It never runs our `__main__` again. `multiprocessing` would import it in every child; for the
  length of a start an empty module stands in for it, so a target must live in a real module.
- It leads a process group of its own, so that `Child.kill` reaches what it has started too, and
  Ctrl-C in a terminal reaches only the parent, which decides.
- When the parent is gone, even by `kill -9`, the group is killed: on Linux by the kernel, even in
  the middle of a C function; elsewhere by a thread as soon as that may run.
- What it prints, and what C libraries print, goes to stderr: stdout belongs to results.
"""

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from types import MappingProxyType
from typing import Any

from desktopproc.core.errors import StartError

THREADS = ("VIPS_CONCURRENCY", "OMP_NUM_THREADS", "RAYON_NUM_THREADS")
"""The variables that tell libraries, before they begin, how many threads they may have."""

ENVIRONMENT = {
    "DESKTOPPROC_CHILD": "1",  # main() refuses to start the program again where this is set
    "PILLOW_BLOCKS_MAX": "64",  # the next three keep freed image memory: no page-fault time
    "MALLOC_TRIM_THRESHOLD_": "500000000",
    "MALLOC_MMAP_THRESHOLD_": "500000000",
    **dict.fromkeys(THREADS, "1"),
}

_UNKNOWN = 255  # the exit code of a process that somebody else has waited for
_END_LIMIT_S = 5.0  # one that hangs in the kernel even now is abandoned, not waited for

_PATIENCE_S = 2.0  # how long a killed process may take to be gone

# The environment and sys.modules belong to the whole process, and children are started by the
# engine thread and by I/O threads: only one may have them changed at a time.
_starting = threading.Lock()
_has_server = threading.Event()  # there is one fork server in a process, as there is one lock


class Child:
    """A running child process and our end of its pipe. Owned by one thread, except `kill`."""

    def __init__(self, process: Any, conn: "Connection[Any, Any]") -> None:
        self.conn = conn
        self.pid: int = process.pid
        self.sentinel: int = process.sentinel
        self._process = process
        self._is_closed = False

    @classmethod
    def start(
        cls,
        target: Callable[..., object],
        args: tuple[object, ...] = (),
        *,
        name: str = "child",
        memory_mb: int = 0,
        preload: Sequence[str] | None = (),
    ) -> "Child":
        """Run `target(conn, *args)` in a new process; StartError when none can be started.

        `conn` is the child's end of a two-way pipe, ours is `.conn`; it reads EOFError when the
        child is gone. `preload` names modules that the fork server imports once for all children;
        the first start of the program decides, and waits until they are imported: not for the
        window's thread. None leaves that to others: where no fork server runs yet, the child gets
        an interpreter of its own.
        """
        reasons = []
        with contextlib.suppress(OSError), _prepared(preload or ()):  # no file handles are left
            for context in _contexts(may_serve=preload is not None or _has_server.is_set()):
                try:
                    return cls._start_with(context, (target, args, memory_mb), name)
                except (OSError, EOFError) as e:  # EOFError: the fork server died meanwhile
                    reasons.append(str(e) or type(e).__name__)
        reason = reasons[-1] if reasons else "the limit of open files is too low"
        raise StartError(f"No worker process could be started: {reason}.")

    @classmethod
    def _start_with(cls, context: BaseContext, work: tuple[object, ...], name: str) -> "Child":
        ours, theirs = context.Pipe(duplex=True)
        # Process is declared on each concrete context only
        process = context.Process(target=_run, args=(theirs, *work), name=name, daemon=True)  # type: ignore[attr-defined]
        try:
            process.start()
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        return cls(process, ours)

    @property
    def exitcode(self) -> int | None:
        """Its exit code, negative for a signal, None while it runs. Owner's thread only."""
        if self.is_alive():
            return None
        with _starting:  # multiprocessing looks at all its processes whenever one starts
            self._process.join(_END_LIMIT_S)
            code = self._process.exitcode
        return _UNKNOWN if code is None else int(code)

    def is_alive(self) -> bool:
        """Whether it still runs. Safe from any thread until `close`."""
        return not wait([self.sentinel], 0)

    def kill(self) -> None:
        """Kill it and everything it has started, at once. Safe from any thread."""
        if self._is_closed:  # its number may belong to somebody else by now
            return
        if sys.platform == "win32":
            _kill_tree(self.pid)
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
            return
        # it was so young that it did not lead its group yet
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self.is_alive():
                os.kill(self.pid, signal.SIGKILL)

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait for its end; whether it came in time."""
        return bool(wait([self.sentinel], timeout_s))

    def close(self) -> None:
        """Kill what is left of it and let go of the pipe and the process. Owner's thread only."""
        if self._is_closed:
            return
        self.kill()
        self._is_closed = True
        self.conn.close()
        if self.join(_END_LIMIT_S):
            # ValueError: somebody else has waited for it, and multiprocessing takes it for alive
            with _starting, contextlib.suppress(ValueError):
                self._process.join()
                self._process.close()


def start_server(preload: Sequence[str], environment: Mapping[str, str]) -> None:
    """Start the process that children are forked from, and return while it loads these modules.

    Where there is none, or it cannot be started, the first child finds its own way.
    """
    if "forkserver" in multiprocessing.get_all_start_methods():
        from multiprocessing import forkserver  # deferred: absent on Windows

        with contextlib.suppress(OSError, StartError), _prepared(preload, environment):
            forkserver.ensure_running()
            _has_server.set()


def _contexts(*, may_serve: bool) -> Iterator[BaseContext]:
    """The ways to start a process, best first; the fork server gets a second chance."""
    if may_serve and "forkserver" in multiprocessing.get_all_start_methods():
        _has_server.set()
        yield multiprocessing.get_context("forkserver")
        yield multiprocessing.get_context("forkserver")
    yield multiprocessing.get_context("spawn")


@contextlib.contextmanager
def _prepared(
    preload: Sequence[str], more: Mapping[str, str] = MappingProxyType({})
) -> Iterator[None]:
    """Hold environment, `__main__` and signal mask as a new child shall inherit them."""
    with _starting, contextlib.ExitStack() as undo:
        if "DESKTOPPROC_CHILD" in os.environ:  # asked in here: another start sets it for a while
            raise StartError("A worker process tried to start another one. Report this.")
        if preload:
            multiprocessing.set_forkserver_preload(list(preload))
        else:
            multiprocessing.set_forkserver_preload(["desktopproc.engine.child"])
        wanted = {**ENVIRONMENT, **more}
        undo.callback(_restore_environment, {name: os.environ.get(name) for name in wanted})
        os.environ.update(wanted)
        undo.callback(sys.modules.__setitem__, "__main__", sys.modules["__main__"])
        sys.modules["__main__"] = types.ModuleType("__main__")
        if sys.platform != "win32":  # no traceback when Ctrl-C comes before `_settle`
            mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            undo.callback(signal.pthread_sigmask, signal.SIG_SETMASK, mask)
        yield


def _restore_environment(before: dict[str, str | None]) -> None:
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def _run(
    conn: "Connection[Any, Any]",
    target: Callable[..., object],
    args: tuple[object, ...],
    memory_mb: int,
) -> None:
    _settle(memory_mb)
    target(conn, *args)


def _settle(memory_mb: int) -> None:
    """Make this fresh child what the module promises; runs before any of its work."""
    os.environ.update(ENVIRONMENT)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with contextlib.suppress(OSError, ValueError):
        os.dup2(2, 1)
    if sys.platform != "win32":
        import resource  # absent on Windows

        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        os.setsid()
        _limit(resource.RLIMIT_CORE, 0)
        if memory_mb:
            _limit(resource.RLIMIT_AS, memory_mb << 20)
    _tie_to_parent()


def _limit(which: int, most: int) -> None:
    import resource  # absent on Windows

    _, hard = resource.getrlimit(which)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(which, (most, most))


def _tie_to_parent() -> None:
    """Have this process group killed when the parent's end of the start-up pipe closes."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    lifeline = parent.sentinel
    if sys.platform == "linux":
        _tie_by_kernel(lifeline)
    else:
        threading.Thread(target=_watch, args=(lifeline,), daemon=True, name="lifeline").start()


def _tie_by_kernel(lifeline: int) -> None:
    import fcntl  # absent on Windows

    # The kernel sends SIGKILL to the group itself: no handler, no thread, no GIL needed.
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
    flags = fcntl.fcntl(lifeline, fcntl.F_GETFL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, flags | os.O_ASYNC)
    if wait([lifeline], 0):  # it closed before the kernel was asked
        _end_group()


def _watch(lifeline: int) -> None:
    wait([lifeline])
    _end_group()


def _end_group() -> None:
    if sys.platform != "win32":
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(1)


def _kill_tree(pid: int) -> None:
    """Where there are no process groups: the process and all its descendants."""
    import psutil  # deferred: only where it is needed

    with contextlib.suppress(psutil.NoSuchProcess):
        top = psutil.Process(pid)
        for process in (*top.children(recursive=True), top):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
