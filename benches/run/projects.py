"""A page of projects beside its query alone.

The query alone is the same function of the repository on the same pool, behind a handler that does
nothing else, in a process of its own: no key is judged, nothing is recorded, and there is no JSON.
All of these count against the page; HTTP and the client do not.
"""

import json

import rounds
from arena import ENGINES
from deskforge import Query
from wrk import Target

ACCOUNTS, KEYS_EACH, ROWS = 100, 10, 20
CONNECTIONS = 32
BAR = 0.85


def compare(arena, engine):
    installation = arena.installation(engine, "projects")
    count = ACCOUNTS * KEYS_EACH
    keys = installation.fill(count, "--per-account", KEYS_EACH, "--projects", ROWS)
    with installation.serve() as server:
        owners = [owner(server, key) for key in keys.read_text().split()[::KEYS_EACH]]
        with Query(installation, owners) as query:
            alone = Target(query, query.address, "/", keys)
            page = Target(server, server.address, "/projects", keys)
            what = f"GET /projects : its query, {ENGINES[engine]}"
            yield rounds.rates(arena.options, alone, page, CONNECTIONS, what=what, bar=BAR)


def owner(server, key):
    """Whose key it is."""
    _, body = server.ask("/token", key)
    return json.loads(body)["owner"]["id"]
