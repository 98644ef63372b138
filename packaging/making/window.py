"""The entry of the Windows program that opens the window and no terminal."""

import sys

from desktopproc.__main__ import main_gui

if __name__ == "__main__":
    sys.exit(main_gui())
