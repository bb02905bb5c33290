"""A table of constituents: columns by many names, every fault of a line told, nothing guessed."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.congress.dataset import Congress
from campaign.congress.places import District
from campaign.errors import TableRefused
from campaign.letters.batch.constituents_table import ConstituentsTable, Person, Reject
from campaign.packs.pack import Pack

Read = Callable[[str], list[Person | Reject]]

HEADING = "First name,Last name,Street,ZIP,Consent"
GOOD = "Ani,Petrosyan,12 Main Street,59101,yes"


@pytest.fixture
def read(pack: Pack, congress: Congress) -> Read:
    return lambda text: list(ConstituentsTable.parse(text.encode()).read(pack, congress))


def person(found: list[Person | Reject]) -> Person:
    [one] = found
    assert isinstance(one, Person), one
    return one


def reject(found: list[Person | Reject]) -> Reject:
    [one] = found
    assert isinstance(one, Reject), one
    return one


@pytest.mark.parametrize(
    "heading",
    [
        "first_name,last_name,address1,zip,consent",
        "FIRSTNAME,LASTNAME,Street Address,Zip Code,I agree",
        " Given name , Family-Name ,Mailing address,Postal code,Permission",
        "first,last,can2_user_address,zip_code,consented",
        "First Name,Surname,address_address1,address_zip,May print",
    ],
)
def test_columns_are_known_by_many_names(read: Read, heading: str) -> None:
    home = person(read(f"{heading}\n{GOOD}\n")).constituent

    assert home.block == ("Ani Petrosyan", "12 Main Street", "Billings, MT 59101")


def test_all_columns_are_read(read: Read) -> None:
    found = person(
        read(
            "Title,Name,Street,Apt,City,State,ZIP,District,Points,Message,Consent,E-mail,Phone\n"
            'Dr,"Petrosyan, Ani, Jr",12 Main St,Apt 4,Laurel,Montana,59044-1234,MT-2,'
            '"second; first","A line.\n\nAnother.",Y,ani@example.org,406-555-0100\n'
        )
    )

    home = found.constituent
    assert home.block == ("Ani Petrosyan Jr.", "12 Main St", "Apt 4", "Laurel, MT 59044-1234")
    assert (home.prefix, home.email, home.phone) == ("Dr.", "ani@example.org", "406-555-0100")
    assert found.district == District("MT", 2)
    assert found.points == ("second", "first")
    assert found.personal == "A line.\n\nAnother."
    assert repr(found) == "Person(line 2)"


@pytest.mark.parametrize(
    ("heading", "told"),
    [
        ("Name,Street", "has no column for zip, consent. Its first line names: “Name”, “Street”"),
        ("First,Street,ZIP,Consent", "first_name and last_name"),
        ("x,y", "names: “x”, “y”"),
    ],
)
def test_missing_columns_are_listed_with_those_found(heading: str, told: str) -> None:
    with pytest.raises(TableRefused) as caught:
        ConstituentsTable.parse(f"{heading}\n".encode())
    assert told in str(caught.value)


def test_columns_that_are_not_used_and_old_encodings_are_noted() -> None:
    text = f"{HEADING},Shoe size,reason\nJosé,Ñandú,1 A,59101,yes,9,\n"

    unused, encoding = ConstituentsTable.parse(text.encode("latin-1")).notes

    assert unused == "Columns that we do not use: “Shoe size”."
    assert "Windows-1252" in encoding


@pytest.mark.parametrize("said", ["yes", "Y", " TRUE ", "x", "1", "✓"])
def test_consent_is_a_clear_yes(read: Read, said: str) -> None:
    person(read(f"{HEADING}\nAni,Petrosyan,12 Main Street,59101,{said}\n"))


@pytest.mark.parametrize("said", ["", "no", "maybe", "0", "not yet", "yes?", "n/a"])
def test_anything_else_is_no_consent(read: Read, said: str) -> None:
    found = reject(read(f"{HEADING}\nAni,Petrosyan,12 Main Street,59101,{said}\n"))

    assert (found.line, found.column) == (2, "consent")


def test_all_faults_of_a_line_are_listed_at_once(read: Read) -> None:
    found = reject(
        read(
            "Name,Street,City,State,ZIP,District,Points,Consent,E-mail\n"
            "Cher,,Paris,TX,59101,?,none-such,no,nobody\n"
        )
    )

    assert found.column == "name, consent, street, state, district, email, points"
    assert "ZIP code 59101 is in Montana" in found.reason
    assert "Choose from: fifth, first, fourth, second, third." in found.reason


@pytest.mark.parametrize(
    ("zip_", "told"),
    [
        ("2861", "“2861” is not a whole ZIP code. Is it 02861, Pawtucket, RI? Write all five"),
        ("", "is missing"),
        ("ABC", "five digits"),
        ("00000", "Give the state: it is not clear from 00000."),
        ("89421", "Give the state: it is not clear from 89421."),
    ],
)
def test_a_zip_that_settles_nothing_is_asked_about(read: Read, zip_: str, told: str) -> None:
    found = reject(read(f"{HEADING}\nAni,Petrosyan,12 Main Street,{zip_},yes\n"))

    assert told in found.reason


def test_what_no_font_can_print_is_no_fault(read: Read) -> None:
    first, second = read(f"{HEADING}\n山 ,Petrosyan,12 Main Street,59101,yes\n{GOOD}\n")

    assert isinstance(first, Person)
    assert first.constituent.first_name == "山"
    assert isinstance(second, Person)


def test_direction_overrides_and_broken_text_are_faults_of_their_cell(read: Read) -> None:
    found = read(f"{HEADING}\nAni\u202e,Petrosyan,12 Main,59101,yes\n")

    assert reject(found).column == "first_name"


def test_a_line_with_more_cells_than_headings_is_not_used(read: Read) -> None:
    assert "more cells" in reject(read(f"{HEADING}\n{GOOD},,extra\n")).reason
    person(read(f"{HEADING}\n{GOOD},,\n"))


def test_an_apostrophe_before_a_formula_is_no_part_of_the_name(read: Read) -> None:
    found = person(read(f"{HEADING}\n'=Ani,Petrosyan,12 Main,59101,yes\n"))

    assert found.constituent.first_name == "=Ani"


@settings(max_examples=40)
@given(cells=st.lists(st.text(max_size=30), min_size=5, max_size=5))
def test_any_cells_make_a_person_or_a_reason(
    pack: Pack, congress: Congress, cells: list[str]
) -> None:
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    raw = f"{HEADING}\n{quoted}\n".encode("utf-8", "replace")

    for one in ConstituentsTable.parse(raw).read(pack, congress):
        assert isinstance(one, Person) or (one.reason and one.line == 2)


def test_an_address_that_no_mail_reaches_is_a_fault(read: Read) -> None:
    found = reject(read(f"{HEADING},Email\n{GOOD},ani@example..org\n"))

    assert found.column == "email"
    assert "name@example.org" in found.reason
