"""The step that says how large the picture is on paper."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktopproc.core.schema import option
from desktopproc.core.steps import step
from desktopproc.formats.photos.scene import Scene

if TYPE_CHECKING:
    from pyvips import Image


@dataclass(frozen=True, slots=True)
class Density:
    value: float = option(300.0, "Resolution", lo=1, hi=65_535, unit="dpi")


@step("dpi", title="Resolution on paper", group="File", options=Density, keeps_colours=True)
def dpi(image: "Image", options: Density, scene: Scene) -> "Image":
    """Say how many pixels make an inch on paper; no pixel changes."""
    scene.dpi = (options.value, options.value)
    return image
