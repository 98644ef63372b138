"""Where configuration, queue, cache and logs live; every folder is private to the user."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from desktopproc.core.errors import StartError


@dataclass(frozen=True, slots=True)
class Home:
    """The four folders of one user; made on first use."""

    config: Path
    state: Path
    cache: Path
    logs: Path

    @classmethod
    def find(cls, environment: Mapping[str, str] = os.environ) -> "Home":
        """`DESKTOPPROC_HOME` holds everything where it is set, else the system's usual places.

        StartError says so where it leads nowhere.
        """
        if root := environment.get("DESKTOPPROC_HOME"):
            try:
                top = Path(root).expanduser().absolute()
            except (RuntimeError, OSError) as e:  # no such user; the folder we are in was removed
                raise StartError(
                    f"DESKTOPPROC_HOME is {root}, which leads nowhere. "
                    "Set it to a whole path, or unset it."
                ) from e
            return cls(top / "config", top / "state", top / "cache", top / "logs")
        import platformdirs  # deferred: --version and --help need no folders

        dirs = platformdirs.PlatformDirs("desktopproc", appauthor=False)
        return cls(
            dirs.user_config_path, dirs.user_state_path, dirs.user_cache_path, dirs.user_log_path
        )

    @property
    def config_file(self) -> Path:
        return self.config / "config.toml"

    @property
    def key_file(self) -> Path:
        """Opens the passwords in the queue file, and lies apart from it."""
        return self.config / "queue.key"

    @property
    def presets(self) -> Path:
        return self.config / "presets"

    @property
    def queue_file(self) -> Path:
        return self.state / "queue.sqlite3"

    @property
    def results(self) -> Path:
        """Results that may be used again; it can be removed at any time."""
        return self.cache / "results"

    def make(self) -> None:
        """Create the folders, readable by this user only; StartError says which one cannot be."""
        for folder in (self.config, self.state, self.cache, self.logs):
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as e:
                raise StartError(
                    f"The folder {folder} cannot be made: {e.strerror}. "
                    "Set DESKTOPPROC_HOME to a folder that can be written."
                ) from e
