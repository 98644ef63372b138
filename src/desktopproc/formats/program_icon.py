"""Draws the program's icon in the sizes that desktops ask for."""

from desktopproc.core.resources import resources

SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
_SMALL = 24  # up to here the small drawing, which has fewer and thicker parts


def icon_png(size: int) -> bytes:
    """The icon as a PNG, so many pixels wide and high."""
    import pyvips  # heavy: only where the program is being installed

    name = "desktopproc-small.svg" if size <= _SMALL else "desktopproc.svg"
    drawing = resources(name).read_bytes()
    sized = drawing.replace(b"<svg ", f'<svg width="{size}" height="{size}" '.encode(), 1)
    png: bytes = pyvips.Image.svgload_buffer(sized).pngsave_buffer(keep="none", compression=9)
    return png


def icon_svg() -> bytes:
    """The icon as it was drawn."""
    return resources("desktopproc.svg").read_bytes()
