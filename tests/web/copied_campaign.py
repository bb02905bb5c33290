"""More campaigns than the bundled one: copies of it, with other settings."""

import re
import shutil
from pathlib import Path

from campaign import paths


def add_campaign(home: Path, campaign: str, /, **settings: str) -> Path:
    """Copy the bundled campaign into the instance, with some of its settings changed.

    Returns its folder. `settings` are values as TOML writes them, such as `'"#1f3f8c"'`.
    """
    folder = home / "campaigns" / campaign
    shutil.copytree(paths.data() / "campaigns" / "section-907", folder)
    file = folder / "campaign.toml"
    written = file.read_text(encoding="utf-8")
    for key, value in settings.items():
        written = re.sub(rf"(?m)^(# )?{key} = .*$", f"{key} = {value}", written, count=1)
    file.write_text(written, encoding="utf-8")
    return folder
