"""A page of projects beside its query alone, on the same pool.

The query alone is what `Database::read` gives to as many tasks as there would be requests, in a
process that does nothing else: no HTTP, no key to judge, no JSON, and no client beside it on the
processors. All of these count against the page.
"""

import json
import urllib.request

import rounds
import wrk
from arena import ENGINES
from wrk import Target

ACCOUNTS, KEYS_EACH, ROWS = 100, 10, 20
CONNECTIONS = 32
BAR = 0.85


def compare(arena, engine):
    options = arena.options
    installation = arena.installation(engine, "projects")
    count = ACCOUNTS * KEYS_EACH
    keys = installation.fill(count, "--per-account", KEYS_EACH, "--projects", ROWS)
    with installation.serve() as server:
        owners = [owner(server, key) for key in keys.read_text().split()[::KEYS_EACH]]
        page = Target(server, server.address, "/projects", keys)
        wrk.measure(page, CONNECTIONS, options.warm_up)
        pairs = rounds.in_turns(
            options.rounds,
            lambda: queries(installation, options.seconds, owners),
            lambda: wrk.measure(page, CONNECTIONS, options.seconds).rate,
        )
        yield rounds.row(
            pairs,
            what=f"GET /projects : its query, {ENGINES[engine]}",
            connections=CONNECTIONS,
            unit="/s",
            bar=BAR,
        )


def queries(installation, seconds, owners):
    """Queries a second with nothing around them."""
    return float(installation.run("query", "--tasks", CONNECTIONS, seconds, *owners))


def owner(server, key):
    """Whose key it is."""
    headers = {"Authorization": f"Bearer {key}"}
    request = urllib.request.Request(f"http://{server.address}/token", headers=headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["owner"]["id"]
