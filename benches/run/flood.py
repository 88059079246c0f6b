"""Live keys beside a flood of keys that look right and do not exist."""

import signal
import subprocess
import time
from contextlib import contextmanager

import load
import rounds
import wrk
from arena import ENGINES

CONNECTIONS = 32
BAR = 0.8
# Memory has room for one in so many.
SHARE = 10


def compare(arena, engine):
    options = arena.options
    installation, keys = arena.filled(engine, options.keys)
    made_up = installation.fill(options.keys, "--unknown")
    beyond = ("--cache-keys", max(1, options.keys // SHARE))
    for flags, where in ((), "in memory"), (beyond, "beyond memory"):
        with installation.serve(*flags) as server:
            flood = wrk.Target(server, server.address, "/auth/verify", made_up)

            def quiet():
                return load.measure(installation, server, keys, options)

            def flooded():
                with flowing(flood, options.seconds) as flow:
                    result = load.measure(installation, server, keys, options)
                return result | {"flood": flow["rate"]}

            quiet()
            measured = rounds.in_turns(options.rounds, quiet, flooded)
        yield rounds.row(
            [(still["rate"], wild["rate"]) for still, wild in measured],
            what=f"flooded : quiet, {where}, {ENGINES[engine]}",
            connections=load.CONNECTIONS,
            unit="/s",
            bar=BAR,
            detail={"offered": options.offered, "measured": measured},
        )


@contextmanager
def flowing(target, seconds):
    """A flood at full speed, begun when this is entered; its rate is known afterwards."""
    line, env = wrk.command(target, CONNECTIONS, 10 * seconds + 60)
    process = subprocess.Popen(
        line, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    flow = {}
    try:
        before = target.program.processor_seconds()
        while target.program.processor_seconds() < before + 0.2:
            if process.poll() is not None:
                raise RuntimeError("the flood does not begin")
            time.sleep(0.05)
        yield flow
        # With this it ends and tells what it did.
        process.send_signal(signal.SIGINT)
        flow["rate"] = wrk.rate(process.communicate(timeout=20)[0])
    finally:
        process.kill()
        process.wait()
