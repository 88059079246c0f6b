"""Programs that are started here and stopped again, whatever happens."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path


class Missing(Exception):
    """Something that the benchmark needs is not there; the text says what to do."""


def need(program, package):
    """The path of a program of Debian's."""
    found = shutil.which(program)
    if not found:
        raise Missing(f"missing: {program}. Install Debian's package {package}.")
    return found


def say(text):
    print(f"== {text}", file=sys.stderr, flush=True)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for_port(port, process, log):
    """Until somebody listens there."""
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"nobody listens at port {port}:\n{log.read_text()}")


def environment(**more):
    """This one without the settings of an installation, which are none of the benchmark's."""
    mine = {
        name: value
        for name, value in os.environ.items()
        if name != "DATABASE_URL" and not name.startswith("DESKFORGE_")
    }
    return mine | more


class Program:
    """A program that runs until it is stopped, with those that it starts itself."""

    def __init__(self, name, command, log, env=None, cwd=None):
        self.name = name
        self.log = log
        with log.open("w") as output:
            # A session of its own: Ctrl-C is for the benchmark, which then stops its programs.
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=env or environment(),
                cwd=cwd,
                start_new_session=True,
            )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Asks it to end; ends the whole session where it does not."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    def processor_seconds(self):
        """What it and all that it started have used of the processors until now."""
        ticks = 0
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = status.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[3]) == self.process.pid:
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def resident_mb(self):
        """Its memory, in millions of bytes."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) * 1024 / 1e6
        raise RuntimeError(f"{self.name} is gone:\n{self.log.read_text()}")


class Workplace:
    """A folder for the run, which goes with it."""

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="bench-"))
        # PostgreSQL runs as somebody else and must come through.
        self.folder.chmod(0o711)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)
