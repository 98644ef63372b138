"""The kind of a drive comes from what the system says of it, or from what the user has set."""

import os
from pathlib import Path

import pytest

from desktopproc.core.job import Storage
from desktopproc.core.settings import Settings
from desktopproc.engine.disks import Disks


class Machine:
    """A made-up /proc/self/mountinfo and /sys/dev/block."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mounts, self.sys_dev = folder / "mountinfo", folder / "dev"
        self.sys_dev.mkdir()
        self.mounts.write_text("")
        self.device = os.stat(folder).st_dev  # noqa: PTH116

    @property
    def own(self) -> str:
        """The device of the files that the test makes."""
        return f"{os.major(self.device)}:{os.minor(self.device)}"

    def drive(self, name: str, *, rotates: bool) -> Path:
        block = self.folder / "block" / name
        (block / "queue").mkdir(parents=True)
        (block / "queue" / "rotational").write_text("1\n" if rotates else "0\n")
        return block

    def partition(self, block: Path, name: str) -> Path:
        (block / name).mkdir()
        (block / name / "partition").write_text("1\n")
        return block / name

    def stack(self, name: str, *below: Path) -> Path:
        block = self.folder / "block" / name
        (block / "slaves").mkdir(parents=True)
        for part in below:
            (block / "slaves" / part.name).symlink_to(part)
        return block

    def mount(self, point: Path, kind: str, source: str, node: Path | None, device: str) -> None:
        where = str(point).replace(" ", "\\040")
        with self.mounts.open("a") as file:
            file.write(f"30 1 {device} / {where} rw,relatime shared:1 - {kind} {source} rw\n")
        if node is not None:
            (self.sys_dev / device).symlink_to(node)

    def disks(self, **settings: object) -> Disks:
        return Disks(Settings(**settings), mounts=self.mounts, sys_dev=self.sys_dev)  # type: ignore[arg-type]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    folder = tmp_path / "my machine"
    folder.mkdir()
    return Machine(folder)


@pytest.mark.parametrize("rotates", [True, False])
def test_a_partition_is_judged_by_its_drive(machine: Machine, rotates: bool) -> None:
    part = machine.partition(machine.drive("sda", rotates=rotates), "sda2")
    machine.mount(machine.folder, "ext4", "/dev/sda2", part, machine.own)

    disk = machine.disks().of(machine.folder)

    assert disk.storage is (Storage.HDD if rotates else Storage.SSD)
    assert (disk.key, disk.mount) == ("sda", machine.folder)
    assert disk.why.startswith("sda says")


def test_two_partitions_of_a_drive_share_its_head(machine: Machine) -> None:
    block = machine.drive("sda", rotates=True)
    machine.mount(Path("/one"), "ext4", "/dev/sda1", machine.partition(block, "sda1"), "8:1")
    machine.mount(Path("/two"), "ext4", "/dev/sda2", machine.partition(block, "sda2"), "8:2")

    assert [disk.key for disk in machine.disks().all()] == ["sda", "sda"]


def test_a_drive_made_of_drives_is_slow_when_one_of_them_is(machine: Machine) -> None:
    fast = machine.partition(machine.drive("nvme0n1", rotates=False), "nvme0n1p1")
    slow = machine.partition(machine.drive("sdb", rotates=True), "sdb1")
    inner = machine.stack("md0", fast, slow)
    machine.mount(
        machine.folder, "ext4", "/dev/mapper/x", machine.stack("dm-0", inner), machine.own
    )

    disk = machine.disks().of(machine.folder)

    assert (disk.storage, disk.key) == (Storage.HDD, "sdb")


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs"])
def test_what_is_mounted_from_elsewhere_is_a_network_drive(machine: Machine, kind: str) -> None:
    machine.mount(machine.folder, kind, "nas:/photos", None, machine.own)

    disk = machine.disks().of(machine.folder)

    assert disk.storage is Storage.NETWORK
    assert disk.why == f"mounted as {kind}"


def test_a_drive_that_nothing_is_known_of_is_taken_for_fast(machine: Machine) -> None:
    machine.mount(machine.folder, "overlay", "overlay", None, machine.own)

    assert machine.disks().of(machine.folder).storage is Storage.SSD
    assert machine.disks().of(machine.folder / "missing").storage is Storage.SSD


def test_the_setting_of_a_drive_wins_over_that_of_all_and_both_over_the_system(
    machine: Machine,
) -> None:
    part = machine.partition(machine.drive("sda", rotates=True), "sda1")
    machine.mount(machine.folder, "ext4", "/dev/sda1", part, machine.own)
    own = f"{machine.folder}="

    by_all = machine.disks(storage=Storage.SSD).of(machine.folder)
    by_own = machine.disks(storage=Storage.SSD, drives=(own + "network",)).of(machine.folder)
    by_system = machine.disks(storage=Storage.SSD, drives=(own + "auto",)).of(machine.folder)

    assert (by_all.storage, by_all.why) == (Storage.SSD, "set for all drives")
    assert (by_own.storage, by_own.why) == (Storage.NETWORK, "set for this drive")
    assert by_system.storage is Storage.HDD
    assert by_own.key == by_system.key == "sda"
