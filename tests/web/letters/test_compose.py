"""Letters of the builder: by tone and recipient, changed by hand, following typing, compared."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import lxml.html
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from campaign.errors import StoreConflict, StoreUnavailable
from campaign.letters.compose import MAX_EDITED_CHARACTERS
from campaign.petition import letter_fingerprints
from campaign.store.models import letters as kept_letters
from campaign.web.core.services import KEY
from tests.web.letter_builder import PAGE, a_letter, in_new_york, letters, recipients, sent_by
from tests.web.made_site import visitor, words

DAINES = "D000618"
BY_HAND = f"edit_{DAINES}"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    with visitor(tmp_path_factory.mktemp("home")) as someone:
        yield someone


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[FlaskClient]:
    """A visitor of a site where no letter was made yet."""
    with visitor(tmp_path) as someone:
        yield someone


def preview(client: FlaskClient, **changes: Any) -> str:
    response = client.post(PAGE, data=a_letter(**changes))
    assert response.status_code == 200
    return response.text


def texts(body: str) -> dict[str, str]:
    """Recipient's id -> what the field of that letter's text holds."""
    page = lxml.html.fromstring(body)
    found: Any = page.xpath('//textarea[starts-with(@name, "edit_")]')
    return {each.get("name").removeprefix("edit_"): each.text for each in found}


def similarity_notes(body: str) -> list[str]:
    return [words(said) for said in re.findall(r'<p class="similarity.*?</p>', body, re.DOTALL)]


# -- What a letter is made of ----------------------------------------------------------------------


def test_a_brief_letter_is_shorter_and_makes_one_point(client: FlaskClient) -> None:
    full = letters(preview(client, tone="full"))
    brief = letters(preview(client, tone="brief"))

    for long, short in zip(full, brief, strict=True):
        assert len(short) < 0.75 * len(long)
        assert "My grandmother was born in Shushi." in short
    told = texts(preview(client, tone="brief"))[DAINES]
    assert ("a condition in law should be lifted" in told) != ("Court of Justice" in told)


def test_ticked_points_come_in_the_order_of_the_person(client: FlaskClient) -> None:
    ticked = ["condition", "court", "taxpayers"]
    marks = ("written as a condition", "$164 million", "International Court of Justice")
    orders = set()
    for number in range(8):
        told = texts(preview(client, points=ticked, last_name=f"Lee{number}", to=["house"]))
        (text,) = told.values()
        orders.add(tuple(sorted(marks, key=text.index)))

    assert len(orders) > 2


def test_each_point_shows_its_facts_with_source_and_date(client: FlaskClient) -> None:
    page = lxml.html.fromstring(client.get(PAGE).text)
    found: Any = page.xpath('//input[@value="court"]/ancestor::div[1]//details')
    told = " ".join(found[0].text_content().split())

    assert "ordered Azerbaijan to" in told
    assert re.search(r"As of [0-9A-Z][0-9 A-Za-z,]+, according to \S", told)
    assert found[0].xpath('.//a[starts-with(@href, "https://")][@rel="noopener noreferrer"]')
    assert found[0].xpath('.//sup//a[@href="facts#icj-2023"]')


def test_chairs_are_written_to_beside_ones_own_members(client: FlaskClient) -> None:
    body = preview(client, to=["house", "chair:SSFR"])

    _, chair = letters(body)
    assert "Dear Chair Risch:" in chair
    assert "Chair, Senate Committee on Foreign Relations" in chair
    assert "I am not one of your constituents." in chair
    assert "does not represent you" in words(body)
    ways = body.partition('id="channels-R000584"')[2].partition("</section>")[0]
    assert "xml:R000584" not in ways
    assert "On the member's website" not in unescape(ways)
    assert "site</h3>" not in unescape(ways)


# -- Changed by hand -------------------------------------------------------------------------------


def test_edits_by_hand_are_kept_in_the_preview_and_on_paper(client: FlaskClient) -> None:
    form = sent_by(preview(client))
    form[BY_HAND] = [form[BY_HAND][0] + "\r\n\r\nOne line more, by hand."]

    changed = client.post(PAGE, data={**form, "action": "preview"}).text
    text = client.post(PAGE, data={**sent_by(changed), "action": f"txt:{DAINES}"}).text

    assert ["One line more, by hand." in letter for letter in letters(changed)] == [
        True, False, False,
    ]  # fmt: skip
    assert "One line more, by hand." in text
    assert changed.count("You edited this letter") == 1


def test_a_letter_that_was_not_touched_follows_the_form(client: FlaskClient) -> None:
    form = sent_by(preview(client))

    again = client.post(PAGE, data={**form, "personal": ["Another reason."]}).text

    assert all("Another reason." in letter for letter in letters(again))
    assert all("Shushi" not in letter for letter in letters(again))
    assert "You edited this letter" not in again


def test_a_change_outlives_another_choice_and_ends_when_it_is_asked_to(client: FlaskClient) -> None:
    form = sent_by(preview(client))
    changed = client.post(PAGE, data={**form, BY_HAND: ["Mine alone."]}).text
    form = sent_by(changed)

    again = client.post(PAGE, data={**form, "personal": ["Another reason."], "tone": ["brief"]})
    reset = client.post(PAGE, data={**sent_by(again.text), "action": f"again:{DAINES}"}).text

    assert texts(again.text)[DAINES] == "Mine alone."
    assert "Another reason." in letters(again.text)[1]
    assert "Another reason." in letters(reset)[0]
    assert "Mine alone." not in reset


def test_a_change_waits_while_its_recipient_gets_no_letter(client: FlaskClient) -> None:
    form = sent_by(preview(client, **{BY_HAND: "Mine alone."}))

    without = client.post(PAGE, data={**form, "to": ["house"]}).text
    back = client.post(PAGE, data={**sent_by(without), "to": ["senate", "house"]}).text

    assert recipients(without) == [recipients(back)[-1]]
    assert texts(back)[DAINES] == "Mine alone."


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("a\u202eb", "change text direction"),
        ("word " * (MAX_EDITED_CHARACTERS // 5 + 2), "Shorten it to 10,000"),
    ],
)
def test_an_unusable_edit_has_its_error_beside_the_text(
    client: FlaskClient, typed: str, reason: str
) -> None:
    response = client.post(PAGE, data=a_letter(**{BY_HAND: typed}))

    assert response.status_code == 422
    assert f'href="#{BY_HAND}"' in response.text
    assert reason in unescape(response.text)
    # It is there to be mended, and nothing that was typed is lost.
    assert texts(response.text)[DAINES].strip()


def test_a_mistake_elsewhere_loses_no_change(client: FlaskClient) -> None:
    wrong = client.post(PAGE, data=a_letter(zip="1", **{BY_HAND: "Mine alone."}))
    mended = client.post(PAGE, data={**sent_by(wrong.text), "zip": ["59601"]})

    assert wrong.status_code == 422
    assert texts(mended.text)[DAINES] == "Mine alone."


def test_hostile_edits_are_shown_verbatim(client: FlaskClient) -> None:
    hostile = '</textarea><script>x</script> {{ 7*7 }} #read("/etc/passwd")'

    body = preview(client, **{BY_HAND: hostile})

    assert "<script>x" not in body
    assert hostile in letters(body)[0]
    assert texts(body)[DAINES] == hostile


def test_the_largest_form_fits_the_sites_limits(client: FlaskClient) -> None:
    everyone = ["senate", "house", "president", "secretary"]
    everyone += [f"chair:{code}" for code in ("SSFR", "HSFA", "SSAP", "HSAP")]
    own = ("Սրտի խոսք " * 300)[:3000]
    body = preview(client, to=everyone, personal=own)

    again = client.post(
        PAGE, data={**sent_by(body), "action": "preview"}, content_type="multipart/form-data"
    )

    assert again.status_code == 200
    assert len(letters(again.text)) == 9


# -- Following -------------------------------------------------------------------------------------


def test_the_preview_that_follows_typing_has_only_the_letters(client: FlaskClient) -> None:
    response = client.post(f"{PAGE}/follow", data=a_letter())

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert "<html" not in response.text
    assert letters(response.text) == letters(preview(client))
    assert texts(response.text) == texts(preview(client))


@pytest.mark.parametrize(
    "typed",
    [
        {"zip": "5"},
        {"last_name": ""},
        {"to": []},
        {"state": "OH"},
        {BY_HAND: "a\u202eb"},
    ],
)
def test_while_something_is_missing_nothing_follows(
    client: FlaskClient, typed: dict[str, Any]
) -> None:
    response = client.post(f"{PAGE}/follow", data=a_letter(**typed))

    assert (response.status_code, response.text) == (204, "")


def test_following_asks_no_geocoder(client: FlaskClient) -> None:
    # Nobody listens where the geocoder would be, so asking would take its time and fail.
    open_ = client.post(f"{PAGE}/follow", data=in_new_york())
    senators = client.post(f"{PAGE}/follow", data=in_new_york(to=["senate"]))

    assert open_.status_code == 204
    assert len(letters(senators.text)) == 2


# -- Likeness --------------------------------------------------------------------------------------


def taken(client: FlaskClient) -> int:
    database = client.application.extensions[KEY].database
    with database.reading() as connection:
        count = sa.select(sa.func.count()).select_from(kept_letters)
        return int(connection.execute(count).scalar_one())


def test_a_preview_is_compared_and_keeps_nothing(fresh: FlaskClient) -> None:
    own = {"personal": "I live by the road, and I ask you to keep the law."}
    first, second = preview(fresh, **own), preview(fresh, last_name="Lee", **own)

    assert len(similarity_notes(first)) == 3
    assert all(
        said.startswith("Your letter is unlike")
        for said in similarity_notes(first) + similarity_notes(second)
    )
    assert taken(fresh) == 0


def test_a_letter_without_own_words_is_not_called_ones_own(fresh: FlaskClient) -> None:
    page = preview(fresh, personal="")

    assert similarity_notes(page) == []
    assert page.count("All of this is our wording.") == 3
    page = preview(fresh, personal="", **{BY_HAND: "Mine."})
    assert page.count("All of this is our wording.") == 2


def test_writers_see_how_many_used_letters_are_similar(fresh: FlaskClient) -> None:
    mine = {BY_HAND: "I live by the road and I ask you to keep the law that Congress made."}
    for name in ("Lee", "Dee"):
        fresh.post(PAGE, data=a_letter(last_name=name, action=f"pdf:{DAINES}", **mine))
    # The same person once more.
    fresh.post(PAGE, data=a_letter(last_name="Lee", action=f"docx:{DAINES}", **mine))

    said = similarity_notes(preview(fresh, personal="One reason of mine.", **mine))

    assert said[0] == (
        "2 letters made here for this office are very similar. Add a sentence of your own."
    )
    assert said[1].startswith("Your letter is unlike")
    assert taken(fresh) == 2


@pytest.mark.parametrize("action", ["pdf:all", "docx:all", "txt:all", "html:all"])
def test_taking_all_letters_keeps_a_fingerprint_of_each(fresh: FlaskClient, action: str) -> None:
    response = fresh.post(PAGE, data=a_letter(action=action))

    assert response.status_code == 200
    assert taken(fresh) == 3


def test_what_a_browser_prints_or_copies_is_noted(fresh: FlaskClient) -> None:
    response = fresh.post(f"{PAGE}/taken", data=a_letter(action=f"taken:{DAINES}"))
    nobody = fresh.post(f"{PAGE}/taken", data=a_letter(action="taken:X000000"))
    broken = fresh.post(f"{PAGE}/taken", data=a_letter(zip=""))

    assert (response.status_code, response.text) == (204, "")
    assert (nobody.status_code, broken.status_code) == (204, 204)
    assert taken(fresh) == 1


def test_the_page_says_what_is_kept(client: FlaskClient) -> None:
    said = "the text or your name"

    assert said in words(preview(client))
    assert said in words(client.get("/privacy").text)
    assert "deleted after 180 days" in words(client.get("/privacy").text)


@pytest.mark.parametrize(
    "fault", [StoreUnavailable("down"), StoreConflict("twice"), RuntimeError("unforeseen")]
)
def test_a_fingerprint_that_cannot_be_kept_costs_no_letter(
    fresh: FlaskClient, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def down(*args: object, **kwargs: object) -> None:
        raise fault

    monkeypatch.setattr(letter_fingerprints, "compare", down)
    monkeypatch.setattr(letter_fingerprints, "record", down)

    assert len(letters(preview(fresh))) == 3
    assert similarity_notes(preview(fresh)) == []
    assert fresh.post(PAGE, data=a_letter(action="pdf:all")).mimetype == "application/pdf"
