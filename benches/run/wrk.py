"""Requests as fast as they are answered, by Debian's wrk."""

import os
import re
import resource
import subprocess
import time
from dataclasses import dataclass

from workplace import environment, need


@dataclass
class Target:
    """Something that is asked: a program, its address and path, and the keys to ask with."""

    program: object
    address: str
    path: str
    keys: object
    scheme: str = "Bearer"
    # How many different requests there are at least.
    distinct: int = 0


@dataclass
class Measured:
    rate: float
    # The part of one core that the client used, its preparation included; at 1 it would be the
    # client that is measured.
    client: float
    # Of the server's processes, for one request.
    processor_us: float


def command(target, connections, seconds):
    """The command and its environment."""
    script = ["-t1", f"-c{connections}", f"-d{seconds}s", "-s", "benches/keys.lua"]
    env = environment(
        KEYS=str(target.keys),
        TARGET=target.path,
        SCHEME=target.scheme,
        DISTINCT=str(target.distinct),
    )
    return [need("wrk", "wrk"), *script, f"http://{target.address}"], env


def measure(target, connections, seconds):
    """Answers a second. One that is not 2xx makes the round worthless."""
    line, env = command(target, connections, seconds)
    before, used, begun = target.program.processor_seconds(), _children(), time.monotonic()
    done = subprocess.run(line, env=env, stdout=subprocess.PIPE, text=True, check=True)
    client = (_children() - used) / (time.monotonic() - begun)
    server = target.program.processor_seconds() - before
    if "Non-2xx" in done.stdout:
        raise RuntimeError(f"{target.program.name} refuses:\n{done.stdout}")
    requests = int(re.search(r"(\d+) requests in", done.stdout)[1])
    return Measured(rate(done.stdout), client, server / max(requests, 1) * 1e6)


def rate(told):
    """Requests a second, as wrk tells them."""
    return float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1])


def _children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
