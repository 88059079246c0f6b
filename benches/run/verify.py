"""Verification beside the least that a server can do: its own /healthz, and nginx with a map."""

import nginx
import rounds
from arena import ENGINES
from wrk import Target

CONNECTIONS = (32, 128)
# At 32 connections and at 128.
HEALTHZ_BARS = {"sqlite": (0.95, None), "postgres": (0.85, 0.93)}
NGINX_BARS = (1.0, None)


def against_healthz(arena, engine):
    installation, keys = arena.filled(engine, arena.options.keys)
    with installation.serve() as server:
        healthz = Target(server, server.address, "/healthz", keys)
        verify = Target(server, server.address, "/auth/verify", keys)
        for connections, bar in zip(CONNECTIONS, HEALTHZ_BARS[engine]):
            what = f"/auth/verify : /healthz, {ENGINES[engine]}"
            yield rounds.rates(
                arena.options, healthz, verify, connections, what=what, bar=bar
            )


def against_nginx(arena, engine):
    installation, keys = arena.filled(engine, arena.options.keys)
    map_of_keys = nginx.serve(arena.folder, keys)
    with map_of_keys.program, installation.serve() as server:
        verify = Target(server, server.address, "/auth/verify", keys)
        for connections, bar in zip(CONNECTIONS, NGINX_BARS):
            what = f"/auth/verify : nginx's map, {ENGINES[engine]}"
            yield rounds.rates(
                arena.options, map_of_keys, verify, connections, what=what, bar=bar
            )
