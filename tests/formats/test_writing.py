"""A disk that refuses a result is told of by the folder that the user chose."""

import errno
from pathlib import Path

import pytest

from desktopproc.core.errors import DiskFullError
from desktopproc.formats.writing import HIDDEN, write_bytes, writing


@pytest.mark.parametrize(
    "temporary",
    ["page.txt", f"{HIDDEN}a-1-1.txt", f"{HIDDEN}a-1-1/page.txt", f"{HIDDEN}a-1-1.parts/02/p.txt"],
)
def test_a_full_disk_is_named_by_the_users_folder(temporary: str) -> None:
    with pytest.raises(DiskFullError) as caught, writing(Path("/photos/out") / temporary):
        raise OSError(errno.ENOSPC, "No space left on device")

    assert str(caught.value) == "The disk of /photos/out is full. Make room, then resume."


def test_a_full_device_is_told(tmp_path: Path) -> None:
    target = tmp_path / "full"
    target.symlink_to("/dev/full")

    with pytest.raises(DiskFullError, match=f"The disk of {tmp_path} is full"):
        write_bytes(target, b"content")
