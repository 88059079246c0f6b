"""How long verification takes while keys are generated and revoked, beside quiet."""

import load
import rounds
from arena import ENGINES

# Keys a second, each generated and revoked over the API.
CHURN = 50
BAR = 2


def compare(arena, engine):
    options = arena.options
    installation, keys = arena.filled(engine, options.keys)
    writer = installation.fill(1, "--scopes", "projects:read,tokens:write").read_text().strip()
    with installation.serve() as server:

        def measure(*more):
            result = load.measure(installation, server, keys, options, *more)
            if result["rate"] < 0.95 * options.offered:
                raise RuntimeError(f"less than the offered load is answered: {result}")
            return result

        def churned():
            result = measure(f"--churn={CHURN}", f"--writer={writer}")
            if result["changed"] < 0.95 * CHURN:
                raise RuntimeError(f"too few keys are generated and revoked: {result}")
            return result

        measure()
        measured = rounds.in_turns(options.rounds, measure, churned)
    yield rounds.row(
        [(quiet["p99_us"], busy["p99_us"]) for quiet, busy in measured],
        what=f"p99 with keys changing : quiet, {ENGINES[engine]}",
        connections=load.CONNECTIONS,
        unit=" µs",
        bar=BAR,
        at_most=True,
        detail={"offered": options.offered, "measured": measured},
    )
