"""Print how much of each package tests reach, lines and branches; fail below the limit.

Reads the report of `coverage json`; `make coverage` runs it.
"""

import json
import sys
from collections import Counter
from pathlib import Path

#: The least percentage of a package's lines and branches.
LEAST = 90


def percentages(report: Path) -> dict[str, float]:
    """Return the percentage of each package, by its folder, from the report of `coverage json`."""
    covered: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for name, file in json.loads(report.read_text(encoding="utf-8"))["files"].items():
        package, found = str(Path(name).parent), file["summary"]
        covered[package] += found["covered_lines"] + found["covered_branches"]
        whole[package] += found["num_statements"] + found["num_branches"]
    return {name: 100 * covered[name] / whole[name] for name in sorted(whole) if whole[name]}


if __name__ == "__main__":
    found = percentages(Path(sys.argv[1]))
    for name, percentage in found.items():
        print(f"{percentage:5.1f} %  {name}{'' if percentage >= LEAST else '  is too little'}")
    sys.exit(min(found.values()) < LEAST)
