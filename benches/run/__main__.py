"""The benchmark: chosen rows, one table, and the same in JSON."""

import argparse
import json
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import churn
import deskforge
import flood
import instructions
import machine
import million
import others
import projects
import report
import table
import verify
from arena import Arena
from workplace import Missing, Workplace, say

ROWS = {
    "verify-sqlite": partial(verify.against_healthz, engine="sqlite"),
    "verify-postgres": partial(verify.against_healthz, engine="postgres"),
    "nginx-sqlite": partial(verify.against_nginx, engine="sqlite"),
    "nginx-postgres": partial(verify.against_nginx, engine="postgres"),
    "better-auth": others.better_auth,
    "djangorestframework": others.django,
    "million": million.compare,
    "projects-sqlite": partial(projects.compare, engine="sqlite"),
    "projects-postgres": partial(projects.compare, engine="postgres"),
    "churn-sqlite": partial(churn.compare, engine="sqlite"),
    "churn-postgres": partial(churn.compare, engine="postgres"),
    "flood-sqlite": partial(flood.compare, engine="sqlite"),
    "flood-postgres": partial(flood.compare, engine="postgres"),
    "instructions": instructions.count,
}


def options():
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measures DeskForge beside others. BENCHMARKS.md tells what the rows mean.",
        epilog=f"Rows: {', '.join(ROWS)}.",
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", help="or how several begin; else all")
    parser.add_argument("--keys", type=int, default=100_000, help="keys that are asked with")
    parser.add_argument("--million", type=int, default=1_000_000, help="keys that are many")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5, help="of one measurement")
    parser.add_argument("--warm-up", type=int, default=2, metavar="SECONDS")
    parser.add_argument("--offered", type=int, default=5_000, help="requests a second where fixed")
    parser.add_argument("--json", type=Path, metavar="FILE", help="else the last line has it")
    parser.add_argument("--write", action="store_true", help="put the table into BENCHMARKS.md")
    chosen = parser.parse_args()
    unknown = [word for word in chosen.rows if not any(row.startswith(word) for row in ROWS)]
    if unknown:
        parser.error(f"no row begins with {', '.join(unknown)}")
    return chosen


def leave(number, _):
    """Ends the run; what was started is stopped on the way out, which nothing cuts short."""
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.SIG_IGN)
    sys.exit(128 + number)


def main():
    chosen = options()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    deskforge.build()
    rows, failed = [], {}
    with Workplace() as workplace, Arena(workplace.folder, chosen) as arena:
        for name, measure in ROWS.items():
            if chosen.rows and not any(name.startswith(word) for word in chosen.rows):
                continue
            say(name)
            try:
                for row in measure(arena):
                    row.name = name
                    rows.append(row)
            except (Missing, RuntimeError, OSError, subprocess.SubprocessError) as error:
                failed[name] = str(error)
                say(f"{name} FAILED: {error}")
    facts = {
        "machine": machine.facts(),
        "options": {name: value for name, value in vars(chosen).items() if name != "json"},
        "rows": [row.facts() for row in rows],
        "failed": failed,
    }
    print(table.plain(rows))
    if chosen.json:
        chosen.json.write_text(json.dumps(facts, indent=1) + "\n")
    else:
        print(json.dumps(facts))
    if chosen.write:
        report.write(rows, facts)
    return 1 if failed else 0


sys.exit(main())
