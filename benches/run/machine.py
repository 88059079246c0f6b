"""What the figures were taken on."""

import os
import platform
import re
import subprocess
from datetime import date
from pathlib import Path


def facts():
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return {
        "date": date.today().isoformat(),
        "processor": model[1].strip() if model else platform.machine(),
        "cores": os.cpu_count(),
        "kernel": platform.release().split("-")[0],
        "versions": {name: _version(*command) for name, command in VERSIONS.items()},
    }


VERSIONS = {
    "rustc": ["rustc", "--version"],
    "PostgreSQL": ["psql", "--version"],
    "nginx": ["nginx", "-v"],
    "wrk": ["wrk", "-v"],
    "Node": ["node", "--version"],
    "Python": ["python3", "--version"],
}


def _version(*command):
    """The first thing in what it tells that looks like one."""
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError:
        return None
    found = re.search(r"\d+\.\d+(\.\d+)?", done.stdout + done.stderr)
    return found and found[0]
