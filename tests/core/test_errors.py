"""Every error of ours: a code of its own, an exit code, and a way into the queue file."""

import pytest

from desktopproc.core import errors
from desktopproc.core.errors import Failure, ProcError


def tree(base: type[ProcError]) -> list[type[ProcError]]:
    return [base, *(error for child in base.__subclasses__() for error in tree(child))]


OURS = [error for error in tree(ProcError) if error.__module__ == errors.__name__]


@pytest.mark.parametrize("error", OURS)
def test_every_error_becomes_a_failure(error: type[ProcError]) -> None:
    failure = Failure.of(error("It broke. Mend it."))

    assert (failure.code, failure.message) == (error.code, "It broke. Mend it.")
    assert failure.transient is error.transient
    assert failure.pauses_batch is (
        issubclass(error, errors.VolumeError) and error.code != "volume"
    )
    assert error.exit_code in {1, 2, 3}


def test_codes_differ() -> None:
    codes = [error.code for error in OURS]

    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("error", OURS)
def test_every_error_stands_in_the_drawn_tree(error: type[ProcError]) -> None:
    assert error.__name__ in (errors.__doc__ or "")


def test_a_bug_is_told_without_its_details_and_logged_with_them() -> None:
    failure = Failure.of(KeyError("secret"))

    assert failure.code == "unexpected"
    assert "secret" not in failure.message
    assert "secret" in failure.log
