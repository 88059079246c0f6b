"""Other programs that verify keys, set up as their own documentation does, at their quickest."""

import os
import subprocess
import sys
from pathlib import Path

from workplace import Program, Missing, environment, free_port, need, say, wait_for_port
from wrk import Target

RIVALS = Path("benches/rivals")
KEYS = 1000


def better_auth(folder):
    """Better Auth's API-key plugin on Node, a process a core."""
    node = need("node", "nodejs")
    home = RIVALS / "better-auth"
    _install(home, "package-lock.json", "node_modules", _npm)
    port, keys = free_port(), folder / "better-auth-keys"
    arguments = [port, os.cpu_count(), KEYS, keys.resolve(), folder / "better-auth.db"]
    env = environment(NODE_ENV="production")
    program = Program(
        "better-auth", [node, home / "server.mjs", *arguments], folder / "better-auth.log", env
    )
    return _served(program, port, keys, "Bearer")


def django(folder):
    """djangorestframework-api-key on gunicorn, a process a core."""
    home = RIVALS / "djangorestframework"
    _install(home, "requirements.txt", ".venv", _pip)
    env = environment(DATABASE=str(folder / "django.db"), PYTHONDONTWRITEBYTECODE="1")
    programs = (home / ".venv/bin").absolute()
    port, keys = free_port(), folder / "django-keys"
    with keys.open("w") as output:
        make = [programs / "python", "server.py", str(KEYS)]
        subprocess.run(make, check=True, stdout=output, env=env, cwd=home)
    serve = [programs / "gunicorn", "-w", os.cpu_count(), "-b", f"127.0.0.1:{port}", "--log-level"]
    serve += ["warning", "server:application"]
    log = folder / "django.log"
    program = Program("djangorestframework", serve, log, env, home)
    return _served(program, port, keys, "Api-Key")


def _served(program, port, keys, scheme):
    try:
        wait_for_port(port, program.process, program.log)
    except BaseException:
        program.stop()
        raise
    return Target(program, f"127.0.0.1:{port}", "/", keys, scheme)


def _install(home, lock, into, install):
    """Installs the libraries of the lock file where they are not yet those."""
    wanted, marker = (home / lock).read_text(), home / into / ".installed"
    if not marker.exists() or marker.read_text() != wanted:
        say(f"installing the libraries of {home.name}")
        install(home)
        marker.write_text(wanted)


def _npm(home):
    npm = need("npm", "npm")
    quiet = ["--prefix", home, "--no-audit", "--no-fund", "--loglevel=error"]
    _run(npm, "ci", "--ignore-scripts", *quiet)
    # Compiled here, with the headers that come with Node where they did.
    node = Path(need("node", "nodejs")).resolve().parent.parent
    headers = [f"--nodedir={node}"] if (node / "include/node/node.h").exists() else []
    _run(npm, "rebuild", "better-sqlite3", "--build-from-source", *headers, *quiet)


def _pip(home):
    _run(sys.executable, "-m", "venv", "--clear", home / ".venv")
    quiet = ["-q", "--disable-pip-version-check"]
    _run(home / ".venv/bin/pip", "install", *quiet, "-r", home / "requirements.txt")


def _run(*command):
    done = subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=2)
    if done.returncode:
        raise Missing(f"{command[0]} did not install what {RIVALS} wants.")
