"""Runs first in the packaged program: what it starts shall not see that it is packaged."""

import os

# The boot loader points the dynamic linker at our libraries and starts the program a second time.
# It has done its work by now; LibreOffice, Tesseract or a viewer would load the wrong libraries.
for _name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LIBPATH"):
    _before = os.environ.pop(_name + "_ORIG", None)
    os.environ.pop(_name, None)
    if _before is not None:
        os.environ[_name] = _before
# Our own children have to be set up by the boot loader anew.
for _name in [name for name in os.environ if name.startswith("_PYI_")]:
    del os.environ[_name]
