"""Tells what lies beside the picture in a photo's file and does not come along with its pixels.

Gain maps are those of Adobe and ISO 21496-1, motion photos those of Android's Motion Photo format.
"""

from dataclasses import replace

from desktopproc.formats import xmp
from desktopproc.formats.containers.blocks import Blocks, Note

_GAIN_MAP = "http://ns.adobe.com/hdr-gain-map/1.0/"
_CAMERA = "http://ns.google.com/photos/1.0/camera/"
_CONTAINER = "http://ns.google.com/photos/1.0/container/"
_MARKS = (b"hdrgm:Version", b":MotionPhoto", b":MicroVideo")


def left_behind(blocks: Blocks, note: Note) -> Blocks:
    """The metadata of a copy with new pixels: what it no longer has is told and not announced."""
    packet = blocks.xmp
    if not any(mark in packet for mark in _MARKS):
        return blocks
    if _MARKS[0] in packet:
        note("The HDR gain map was left out.")
    if any(mark in packet for mark in _MARKS[1:]):
        note("The video of the motion photo was left out.")
    try:
        return replace(blocks, xmp=xmp.without(packet, _announces))
    except ValueError:
        return blocks  # not well-formed, which is found and told later


def _announces(name: xmp.Name) -> bool:
    space, local = name
    is_video = space == _CAMERA and local.startswith(("MotionPhoto", "MicroVideo"))
    return is_video or space == _GAIN_MAP or (space == _CONTAINER and local == "Directory")
