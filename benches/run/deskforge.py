"""DeskForge itself: built, filled, served."""

import base64
import os
import re
import subprocess
import time
import urllib.request
from pathlib import Path

from workplace import Program, environment, say

RELEASE = Path("target/release")
EXAMPLES = RELEASE / "examples"


def build():
    say("building")
    cargo = ["cargo", "build", "--quiet", "--locked", "--release"]
    # By itself, as users build it: with the examples it would share their libraries' features.
    subprocess.run([*cargo, "--bin", "deskforge"], check=True)
    examples = ["--example", "fill", "--example", "load", "--example", "query"]
    subprocess.run([*cargo, *examples], check=True)


class Installation:
    """A database with keys. `url` is PostgreSQL's; SQLite otherwise."""

    def __init__(self, folder, name, url=None):
        self.name = name
        self.folder = folder / name
        self.folder.mkdir()
        self.settings = {"DESKFORGE_DATA_DIR": str(self.folder / "data")}
        if url:
            secret = base64.b64encode(os.urandom(32)).decode()
            self.settings |= {"DATABASE_URL": url, "DESKFORGE_SECRET_KEY": secret}

    def fill(self, count, *options):
        """Makes keys and gives the file that has them, one a line."""
        keys = self.folder / f"keys-{len(list(self.folder.glob('keys-*')))}"
        begun = time.monotonic()
        with keys.open("w") as output:
            self.run("fill", count, *options, stdout=output)
        say(f"{self.name}: {count} keys in {time.monotonic() - begun:.0f} s")
        return keys

    def run(self, example, *arguments, stdout=subprocess.PIPE):
        """Runs one of the benchmark's own programs on this installation."""
        command = [EXAMPLES / example, *arguments]
        done = subprocess.run(
            [str(part) for part in command],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            text=True,
            env=environment(**self.settings),
        )
        return done.stdout

    def serve(self, *flags, wrapper=()):
        return Server(self, flags, wrapper)


class Listening(Program):
    """A program of ours that tells where it serves."""

    def __init__(self, installation, command, log):
        env = environment(**installation.settings, RUST_LOG="warn")
        super().__init__(installation.name, command, installation.folder / log, env)
        try:
            self.address = self._address()
        except BaseException:
            self.stop()
            raise

    def ask(self, path, key):
        """The headers and the body of the answer to one request with a key."""
        headers = {"Authorization": f"Bearer {key}"}
        request = urllib.request.Request(f"http://{self.address}{path}", headers=headers)
        with urllib.request.urlopen(request) as answer:
            return answer.getheaders(), answer.read()

    def _address(self):
        # A million keys take a while to be read.
        for _ in range(1200):
            found = re.search(r"serves http://(\S+?)/?\s", self.log.read_text())
            if found:
                return found[1]
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError(f"{self.name} does not serve:\n{self.log.read_text()}")


class Server(Listening):
    """A running server; `wrapper` is a command that runs it."""

    def __init__(self, installation, flags, wrapper):
        command = [*wrapper, RELEASE / "deskforge", "--listen", "127.0.0.1:0", *flags]
        super().__init__(installation, command, "log")


class Query(Listening):
    """The query of a page of projects, served alone."""

    def __init__(self, installation, owners):
        super().__init__(installation, [EXAMPLES / "query", *owners], "query-log")
