"""The program's menu in Nautilus; needs the package python3-nautilus."""

import subprocess

from gi.repository import GObject, Nautilus  # type: ignore[import-not-found]

PROGRAM = "desktopproc"
ICON = ""
ACTIONS: list[tuple[str, list[str], list[str]]] = []
"""Label, words after the program, and MIME types; these three are filled in by the packaging."""


class DesktopprocMenu(GObject.GObject, Nautilus.MenuProvider):  # type: ignore[misc]
    """Offers the actions that take every selected file."""

    def get_file_items(self, *args: object) -> list[Nautilus.MenuItem]:
        """One entry with a menu below it. Older versions of Nautilus put the window first."""
        files = args[-1]
        if not all(file.get_uri_scheme() == "file" for file in files):
            return []
        kinds = {file.get_mime_type() for file in files}
        actions = [action for action in ACTIONS if kinds <= set(action[2])]
        if not actions:
            return []
        paths = [file.get_location().get_path() for file in files]
        top = Nautilus.MenuItem(name="desktopproc::menu", label="desktopproc", icon=ICON)
        menu = Nautilus.Menu()
        top.set_submenu(menu)
        for label, words, _ in actions:
            item = Nautilus.MenuItem(name=f"desktopproc::{words[-1]}", label=label)
            item.connect("activate", _start, [PROGRAM, *words, "--", *paths])
            menu.append_item(item)
        return [top]


def _start(_item: Nautilus.MenuItem, words: list[str]) -> None:
    subprocess.Popen(words, start_new_session=True)
