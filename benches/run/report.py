"""BENCHMARKS.md keeps the last table between two marks."""

from pathlib import Path

import table

DOCUMENT = Path("BENCHMARKS.md")
BEGIN, END = "<!-- scripts/bench --write -->\n", "<!-- end -->\n"


def write(rows, facts):
    before, rest = DOCUMENT.read_text().split(BEGIN)
    after = rest.split(END)[1]
    text = f"{_machine(facts)}\n\n{table.markdown(rows)}\n"
    DOCUMENT.write_text(f"{before}{BEGIN}{text}{END}{after}")


def _machine(facts):
    machine, options = facts["machine"], facts["options"]
    known = [f"{name} {version}" for name, version in machine["versions"].items() if version]
    return (
        f"{machine['date']}: {machine['cores']} cores ({machine['processor']}), Linux"
        f" {machine['kernel']};\n{', '.join(known)}.\nMedians of {options['rounds']} rounds of"
        f" {options['seconds']} seconds, {options['keys']:,} keys."
    )
