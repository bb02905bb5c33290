"""One list of headings: each means one thing, and what a row says is its first filled column."""

import pytest

from campaign.tables import vocabulary, yes_no
from campaign.tables.columns import match_columns
from campaign.tables.vocabulary import SYNONYMS


def test_no_heading_means_two_fields() -> None:
    words = [word for many in SYNONYMS.values() for word in many]

    assert len(words) == len(set(words))
    assert all(vocabulary.field_of(name) == name for name in SYNONYMS)
    assert all(vocabulary.normalize(word) == word for word in words)


@pytest.mark.parametrize(
    "heading", ["First Name", "first_name", "FIRSTNAME", " first-name ", "fName"]
)
def test_case_spaces_and_marks_do_not_matter(heading: str) -> None:
    assert vocabulary.field_of(heading) == "first_name"


def test_the_first_filled_of_several_columns_counts() -> None:
    names = match_columns(("Home Phone", "Cell Phone", "Email", "Other"), ("phone", "email"))

    assert names.unused == ("Other",)
    assert names.values(("", "406-555-0100", "a@example.org")) == (
        {"phone": "406-555-0100", "email": "a@example.org"},
        (),
    )
    # The better name goes first, wherever it stands.
    assert names.values(("1", "2"))[0] == {"phone": "2"}


def test_lines_of_an_address_are_joined() -> None:
    names = match_columns(("Supplemental Address 1", "Supplemental Address 2"), ("street2",))

    assert names.values(("Apt 4", "Rear"))[0] == {"street2": "Apt 4, Rear"}
    assert names.values(("Apt 4", "Apt 4"))[0] == {"street2": "Apt 4"}


def test_two_conflicting_addresses_in_a_row_are_refused() -> None:
    names = match_columns(("zip", "Postal", "City", "Town"), ("zip", "city"))

    assert names.values(("59001", "59001-1234", "Acton", "ACTON"))[1] == ()
    [against] = names.values(("59001", "02141", "Acton", ""))[1]
    assert against.says == "“zip” and “Postal” say different things. Keep the right one."


@pytest.mark.parametrize(
    ("cell", "said"),
    [("'=1+1", "=1+1"), ('="02141"', "02141"), ("O'Neil", "O'Neil"), ("a\r\nb", "a\nb")],
)
def test_spreadsheet_escapes_are_removed_from_cells(cell: str, said: str) -> None:
    assert vocabulary.cell_text(cell) == said


def test_only_clear_yes_and_no_are_read() -> None:
    for cell in (
        "TRUE",
        "Yes",
        "x",
        "1",
        "1.0",
        "✓",
        "☑️",
        "on",
        "Y",
        "t",
        " ok ",
        "Sí",
        "Si\u0301",
        "Այո",
    ):
        assert yes_no.read(cell) is True, cell
    for cell in ("FALSE", "No", "0", "n", "f", "off", "ոչ"):
        assert yes_no.read(cell) is False, cell
    for cell in ("", "maybe", "yes?", "not yet", "n/a", "yes and no"):
        assert yes_no.read(cell) is None, cell


@pytest.mark.parametrize("heading", ["Opt Out", "Do Not Email", "Is Opt Out", "Unsubscribed"])
def test_a_no_to_mail_is_never_a_yes(heading: str) -> None:
    assert vocabulary.field_of(heading) == "mail_opt_out"


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        # Salesforce
        ("Mailing Zip/Postal Code", "zip"),
        ("MailingPostalCode", "zip"),
        ("Mailing State/Province", "state"),
        # Outlook and Google Contacts
        ("Home Postal Code", "zip"),
        ("Home Street 2", "street2"),
        ("Home Country/Region", "country"),
        ("Address 1 - Street", "street"),
        ("Address 1 - Postal Code", "zip"),
        ("E-mail 1 - Value", "email"),
        # HubSpot, Jotform, WPForms, Excel in Britain
        ("State/Region", "state"),
        ("Street Address Line 2", "street2"),
        ("Postal / Zip Code", "zip"),
        ("Name: First", "first_name"),
        ("Address: Zip/Postal Code", "zip"),
        ("Town/City", "city"),
        # voter files, and questions of forms
        ("NAME_LAST", "last_name"),
        ("RES_ZIP5", "zip"),
        ("ZIP Code (5 digits)", "zip"),
        ("Street Address (no PO boxes) *", "street"),
        # what is none of these
        ("Business Street", ""),
        ("Work City", ""),
        ("Hometown", ""),
        ("Mail Address", ""),
        ("Billing", ""),
        ("Address (of your employer)", ""),
    ],
)
def test_a_part_of_an_address_is_known_under_every_address(heading: str, field: str) -> None:
    assert vocabulary.field_of(heading) == field


TWO_HOMES = (
    "Home Street", "Home City", "Home State", "Home Zip",
    "Mailing Street", "Mailing City", "Mailing State", "Mailing Zip",
)  # fmt: skip
PARTS = ("street", "city", "state", "zip")


def test_a_complete_address_is_used_without_parts_of_others() -> None:
    names = match_columns(TWO_HOMES, PARTS)
    whole = {"street": "PO Box 4", "city": "Cambridge", "state": "MA", "zip": "02141"}

    assert names.values(("", "", "", "", *whole.values())) == (whole, ())
    assert names.values(("", "", "MA", "02141-1234", *whole.values())) == (whole, ())


def test_no_address_is_made_of_two() -> None:
    names = match_columns(TWO_HOMES, PARTS)

    [against] = names.values(("12 Oak St", "", "", "", "", "Cambridge", "MA", "02141"))[1]

    assert (
        against.says == "“Home Street” and “Mailing City” are of two addresses. Keep a whole one."
    )


def test_a_unit_of_another_address_is_not_added() -> None:
    names = match_columns(
        ("Street", "Apt", "Mailing Street", "Mailing Address 2"), ("street", "street2")
    )

    assert names.values(("12 Oak St", "", "12 Oak St", "Box 7"))[0] == {"street": "12 Oak St"}


def test_only_streets_may_agree_in_part() -> None:
    said = {
        ("District", "CD"): ("CA-1", "CA-12"),
        ("Last Name", "Surname"): ("Li", "Lin"),
        ("sheet", "Page ID"): ("1", "12"),
    }
    for heading, cells in said.items():
        names = match_columns(heading, (vocabulary.field_of(heading[0]),))
        assert len(names.values(cells)[1]) == 1, heading

    assert (
        match_columns(("Street", "Address"), ("street",)).values(("1 Oak", "1 Oak Apt 4"))[1] == ()
    )
    assert match_columns(("Consent", "Agree"), ("consent",)).values(("x", "TRUE"))[1] == ()
