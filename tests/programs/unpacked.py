"""Debian's packages that scripts/setup-matrix unpacks below target/ instead of installing them."""

import dataclasses
from pathlib import Path

from harness import Library

FOLDER = Path(__file__).resolve().parent.parent.parent / "target/unpacked"
LIBRARIES = FOLDER / "root/usr/lib/x86_64-linux-gnu"


@dataclasses.dataclass(frozen=True)
class WithUnpacked:
    """A library, and behind it those that were unpacked."""

    library: Library

    @property
    def file(self):
        """As the library's."""
        return self.library.file

    def environment(self):
        """As the library's, with one more directory to look in."""
        environment = self.library.environment()
        paths = (environment.get("LD_LIBRARY_PATH"), str(LIBRARIES))
        environment["LD_LIBRARY_PATH"] = ":".join(filter(None, paths))
        return environment


def version(package):
    """The version of an unpacked package, by its file's name; `None` if it is not there."""
    for file in FOLDER.glob(f"{package}_*.deb"):
        return file.name.split("_")[1].replace("%3a", ":")
    return None
