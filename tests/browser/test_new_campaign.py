"""A newcomer makes, publishes and uses a campaign of their own, all in the browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.judging import TAGS, assert_axe_finds_nothing
from tests.browser.live import Site
from tests.browser.navigation import click_and_load
from tests.browser.office import enter
from tests.browser.pages import make_letters, sign
from tests.packs.test_new_campaign import BUNDLED_WORDS

pytestmark = pytest.mark.browser

#: Steve Daines of Montana is on the Senate's Finance Committee, no other member of Montana's is on
#: it or on Ways and Means; Adrian Smith of Nebraska's third district is on Ways and Means.
IN_MONTANA = {"street": "12 Main Street", "city": "Helena", "zip": "59601"}
IN_NEBRASKA = {"street": "1 Broadway", "city": "Scottsbluff", "zip": "69361"}

BILLS = """
[[bill]]
number = "H.R. 1234"
congress = 119
side = "for"
title = "Rural Clinics Act"

[[bill]]
number = "S. 567"
congress = 119
side = "for"
title = "Rural Clinics Act"
"""
ASKS = """
## Ask: senator

I ask you to cosponsor S. 567, the Rural Clinics Act, and to help it through the Committee on
Finance.[^119-s-567]

## Ask: representative

I ask you to cosponsor H.R. 1234, the Rural Clinics Act, and to help it through the Committee on
Ways and Means.[^119-hr-1234]

## Ask
"""


ADDRESS = {
    "postal_address = []": 'postal_address = ["1 Main St.", "Havre, MT 59501"]',
    'email = ""': 'email = "clinics@example.org"',
}


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_newcomer_makes_and_publishes_a_campaign_then_signs_it_and_writes(
    organize_page: OpenPage, site: Site, scripts: bool
) -> None:
    page = organize_page(java_script_enabled=scripts)
    name = f"clinics-{'with' if scripts else 'without'}"
    enter(page, site, "organizer", "*")

    start(page, name)
    aim_at_two_committees(page, name)
    ask_for_two_bills(page, name)
    is_refused_for_want_of_an_address(page)
    give_the_address(page)
    click_and_load(page.get_by_role("button", name="Publish the campaign"))
    expect(page.get_by_role("status")).to_contain_text("The campaign is public.")

    sign_and_confirm(page, site, name)
    senate = letters(page, name, IN_MONTANA)
    house = letters(page, name, IN_NEBRASKA)

    assert len(senate) == len(house) == 1
    assert "Daines" in senate[0]
    assert "S. 567" in senate[0]
    assert "H.R. 1234" not in senate[0]
    assert "Adrian Smith" in house[0]
    assert "H.R. 1234" in house[0]
    assert "S. 567" not in house[0]
    assert BUNDLED_WORDS.findall(senate[0] + house[0]) == []


def start(page: Page, name: str) -> None:
    """Answer the questions of a new campaign, and open its draft."""
    click_and_load(page.get_by_role("main").get_by_role("link", name="New campaign"))
    page.get_by_label("Name in URLs").fill(name)
    page.get_by_label("Title", exact=True).fill("Keep our clinics open")
    page.get_by_label("What do you ask?").fill("pass the Rural Clinics Act")
    page.get_by_label("Who are you?").fill("Clinics for All")
    page.get_by_role("radio", name="No", exact=True).check()
    page.get_by_label("Also in Spanish").check()
    click_and_load(page.get_by_role("button", name="Create the campaign"))
    click_and_load(page.get_by_role("link", name="Draft, languages and ZIP"))


def edit(page: Page, label: str, changes: dict[str, str]) -> None:
    """Open a text from the draft, change it, and save it to the draft."""
    click_and_load(page.get_by_role("link", name=label, exact=True).last)
    text = page.locator("#text").input_value()
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new, 1)
    page.locator("#text").fill(text)
    click_and_load(page.get_by_role("button", name="Save to draft"))


def aim_at_two_committees(page: Page, name: str) -> None:
    """Ask only members of the Senate's Finance Committee and the House's Ways and Means."""
    targets = 'chambers = ["house", "senate"]'
    edit(page, "Settings", {targets: f'{targets}\ncommittees = ["SSFI", "HSWM"]\n{BILLS}'})


def ask_for_two_bills(page: Page, name: str) -> None:
    """Ask each chamber for its own bill."""
    edit(page, "Letters and calls", {"\n## Ask\n": ASKS})


def is_refused_for_want_of_an_address(page: Page) -> None:
    """Try to publish too early: the summary has the focus, and names file and line."""
    click_and_load(page.get_by_role("button", name="Publish the campaign"))
    summary = page.locator("#error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_be_in_viewport()
    problem = summary.get_by_role("link").first
    expect(problem).to_have_text(re.compile(r"^campaign\.toml:\d+: "))
    click_and_load(problem)
    expect(page.locator("#error-summary")).to_be_focused()


def give_the_address(page: Page) -> None:
    """Fill the organizer's address in, in the editor that the problem leads to."""
    text = page.locator("#text").input_value()
    assert "SSFI" in text
    text = text.replace("postal_address = []", 'postal_address = ["1 Main St.", "Havre, MT 59501"]')
    page.locator("#text").fill(text.replace('email = ""', 'email = "clinics@example.org"'))
    click_and_load(page.get_by_role("button", name="Save to draft"))


def sign_and_confirm(page: Page, site: Site, name: str, *, zip_code: str = "59601") -> None:
    """Sign the new petition, and confirm by the mailed link."""
    email = f"{name}@example.org"
    page.goto(f"/c/{name}/")
    for field, typed in {
        "first_name": "Ani", "last_name": "Petrosyan", "email": email, "zip": zip_code
    }.items():  # fmt: skip
        page.locator(f"#{field}").fill(typed)
    sign(page)
    page.goto(site.mailed_link(email, "/confirm"))
    click_and_load(page.get_by_role("button", name="Confirm my signature"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("You are number")


def letters(page: Page, name: str, home: dict[str, str]) -> list[str]:
    """Make the letters of a person of that place, and return their words."""
    page.goto(f"/c/{name}/write")
    for field, typed in {"first_name": "Ani", "last_name": "Petrosyan", **home}.items():
        page.locator(f"#{field}").fill(typed)
    make_letters(page)
    return page.locator("article.letter").all_text_contents()


COUNCIL = (
    'council,Havre City Council,,"Havre City Council|520 4th Street|Havre, MT 59501",'
    'Dear Council Members:,406-555-0100,,council@example.org,"Havre, MT"\n'
)
IN_HAVRE = {"street": "12 Main Street", "city": "Havre", "zip": "59501"}
IN_CHEYENNE = {"street": "200 W 24th St", "city": "Cheyenne", "zip": "82001"}
KINDLY = "This campaign asks other officials than the ones who represent you here."


def test_a_city_council_campaign_is_made_signed_and_written_for_in_the_browser(
    organize_page: OpenPage, site: Site
) -> None:
    page = organize_page()
    enter(page, site, "organizer", "*")

    start(page, "council")
    edit(page, "Settings", {
        'chambers = ["house", "senate"]': "chambers = []", **ADDRESS,
    })  # fmt: skip
    wrong = COUNCIL.replace("406-555-0100", "City Hall")
    edit(page, "Other officials to write to", {"places\n": f"places\n{wrong}"})
    is_refused_for_a_phone_that_is_none(page)
    click_and_load(page.get_by_role("button", name="Publish the campaign"))
    expect(page.get_by_role("status")).to_contain_text("The campaign is public.")

    sign_and_confirm(page, site, "council", zip_code="59501")
    expect(page.locator("article.member")).to_have_count(1)
    assert_axe_finds_nothing(page, {"type": "tag", "values": TAGS})
    click_and_load(page.get_by_role("button", name="Write to Havre City Council"))
    expect(page.get_by_label("State and local officials who answer to me")).to_be_checked()
    [own] = letters(page, "council", IN_HAVRE)
    assert "Dear Council Members:" in own
    assert BUNDLED_WORDS.findall(own) == []
    assert letters(page, "council", IN_CHEYENNE) == []
    expect(page.get_by_text(KINDLY)).to_be_visible()

    page.goto("/c/council/members?zip=59501")
    expect(page.get_by_role("button", name="Write to Havre City Council")).to_be_visible()
    assert_axe_finds_nothing(page, {"type": "tag", "values": TAGS})
    page.goto("/organize/council/deliver")
    expect(page.get_by_role("row", name="Havre City Council 1")).to_be_visible()

    page.goto("/c/council/call")
    page.get_by_label("Your ZIP code").fill("59501")
    click_and_load(page.get_by_role("button", name="Start calling"))
    expect(page.get_by_role("link", name="406-555-0100")).to_be_visible()
    click_and_load(page.get_by_role("button", name="I talked to a person"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Counted, thank you")
    page.goto("/organize/council/stances")
    line = page.get_by_role("row", name="Havre City Council")
    expect(line.get_by_role("cell")).to_have_text(["1", "9", "0", "1", re.compile("20")])


def is_refused_for_a_phone_that_is_none(page: Page) -> None:
    """Try to publish; the summary names file and line of the row, which is then mended."""
    click_and_load(page.get_by_role("button", name="Publish the campaign"))
    problem = page.locator("#error-summary").get_by_role("link").first
    expect(problem).to_have_text(
        re.compile(r"^targets\.csv:2: Write the column phone as one number")
    )
    click_and_load(problem)
    text = page.locator("#text").input_value()
    assert "City Hall" in text
    page.locator("#text").fill(text.replace("City Hall", "(406) 555 0100"))
    click_and_load(page.get_by_role("button", name="Save to draft"))


def test_a_campaign_for_one_member_asks_no_one_else(organize_page: OpenPage, site: Site) -> None:
    page = organize_page()
    enter(page, site, "organizer", "*")

    start(page, "one-member")
    edit(page, "Settings", {
        'chambers = ["house", "senate"]': 'members = ["D000618"]', **ADDRESS,
    })  # fmt: skip
    click_and_load(page.get_by_role("button", name="Publish the campaign"))
    expect(page.get_by_role("status")).to_contain_text("The campaign is public.")

    sign_and_confirm(page, site, "one-member", zip_code="59501")
    expect(page.get_by_role("button", name="Write to Senator Daines")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Write to"))).to_have_count(1)
    [own] = letters(page, "one-member", IN_HAVRE)
    assert "Dear Senator Daines:" in own
    assert BUNDLED_WORDS.findall(own) == []
    assert letters(page, "one-member", IN_CHEYENNE) == []
    expect(page.get_by_text(KINDLY)).to_be_visible()
