"""The one way in: arguments go to the command line, none open the window."""

import os
import sys

TYPE_CHECKING = False  # not from typing: --version is answered before that would be imported
if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def main() -> int:
    """Run what the command line asks for and return the exit code."""
    _leave_children_alone()
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]) and _has_told_version():
        return 0
    from desktopproc.engine.readiness import make_ready  # deferred: --version needs none of it

    make_ready(arguments)
    from desktopproc.cli.main import run  # only now: it loads while workers are made ready

    return run(arguments or ["gui"], open_window)


def _has_told_version() -> bool:
    """Tell it at once; where stdout takes nothing, the command line knows what to say."""
    from desktopproc import __version__

    if sys.stdout is None:  # closed by whoever started us
        return False
    try:
        # past the buffer: what stays in there would fail again when Python ends
        os.write(sys.stdout.fileno(), f"desktopproc {__version__}\n".encode())
    except OSError:
        return False
    return True


def main_gui() -> int:
    """Open the window with the files that the desktop hands over."""
    _leave_children_alone()  # what tells a child that it is one stands where "gui" is put
    sys.argv.insert(1, "gui")
    return main()


def open_window(paths: "Sequence[Path]", operation: str = "") -> int:
    """Open the window with these files added, and return when it was closed."""
    from desktopproc import ops

    # Before Qt for Python is there, which looks into the source of every module that is imported
    # after it.
    operations = ops.load()
    from desktopproc.gui.app import run  # deferred: only the window needs Qt

    return run(paths, operations, operation)


def _leave_children_alone() -> None:
    """A child process that starts the whole program again would never end doing so."""
    if getattr(sys, "frozen", False):
        import multiprocessing  # deferred: costs more than --version may take

        multiprocessing.freeze_support()
    if "DESKTOPPROC_CHILD" in os.environ or "--multiprocessing-fork" in sys.argv:
        sys.exit("desktopproc: A worker process tried to start the program again. Report this.")


if __name__ == "__main__":
    sys.exit(main())
