"""Rows, and how they are shown."""

from dataclasses import asdict, dataclass, field


@dataclass
class Row:
    """One comparison: medians of what was measured, and the median of the rounds' ratios."""

    what: str
    connections: int | None
    # What is compared with, and what is judged.
    other: float | None
    ours: float
    unit: str
    ratio: float | None = None
    bar: float | None = None
    # Whether the bar is the most instead of the least.
    at_most: bool = False
    # What chooses it on the command line.
    name: str = ""
    detail: dict = field(default_factory=dict)

    def judged(self):
        """What the bar is for: the ratio, or the figure where there is none."""
        return self.ours if self.ratio is None else self.ratio

    def is_met(self):
        if self.bar is None:
            return None
        return self.judged() <= self.bar if self.at_most else self.judged() >= self.bar

    def cells(self):
        sign = "≤" if self.at_most else "≥"
        return [
            self.name,
            self.what,
            str(self.connections or ""),
            _figure(self.other, self.unit),
            _figure(self.ours, self.unit),
            "" if self.ratio is None else f"{self.ratio:.2f}",
            "" if self.bar is None else f"{sign} {self.bar:g}",
            {None: "", True: "yes", False: "no"}[self.is_met()],
        ]

    def facts(self):
        return asdict(self) | {"met": self.is_met()}


HEAD = ["row", "what", "at once", "other", "ours", "ratio", "bar", "met"]
# Words to the left, figures to the right.
WORDS = 2


def plain(rows):
    """For a terminal."""
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*lines)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place < WORDS else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths))
        ).rstrip()
        for line in lines
    )


def markdown(rows):
    """For BENCHMARKS.md; what chooses a row is told there beside the table."""
    head, *lines = (line[1:] for line in [HEAD, *(row.cells() for row in rows)])
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, rule, *lines])


def _figure(value, unit):
    if value is None:
        return ""
    return f"{value:,.0f}{unit}"
