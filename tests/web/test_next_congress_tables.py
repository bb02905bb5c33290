"""The rehearsal of January 3, 2027: paper and tables in the browser, at five moments."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from campaign.store import models
from tests.letters.reading import words_of
from tests.new_congress import (
    BEFORE,
    KEPT_ONE,
    KEPT_TWO,
    MOMENTS,
    OLD_BILL,
    REDRAWN,
    REFRESHED,
    WYOMING,
    table_of_people,
)
from tests.web.made_site import words
from tests.web.organize import test_batch as batch
from tests.web.organize import test_paper as paper
from tests.web.organize.signing_in import post, signed_in
from tests.web.rehearsal import Rehearsal
from tests.web.whole_site import Site

#: The districts of paper from each ZIP by the lines of the 119th, and from noon on.
OLD_PLACES = {WYOMING: "WY-0", KEPT_ONE: "MT-2", KEPT_TWO: "", REDRAWN: "TX-30"}
NEW_PLACES = {**OLD_PLACES, REDRAWN: ""}


def places(site: Site) -> dict[str, tuple[str, str, int]]:
    """Return {ZIP: (state, district, Congress of its lines)} of the signatures."""
    table = models.signatures.c
    query = sa.select(table.zip, table.state, table.district, table.lines)
    with site.database.reading() as connection:
        return {row.zip: (row.state, row.district, row.lines) for row in connection.execute(query)}


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("way", ["typed", "table"])
def test_paper_is_placed_by_the_lines_of_the_hour(
    rehearsal: Rehearsal, moment: str, way: str
) -> None:
    site = rehearsal.reach(moment)
    volunteer = signed_in(site, "volunteer")
    rows = [("Ani", f"P{letter}", five) for letter, five in zip("abcd", OLD_PLACES, strict=True)]

    if way == "typed":
        post(volunteer, paper.PAGE, paper.typed(*rows, signed_on="2026-12-30"))
    else:
        lines = [
            "first_name,last_name,zip,signed_on",
            *(",".join((*row, "2026-12-30")) for row in rows),
        ]
        looked = paper.hand_in(volunteer, "\n".join(lines).encode()).headers["Location"]
        paper.work(site)
        post(volunteer, f"{looked}/enter", {})
        paper.work(site)

    wanted = OLD_PLACES if moment in BEFORE else NEW_PLACES
    number = 119 if moment in BEFORE else 120
    assert places(site) == {
        five: (state, wanted[five], number if wanted[five] else 0)
        for five, state in zip(OLD_PLACES, ("WY", "MT", "NY", "TX"), strict=True)
    }


def letters(site: Site, folder: Path, **chosen: Any) -> tuple[str, str]:
    """Have letters made of the table of people; return the words of the last page and letters."""
    volunteer = signed_in(site, "volunteer")
    page = batch.checked(volunteer, table_of_people(), **chosen)
    if page.status_code != 200:
        return words(page.text), ""
    started = batch.made(volunteer, page)
    batch.work(site)
    with volunteer.get(f"{started.location}/files/letters.pdf") as made:
        return words(volunteer.get(started.location).text), words_of(made.data, folder)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_table_of_people_becomes_letters_to_the_members_of_the_hour(
    rehearsal: Rehearsal, tmp_path: Path, moment: str
) -> None:
    site = rehearsal.reach(moment)
    rehearsal.record_stances()

    page, written = letters(site, tmp_path)
    to_senate, senate = letters(site, tmp_path, to=["senate"])

    if moment in BEFORE:
        assert "11 letters by 4 people. 1 letter to the House needs a district." in page
        assert "Dear Representative Downing:" in written
        assert "Dear Senator Daines:" in written
    elif moment == REFRESHED:
        assert "10 letters by 4 people. 2 letters to the House need a district." in page
        assert "Dear Representative Number336:" in written
    else:
        assert "The current House is missing until the data is refreshed." in page
        assert "Until then, choose only the senators." in page
        assert "5 letters by 4 people" in to_senate
        assert "Dear Senator Daines:" not in senate
        assert "Dear Senator Sheehy:" in senate
    assert (OLD_BILL.search(written + senate) is not None) is (moment == "January 2")


def test_letters_that_were_ordered_before_noon_are_not_made_after_it(
    rehearsal: Rehearsal,
) -> None:
    volunteer = signed_in(rehearsal.reach("January 3, 11:59"), "volunteer")
    started = batch.made(volunteer, batch.checked(volunteer, table_of_people()))

    batch.work(rehearsal.reach("January 3, 12:01"))

    page = words(volunteer.get(started.location).text)
    assert "A new Congress began at noon on January 3, 2027, after this batch was ordered." in page
