"""The site is the same on SQLite and on PostgreSQL: what people do, and what is thrown at it."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from campaign.store import models
from tests.web.letter_builder import a_letter
from tests.web.made_site import words
from tests.web.nasty import NASTY
from tests.web.whole_site import PETITION, Site, figures, is_taken, make_site, shown_apart_from


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[Site]:
    """A new site on each database."""
    made = make_site(tmp_path / "home", database_url=database_url)
    yield made
    made.database.dispose()


def rows(site: Site) -> list[sa.Row[tuple[object, ...]]]:
    with site.database.reading() as connection:
        return list(
            connection.execute(sa.select(models.signatures).order_by(models.signatures.c.id))
        )


def count(site: Site) -> dict[str, object]:
    """The public figures, past the cache of a second or two."""
    site.app.extensions["pages"].forget()
    return figures(site.client.get("/c/section-907.json"))


def test_a_signature_from_the_form_to_its_erasure(site: Site) -> None:
    assert is_taken(site.sign(comment="Für Anahit, «ինձ».", show_name="y"))
    assert count(site)["count"] == 0

    confirm = site.mailed_path("/confirm/")
    assert site.client.get(confirm).status_code == 200
    assert site.client.post(confirm, follow_redirects=True).status_code == 200
    assert "Already confirmed" in site.client.post(confirm).text
    assert count(site)["count"] == 1
    assert "Ani" in words(site.client.get(PETITION).text)

    own = site.mailed_path("/me/")
    kept = json.loads(site.client.get(f"{own}/download").data)
    assert (kept["comment"], kept["number"]) == ("Für Anahit, «ինձ».", 1)
    site.client.post(
        f"{own}/correct", data={"first_name": "Ani", "last_name": "Petrosyan", "zip": "82001"}
    )
    site.client.post(f"{own}/choices", data={"mail_opt_in": "y"})
    [row] = rows(site)
    assert (row.state, row.district, row.show_name, row.mail_opt_in) == ("WY", "WY-0", False, True)
    assert site.client.post(site.mailed_path("/unsubscribe/")).status_code == 200
    assert not rows(site)[0].mail_opt_in

    site.client.post(f"{own}/withdraw")
    assert count(site)["count"] == 0
    assert site.client.post(f"{own}/erase").status_code == 200
    assert rows(site) == []
    assert site.client.get(own).status_code == 410


def test_a_known_address_gets_the_same_answer_and_no_second_row(site: Site) -> None:
    new = site.sign()
    known = site.sign(email="Ani+news@Example.org")

    assert known.status_code == new.status_code
    assert shown_apart_from(known, "Ani+news@Example.org") == shown_apart_from(
        new, "ani@example.org"
    )
    assert len(rows(site)) == 1
    assert len(site.mails()) == 1


def test_a_burst_from_one_network_is_set_aside(site: Site) -> None:
    typed = site.form()

    for number in range(22):
        site.client.post(PETITION + "sign", data={**typed, "email": f"a{number}@example.org"})

    assert [row.status for row in rows(site)] == ["pending"] * 20 + ["held"] * 2


# What becomes of a nasty text in a name: told and not kept, or kept as the text that it is.
_KEPT = {"template marks": "{{ 7*7 }}{% raise %}", "markup": "<script>alert(1)</script>"}


@pytest.mark.parametrize("name", NASTY)
def test_nasty_text_is_refused_or_kept_as_text(site: Site, name: str) -> None:
    kept = {}
    for field in ("first_name", "last_name", "email", "zip", "comment", "source"):
        before = len(rows(site))
        response = site.sign(**{"email": f"{field}@example.org", field: NASTY[name]})
        assert response.status_code in {200, 422}, field
        assert "<script>alert" not in response.text
        stored = rows(site)[before:]
        assert len(stored) == (response.status_code == 200), field
        if stored:
            kept[field] = getattr(stored[0], field)

    for field in ("first_name", "last_name"):
        if name in _KEPT:
            assert kept[field] == _KEPT[name]
        elif name != "header injection":
            assert field not in kept
    assert "email" not in kept
    assert "zip" not in kept
    assert kept["source"] == ""


def test_a_name_of_the_widest_characters_comes_back_as_it_was(site: Site) -> None:
    site.sign(first_name="𐒰𐓙🂡", last_name="Ա" + "ա" * 79, comment="a\u0301\n\n" + "🂡" * 900)

    [row] = rows(site)
    assert (row.first_name, row.last_name) == ("𐒰𐓙🂡", "Ա" + "ա" * 79)
    assert row.comment == "á\n\n" + "🂡" * 900


@pytest.mark.parametrize(
    "path",
    ["/c/%00/", "/me/%00", "/confirm/%ff", "/unsubscribe/" + "A" * 48, "/c/a%27%20OR%201=1--/"],
)
def test_a_nasty_address_is_no_fault(site: Site, path: str) -> None:
    assert 400 <= site.client.get(path).status_code < 500
    assert 400 <= site.client.post(path).status_code < 500


def test_forty_concurrent_erasures_subtract_one(site: Site) -> None:
    for number in range(3):
        site.sign(email=f"ani{number}@example.org")
        site.client.post(site.mailed_path("/confirm/"))
    own = site.mailed_path("/me/")
    start = threading.Barrier(40)

    def press(_: int) -> int:
        start.wait()
        return site.client.post(f"{own}/erase").status_code

    with ThreadPoolExecutor(40) as pool:
        answers = Counter(pool.map(press, range(40)))

    assert answers == {200: 1, 410: 39}
    assert count(site)["count"] == 2


def test_a_double_click_on_a_letter_gives_two_letters(site: Site) -> None:
    start = threading.Barrier(6)

    def press(_: int) -> tuple[int, str | None]:
        start.wait()
        answer = site.client.post(f"{PETITION}write", data=a_letter(action="txt:all"))
        return answer.status_code, answer.mimetype

    with ThreadPoolExecutor(6) as pool:
        answers = Counter(pool.map(press, range(6)))

    assert answers == {(200, "text/plain"): 6}
    with site.database.reading() as connection:
        assert len(connection.execute(sa.select(models.letters)).all()) == 3
