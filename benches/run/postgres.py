"""A PostgreSQL for one run: its settings are those it comes with, so every commit is on disk."""

import os
import shutil
import subprocess
from pathlib import Path

from workplace import Missing, free_port


class Postgres:
    def __init__(self, folder):
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
        if not found:
            raise Missing("missing: PostgreSQL. Install Debian's package postgresql.")
        self.bin = found[-1].parent
        self.folder = folder
        self.port = free_port()

    def __enter__(self):
        self.folder.mkdir()
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres")
        data = self.folder / "data"
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        self._run("initdb", "-D", data, "-U", "postgres", "--auth=trust", "--locale=C.UTF-8")
        log = self.folder / "log"
        self._run("pg_ctl", "-D", data, "-l", log, "-w", "start", "-o", options)
        return self

    def __exit__(self, *_):
        self._run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")

    def database(self, name):
        """The URL of a new, empty one."""
        self._run("createdb", "-h", "127.0.0.1", "-p", self.port, "-U", "postgres", name)
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def _run(self, program, *arguments):
        """It does not run as root."""
        other = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        _output([*other, self.bin / program, *arguments])


def _version(path):
    return float(path.parent.parent.name)


def _output(command):
    # In a session of its own, which Ctrl-C does not reach: it is stopped in its turn.
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd="/",
        start_new_session=True,
    )
    if done.returncode:
        raise RuntimeError(f"{command}:\n{done.stdout}")
    return done.stdout.strip()
