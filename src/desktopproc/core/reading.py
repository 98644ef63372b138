"""Says in our words why a file cannot be read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktopproc.core.errors import MissingInputError, PermissionDeniedError, ReadFailedError


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn an OSError of the body into the error that says what became of `path`."""
    try:
        yield
    except FileNotFoundError as e:
        raise MissingInputError(f"{path.name} is not there any more.") from e
    except PermissionError as e:
        raise PermissionDeniedError(
            f"{path.name} may not be read by this user. Check its permissions."
        ) from e
    except OSError as e:
        raise ReadFailedError(f"{path.name} could not be read: {e.strerror}.") from e
