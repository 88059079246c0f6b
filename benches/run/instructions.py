"""Instructions a request, by how far it comes: what no other load on the machine changes.

Counted by the processor (perf) where it lets us, else by valgrind, whose processor lacks the
instructions for SHA-256: there a digest costs many times what it does outside.
"""

import http.client
import re
import shutil
import signal
import subprocess
import time

from table import Row
from workplace import Missing, say

FEW, MANY = 2_000, 12_000
WANTED = "instructions are counted by perf or valgrind: neither works here"


def count(arena, engine="sqlite"):
    installation, keys = arena.filled(engine, min(arena.options.keys, 1000))
    # One alone: of many keys, many rows of use would be written.
    live = keys.read_text().split()[:1]
    made_up = installation.fill(1000, "--unknown").read_text().split()
    counter = by_processor if processor_counts() else by_valgrind
    stages = [
        ("verify, no key", "/auth/verify", [""]),
        ("verify, not a key's shape", "/auth/verify", ["df_no-key"]),
        ("verify, no such key", "/auth/verify", made_up),
        ("verify, a key", "/auth/verify", live),
        ("GET /projects, no rows", "/projects", live),
    ]
    healthz = counter(installation, "/healthz", live)
    for what, path, presented in stages:
        ours = counter(installation, path, presented)
        say(f"{what}: {ours:.0f} instructions a request")
        yield Row(
            what=f"instructions, {what} : /healthz",
            connections=1,
            other=healthz,
            ours=ours,
            unit="",
            ratio=ours / healthz,
            detail={"counter": counter.__name__.removeprefix("by_")},
        )


def ask(server, path, keys, count):
    """So many requests on one connection, with the keys in turn."""
    connection = http.client.HTTPConnection(server.address)
    for number in range(count):
        key = keys[number % len(keys)]
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        connection.request("GET", path, headers=headers)
        connection.getresponse().read()
    connection.close()


def processor_counts():
    if not shutil.which("perf"):
        return False
    done = subprocess.run(
        ["perf", "stat", "-x,", "-e", "instructions:u", "true"], capture_output=True, text=True
    )
    return done.returncode == 0 and re.match(r"\d", done.stderr) is not None


def by_processor(installation, path, keys):
    with installation.serve() as server:
        ask(server, path, keys, FEW)
        log = installation.folder / "perf"
        command = ["perf", "stat", "-x,", "-e", "instructions:u", "-o", log, "-p"]
        process = subprocess.Popen([*command, str(server.process.pid)], start_new_session=True)
        # Until it has attached itself to every thread.
        time.sleep(0.5)
        ask(server, path, keys, MANY)
        process.send_signal(signal.SIGINT)
        process.wait()
    counted = re.search(r"^(\d+),.*instructions", log.read_text(), re.MULTILINE)
    return int(counted[1]) / MANY


def by_valgrind(installation, path, keys):
    """The difference between few and many requests: what a start and an end cost is in both."""
    if not shutil.which("valgrind"):
        raise Missing(f"{WANTED}.")
    return (run(installation, path, keys, MANY) - run(installation, path, keys, FEW)) / (MANY - FEW)


def run(installation, path, keys, requests):
    log = installation.folder / "cachegrind"
    tool = ["--tool=cachegrind", "--cache-sim=no", f"--cachegrind-out-file={log}"]
    with installation.serve(wrapper=["valgrind", "-q", *tool]) as server:
        ask(server, path, keys, requests)
    return int(re.search(r"^summary: (\d+)", log.read_text(), re.MULTILINE)[1])
