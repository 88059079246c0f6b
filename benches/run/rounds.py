"""Two things measured in turns, so that whatever else the machine does falls on both."""

from statistics import median

import wrk
from table import Row
from workplace import say


def in_turns(rounds, other, ours):
    """Pairs of figures; who comes first changes, as the second finds a warmer machine."""
    pairs = []
    for number in range(rounds):
        if number % 2 == 0:
            first = other()
            pairs.append((first, ours()))
        else:
            first = ours()
            pairs.append((other(), first))
    return pairs


def row(pairs, **facts):
    """The row of pairs of figures."""
    ratio = median(ours / other for other, ours in pairs)
    others, mine = (median(column) for column in zip(*pairs))
    made = Row(other=others, ours=mine, ratio=ratio, **facts)
    made.detail["rounds"] = [[round(figure, 1) for figure in pair] for pair in pairs]
    say(f"{made.what}, {made.connections} connections: {ratio:.3f}")
    return made


def rates(options, other, ours, connections, **facts):
    """The row of two targets that wrk asks as fast as they answer."""
    for target in (other, ours):
        wrk.measure(target, connections, options.warm_up)
    measured = in_turns(
        options.rounds,
        lambda: wrk.measure(other, connections, options.seconds),
        lambda: wrk.measure(ours, connections, options.seconds),
    )
    pairs = [(one.rate, two.rate) for one, two in measured]
    made = row(pairs, connections=connections, unit="/s", **facts)
    columns = list(zip(*measured))
    made.detail |= {
        "client_core_share": [round(median(m.client for m in column), 2) for column in columns],
        "server_processor_us": [
            round(median(m.processor_us for m in column), 2) for column in columns
        ],
    }
    return made
