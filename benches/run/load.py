"""Requests at a fixed rate, whether they are answered quickly or not (benches/load)."""

import json

CONNECTIONS = 32


def measure(installation, server, keys, options, *more):
    """What came of it: the rate of right answers, and how long they took."""
    told = installation.run(
        "load",
        server.address,
        f"--keys={keys}",
        f"--rate={options.offered}",
        f"--connections={CONNECTIONS}",
        f"--seconds={options.seconds}",
        *more,
    )
    return json.loads(told)
