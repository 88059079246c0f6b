"""Verification beside what people would otherwise use."""

import rivals
import rounds
from wrk import Target

CONNECTIONS = 32
BAR = 40


def against(arena, rival, name):
    installation, keys = arena.filled("sqlite", arena.options.keys)
    target = rival(arena.folder)
    with target.program, installation.serve() as server:
        verify = Target(server, server.address, "/auth/verify", keys)
        what = f"/auth/verify : {name}"
        yield rounds.rates(arena.options, target, verify, CONNECTIONS, what=what, bar=BAR)


def better_auth(arena):
    yield from against(arena, rivals.better_auth, "Better Auth")


def django(arena):
    yield from against(arena, rivals.django, "djangorestframework-api-key")
