"""Writes the bill of materials of a package: CycloneDX JSON, made by cyclonedx-py."""

import json
import subprocess
from pathlib import Path
from typing import Any

from environments import ROOT, interpreter

_TYPES = {"Python": "platform", "Qt": "framework"}


def write(tools: Path, shipped: Path, parts: list[dict[str, Any]], target: Path) -> None:
    """`parts` are what is in the package besides libraries of Python."""
    words = [tools, "-m", "cyclonedx_py", "environment", "--output-reproducible", "--pyproject"]
    words += [ROOT / "pyproject.toml", "--output-format", "JSON", interpreter(shipped)]
    done = subprocess.run([str(word) for word in words], capture_output=True, check=True)
    bill = json.loads(done.stdout)
    bill["components"] += [_component(part) for part in parts]
    _forget_places(bill)
    target.write_text(json.dumps(bill, indent=2) + "\n", encoding="utf-8")


def _component(part: dict[str, Any]) -> dict[str, Any]:
    found = {
        "bom-ref": f"{part['name']}=={part['version']}",
        "type": _TYPES.get(part["name"], "library"),
        "name": part["name"],
        "version": part["version"],
    }
    if part["licence"] != "see its text":
        found["licenses"] = [{"license": {"id": part["licence"]}}]
    return found


def _forget_places(bill: dict[str, Any]) -> None:
    """Where the build machine fetched the packages, and where it keeps them, is nobody's matter."""
    for component in [*bill["components"], bill["metadata"].get("component", {})]:
        kept = [
            each
            for each in component.get("externalReferences", [])
            if each.get("type") != "distribution" and not each["url"].startswith("file:")
        ]
        component.pop("externalReferences", None)
        if kept:
            component["externalReferences"] = kept
