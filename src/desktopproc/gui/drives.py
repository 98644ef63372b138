"""The storage table in the settings: every mounted drive with how it likes to be read."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QStorageInfo, Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QWidget

from desktopproc.core.job import Storage
from desktopproc.core.schema import Spec
from desktopproc.gui import words
from desktopproc.gui.bridge import Bridge
from desktopproc.gui.editors import Editor
from desktopproc.gui.io_pool import QtIoPool
from desktopproc.gui.theme import GRID

_LABELS = {
    Storage.AUTO: "Auto",
    Storage.SSD: "SSD",
    Storage.HDD: "Hard disk",
    Storage.NETWORK: "Network",
}
_NOT_DRIVES = frozenset(
    {"autofs", "bpf", "cgroup", "cgroup2", "debugfs", "devpts", "devtmpfs", "efivarfs", "fusectl"}
    | {"fuse.gvfsd-fuse", "fuse.portal", "hugetlbfs", "mqueue", "nsfs", "proc", "pstore", "ramfs"}
    | {"securityfs", "squashfs", "sysfs", "tracefs", "binfmt_misc", "configfs", "selinuxfs"}
)
"""File systems that hold no files of the user's."""
_SMALLEST = 16_000_000


def mounted() -> list[tuple[str, str]]:
    """(mount point, what to call it) of every drive; may wait for a slow network drive."""
    found: dict[str, str] = {}
    for volume in QStorageInfo.mountedVolumes():
        system = bytes(volume.fileSystemType().data()).decode(errors="replace")
        if not volume.isReady() or system in _NOT_DRIVES or volume.bytesTotal() < _SMALLEST:
            continue
        free = f"{words.size(volume.bytesAvailable())} free of {words.size(volume.bytesTotal())}"
        found[volume.rootPath()] = f"{system}, {free}"
    return sorted(found.items())


class DrivesEditor(Editor):
    """A list of `mount=storage`, shown as one choice per drive; drives on Auto are not in it.

    A drive that is set but not plugged in stays in the list. The drives are looked up on the I/O
    pool, because asking a network drive may take long.
    """

    def __init__(self, spec: Spec, io: QtIoPool) -> None:
        widget = QWidget()
        super().__init__(spec, widget)
        self._values: dict[str, str] = {}
        self._boxes: dict[str, QComboBox] = {}
        self._grid = QGridLayout(widget)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(3 * GRID)
        self._grid.setColumnStretch(0, 1)
        self._note = QLabel("Looking for drives")
        self._grid.addWidget(self._note, 0, 0)
        self._bridge = Bridge(self._list, self)
        bridge = self._bridge
        io.submit(lambda: bridge.post(dict(mounted())))

    def get(self) -> tuple[str, ...]:
        return tuple(f"{mount}={storage}" for mount, storage in self._values.items())

    def set(self, value: Any) -> None:
        pairs = (str(entry).rpartition("=") for entry in value or ())
        self._values = {mount: storage for mount, _, storage in pairs}
        for mount, box in self._boxes.items():
            box.setCurrentIndex(box.findData(self._values.get(mount, Storage.AUTO.value)))

    def _list(self, drives: Mapping[str, str]) -> None:
        absent = {mount: "not connected" for mount in self._values if mount not in drives}
        everything = {**drives, **absent}
        self._note.setText("" if everything else "No drives were found.")
        self._note.setVisible(not everything)
        for place, (mount, facts) in enumerate(everything.items()):
            self._add(2 * place, mount, facts)

    def _add(self, row: int, mount: str, facts: str) -> None:
        name, more = QLabel(mount), QLabel(facts)
        name.setTextFormat(Qt.TextFormat.PlainText)
        more.setEnabled(False)
        box = QComboBox()
        box.setAccessibleName(f"How {mount} is read")
        for storage, label in _LABELS.items():
            box.addItem(label, storage.value)
        box.setCurrentIndex(box.findData(self._values.get(mount, Storage.AUTO.value)))
        box.currentIndexChanged.connect(lambda _: self._choose(mount, str(box.currentData())))
        name.setBuddy(box)
        self._boxes[mount] = box
        self._grid.addWidget(name, row, 0)
        self._grid.addWidget(box, row, 1, 2, 1)
        self._grid.addWidget(more, row + 1, 0)

    def _choose(self, mount: str, storage: str) -> None:
        self._values.pop(mount, None)
        if storage != Storage.AUTO.value:
            self._values[mount] = storage
        self.changed.emit()
