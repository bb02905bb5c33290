"""How fast the Congress loads and answers, against what a bare dictionary can do.

Run it by itself: `python tests/bench/bench_congress.py`. It prints, and asserts nothing.
"""

import gc
import random
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from campaign import paths
from campaign.congress import dataset, routing
from campaign.congress.places import ZipCode

ON = date(2026, 6, 15)
FOLDER = paths.data() / "congress"
LOOK_UPS = 400_000


def best_load_seconds(times: int = 7) -> float:
    """Load the tables afresh several times and return the shortest time."""
    took = []
    for _ in range(times):
        started = time.perf_counter()
        dataset.load(FOLDER)
        took.append(time.perf_counter() - started)
        gc.collect()
    return min(took)


def rates() -> tuple[float, float, float]:
    """Return look-ups a second: a bare dict, ours when warm, ours the first time for each ZIP."""
    congress = dataset.load(FOLDER)
    every = [ZipCode(five) for five in sorted({*congress.zip_districts, *congress.zips})]

    started = time.perf_counter()
    for place in every:
        routing.route_zip(congress, place, ON)
    cold = len(every) / (time.perf_counter() - started)

    asked = random.Random(907).choices(every, k=LOOK_UPS)
    bare = {place.five: congress.zip_districts.get(place.five) for place in every}
    started = time.perf_counter()
    for place in asked:
        bare[place.five]
    ceiling = LOOK_UPS / (time.perf_counter() - started)

    route = routing.route_zip
    started = time.perf_counter()
    for place in asked:
        route(congress, place, ON)
    warm = LOOK_UPS / (time.perf_counter() - started)
    return ceiling, warm, cold


def resident_megabytes(program: str) -> float:
    """Return the peak memory of a Python process that runs `program` (Linux: VmHWM)."""
    # Not getrusage: a child begins with the peak of the process that forked it.
    report = (
        "import re; from pathlib import Path\n"
        "status = Path('/proc/self/status').read_text()\n"
        "print(int(re.search(r'VmHWM:\\s+([0-9]+)', status)[1]) / 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\n{report}"], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


LOAD = f"""
from datetime import date
from pathlib import Path
from campaign.congress import dataset, routing
from campaign.congress.places import ZipCode
congress = dataset.load(Path({str(FOLDER)!r}))
"""
ASK_ALL = """
for five in {*congress.zip_districts, *congress.zips}:
    routing.route_zip(congress, ZipCode(five), date(2026, 6, 15))
"""


def command_seconds(*arguments: str) -> float:
    """Return the shortest of five runs of the whole `campaign` command, in a new process."""
    program = Path(sys.executable).with_name("campaign")
    took = []
    for _ in range(5):
        started = time.perf_counter()
        subprocess.run([program, *arguments], check=True, capture_output=True)
        took.append(time.perf_counter() - started)
    return min(took)


def main() -> None:
    """Print the figures."""
    print(f"load the dataset             {best_load_seconds() * 1000:9.1f} ms")
    ceiling, warm, cold = rates()
    print(f"bare dictionary look-ups     {ceiling:9,.0f} /s")
    print(f"look-ups by ZIP, warm        {warm:9,.0f} /s   {warm / ceiling:.2f} of the bare one")
    print(f"look-ups by ZIP, first time  {cold:9,.0f} /s   {cold / ceiling:.2f} of the bare one")
    bare = resident_megabytes("")
    print(f"memory of bare Python        {bare:9.1f} MB")
    print(f"  with the Congress loaded   {resident_megabytes(LOAD):9.1f} MB")
    print(f"  and every ZIP asked        {resident_megabytes(LOAD + ASK_ALL):9.1f} MB")
    print(f"campaign lookup 59001        {command_seconds('lookup', '59001') * 1000:9.1f} ms")


if __name__ == "__main__":
    main()
