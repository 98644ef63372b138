"""Gathers the passwords for protected files: from flags, a file, the environment or the person."""

import os
import sys
from argparse import ArgumentParser, _ArgumentGroup
from collections.abc import Iterable, Sequence

from desktopproc.cli.command import Call
from desktopproc.cli.secret_files import lines_of
from desktopproc.cli.streams import say, shown
from desktopproc.core.errors import UsageError
from desktopproc.core.job import Family
from desktopproc.core.operation import Operation
from desktopproc.core.schema import Kind, Spec

ENVIRONMENT = "DESKTOPPROC_PASSWORD"
_NAMED = 3  # files in the question
_MAY_BE_PROTECTED = frozenset({Family.PDF, Family.DOCX})


def has_passwords(operation: Operation) -> bool:
    """Whether the files that an operation takes may need a password to be opened."""
    return not _MAY_BE_PROTECTED.isdisjoint(operation.takes)


def add_password_flags(place: ArgumentParser | _ArgumentGroup) -> None:
    """The flags that name passwords; each is tried on every file that needs one."""
    place.add_argument(
        "--password",
        action="append",
        metavar="TEXT",
        help="Opens protected files; may be repeated. Others on this computer can see it while "
        f"this runs: use the next flag, or the variable {ENVIRONMENT}.",
    )
    place.add_argument(
        "--password-file",
        action="append",
        metavar="FILE",
        help="Opens protected files: a text file with one password on each line, - for stdin.",
    )


def given_passwords(call: Call) -> tuple[str, ...]:
    """The passwords that were named: flags, files, then the environment.

    The variable is taken away, so that no other program that is started inherits it.
    """
    found: list[str] = list(getattr(call.flags, "password", None) or ())
    for word in getattr(call.flags, "password_file", None) or ():
        found += lines_of(word)
    found.append(os.environ.pop(ENVIRONMENT, ""))
    for password in found:
        if "\0" in password or any("\ud800" <= sign <= "\udfff" for sign in password):
            raise UsageError("A password is not text. Write it into a file in UTF-8.")
    return tuple(dict.fromkeys(password for password in found if password))


def from_environment(options: Iterable[Spec]) -> dict[str, str]:
    """The passwords among the options that variables hold, which are taken away too."""
    named = {spec.name: spec.environment for spec in options if spec.kind is Kind.SECRET}
    found = {name: os.environ.pop(variable, "") for name, variable in named.items()}
    return {name: password for name, password in found.items() if password}


def asked_for(names: Sequence[str]) -> tuple[str, ...]:
    """Ask the person at the terminal once for all of these files; nothing where there is none."""
    if not names or not sys.stdin.isatty():
        return ()
    from getpass import getpass  # deferred: only where somebody is asked

    first = ", ".join(shown(name) for name in names[:_NAMED])
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    verb = "needs" if len(names) == 1 else "need"
    say(f"{first}{more} {verb} a password.")
    try:
        password = getpass("Password (none: go on without these files): ")
    except EOFError:
        return ()
    return (password,) if password else ()
