"""Verification beside the least that a server can do: its own /healthz, and nginx with a map."""

import nginx
import rounds
from arena import ENGINES
from wrk import Target

CONNECTIONS = (32, 128)
# At 32 connections and at 128.
HEALTHZ_BARS = {"sqlite": (0.95, None), "postgres": (0.85, 0.93)}
NGINX_BARS = (1.0, None)
# What nginx sends of itself.
ITS_OWN = ("connection", "content-length", "content-type", "date", "server")


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
    with installation.serve() as server:
        verify = Target(server, server.address, "/auth/verify", keys)
        for others, headers, bars in (
            ("nginx's map", (), NGINX_BARS),
            ("nginx's map, our headers", _headers(verify), (None, None)),
        ):
            map_of_keys = nginx.serve(arena.folder, keys, headers)
            with map_of_keys.program:
                for connections, bar in zip(CONNECTIONS, bars):
                    what = f"/auth/verify : {others}, {ENGINES[engine]}"
                    yield rounds.rates(
                        arena.options, map_of_keys, verify, connections, what=what, bar=bar
                    )


def _headers(target):
    """Those of an answer of ours that nginx would not send."""
    headers, _ = target.program.ask(target.path, target.keys.read_text().split()[0])
    return [pair for pair in headers if pair[0].lower() not in ITS_OWN]
