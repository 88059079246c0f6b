"""Many keys beside few: two servers at once, asked in turns."""

import rounds
from table import Row
from wrk import Target

FEW = 1000
CONNECTIONS = 32
BAR = 0.95
MEMORY_BAR_MB = 300


def compare(arena):
    many = arena.options.million
    few_installation, few_keys = arena.filled("sqlite", FEW)
    many_installation, many_keys = arena.filled("sqlite", many)
    with few_installation.serve() as small, many_installation.serve() as large:
        # As many different requests for both: what is compared is the server's memory.
        few = Target(small, small.address, "/auth/verify", few_keys, distinct=many)
        lots = Target(large, large.address, "/auth/verify", many_keys, distinct=many)
        what = f"{many:,} keys : {FEW:,} keys"
        yield rounds.rates(arena.options, few, lots, CONNECTIONS, what=what, bar=BAR)
        yield Row(
            what=f"resident memory, {many:,} keys",
            connections=None,
            other=None,
            ours=large.resident_mb(),
            unit=" MB",
            bar=MEMORY_BAR_MB,
            at_most=True,
        )
