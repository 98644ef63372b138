"""Tells what kind of drive a file lies on, from static facts: the mount and the rotational flag."""

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktopproc.core.job import Storage
from desktopproc.core.settings import Settings

_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "smb2", "9p", "afs", "ceph", "glusterfs", "lustre"}
    | {"davfs", "fuse.sshfs", "fuse.rclone", "fuse.davfs2", "fuse.glusterfs", "fuse.gvfsd-fuse"}
)
_MEMORY = frozenset({"tmpfs", "ramfs", "devtmpfs"})
_DEPTH = 8  # of drives that are made of drives: RAID upon LVM upon encryption


@dataclass(frozen=True, slots=True)
class Mount:
    """A line of /proc/self/mountinfo (proc_pid_mountinfo(5)); `device` is major:minor."""

    point: Path
    device: str
    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class Disk:
    """A drive: `key` tells drives apart, `why` says in words how its kind was found out."""

    key: str
    storage: Storage
    why: str
    mount: Path | None = None


class Disks:
    """Finds the drive of a file. What is mounted later is found later; nothing is measured."""

    def __init__(
        self, settings: Settings, *, mounts: Path | None = None, sys_dev: Path | None = None
    ) -> None:
        """`mounts` and `sys_dev` take the place of /proc/self/mountinfo and /sys/dev/block."""
        self._mounts_file = mounts or Path("/proc/self/mountinfo")
        self._sys = sys_dev or Path("/sys/dev/block")
        self._default = settings.storage
        self._own = dict(_own(settings.drives))
        self._known: dict[int, Disk] = {}

    def of(self, path: Path) -> Disk:
        """The drive of an existing file or folder; an SSD where nothing can be found out."""
        try:
            device = path.stat().st_dev
        except (OSError, ValueError):
            return Disk("", Storage.SSD, "the file cannot be found")
        if device not in self._known:
            self._known[device] = self._found(path, device)
        return self._known[device]

    def all(self) -> list[Disk]:
        """Every mounted drive that may hold files of the user's."""
        found: dict[Path, Disk] = {}
        for mount in self._mounts():
            if mount.kind in _NETWORK or mount.source.startswith("/dev/"):
                found[mount.point] = self._judged(mount)
        return list(found.values())

    def _found(self, path: Path, device: int) -> Disk:
        mount = self._mount_of(path, f"{os.major(device)}:{os.minor(device)}")
        if mount is None:
            return self._chosen(None) or Disk(f"device {device}", Storage.SSD, _UNTOLD)
        return self._judged(mount)

    def _mount_of(self, path: Path, device: str) -> Mount | None:
        """The mount with this device whose point lies nearest above; btrfs names no device."""
        real = Path(os.path.realpath(path))
        above = [mount for mount in self._mounts() if real.is_relative_to(mount.point)]
        same = [mount for mount in above if mount.device == device]
        return max(same or above, key=lambda mount: len(mount.point.parts), default=None)

    def _judged(self, mount: Mount) -> Disk:
        """The user's word first, then what the system says."""
        block = self._block(mount)
        key = block.name if block is not None else f"{mount.kind} {mount.source}"
        chosen = self._chosen(mount.point)
        if chosen is not None:
            return Disk(key, chosen.storage, chosen.why, mount.point)
        if mount.kind in _NETWORK:
            return Disk(key, Storage.NETWORK, f"mounted as {mount.kind}", mount.point)
        if mount.kind in _MEMORY:
            return Disk(key, Storage.SSD, f"in memory ({mount.kind})", mount.point)
        if block is None:
            return Disk(key, Storage.SSD, _UNTOLD, mount.point)
        if _is_rotational(block):
            return Disk(key, Storage.HDD, f"{block.name} says that it rotates", mount.point)
        return Disk(key, Storage.SSD, f"{block.name} says that it does not rotate", mount.point)

    def _chosen(self, point: Path | None) -> Disk | None:
        own = self._own.get(str(point)) if point is not None else None
        if own is not None and own is not Storage.AUTO:
            return Disk("", own, "set for this drive")
        if own is None and self._default is not Storage.AUTO:
            return Disk("", self._default, "set for all drives")
        return None

    def _block(self, mount: Mount) -> Path | None:
        """The whole physical drive below a mount, as /sys shows it."""
        node = self._sys / mount.device
        if not node.exists() and mount.source.startswith("/dev/"):
            try:
                made = os.stat(mount.source).st_rdev  # noqa: PTH116 - of the node, not of a file
            except OSError:
                return None
            node = self._sys / f"{os.major(made)}:{os.minor(made)}"
        return _whole(node.resolve()) if node.exists() else None

    def _mounts(self) -> Iterator[Mount]:
        if not sys.platform.startswith("linux"):
            return
        try:
            lines = self._mounts_file.read_text("utf-8", "surrogateescape").splitlines()
        except OSError:
            return
        for line in lines:
            before, _, after = line.partition(" - ")
            here, there = before.split(), after.split()
            if len(here) > 4 and len(there) > 1:
                yield Mount(Path(_unescaped(here[4])), here[2], there[0], _unescaped(there[1]))


_UNTOLD = "the system does not tell"


def _whole(block: Path) -> Path:
    """From a partition, or a drive made of drives, down to a physical one; a rotating one first."""
    for _ in range(_DEPTH):
        if (block / "partition").exists():
            block = block.parent
        below = sorted((block / "slaves").iterdir()) if (block / "slaves").is_dir() else []
        if not below:
            break
        parts = [part.resolve() for part in below]
        block = next((part for part in parts if _is_rotational(_disk_of(part))), parts[0])
    return _disk_of(block)


def _disk_of(block: Path) -> Path:
    return block.parent if (block / "partition").exists() else block


def _is_rotational(block: Path) -> bool:
    """The flag of the kernel's queue/rotational (Documentation/ABI/stable/sysfs-block)."""
    try:
        return (block / "queue" / "rotational").read_text().strip() == "1"
    except OSError:
        return False


def _own(drives: Sequence[str]) -> Iterator[tuple[str, Storage]]:
    for entry in drives:
        point, _, word = entry.rpartition("=")
        yield str(Path(point)), Storage(word)


def _unescaped(text: str) -> str:
    """Spaces, tabs, line ends and backslashes are written as octal numbers there."""
    for code in ("040", "011", "012", "134"):
        text = text.replace(f"\\{code}", chr(int(code, 8)))
    return text
