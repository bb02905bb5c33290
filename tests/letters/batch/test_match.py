"""A table sorted out: who writes to whom, and what is left with its reason; nothing guessed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from campaign.congress.batch_geocoder import BatchGeocoder
from campaign.congress.dataset import Congress
from campaign.errors import InvalidInput
from campaign.letters.batch import match
from campaign.letters.batch.constituents_table import ConstituentsTable
from campaign.letters.batch.match import Batch, Choices
from campaign.packs.pack import Pack
from campaign.packs.targets import MemberFilter, Targets
from campaign.tables.rejects import Rejects
from tests.congress.geocoder_server import GeocoderServer
from tests.golden import Golden
from tests.letters.batching import HEADING, bundle_of, people, sorted_out
from tests.letters.conftest import DAY
from tests.letters.reading import words_of

# Each line is another way to be left out, or in.
MIXED = HEADING + (
    "Ani,Petrosyan,12 Main Street,,59101,yes,,Our town cares.\n"
    "Bo,Li,421 8th Ave,New York,10011,yes,,\n"
    "Bo,Lu,421 8th Ave,New York,10011,yes,NY-12,\n"
    "Bo,Lo,421 8th Ave,New York,10011,yes,NY-3,\n"
    "Cy,Poe,9 Oak Street,,82001,no,,\n"
    "ANI,PETROSYAN,12 main street.,,59101,yes,,\n"
    "Di,Ray,PO Box 9,,95318,yes,,\n"
    "Di,Roy,PO Box 9,,95318,yes,CA-4,\n"
    "Ed,Moe,1 Pine,,09012,yes,,\n"
    'Fay,Wu,1 Elm,,59101,yes,CA-30,"=HYPERLINK(""x"")"\n'
    "Gus,Orr,1 Fir,,59101,yes,MT-9,\n"
    "Hal,山,1 Ash,,59101,yes,,\n"
    "Ivy,Day,200 W 24th St,Cheyenne,82001,yes,,\n"
    "Jo,Kim,1 Yew,,2861,yes,,\n"
)


@pytest.fixture
def server() -> Iterator[GeocoderServer]:
    with GeocoderServer() as playing:
        yield playing


def lines(found: Batch) -> dict[int, str]:
    return {writer.person.line: str(writer.district) for writer in found.writers}


def test_each_line_is_in_or_left_out_with_its_reason(
    pack: Pack, congress: Congress, tmp_path: Path, golden: Golden
) -> None:
    found = sorted_out(MIXED, pack, congress)

    assert lines(found) == {
        2: "MT-2", 3: "None", 4: "NY-12", 8: "CA-5", 9: "CA-4", 13: "MT-2", 14: "WY-0",
    }  # fmt: skip
    path = tmp_path / "rejects.csv"
    match.write_rejects(found, Rejects(path, found.heading))
    golden.check("rejects.csv", path.read_bytes())


def test_what_prints_leave_out_is_noted_by_line(
    pack: Pack, congress: Congress, no_machine_fonts: None
) -> None:
    table = HEADING + (
        "Ani,Petrosyan,12 Main Street,,59101,yes,,I love my town ❤️\n"
        "Hal,山,1 Ash,,59101,yes,,\n"
        "Ivy,Day,2 Ash,,59101,yes,,山 🌉\n"
        "Jo,Lee,3 Ash,,59101,yes,,\n"
    )

    found = sorted_out(table, pack, congress)

    assert len(found.writers) == 4
    assert found.notes == (
        "We left out the emoji on lines 2 and 4, because they cannot be printed.",
        "We left out characters for which there is no font: 山 on lines 3 and 4. Add them by hand.",
    )


def test_corrected_rejects_are_a_table_again(
    pack: Pack, congress: Congress, tmp_path: Path
) -> None:
    found = sorted_out(MIXED, pack, congress)
    path = tmp_path / "rejects.csv"
    match.write_rejects(found, Rejects(path, found.heading))
    corrected = path.read_text(encoding="utf-8").replace(
        '"10011","yes",""', '"10011","yes","NY-10"'
    )

    again = sorted_out(corrected, pack, congress)

    # The line that repeated another is not taken for the first of its kind, and what was made
    # before is not made again.
    assert lines(again) == {2: "NY-10"}
    assert [one.seat for one in again.writers[0].recipients] == [
        "Representative for New York's 10th district"
    ]
    assert again.notes == ()


def test_a_letter_that_waits_waits_on_where_nothing_was_filled_in(
    pack: Pack, congress: Congress, tmp_path: Path
) -> None:
    found = sorted_out(HEADING + "Bo,Li,421 8th Ave,New York,10011,yes,,\n", pack, congress)
    path = tmp_path / "rejects.csv"
    match.write_rejects(found, Rejects(path, found.heading))

    again = sorted_out(path.read_text(encoding="utf-8"), pack, congress)

    assert again.writers == ()
    assert [line.column for line in again.rejects] == ["house letter"]


def test_only_streets_of_open_lines_are_looked_up(
    pack: Pack, congress: Congress, server: GeocoderServer
) -> None:
    geocoder = BatchGeocoder(server.url, congress=119)

    found = sorted_out(MIXED, pack, congress, geocoder)

    assert lines(found)[3] == "NY-12"
    asked = server.asked[0]["file"]
    assert [row.split(",")[1] for row in asked.splitlines()] == ["421 8th Ave"]
    assert "Petrosyan" not in asked
    # A PO box is not asked about; its ZIP's district stays likely.
    assert lines(found)[8] == "CA-5"


def test_a_look_up_that_fails_leaves_the_line_with_what_to_do(
    pack: Pack, congress: Congress, server: GeocoderServer
) -> None:
    server.mood = "html"

    found = sorted_out(MIXED, pack, congress, BatchGeocoder(server.url, congress=119))

    left = {line.line: line for line in found.waiting}
    assert "try again later, or fill in the district" in left[3].reason


def test_an_answer_in_another_place_is_not_taken(pack: Pack, congress: Congress) -> None:
    text = HEADING + "Bo,Li,12 Oak St,Pawtucket,02861,yes,,\n"
    text = text.replace("ZIP", "State,ZIP").replace(",02861", ",RI,02861")

    with GeocoderServer() as server:
        server.mood = "dallas"
        geocoder = BatchGeocoder(server.url, congress=119)
        found = sorted_out(text, pack, congress, geocoder)
        [left] = sorted_out(text, pack, congress, geocoder, strict=True).rejects

    assert "outside that ZIP code or state" in left.reason
    assert left.column == "street, zip, district"
    [writer] = found.writers
    assert writer.district is None
    assert {one.seat for one in writer.recipients} == {"Senator for Rhode Island"}


def test_a_line_that_contradicts_itself_is_left_out(pack: Pack, congress: Congress) -> None:
    text = (
        "First Name,Last Name,Street,City,State,ZIP,Country,Consent\n"
        "Pia,Gil,Calle 1,Madrid,,28202,Spain,yes\n"
        "Ana,Lopez,12 Oak St,Acton,CA,59001,,yes\n"
        "Jean,Petit,Rue 2,Paris,,75001,France,yes\n"
        "Bo,Chen,14 Oak St,Acton,MT,59001,USA,yes\n"
        "Cy,Rio,16 Oak St,San Juan,,00907,Puerto Rico,yes\n"
    )

    found = sorted_out(text, pack, congress)

    assert lines(found) == {5: "MT-2", 6: "PR-0"}
    assert [reject.column for reject in found.rejects] == ["country", "state", "country"]
    assert "Spain" in found.rejects[0].reason


def test_letters_only_to_senators_need_no_district(pack: Pack, congress: Congress) -> None:
    text = HEADING + "Bo,Li,421 8th Ave,New York,10011,yes,,\n"

    found = sorted_out(text, pack, congress, kinds=("senate",))

    assert [one.kind for one in found.writers[0].recipients] == ["senator", "senator"]


def test_who_writes_to_the_president_may_live_anywhere(pack: Pack, congress: Congress) -> None:
    text = HEADING + "Bo,Li,421 8th Ave,New York,10011,yes,,\n"

    found = sorted_out(text, pack, congress, kinds=("president",))

    assert [one.id for one in found.writers[0].recipients] == ["president"]


def test_a_line_without_a_recipient_is_rejected(pack: Pack, congress: Congress) -> None:
    text = HEADING + "Bo,Li,1 M St NW,Washington,20001,yes,,\n"

    [left] = sorted_out(text, pack, congress, kinds=("senate",)).rejects

    assert "This line has no recipient" in left.reason


def test_letters_are_in_the_order_of_a_mail_merge(pack: Pack, congress: Congress) -> None:
    found = sorted_out(people(3), pack, congress, kinds=("house", "senate"))

    made = list(match.letters(found, pack, Choices(DAY, kinds=("house", "senate"))))

    assert [letter.constituent.address1 for letter in made] == [
        f"{number} Main Street" for number in (1, 1, 1, 2, 2, 2, 3, 3, 3)
    ]
    assert [letter.recipient.kind for letter in made[:3]] == [
        "representative",
        "senator",
        "senator",
    ]
    assert made[0].paragraphs[0].text == "I am number 1."
    assert found.count == len(made)


def test_a_line_s_own_points_go_before_those_of_all(pack: Pack, congress: Congress) -> None:
    text = "Name,Street,ZIP,Consent,Points\nA B,1 C,59101,y,fifth\nD E,2 C,59101,y,\n"
    found = sorted_out(text, pack, congress, points=("second",))

    made = list(match.letters(found, pack, Choices(DAY, points=("second",))))

    points = [[part.text for part in letter.paragraphs if part.role == "point"] for letter in made]
    assert points == [["The fifth point."]] * 3 + [["The second point."]] * 3


def test_points_that_there_are_not_are_refused_before_any_line(
    pack: Pack, congress: Congress
) -> None:
    with pytest.raises(InvalidInput, match=r"no talking point “sixth\.” Choose from: first"):
        sorted_out(people(1), pack, congress, points=("sixth",))


def test_the_house_is_unknown_after_the_congress_ends(pack: Pack, congress: Congress) -> None:
    with pytest.raises(InvalidInput, match="until the data is refreshed"):
        sorted_out(people(1), pack, congress, on_date=date(2028, 1, 1))


def test_counts_by_member_are_those_of_the_letters(pack: Pack, congress: Congress) -> None:
    found = sorted_out(people(4), pack, congress)

    assert [(recipient.name, count) for recipient, count in found.by_recipient] == [
        ("Troy Downing", 4),
        ("Steve Daines", 4),
        ("Tim Sheehy", 4),
    ]


def test_progress_is_reported(pack: Pack, congress: Congress) -> None:
    told: list[tuple[int, int]] = []

    match.match_people(
        ConstituentsTable.parse(people(450).encode()),
        pack,
        congress,
        Choices(DAY),
        report=lambda done, total: told.append((done, total)),
    )

    assert told == [(200, 450), (400, 450)]


# -- The same person twice, and the date of each letter --------------------------------------------


def test_one_person_in_two_spellings_of_an_address_gets_one_set_of_letters(
    bundled: Pack, congress: Congress
) -> None:
    lines = (
        "Ani,Petrosyan,12 Main St,,59101,yes,,",
        "ANI,PETROSYAN,12 MAIN STREET,,59101-1234,yes,,",
        "Ani,Petrosyan,12 Main St. Apt 4,,59101,yes,,",
        "Ani,Petrosyan,12 Main Street #4,,59101,yes,,",
        "Ani,Petrosyan,12 Main Ave,,59101,yes,,",
        "Davit,Petrosyan,12 Main St,,59101,yes,,",
    )

    found = sorted_out(HEADING + "\n".join(lines), bundled, congress)

    assert [writer.person.line for writer in found.writers] == [2, 4, 6, 7]
    assert [(reject.line, reject.reason) for reject in found.rejects] == [
        (3, "Line 2 has the same person at the same address."),
        (5, "Line 4 has the same person at the same address."),
    ]


#: Eight in the evening of December 31 in Los Angeles.
NEW_YEARS_EVE = datetime(2027, 1, 1, 4, tzinfo=UTC)


def test_each_letter_bears_the_date_where_its_writer_lives(
    bundled: Pack, congress: Congress
) -> None:
    text = HEADING + (
        "Ani,Petrosyan,12 Main St,,94105,yes,,\n"
        "Davit,Petrosyan,12 Main St,,59101,yes,,\n"
        "Jose,Cruz,12 Main St,,96910,yes,,\n"
    )
    choices = Choices(date(2026, 12, 31), kinds=("president",), at=NEW_YEARS_EVE)
    found = match.match_people(ConstituentsTable.parse(text.encode()), bundled, congress, choices)

    made = list(match.letters(found, bundled, choices))
    fixed = list(match.letters(found, bundled, replace(choices, written_on=date(2026, 12, 30))))

    assert [letter.dated for letter in made] == [
        "December 31, 2026",
        "December 31, 2026",
        "January 1, 2027",
    ]
    assert {letter.dated for letter in fixed} == {"December 30, 2026"}
    assert {letter.on_date for letter in made} == {date(2026, 12, 31)}


# -- certain, likely, open -------------------------------------------------------------------------


def test_a_split_zip_keeps_the_letters_to_the_senators(pack: Pack, congress: Congress) -> None:
    text = HEADING + "Bo,Li,421 8th Ave,New York,10011,yes,,\n"

    found = sorted_out(text, pack, congress)

    [writer] = found.writers
    assert (writer.certainty, writer.district) == ("open", None)
    assert [one.seat for one in writer.recipients] == ["Senator for New York"] * 2
    [waiting] = found.waiting
    assert "Fill in NY-10 or NY-12" in waiting.reason
    assert "There is no letter to the House yet" in waiting.reason
    assert found.rejects == ()
    assert any("no letter to the House yet for line 2" in note for note in found.notes)


def test_a_zip_on_a_state_line_keeps_the_senators_of_the_state_that_is_given(
    pack: Pack, congress: Congress
) -> None:
    text = HEADING.replace("ZIP", "State,ZIP") + "Bo,Li,12 Oak St,Pawtucket,RI,02861,yes,,\n"

    [writer] = sorted_out(text, pack, congress).writers

    assert [one.seat for one in writer.recipients] == ["Senator for Rhode Island"] * 2


def test_boxes_of_an_area_in_one_district_are_likely_and_marked(
    pack: Pack, congress: Congress
) -> None:
    text = HEADING + "Bo,Li,PO Box 9,,59103,yes,,\nAni,Ray,1 Main Street,,59101,yes,,\n"

    found = sorted_out(text, pack, congress)

    assert lines(found) == {2: "MT-2", 3: "MT-2"}
    assert [writer.certainty for writer in found.writers] == ["likely", "certain"]
    assert len(found.writers[0].recipients) == 3
    [told] = found.uncertain
    assert "likely but not certain on line 2" in told
    assert told in found.notes


def test_strict_leaves_out_people_whose_district_is_not_certain(
    pack: Pack, congress: Congress
) -> None:
    text = HEADING + (
        "Bo,Li,PO Box 9,,59103,yes,,\n"
        "Cy,Poe,421 8th Ave,New York,10011,yes,,\n"
        "Ani,Ray,1 Main Street,,59101,yes,,\n"
    )

    found = sorted_out(text, pack, congress, strict=True)

    assert lines(found) == {4: "MT-2"}
    assert [reject.column for reject in found.rejects] == ["district", "district"]
    assert (found.waiting, found.uncertain) == ((), ())


def test_a_street_makes_a_likely_district_certain(
    pack: Pack, congress: Congress, server: GeocoderServer
) -> None:
    text = HEADING + "Bo,Li,200 W 24th St,Cheyenne,82003,yes,,\nCy,Li,9 No St,,82003,yes,,\n"
    server.zips["82003"] = "82001"

    found = sorted_out(text, pack, congress, BatchGeocoder(server.url, congress=119))

    assert [writer.certainty for writer in found.writers] == ["certain", "likely"]


def test_an_open_line_for_the_house_only_is_left_out(pack: Pack, congress: Congress) -> None:
    text = HEADING + "Bo,Li,421 8th Ave,New York,10011,yes,,\n"

    found = sorted_out(text, pack, congress, kinds=("house",))

    assert found.writers == ()
    assert "Fill in NY-10 or NY-12" in found.rejects[0].reason


def test_the_cover_marks_likely_districts_and_letters_that_wait(
    pack: Pack, congress: Congress, tmp_path: Path
) -> None:
    text = HEADING + "Bo,Li,PO Box 9,,59103,yes,,\nCy,Poe,421 8th Ave,New York,10011,yes,,\n"
    bundle = bundle_of(text, pack, congress)

    bundle.write_letters(tmp_path / "letters.pdf")

    printed = words_of((tmp_path / "letters.pdf").read_bytes(), tmp_path)
    assert "likely but not certain on line 2" in printed
    assert "no letter to the House yet for line 3" in printed
    assert "letters for every line of the table" not in printed


def test_a_split_zip_is_no_question_where_none_of_its_candidates_is_a_target(
    pack: Pack, congress: Congress
) -> None:
    text = HEADING + ("Bo,Li,421 8th Ave,New York,10011,yes,,\nAni,Poe,1 Elm,,59101,yes,,\n")
    senator = congress.members["S000148"]
    asking = replace(pack, targets=Targets(MemberFilter((), members=(senator.bioguide,))))

    found = sorted_out(text, asking, congress)

    [writer] = found.writers
    assert (writer.certainty, [one.id for one in writer.recipients]) == ("certain", ["S000148"])
    assert found.waiting == ()
    [reject] = found.rejects
    assert "does not ask any of this person's officials" in reject.reason
