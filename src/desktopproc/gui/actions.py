"""Every action of the window in one table: words, key, tooltip, picture, and in which menu."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence, QPalette
from PySide6.QtWidgets import QMainWindow, QMenu

from desktopproc.gui import icons

FILE, QUEUE, SELECTION, VIEW, HELP = "&File", "&Queue", "&Selection", "&View", "&Help"


@dataclass(frozen=True, slots=True)
class Described:
    """One action; `name` is what the window calls it. `is_apart` draws a line above it."""

    name: str
    menu: str
    text: str
    shortcut: str
    tip: str
    icon: str
    is_apart: bool = False
    is_switch: bool = False


ACTIONS = (
    Described("add_files", FILE, "Add &files", "Ctrl+O", "Add files to the list", "add-files"),
    Described(
        "add_folder", FILE, "Add f&older", "Ctrl+Shift+O", "Add a folder to the list", "add-folder"
    ),
    Described("paste", FILE, "&Paste files", "Ctrl+V", "Add the copied files", "paste"),
    Described("settings", FILE, "&Settings", "Ctrl+,", "Change the settings", "settings", True),
    Described("quit", FILE, "&Quit", "Ctrl+Q", "Close the window", "quit", True),
    Described("start", QUEUE, "&Start", "Ctrl+Return", "Start the files that are ready", "start"),
    Described(
        "pause",
        QUEUE,
        "&Pause",
        "Ctrl+P",
        "Start nothing new; what runs is finished",
        "pause",
        is_switch=True,
    ),
    Described("stop", QUEUE, "S&top", "Ctrl+.", "Stop the work; asks how", "stop"),
    Described(
        "retry_failed",
        QUEUE,
        "Retry all &failed",
        "Ctrl+Shift+R",
        "Try everything again that failed",
        "retry",
        True,
    ),
    Described(
        "clear_finished",
        QUEUE,
        "&Clear finished",
        "Ctrl+Shift+Del",
        "Take all finished jobs off the list; files stay",
        "clear",
    ),
    Described(
        "clear_staged",
        QUEUE,
        "Clear &added files",
        "Ctrl+Shift+Backspace",
        "Take all files off the list that were not started",
        "remove",
    ),
    Described("cancel", SELECTION, "&Cancel", "Esc", "Cancel the selected jobs", "cancel"),
    Described("retry", SELECTION, "&Retry", "Ctrl+R", "Try the selected jobs again", "retry"),
    Described(
        "unlock",
        SELECTION,
        "Give pass&word",
        "Ctrl+K",
        "Give the password that the selected files need",
        "lock",
    ),
    Described(
        "remove",
        SELECTION,
        "Re&move from list",
        "Del",
        "Take added files and finished jobs off the list; files stay",
        "remove",
    ),
    Described("up", SELECTION, "Mo&ve up", "Alt+Up", "Put added files one place up", "up"),
    Described(
        "down", SELECTION, "Move &down", "Alt+Down", "Put added files one place down", "down"
    ),
    Described("open_result", SELECTION, "&Open result", "Ctrl+E", "Open the result", "open", True),
    Described(
        "reveal",
        SELECTION,
        "Show result in &folder",
        "Ctrl+D",
        "Show the result in its folder",
        "reveal",
    ),
    Described(
        "reveal_source",
        SELECTION,
        "Show &source in folder",
        "Ctrl+I",
        "Show the source in its folder",
        "folder",
    ),
    Described(
        "copy_path", SELECTION, "Copy &path", "Ctrl+C", "Copy the path of the result", "copy"
    ),
    Described(
        "copy_command",
        SELECTION,
        "Copy as co&mmand",
        "Ctrl+Shift+C",
        "Copy the command that does the same as this job",
        "command",
    ),
    Described(
        "compare",
        SELECTION,
        "Compare &before and after",
        "F8",
        "Look at the photo before and after, side by side",
        "compare",
        True,
    ),
    Described(
        "undo",
        SELECTION,
        "&Undo this run",
        "Ctrl+Shift+Z",
        "Take back everything that was made together with this job; asks first",
        "undo",
    ),
    Described("first", SELECTION, "Priority &high", "Ctrl+T", "Run these first", "priority", True),
    Described(
        "usual", SELECTION, "Priority &normal", "Ctrl+M", "Run these in their turn", "priority"
    ),
    Described("last", SELECTION, "Priority &low", "Ctrl+B", "Run these last", "priority"),
    Described(
        "select_all",
        SELECTION,
        "Select &all",
        "Ctrl+A",
        "Select every row of this tab",
        "select-all",
        True,
    ),
    Described("find", VIEW, "&Find", "Ctrl+F", "Find names in the list", "find"),
    Described(
        "details", VIEW, "&Details", "F9", "Show or hide the details", "details", is_switch=True
    ),
    Described("log", VIEW, "Show &log", "Ctrl+L", "Show or hide the log of the job", "log"),
    Described(
        "health",
        VIEW,
        "&Health",
        "Ctrl+H",
        "How fast the queue moves, where the time goes, what would help",
        "health",
        True,
    ),
    Described("help", HELP, "&Help", "F1", "How to use desktopproc", "help"),
    Described(
        "logs",
        HELP,
        "Open &log folder",
        "Ctrl+Shift+L",
        "Show the folder with the log files",
        "folder",
    ),
    Described("about", HELP, "&About", "Shift+F1", "Version and licence", "about"),
)
TOOLBAR = ("add_files", "add_folder", "", "start", "pause", "stop", "", "settings")
CONTEXT = tuple(each for each in ACTIONS if each.menu == SELECTION)


class Actions:
    """The actions of one window as Qt's, by name; makes menus and context menus of them."""

    def __init__(self, window: QMainWindow, verbs: Mapping[str, Callable[[], None]]) -> None:
        self._actions: dict[str, QAction] = {}
        menus = {
            menu: window.menuBar().addMenu(menu) for menu in (FILE, QUEUE, SELECTION, VIEW, HELP)
        }
        for each in ACTIONS:
            action = QAction(each.text, window)
            action.setShortcut(QKeySequence(each.shortcut))
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{each.tip} ({keys})")
            action.setStatusTip(each.tip)
            action.setCheckable(each.is_switch)
            action.triggered.connect(_without_argument(verbs[each.name]))
            if each.is_apart:
                menus[each.menu].addSeparator()
            menus[each.menu].addAction(action)
            self._actions[each.name] = action

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def colour(self, palette: QPalette) -> None:
        """Paint all pictures for this palette."""
        for each in ACTIONS:
            self._actions[each.name].setIcon(icons.icon(each.icon, palette))

    def context_menu(self, parent: QMainWindow) -> QMenu:
        """The menu of the selected rows."""
        menu = QMenu(parent)
        for each in CONTEXT:
            if each.is_apart:
                menu.addSeparator()
            menu.addAction(self._actions[each.name])
        return menu


def _without_argument(verb: Callable[[], None]) -> Callable[[bool], None]:
    """Drop Qt's `checked`, which our verbs do not want."""
    return lambda _checked: verb()
