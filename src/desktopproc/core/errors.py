"""Every failure a user can meet, with the sentence it is told in and the exit code it ends with.

    ProcError                     1
    +-- UsageError                2   the command or a setting is wrong; nothing was started
    +-- StartError                3   the program could not start its work at all
    +-- BadInputError                 this file cannot be processed; the others go on
    |   +-- UnsupportedError          not a kind of file this operation takes
    |   +-- NeedsPasswordError        protected
    |   +-- MissingInputError         gone since it was added
    |   +-- TooLargeError             over a limit the user can change
    |   +-- ChangedInputError         changed while it was read              (transient)
    |   `-- ReadFailedError           the disk or the network did not answer (transient)
    +-- OutputError                   the result could not be written
    |   +-- PermissionDeniedError     this user may not write there, or read that
    |   +-- TargetExistsError         somebody else made a file of that name meanwhile
    |   `-- VolumeError               pauses the batch, fails no job
    |       +-- DiskFullError
    |       `-- VolumeGoneError
    +-- MissingProgramError           a program of others that the work needs is not installed
    `-- WorkerError                   something happened to the process, not to the file
        +-- WorkerDiedError                                                  (transient)
        +-- TimedOutError                                                    (transient)
        +-- OutOfMemoryError
        +-- PoisonError               ended its worker twice
        `-- UnexpectedError           a bug of ours; the log holds the traceback

A sentence says what happened, then what to do. `transient` failures are retried by themselves.
Errors do not travel between processes or into the queue file; a `Failure` does.
"""

import traceback
from dataclasses import dataclass
from typing import ClassVar


class ProcError(Exception):
    """An expected failure: its text is one sentence for the user."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1
    transient: ClassVar[bool] = False


class UsageError(ProcError):
    code = "usage"
    exit_code = 2


class StartError(ProcError):
    code = "start"
    exit_code = 3


class BadInputError(ProcError):
    code = "damaged"


class UnsupportedError(BadInputError):
    code = "unsupported"


class NeedsPasswordError(BadInputError):
    code = "needs-password"


class MissingInputError(BadInputError):
    code = "missing"


class TooLargeError(BadInputError):
    code = "too-large"


class ChangedInputError(BadInputError):
    code = "changed"
    transient = True


class ReadFailedError(BadInputError):
    code = "read-failed"
    transient = True


class OutputError(ProcError):
    code = "output"


class PermissionDeniedError(OutputError):
    code = "permission"


class TargetExistsError(OutputError):
    code = "target-exists"


class VolumeError(OutputError):
    """The place, not the file, is the trouble: the batch pauses and can be resumed."""

    code = "volume"


class DiskFullError(VolumeError):
    code = "disk-full"


class VolumeGoneError(VolumeError):
    code = "volume-gone"


class MissingProgramError(ProcError):
    code = "missing-program"


class WorkerError(ProcError):
    code = "worker"


class WorkerDiedError(WorkerError):
    code = "worker-died"
    transient = True


class TimedOutError(WorkerError):
    code = "timed-out"
    transient = True


class OutOfMemoryError(WorkerError):
    code = "memory"


class PoisonError(WorkerError):
    code = "poison"


class UnexpectedError(WorkerError):
    code = "unexpected"


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure as it is stored, shown and sent between processes."""

    code: str
    message: str
    transient: bool = False
    log: str = ""

    @property
    def pauses_batch(self) -> bool:
        """Whether the place is the trouble, so that the batch waits instead of failing."""
        return self.code in {DiskFullError.code, VolumeGoneError.code}

    @classmethod
    def of(cls, error: BaseException) -> "Failure":
        """Describe an exception; one that is not ours becomes "unexpected" with its traceback.

        A name of a file can hold anything, line breaks and bytes that are no text too: what is
        written here can be shown in one line, and stored.
        """
        log = _storable("".join(traceback.format_exception(error)))
        if isinstance(error, ProcError):
            return cls(error.code, _in_one_line(str(error)), error.transient, log)
        sentence = f"Unexpected error ({type(error).__name__}). Report it with the log of this job."
        return cls(UnexpectedError.code, sentence, log=log)


def _storable(text: str) -> str:
    """The text with bytes that are no text written out; everything else as it is."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _in_one_line(sentence: str) -> str:
    """The sentence with line breaks, escapes and marks that turn the writing written out."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii")
        for sign in _storable(sentence)
    )
