"""What the suites share: packages that are unpacked and not installed, commands on one of the libraries, outcomes.

A suite is a program's or language's own tests, run as they are with the system's libssl and with ours. Each test's
outcome must be the same. Which libssl was used is proved twice: /proc/PID/maps of the program, and the dynamic linker's
own account (LD_DEBUG) of what every process loaded, children included.
"""

import dataclasses
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
sys.path.insert(0, str(HERE.parent / "programs"))

from harness import Failure, Library, Program, check  # noqa: E402

FETCHED = TOP / "target/suites"
# These stay the system's, whatever a package asks for.
NEVER = {"libssl3", "libssl-dev", "libc6", "libc-bin", "openssl"}


@dataclasses.dataclass(frozen=True)
class Suite:
    """A suite: its name, what it is, and a function that takes (library, scratch) and gives {test: outcome}."""

    name: str
    title: str
    fetch: object
    run: object


def unpacked(name, packages):
    """The directory in which Debian's `packages`, and what they need and this system lacks, are unpacked."""
    folder = FETCHED / name
    if (folder / "complete").exists():
        return folder / "root"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    plan = ["apt-get", "install", "--simulate", "--no-install-recommends", *packages]
    plan = subprocess.run(plan, check=True, capture_output=True, text=True).stdout
    needed = {line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")}
    needed = sorted((needed | set(packages)) - NEVER)
    subprocess.run(["apt-get", "download", "-q", *needed], cwd=folder, check=True, capture_output=True)
    for package in folder.glob("*.deb"):
        subprocess.run(["dpkg", "-x", package, folder / "root"], check=True)
    (folder / "complete").touch()
    return folder / "root"


def source(package):
    """The directory of Debian's source package, fetched with an apt configuration of its own."""
    folder = FETCHED / "sources"
    for directory in ("apt/partial", "lists/partial", package):
        (folder / directory).mkdir(parents=True, exist_ok=True)
    found = [path for path in (folder / package).iterdir() if path.is_dir()]
    if found:
        return found[0]
    keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    (folder / "sources.list").write_text(f"deb-src [signed-by={keyring}] http://deb.debian.org/debian bookworm main\n")
    (folder / "apt.conf").write_text(
        f'Dir::Etc::SourceList "{folder}/sources.list";\nDir::Etc::SourceParts "-";\nDir::State::Lists "{folder}/lists";\n'
        f'Dir::Cache "{folder}/apt";\nAcquire::Languages "none";\nAPT::Sandbox::User "root";\n'
    )
    environment = {**os.environ, "APT_CONFIG": str(folder / "apt.conf")}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "source", "-qq", package]):
        subprocess.run(command, cwd=folder / package, env=environment, check=True, capture_output=True)
    return next(path for path in (folder / package).iterdir() if path.is_dir())


@dataclasses.dataclass(frozen=True)
class Traced:
    """A library, with settings of the suite's own and the dynamic linker's account of what is loaded."""

    library: Library
    account: Path
    settings: dict

    @property
    def file(self):
        """As the library's."""
        return self.library.file

    def environment(self):
        """As the library's, and the rest."""
        environment = self.library.environment()
        environment.update(LD_DEBUG="libs", LD_DEBUG_OUTPUT=str(self.account / "linker"))
        path = [environment.get("LD_LIBRARY_PATH"), self.settings.get("LD_LIBRARY_PATH")]
        environment.update(self.settings, LD_LIBRARY_PATH=":".join(filter(None, path)))
        return environment

    def loaded(self):
        """The files of every libssl that a process loaded, and the number of processes that did."""
        found = {
            file: set(re.findall(r"calling init: (/\S*/libssl\.so\S*)", file.read_text(errors="replace")))
            for file in self.account.iterdir()
        }
        files = {os.path.realpath(path) for paths in found.values() for path in paths}
        return files, sum(1 for paths in found.values() if paths)


def run(library, command, cwd, seconds, settings=None, maps=True):
    """Runs a command to its end on a library; returns its output, after proving which libssl was loaded."""
    with tempfile.TemporaryDirectory(prefix="ferrossl-") as account:
        traced = Traced(library, Path(account), settings or {})
        with Program(traced, command, cwd) as program:
            program.close_input()
            if maps:
                program.check_library()
            program.finish(seconds)
            output = program.output
        files, processes = traced.loaded()
        check(processes > 0, f"no process loaded a libssl:\n{output[-2000:]}")
        check(files == {library.file}, f"processes loaded {', '.join(sorted(files))}, not {library.file}")
    return output


def junit(path):
    """The outcomes in a file of JUnit's XML: passed, failed with the kind of exception, skipped with the reason."""
    outcomes = {}
    for case in ElementTree.parse(path).iter("testcase"):
        name = ".".join(filter(None, (case.get("classname"), case.get("name"))))
        outcome = "passed" if case.get("outcome") is None else case.get("outcome").lower()
        for child in case:
            if child.tag == "skipped":
                outcome = "skipped: " + (child.get("message") or child.text or "").strip()
            elif child.tag in ("failure", "error"):
                text = (child.get("message") or child.text or "").strip()
                outcome = "failed: " + (child.get("type") or text.split(":")[0])
        outcomes[name] = outcome
    check(outcomes, f"{path} has no tests")
    return outcomes
