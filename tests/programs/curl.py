"""Debian's curl as the client of a test: what it fetches, and the bodies that tests send through servers."""

import filecmp
import os

from harness import Program, check

LARGE = 100 * 1024 * 1024


def curl(setting, urls, *options, root="root", seconds=120, seen=Program.check_library, runner=()):
    """Runs curl on the setting's client library; returns its exit status and output.

    The URLs go in through standard input, so that curl waits for them until `seen` has looked at its libraries.
    `runner` is a command that runs curl, such as valgrind.
    """
    number = setting.version.removeprefix("TLSv")
    command = [*runner, "/usr/bin/curl", "-q", "-sS", f"--tlsv{number}", "--tls-max", number, "--noproxy", "*"]
    command += ["--cacert", setting.pki / f"{root}.pem", "--max-time", str(seconds), *options, "-K", "-"]
    with Program(setting.client, command, cwd=setting.scratch) as program:
        seen(program)
        for url in urls:
            program.send(f'url = "{url}"\n')
        program.close_input()
        status = program.finish(seconds + 10)
        return status, program.output


def fetch(setting, urls, *options, **keywords):
    """Runs curl, which must succeed; returns its output."""
    status, output = curl(setting, urls, *options, **keywords)
    check(status == 0, f"curl ended with {status}: {output[-2000:]}")
    return output


def large_file(setting):
    """100 MB of random data, made once for all cases."""
    path = setting.pki.parent / "large"
    if not path.exists():
        with open(path, "wb") as file:
            for _ in range(LARGE >> 20):
                file.write(os.urandom(1 << 20))
    return path


def compare(source, copy, keep=False):
    """Fails unless both files hold the same bytes; removes the copy."""
    check(filecmp.cmp(source, copy, shallow=False), f"{copy.name}: {copy.stat().st_size} bytes, not the same")
    if not keep:
        copy.unlink()
