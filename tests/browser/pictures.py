"""The pictures of docs/, with the made-up signers of the demonstration and real members."""

import io
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.live import Site
from tests.browser.navigation import click_and_load
from tests.browser.office import HOME, enter
from tests.browser.office_batch import hand_in
from tests.browser.office_paper import work
from tests.browser.office_rooms import write_update
from tests.browser.pages import fill_letter, make_letters

# Pages have few colors, and a picture with few is small.
_COLORS = 128

_PEOPLE = (
    "First name,Last name,Street,City,State,ZIP,Own words,Consent\n"
    "Ani,Petrosyan,12 Main Street,Billings,MT,59101,My grandmother was born in Shushi.,yes\n"
    "Benjamin,Carter,4 Elm Street,Cheyenne,WY,82001,,yes\n"
    "Carmen,Núñez,421 8th Ave,New York,NY,10011,,yes\n"
    "Dale,Young,9 Oak Street,Cheyenne,WY,82001,,no\n"
)


def _petition(page: Page, site: Site) -> None:
    page.goto("/c/section-907/")


def _letters(page: Page, site: Site) -> None:
    fill_letter(page)
    make_letters(page)
    page.evaluate("scrollTo(0, 0)")


def _room(name: str) -> Callable[[Page, Site], None]:
    def go(page: Page, site: Site) -> None:
        enter(page, site)
        page.goto(f"{HOME}{name}")

    return go


def _exports(page: Page, site: Site) -> None:
    enter(page, site)
    page.goto(f"{HOME}exports?preset=mailchimp&state=CA")


def _update(page: Page, site: Site) -> None:
    enter(page, site)
    write_update(page)


def _batch(page: Page, site: Site) -> None:
    enter(page, site, "volunteer")
    hand_in(page, _PEOPLE)


#: Name of the file -> how to get to what it shows, and how high it is.
_PAGES: dict[str, tuple[Callable[[Page, Site], None], int]] = {
    "petition": (_petition, 900),
    "letters": (_letters, 900),
    "organizing": (_room(""), 1240),
    "signers": (_room("signers"), 800),
    "exports": (_exports, 1060),
    "updates": (_update, 880),
    "batch": (_batch, 720),
}


def take(browser: Browser, site: Site, folder: Path, wanted: list[str]) -> None:
    """Write the pictures of those names into `folder`, all of them where none is named."""
    for name, (go, height) in _PAGES.items():
        if wanted and name not in wanted:
            continue
        context = browser.new_context(
            base_url=site.url, viewport={"width": 1280, "height": height}, color_scheme="light"
        )
        page = context.new_page()
        go(page, site)
        page.mouse.move(0, 0)
        page.evaluate("document.activeElement?.blur()")
        _keep(page.screenshot(), folder / f"{name}.png")
        context.close()
    if not wanted or "packet" in wanted:
        _packet(browser, site, folder)


def _packet(browser: Browser, site: Site, folder: Path) -> None:
    """Make a packet as an organizer does, and keep its first two pages side by side."""
    if shutil.which("pdftoppm") is None:
        sys.exit("Install poppler-utils first.")
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    enter(page, site, "organizer")
    page.goto(f"{HOME}deliver?state=MA")
    click_and_load(page.get_by_role("button", name="Make packet").first)
    work(site)
    page.reload()
    name = page.locator(".files a").first.get_attribute("href") or ""
    context.close()
    _, _, public_id, _, file = name.split("/")
    pdf = site.settings.home / "jobs" / public_id / file
    sides = [
        Image.open(
            io.BytesIO(
                subprocess.run(
                    ["pdftoppm", "-png", "-r", "90", "-f", str(number), "-l", str(number), pdf],
                    check=True,
                    capture_output=True,
                ).stdout
            )
        )
        for number in (1, 2)
    ]
    gap = 24
    width, height = sides[0].size
    both = Image.new("RGB", (2 * width + 3 * gap, height + 2 * gap), "#d9d5ca")
    for place, side in enumerate(sides):
        both.paste(side, (gap + place * (width + gap), gap))
    held = io.BytesIO()
    both.resize((1280, round(both.height * 1280 / both.width))).save(held, "PNG")
    _keep(held.getvalue(), folder / "packet.png")


def _keep(png: bytes, file: Path) -> None:
    """Write a picture with as few colors as it needs."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.quantize(_COLORS, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
