"""How fast the Congress loads and answers, compared with a bare dictionary.

Run it by itself: `python tests/bench/bench_congress.py`. It prints figures and asserts nothing.
Loads and look-ups are measured in processor time, so that other programs on the machine matter
less.
"""

import gc
import random
import subprocess
import sys
import time
from collections.abc import Callable
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
    return best_seconds(lambda: dataset.load(FOLDER), times)


def best_seconds(run: Callable[[], object], times: int = 9) -> float:
    """Run several times and return the shortest processor time in seconds."""
    seconds = []
    for _ in range(times):
        gc.collect()
        started = time.process_time()
        run()
        seconds.append(time.process_time() - started)
    return min(seconds)


def rates() -> tuple[float, float, float]:
    """Return look-ups a second: a bare dict, ours when warm, ours the first time for each ZIP."""
    congress = dataset.load(FOLDER)
    every = [ZipCode(five) for five in sorted({*congress.zip_districts, *congress.zips})]

    started = time.process_time()
    for place in every:
        routing.route_zip(congress, place, ON)
    cold = len(every) / (time.process_time() - started)

    queries = random.Random(907).choices(every, k=LOOK_UPS)
    bare = {place.five: congress.zip_districts.get(place.five) for place in every}

    def look_up_bare() -> None:
        for place in queries:
            bare[place.five]

    def look_up() -> None:
        route = routing.route_zip
        for place in queries:
            route(congress, place, ON)

    return LOOK_UPS / best_seconds(look_up_bare), LOOK_UPS / best_seconds(look_up), cold


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
