"""`make image`: build the image's files by the steps of deploy/Dockerfile, without an engine.

Runs the COPY and RUN steps of the first stage in a clean directory, then the command as the image
would: it takes a few minutes and the package index, so it is not part of the tests.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.deploy import files


def main() -> None:
    """Build the files, and run the command from them."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        build(root)
        environ = {
            "PATH": f"{root}/opt/campaign/bin:{os.defpath}",
            "CAMPAIGN_HOME": f"{root}/srv/campaign",
            "CAMPAIGN_ENV": "development",
        }
        for words in (["--help"], ["db", "upgrade"], ["doctor"], ["lookup", "59001"]):
            print("== campaign", *words, flush=True)
            subprocess.run(
                [root / "opt/campaign/bin/campaign", *words], check=True, env=environ, cwd=root
            )


def build(root: Path) -> None:
    """Run the steps of the first stage with `root` in place of /."""
    stage = files.text("Dockerfile").split("\nFROM ")[1]
    source = root / "src"
    source.mkdir()
    (root / "opt").mkdir()
    for step, rest in re.findall(r"^(COPY|RUN) (.+)$", stage, re.M):
        print("==", step, rest, flush=True)
        if step == "COPY":
            *names, to = rest.split()
            for name in names:
                _copy(files.ROOT / name, source / (name if to == "./" else to))
        else:
            command = rest.replace("/opt/", f"{root}/opt/").replace("python -m venv", _VENV)
            subprocess.run(["/bin/sh", "-c", command], check=True, cwd=source)


_VENV = f"{sys.executable} -m venv"


def _copy(source: Path, to: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, to, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, to)


if __name__ == "__main__":
    main()
