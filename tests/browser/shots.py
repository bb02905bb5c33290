"""Write a screenshot of every page, wide and narrow, light and dark, for people to look at.

python -m tests.browser.shots FOLDER [STATE]…
python -m tests.browser.shots --docs [PICTURE]…    makes those of docs/ anew
"""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

from tests.browser import pictures
from tests.browser.live import FLAGS, Site, running_site
from tests.browser.office import OFFICE
from tests.browser.office_batch import BATCHES
from tests.browser.office_connect import STATES as CONNECT
from tests.browser.office_exports import EXPORTS
from tests.browser.office_paper import STATES as PAPER
from tests.browser.office_rooms import ROOMS, fill
from tests.browser.office_texts import STATES as TEXTS
from tests.browser.officials import OFFICE as CITY_OFFICE
from tests.browser.officials import STATES as CITY
from tests.browser.pages import STATES

_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def main(folder: Path, wanted: list[str], *, is_docs: bool = False) -> None:
    """Write the PNG files into `folder`; `wanted` are names of states, none for all."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        sys.exit("Install Chromium first.")
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        running_site(Path(home)) as site,
        sync_playwright() as playwright,
    ):
        fill(site)
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        if is_docs:
            pictures.take(browser, site, folder, wanted)
        else:
            _take(browser, site, folder, wanted)
        browser.close()


def _take(browser: Browser, site: Site, folder: Path, wanted: list[str]) -> None:
    states = {
        **STATES, **OFFICE, **ROOMS, **BATCHES, **EXPORTS, **PAPER, **TEXTS, **CONNECT,
        **CITY, **CITY_OFFICE,
    }  # fmt: skip
    for name in wanted or states:
        # Each state begins as a visitor whom nobody knows.
        context = browser.new_context(base_url=site.url)
        page = context.new_page()
        page.set_viewport_size({"width": 1280, "height": 900})
        try:
            states[name](page, site)
            for width in (1280, 360):
                page.set_viewport_size({"width": width, "height": 900})
                for scheme in _SCHEMES:
                    page.emulate_media(color_scheme=scheme)
                    file = folder / f"{name}-{width}-{scheme}.png"
                    page.screenshot(path=file, full_page=True)
        except Exception as error:  # noqa: BLE001 - one page amiss must not end the rest
            print(f"{name}: {error}", file=sys.stderr)
        context.close()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--docs", *names]:
            main(Path(__file__).parents[2] / "docs", names, is_docs=True)
        case [given, *names]:
            main(Path(given), names)
        case _:
            sys.exit(__doc__)
