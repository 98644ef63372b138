"""Puts small libraries in place of large ones that are linked, of which next to nothing is used.

They have every symbol that is asked for. Where the program comes to call one after all, it ends at
once instead of going on with a wrong result.
"""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from elves import elves, needed, symbols


@dataclass(frozen=True, slots=True)
class _StandIn:
    """The source of each symbol, and of those that are really called."""

    each: str
    called: dict[str, str] = field(default_factory=dict)

    def source(self, names: set[str]) -> str:
        return "".join(
            self.called.get(name, self.each).format(symbol=name) for name in sorted(names)
        )


_END = "void {symbol}(void) {{ __builtin_trap(); }}\n"
_NOTHING = "void *{symbol}(void) {{ return 0; }}\n"

# The data library that ICU itself comes with before its data are put in: Qt asks it for sorting by
# language alone, which we do not.
_ICU = """
const struct {{ unsigned short header, magic; unsigned char rest[28]; int count, more[3]; }}
  {symbol} __attribute__((aligned(16))) = {{32, 0x27da, {{20, 0, 0, 0, 0, 0, 2, 0,
  'T', 'o', 'C', 'P', 1, 0, 0, 0}}, 0, {{0}}}};
"""

# NumPy is here as what rawpy gives its pixels in. When it starts it multiplies two vectors, to
# see whether its BLAS is whole.
_DOT = """
float {symbol}(long n, const float *x, long dx, const float *y, long dy) {{
  double sum = 0;
  for (long i = 0; i < n; i++) sum += (double) x[i * dx] * y[i * dy];
  return sum;
}}
"""

_STAND_INS = {
    "libicudata.so.": _StandIn(_ICU),
    # HEIC files are read, and never made: x265 is asked for nothing but its absence.
    "libx265": _StandIn(_NOTHING),
    "libscipy_openblas64_": _StandIn(_END, {"scipy_cblas_sdot64_": _DOT}),
}


def stand_in(folder: Path) -> None:
    """Replace the libraries named above where they lie below `folder`."""
    libraries = [path for path in elves(folder) if ".so" in path.name]
    for stem, made in _STAND_INS.items():
        for library in [path for path in libraries if path.name.startswith(stem)]:
            defined = symbols(library, "--defined-only")
            users = [path for path in libraries if library.name in needed(path)]
            asked = {name for path in users for name in symbols(path, "--undefined-only")}
            words = ["gcc", "-shared", "-fPIC", "-O2", "-s", "-Wl,--build-id=none", "-x", "c", "-"]
            words += ["-o", str(library), f"-Wl,-soname,{library.name}"]
            source = made.source(asked & defined)
            subprocess.run(words, input=source, text=True, check=True)
