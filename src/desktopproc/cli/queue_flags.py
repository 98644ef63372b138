"""The flags of the commands that look at the queue or change it."""

from argparse import ArgumentParser, ArgumentTypeError

from desktopproc.cli.ordering import add_machine_flags
from desktopproc.cli.passwords import add_password_flags
from desktopproc.cli.streams import shown
from desktopproc.cli.tables import add_json, add_report_flags
from desktopproc.core.job import State

_MOST = 10**18 - 1  # the queue file counts no further


def add_list_flags(parser: ArgumentParser) -> None:
    """Which jobs are listed, and how."""
    add_json(parser)
    _add_state(parser)
    _add_page_flags(parser)


def _add_page_flags(parser: ArgumentParser) -> None:
    parser.add_argument("--batch", metavar="N", type=_number, default=None, help="Of this batch.")
    parser.add_argument("--limit", metavar="N", type=_number, default=None, help="At most so many.")
    parser.add_argument(
        "--offset", metavar="N", type=_number, default=0, help="Skip so many first."
    )


def _add_state(parser: ArgumentParser) -> None:
    words = ",".join(state.value for state in State)
    parser.add_argument("--state", metavar="STATE,...", help=f"Only these states, of: {words}.")


def add_run_flags(parser: ArgumentParser) -> None:
    """How jobs of the queue are run here."""
    add_report_flags(parser)
    add_machine_flags(parser)


def add_retry_flags(parser: ArgumentParser) -> None:
    """Which jobs are run again, and with what."""
    add_run_flags(parser)
    _add_page_flags(parser)
    add_password_flags(parser)


def add_cancel_flags(parser: ArgumentParser) -> None:
    """Which jobs are cancelled."""
    add_json(parser)
    _add_page_flags(parser)
    parser.add_argument(
        "--all", action="store_true", default=False, help="All that is not finished."
    )


def add_clear_flags(parser: ArgumentParser) -> None:
    """Which jobs leave the list."""
    add_json(parser)
    _add_state(parser)
    parser.add_argument(
        "--cache",
        action="store_true",
        default=False,
        help="Remove what is kept to be used again instead; the list stays.",
    )


def _number(word: str) -> int:
    if not is_number(word):
        raise ArgumentTypeError(f"'{shown(word)}' is not a whole number from 0 to {_MOST:,}")
    return int(word)


def is_number(word: str) -> bool:
    """Whether a word is a number as the queue file counts."""
    return word.isascii() and word.isdigit() and len(word) <= len(str(_MOST))
