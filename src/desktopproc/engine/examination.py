"""Finds out what this computer offers: versions, outside programs, drives, limits."""

import os
import platform
import sys
from pathlib import Path
from typing import Any

from desktopproc import __version__
from desktopproc.core.errors import ProcError, StartError
from desktopproc.core.settings import Settings
from desktopproc.engine import config
from desktopproc.engine.disks import Disks
from desktopproc.engine.home import Home
from desktopproc.engine.libraries import libvips, optional, required
from desktopproc.engine.logfile import log_file
from desktopproc.engine.shelf import size_of
from desktopproc.formats.outside.programs import PROGRAMS, Program, find, version


def examine(home: Home) -> dict[str, Any]:
    """Everything worth knowing when something does not work; plain values only."""
    import psutil  # deferred: only needed here

    return {
        "version": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "cores": os.cpu_count() or 1,
        "memory_mb": psutil.virtual_memory().total // 1_000_000,
        "home": {name: str(getattr(home, name)) for name in ("config", "state", "cache", "logs")},
        "log": str(log_file(home)),
        "libraries": {part.name: part.version for part in [*required(), libvips()]},
        "optional": {
            part.name: {"version": part.version, "advice": part.advice} for part in optional()
        },
        "programs": {program.commands[0]: _program(program) for program in PROGRAMS},
        "drives": _drives(home),
        "limits": _limits(),
        "cache": {
            "kept_mb": size_of(home.results) // 1_000_000,
            "limit_mb": _settings(home).cache_mb,
        },
        "sandbox": _sandbox(),
        "problems": _problems(home),
    }


def _program(program: Program) -> dict[str, str | None]:
    """Where an outside program is and what it says of itself."""
    path = find(program)
    return {"path": str(path) if path else None, "version": version(path) if path else None}


def _drives(home: Home) -> list[dict[str, Any]]:
    """Mounted drives, how each one is read, and why."""
    import psutil  # deferred: only needed here

    disks = Disks(_settings(home))
    drives = []
    for part in psutil.disk_partitions(all=False):
        try:
            free = psutil.disk_usage(part.mountpoint).free
        except OSError:  # gone, or not for this user
            continue
        disk = disks.of(Path(part.mountpoint))
        drives.append(
            {
                "mount": part.mountpoint,
                "device": part.device,
                "filesystem": part.fstype,
                "free_mb": free // 1_000_000,
                "storage": disk.storage.value,
                "why": disk.why,
            }
        )
    return drives


def _settings(home: Home) -> Settings:
    """The settings in force; what is wrong with them is told where they are used."""
    try:
        return config.load(home).settings
    except ProcError:
        return Settings()


def _limits() -> dict[str, int | None]:
    """What the system allows this user; None is no limit."""
    if sys.platform == "win32":
        return {}
    import resource  # absent on Windows

    limits = {"open_files": resource.RLIMIT_NOFILE, "processes": resource.RLIMIT_NPROC}
    found = {name: resource.getrlimit(which)[0] for name, which in limits.items()}
    return {name: None if n == resource.RLIM_INFINITY else n for name, n in found.items()}


def _sandbox() -> str:
    """What keeps a worker process in bounds here, and no more than that."""
    if sys.platform == "win32":
        return "Workers run as this user, without a memory limit."
    return "Workers run as this user, with a memory limit; files and network are not fenced off."


def _problems(home: Home) -> list[str]:
    try:
        home.make()
    except StartError as e:
        return [str(e)]
    return [part.advice for part in [*required(), libvips()] if part.advice]
