"""Tables that other programs made go through `import` and `letters`: every person as they gave it.

The files in tests/tables/brought are what such programs write, with made-up people.
"""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from campaign.congress.dataset import Congress
from campaign.errors import TableRefused
from campaign.keys import Keyring
from campaign.letters.batch import match
from campaign.letters.batch.constituents_table import ConstituentsTable
from campaign.letters.batch.match import Batch, Choices
from campaign.organizing.exports.presets import PRESETS
from campaign.organizing.paper import import_table
from campaign.organizing.paper.import_table import Report
from campaign.organizing.paper.table import Table
from campaign.packs.pack import Pack
from campaign.petition.paper.session import PaperSession
from campaign.store import models
from campaign.store.db.engine import Database
from campaign.tables import vocabulary
from campaign.tables.rejects import Rejects
from tests.organizing.exporting import add, exported, order

BROUGHT = Path(__file__).parents[1] / "tables" / "brought"
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
KEYRING = Keyring("a-secret-for-tests-that-is-long-enough")

Import = Callable[[bytes], Report]
MakeLetters = Callable[[bytes], Batch]


@pytest.fixture
def enter(database: Database, pack: Pack, congress: Congress) -> Import:
    """Import a table on a day in November."""

    def enter(raw: bytes) -> Report:
        session = PaperSession(database, pack, congress, NOW, KEYRING, "cli:tester")
        table = Table(raw)
        return import_table.enter(session, table, Rejects(None, ()))

    return enter


@pytest.fixture
def make(pack: Pack, congress: Congress) -> MakeLetters:
    """Sort a table out for letters."""
    choices = Choices(date(2026, 6, 15), kinds=("senate", "house"))
    return lambda raw: match.match_people(ConstituentsTable.parse(raw), pack, congress, choices)


def brought(name: str) -> bytes:
    return (BROUGHT / f"{name}.csv").read_bytes()


def entered(database: Database) -> list[tuple[str, str, str]]:
    table = models.signatures.c
    with database.reading() as connection:
        rows = connection.execute(
            sa.select(table.first_name, table.last_name, table.zip).order_by(table.number)
        )
        return [(first, last, zip_) for first, last, zip_ in rows]


def blocks(found: Batch) -> list[tuple[str, ...]]:
    return [writer.person.constituent.block for writer in found.writers]


ANA, BO = ("Ana", "Lopez", "59001"), ("Bo", "Chen", "59001")


@pytest.mark.parametrize(
    ("name", "people", "passed_over"),
    [
        ("van", [ANA, BO], ("VANID", "Address", "City")),
        (
            "nationbuilder",
            [ANA],
            (
                "phone_number",
                "mobile_number",
                "primary_address1",
                "primary_address2",
                "primary_city",
            ),
        ),
        ("civicrm", [ANA], ("Street Address", "Supplemental Address 1", "City")),
        ("google-form", [ANA], ("Street", "City", "Home Phone", "Cell Phone")),
        ("change-org", [ANA], ("City",)),
        (
            "mailchimp",
            [ANA, BO],
            ("Address", "Phone Number", "Tags", "MEMBER_RATING", "OPTIN_TIME"),
        ),
    ],
)
def test_every_person_of_another_program_is_entered(
    enter: Import,
    database: Database,
    name: str,
    people: list[tuple[str, str, str]],
    passed_over: tuple[str, ...],
) -> None:
    report = enter(brought(name))

    assert (report.entered, report.refused) == (len(people), 0)
    assert entered(database) == people
    assert report.passed_over == passed_over


@pytest.mark.parametrize(
    ("name", "made", "note"),
    [
        (
            "van",
            [
                ("Ana Lopez", "12 Oak St", "Acton, MT 59001-1234"),
                ("Bo Chen", "14 Oak St", "Acton, MT 59001"),
            ],
            "Columns that we do not use: “VANID”.",
        ),
        (
            "nationbuilder",
            [("Ana Lopez", "12 Oak St", "Apt 4", "Acton, MT 59001")],
            "Columns that we do not use: “email_opt_in”.",
        ),
        (
            "civicrm",
            [("Ana Lopez", "12 Oak St", "Apartment 4", "Acton, MT 59001")],
            "Columns that we do not use: “Opt Out”.",
        ),
        (
            "google-form",
            [("Ana Lopez", "12 Oak St", "Acton, MT 59001")],
            "Columns that we do not use: “Timestamp”.",
        ),
        (
            "one-cell-address",
            [
                ("Ana Lopez", "12 Oak St", "Cambridge, MA 02141"),
                ("Bo Chen Jr.", "14 Oak St Apt 4B", "Acton, MT 59001-1234"),
            ],
            "We split addresses that were in one cell. Check them: lines 2, 3.",
        ),
    ],
)
def test_every_person_of_another_program_gets_letters(
    make: MakeLetters, name: str, made: list[tuple[str, ...]], note: str
) -> None:
    found = make(brought(name))

    assert blocks(found) == made
    assert found.rejects == ()
    assert found.notes == (note,)


def test_an_address_of_mailchimps_is_taken_apart_at_its_wide_spaces(make: MakeLetters) -> None:
    found = make(brought("mailchimp"))

    assert blocks(found) == [
        ("Ana Lopez", "12 Oak St", "Acton, MT 59001"),
        ("Bo Chen", "14 Oak St, Suite 4", "Acton, MT 59001"),
    ]
    assert "We split addresses that were in one cell. Check them: lines 2, 3." in found.notes


def test_the_first_phone_that_is_filled_counts(make: MakeLetters) -> None:
    [one] = make(brought("google-form")).writers
    [other] = make(brought("nationbuilder")).writers

    assert one.person.constituent.phone == "406-555-0100"
    assert other.person.constituent.phone == "4065550100"


def test_a_table_of_names_and_towns_alone_makes_no_letters(make: MakeLetters) -> None:
    """Who signed elsewhere has not agreed to a letter, and offices answer only full addresses."""
    with pytest.raises(TableRefused, match="has no column for street, consent"):
        make(brought("change-org"))


def test_a_quote_that_is_never_closed_refuses_the_table(
    enter: Import, make: MakeLetters, database: Database
) -> None:
    for read in (enter, make):
        with pytest.raises(TableRefused, match="line 2 opens a quote that is never closed"):
            read(brought("open-quote"))
    assert entered(database) == []


def test_lost_zeros_come_back_where_the_state_agrees(
    enter: Import, make: MakeLetters, database: Database
) -> None:
    asked = "“2141” is not a whole ZIP code. Is it 02141, Cambridge, MA? Write all five digits"
    restored = "We restored the leading zeros of ZIP codes, which match the state: lines 2, 3."

    report = enter(brought("lost-zeros"))
    found = make(brought("lost-zeros"))

    assert entered(database) == [("Ana", "Lopez", "02141"), ("Bo", "Chen", "00716")]
    [reason] = report.reasons
    assert (reason.line, reason.column) == (4, "zip")
    assert asked in reason.says
    assert restored in report.notes
    assert [block[-1] for block in blocks(found)] == ["Cambridge, MA 02141", "Ponce, PR 00716"]
    [reject] = found.rejects
    assert asked in reject.reason
    assert restored in found.notes


@pytest.mark.parametrize(
    ("zip_", "state", "kept"),
    [
        ("2141", "MA", "02141"), ("2141.0", "Massachusetts", "02141"), ("716", "PR", "00716"),
        ("21411234", "MA", "02141-1234"), ("2141-1234", "MA", "02141-1234"),
        ("59001.0", "MT", "59001"), ("59001–1234", "", "59001-1234"), ("'02141", "", "02141"),
        ('="02141"', "", "02141"), ("59001-", "MT", "59001"), ("590011234", "", "59001-1234"),
        ("2141", "MT", ""), ("2141", "", ""), ("99", "MT", ""), ("5900A", "MT", ""),
    ],
)  # fmt: skip
def test_a_zip_is_put_right_or_asked_about(
    make: MakeLetters, zip_: str, state: str, kept: str
) -> None:
    text = io.StringIO()
    csv.writer(text).writerows(
        [
            ("Name", "Street", "City", "State", "ZIP", "Consent"),
            ("Ana Lopez", "12 Oak St", "Acton", state, zip_, "yes"),
        ]
    )

    found = make(text.getvalue().encode())

    if kept:
        [writer] = found.writers
        assert str(writer.person.zip) == kept
    else:
        [reject] = found.rejects
        assert reject.column == "zip"


def test_what_contradicts_itself_is_refused_with_its_reason(
    enter: Import, make: MakeLetters, database: Database
) -> None:
    report = enter(brought("contradictions"))
    found = make(brought("contradictions"))

    assert entered(database) == [BO]
    assert [(one.line, one.column) for one in report.reasons] == [
        (2, "country"),
        (3, "state"),
        (4, "country"),
    ]
    assert blocks(found) == [("Bo Chen", "14 Oak St", "Acton, MT 59001")]
    assert [(one.line, one.column) for one in found.rejects] == [
        (2, "country"),
        (3, "state"),
        (4, "country"),
    ]


def test_a_district_in_another_state_than_the_zip_is_refused(
    enter: Import, database: Database
) -> None:
    report = enter(
        b"name,zip,district\nAna Lopez,59001,CA-30\nBo Chen,59001,MT-2\nCy Dunn,59001,Ward 7\n"
    )

    assert [(one.line, one.column) for one in report.reasons] == [(2, "district")]
    assert [first for first, _, _ in entered(database)] == ["Bo", "Cy"]


def test_dates_of_the_united_states_are_read(enter: Import, database: Database) -> None:
    report = enter(brought("dates"))

    with database.reading() as connection:
        days = connection.scalars(
            sa.select(models.signatures.c.created_at).order_by(models.signatures.c.number)
        ).all()
    assert [f"{day:%Y-%m-%d}" for day in days] == ["2026-06-15", "2026-10-05", "2026-10-06"]
    [reason] = report.reasons
    assert (reason.line, reason.column) == (5, "signed_on")
    assert "“13/15/2026” is not a date that we can read. Write it as 6/15/2026" in reason.says


def test_a_table_may_carry_the_date_of_each_letter(make: MakeLetters, pack: Pack) -> None:
    found = make(
        b"Name,Street,ZIP,Consent,Date\n"
        b"Ana Lopez,12 Oak St,59001,yes,6/12/2026\n"
        b"Bo Chen,14 Oak St,59001,yes,\n"
        b"Cy Dunn,16 Oak St,59001,yes,13/13/2026\n"
    )

    choices = Choices(date(2026, 6, 15), kinds=("senate", "house"), written_on=date(2026, 6, 14))
    made = list(match.letters(found, pack, choices))
    assert [letter.dated for letter in made] == ["June 12, 2026"] * 3 + ["June 14, 2026"] * 3
    [reject] = found.rejects
    assert (reject.line, reject.column) == (4, "letter_date")


def test_names_in_capitals_are_written_in_small_letters_and_said(
    enter: Import, make: MakeLetters, database: Database
) -> None:
    raw = (
        b"Name,Street,ZIP,Consent\n"
        b"ANI PETROSYAN,12 Oak St,59001,yes\n"
        b'"MCDONALD JR., SEAN",14 Oak St,59001,yes\n'
        b"JUAN DE LA CRUZ,15 Oak St,59001,yes\n"
        b"Bo Chen,16 Oak St,59001,yes\n"
    )

    report = enter(raw)
    found = make(raw)

    names = ["Ani Petrosyan", "Sean McDonald Jr.", "Juan de la Cruz", "Bo Chen"]
    assert [block[0] for block in blocks(found)] == names
    assert [" ".join(row[:2]) for row in entered(database)] == names
    note = "We changed names in capitals to the form “Ani Petrosyan.” Check them: lines 2, 3, 4."
    assert note in report.notes
    assert note in found.notes


def test_opt_outs_and_refused_consent_are_respected(enter: Import, database: Database) -> None:
    report = enter(
        b"Name,ZIP,Email,Opt Out,email_opt_in,Consent\n"
        b"Ana Lopez,59001,ana@example.org,Yes,true,yes\n"
        b"Bo Chen,59001,bo@example.org,No,true,\n"
        b"Cy Dunn,59001,cy@example.org,No,true,no\n"
    )

    assert entered(database) == [ANA, BO]
    with database.reading() as connection:
        assert set(connection.scalars(sa.select(models.signatures.c.mail_opt_in))) == {False}
    assert [(one.line, one.column) for one in report.reasons] == [(4, "consent")]
    assert report.notes == (
        "No one in this table is signed up for mail, even if “email_opt_in” and “Opt Out” say so. "
        "If the sheets had a box for updates, give the sentence beside it.",
    )


BOX = "Email me about this campaign."


def test_a_checked_box_with_its_sentence_gets_updates(
    database: Database, pack: Pack, congress: Congress
) -> None:
    session = PaperSession(database, pack, congress, NOW, KEYRING, "cli:tester", mail_consent=BOX)
    raw = (
        b"Name,ZIP,Email,Newsletter,Opt Out\n"
        b"Ana Lopez,59001,ana@example.org,yes,\n"
        b"Bo Chen,59001,bo@example.org,,\n"
        b"Cy Dunn,59001,,x,\n"
        b"Di East,59001,di@example.org,maybe,\n"
        b"Ed Fox,59001,ed@example.org,yes,yes\n"
    )

    report = import_table.enter(session, Table(raw), Rejects(None, ()))

    assert entered(database) == [ANA, BO, ("Cy", "Dunn", "59001")]
    assert [(one.line, one.column) for one in report.reasons] == [
        (5, "mail_opt_in"),
        (6, "mail_opt_out"),
    ]
    assert report.notes == (
        "Lines that say yes to updates: 1.",
        "These people said yes to updates but left no email address: line 4.",
    )
    signed, agreed = models.signatures.c, models.consents.c
    with database.reading() as connection:
        rows = connection.execute(
            sa.select(signed.first_name, signed.mail_opt_in, agreed.mail_opt_in, agreed.sentence)
            .join(models.consents, agreed.signature_id == signed.id)
            .order_by(signed.number)
        ).all()
    assert [tuple(row) for row in rows] == [
        ("Ana", True, True, f"Signed by hand, on paper. Checked the box beside “{BOX}”"),
        ("Bo", False, False, "Signed by hand, on paper."),
        ("Cy", False, False, "Signed by hand, on paper."),
    ]


def test_a_sentence_without_a_column_of_checked_boxes_is_asked_about(
    database: Database, pack: Pack, congress: Congress
) -> None:
    session = PaperSession(database, pack, congress, NOW, KEYRING, "cli:tester", mail_consent=BOX)

    with pytest.raises(TableRefused, match="no column says who checked it"):
        import_table.enter(session, Table(b"Name,ZIP\nAna Lopez,59001\n"), Rejects(None, ()))

    assert entered(database) == []


#: The headings of each program, with what a person of theirs has in the columns that we read.
HEADINGS = {
    "Action Network": "email, first_name, last_name, zip_code, can2_phone, can2_user_address, "
    "can2_user_city, can2_state_abbreviated, Created",
    "NationBuilder, primary": "first_name, last_name, email, phone_number, mobile_number, "
    "primary_address1, primary_address2, primary_city, primary_state, primary_zip, email_opt_in",
    "NationBuilder, address": "first_name, last_name, email, phone_number, mobile_number, "
    "address_address1, address_address2, address_city, address_state, address_zip, email_opt_in",
    "VAN": "VANID, FirstName, LastName, Email, Phone, Address, City, State, Zip5, Zip4",
    "EveryAction": "VANID, FirstName, LastName, Email, Phone, Address, City, State, ZipOrPostal",
    "CiviCRM": "First Name, Last Name, Email, Street Address, Supplemental Address 1, City, State, "
    "Postal Code, Postal Code Suffix, Country, Do Not Email, Opt Out",
    "Mailchimp": "Email Address, First Name, Last Name, Address, Phone Number, Tags, "
    "MEMBER_RATING, OPTIN_TIME, CONFIRM_TIME",
    "ActionKit": "email, first_name, last_name, address1, address2, city, state, zip, postal, "
    "country, source, created_at, action_comment",
    "Google Forms": "Timestamp, Full Name, Email, ZIP Code, Phone, Home Phone, Cell Phone",
    "Change.org": "Name, City, State, Postal Code, Country, Signed On",
}

_SAID = {
    "email": "ana@example.org", "first_name": "Ana", "last_name": "Lopez", "name": "Ana Lopez",
    "zip": "59001", "zip4": "1234", "street": "12 Oak St", "street2": "Apt 4", "city": "Acton",
    "state": "MT", "country": "US", "phone": "406-555-0100", "recorded_at": "6/15/2026 13:02:11",
    "signed_on": "2026-10-06", "mail_opt_in": "true", "mail_opt_out": "No", "comment": "I care.",
}  # fmt: skip


def person_of(program: str, *, more: str = "") -> bytes:
    """Return a table of that program with one person, and a tab between columns."""
    headings = [*HEADINGS[program].split(", "), *filter(None, more.split(", "))]
    said = [_SAID.get(vocabulary.field_of(heading), "yes") for heading in headings]
    if program == "Mailchimp":
        said[headings.index("Address")] = "12 Oak St, Acton, MT 59001"
    return "\n".join("\t".join(row) for row in (headings, said)).encode("utf-16")


@pytest.mark.parametrize("program", HEADINGS)
def test_the_headings_of_each_program_are_read_by_import(
    enter: Import, database: Database, program: str
) -> None:
    assert enter(person_of(program)).entered == 1
    assert entered(database) == [ANA]


@pytest.mark.parametrize("program", HEADINGS)
def test_the_headings_of_each_program_are_read_by_letters(make: MakeLetters, program: str) -> None:
    lacking = "Street, Consent" if program in {"Google Forms", "Change.org"} else "Consent"

    [writer] = make(person_of(program, more=lacking)).writers

    home = writer.person.constituent
    assert (home.name, home.address1, home.state) == ("Ana Lopez", "12 Oak St", "MT")
    # Google's form asks for no town: then it is that of the ZIP's post office.
    assert home.city == ("Absarokee" if program == "Google Forms" else "Acton")
    assert home.zip[:5] == "59001"


@pytest.mark.parametrize("name", sorted(PRESETS.keys() - {"generic", "jsonl", "parquet", "xlsx"}))
def test_each_export_for_another_tool_goes_back_in_as_paper(
    enter: Import, database: Database, name: str
) -> None:
    """Those with all that a signer gave are put back as they were: see test_restoring.py."""
    add(
        database,
        {"first_name": "=Ana", "last_name": "Lopez", "mail_opt_in": True, "comment": "=1\nNext."},
        {"first_name": "Grace", "mail_opt_in": True, "city": "Pawtucket"},
    )
    made = exported(database, order(name))
    with database.writing() as connection:
        connection.execute(sa.delete(models.signatures))

    report = enter(made)

    assert (report.lines, report.entered) == (2, 2)
    assert sorted(entered(database)) == [
        ("=Ana", "Lopez", "02861"),
        ("Grace", "Lovelace", "02861"),
    ]


@pytest.mark.parametrize("name", ["jsonl", "parquet", "xlsx", "generic"])
def test_a_generic_export_is_refused_as_a_paper_table(
    enter: Import, database: Database, name: str
) -> None:
    add(database, {"mail_opt_in": True})

    with pytest.raises(TableRefused, match="export of signers, not a table"):
        enter(exported(database, order(name)))


SALESFORCE = (
    "First Name,Last Name,Mailing Street,Mailing City,Mailing State/Province,"
    "Mailing Zip/Postal Code,Mailing Country,Email Opt Out,Consent\n"
    'Ana,Lopez,"12 Oak St\nApt 4",Acton,MT,59001,US,FALSE,TRUE\n'
    "Bo,Chen,14 Oak St,Acton,CA,59001,US,FALSE,TRUE\n"
)
OUTLOOK = (
    "First Name,Last Name,Home Street,Home City,Home State,Home Postal Code,Business Street,"
    "Business City,Business State,Business Postal Code,Consent\n"
    "Ana,Lopez,12 Oak St,Acton,MT,59001,1 Main St,Cambridge,MA,02141,yes\n"
)


def test_address_books_and_crm_exports_are_read_by_both_imports(
    enter: Import, make: MakeLetters, database: Database
) -> None:
    made = [made for raw in (SALESFORCE, OUTLOOK) for made in blocks(make(raw.encode()))]
    reports = [enter(raw.encode()) for raw in (SALESFORCE, OUTLOOK)]

    assert made == [
        ("Ana Lopez", "12 Oak St, Apt 4", "Acton, MT 59001"),
        ("Ana Lopez", "12 Oak St", "Acton, MT 59001"),
    ]
    # A state in another program's words is compared with the ZIP, too.
    assert [(one.line, one.column) for one in reports[0].reasons] == [(4, "state")]
    assert entered(database) == [ANA]


@pytest.mark.parametrize(
    "raw",
    [
        b'name,zip,street,consent\n"Ana Lopez, Bo Chen",59001,12 Oak St,yes\n',
        b"first name,last name,zip,street,consent\nAna and Bo,Lopez,59001,12 Oak St,yes\n",
        b"name,consent,street,home zip,mailing street,zip,state,home state\n"
        b"Ana Lopez,yes,12 Oak St,,,59001,,CA\n",
    ],
)
def test_no_two_people_or_addresses_become_one(
    enter: Import, make: MakeLetters, database: Database, raw: bytes
) -> None:
    assert make(raw).writers == ()
    assert enter(raw).refused == 1
    assert entered(database) == []


def test_ambiguous_days_in_a_day_first_table_are_refused(enter: Import, make: MakeLetters) -> None:
    raw = (
        b"first name,last name,street,zip,consent,date\n"
        b"Ana,Lopez,12 Oak St,59001,yes,5/6/2026\n"
        b"Bo,Chen,14 Oak St,59001,yes,15/6/2026\n"
        b"Cy,Dunn,16 Oak St,59001,yes,2026-06-05\n"
    )

    assert [writer.person.line for writer in make(raw).writers] == [4]
    assert [reason.line for reason in enter(raw).reasons] == [2, 3]
