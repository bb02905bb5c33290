"""Messages to Congress's electronic system (CWC): golden files of both chambers, and the schema."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from campaign.congress.dataset import Congress
from campaign.congress.members import Seat
from campaign.errors import InvalidInput
from campaign.letters.compose import Constituent, Letter, Paragraph
from campaign.letters.cwc import codes, message
from campaign.letters.cwc.agent import Agent
from campaign.letters.cwc.schema import problems
from campaign.letters.cwc.texts import MessageTexts, texts_of
from campaign.packs.bills import Bill, CampaignBill
from campaign.packs.pack import Pack
from tests.golden import Golden

ON = date(2026, 6, 15)
ID = "0123456789abcdef0123456789ABCDEF"
AGENT = Agent(
    "Bridge Mail", "ack@example.org", "Sam Contact", "contact@example.org", "202-555-0100"
)
ANI = Constituent(
    "Ani",
    "Petrosyan",
    "12 Main Street",
    "Billings",
    "MT",
    "59101-1234",
    address2="Apt 4",
    prefix="Ms.",
    email="ani@example.org",
    phone="(406) 555-0100",
)
SENATE = Seat(119, "senate", "MT", senate_class=2)
HOUSE = Seat(119, "house", "MT", district=2)

MakeLetter = Callable[..., Letter]


@pytest.fixture(scope="session")
def told(pack: Pack) -> Pack:
    """A campaign that says all that the format can carry."""
    return replace(
        pack,
        bills=(),
        cwc_bills=(Bill(119, "hjres", 5), Bill(119, "s", 1234)),
        cwc_stance="pro",
        cwc_about="People of Montana who want a bridge.",
    )


def letter(make_letter: MakeLetter, own: str = "", statement: str = "Build it.") -> Letter:
    made = make_letter("x", constituent=ANI)
    parts = [Paragraph("own", row) for row in own.split("\n\n") if row]
    parts += [Paragraph("ask", row) for row in statement.split("\n\n") if row]
    return replace(made, paragraphs=tuple(parts))


def text_of(document: bytes, path: str) -> str:
    return etree.fromstring(document).findtext(path) or ""


@pytest.mark.parametrize(("chamber", "seat"), [("house", HOUSE), ("senate", SENATE)])
def test_a_message_is_the_golden_file_of_its_chamber(
    told: Pack, make_letter: MakeLetter, chamber: str, seat: Seat, golden: Golden
) -> None:
    written = letter(
        make_letter, "My street floods & <stays> wet.\n\nEach spring.", "Build it now."
    )

    made = message.for_letter(written, seat, told, AGENT, delivery_id=ID)

    golden.check(f"cwc-{chamber}.xml", made)
    assert problems(made) == ()


@pytest.mark.parametrize(
    ("seat", "code"),
    [
        (Seat(119, "house", "CA", district=30), "HCA30"),
        (Seat(119, "house", "NY", district=3), "HNY03"),
        (Seat(119, "house", "WY", district=0), "HWY00"),
        (Seat(119, "house", "DC", district=0), "HDC00"),
        (Seat(119, "house", "PR", district=0), "HPR00"),
        (Seat(119, "house", "AS", district=0), "HAQ00"),
        (SENATE, "SMT02"),
        (Seat(119, "senate", "CA", senate_class=3), "SCA03"),
    ],
)
def test_an_office_goes_by_its_code(seat: Seat, code: str) -> None:
    assert codes.office_code(seat) == code


def test_every_seat_of_the_congress_has_a_code_of_its_own(congress: Congress) -> None:
    found = {codes.office_code(seat) for seat in congress.seats.values()}

    assert len(found) == len(congress.seats)


def test_an_address_in_american_samoa_stays_as(told: Pack) -> None:
    person = replace(ANI, city="Pago Pago", state="AS", zip="96799")

    made = message.xml(told, "HAQ00", person, MessageTexts("Subject", "Build it.", ""), agent=AGENT,
                   delivery_id=ID, on_date=ON)  # fmt: skip

    assert text_of(made, "Recipient/MemberOffice") == "HAQ00"
    assert text_of(made, "Constituent/StateAbbreviation") == "AS"


def test_words_leave_out_greeting_signature_and_address(make_letter: MakeLetter) -> None:
    own = (
        "Dear Senator Doe:\n\nMy street floods.\n\nThank you for reading this.\n\n"
        "Sincerely,\n\nMs. Ani Petrosyan\n12 Main Street, Apt 4\nBillings, MT 59101-1234\n"
        "ani@example.org"
    )

    said = texts_of(letter(make_letter, own))

    assert said.own == "My street floods.\n\nThank you for reading this."


def test_a_closing_that_is_part_of_the_text_stays(make_letter: MakeLetter) -> None:
    assert texts_of(letter(make_letter, "Build it,\nand thank you for that")).own.endswith("that")


def test_equal_texts_are_sent_once_as_the_campaigns(make_letter: MakeLetter) -> None:
    said = texts_of(letter(make_letter, "Build  it now.", "Build it now."))

    assert said == MessageTexts("The bridge", "Build it now.", "")


def test_a_letter_wholly_in_own_words_has_no_statement(told: Pack, make_letter: MakeLetter) -> None:
    made = message.for_letter(letter(make_letter, "All mine.", ""), HOUSE, told, AGENT)

    assert text_of(made, "Message/ConstituentMessage") == "All mine."
    assert etree.fromstring(made).find("Message/OrganizationStatement") is None


@pytest.mark.parametrize("own", ["Hi", "No."])
def test_own_words_too_short_for_an_office_are_refused(make_letter: MakeLetter, own: str) -> None:
    with pytest.raises(InvalidInput, match="6 to 10,000 characters") as told:
        texts_of(letter(make_letter, own))

    assert told.value.field == "personal"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"prefix": ""}, "prefix"),
        ({"prefix": "Rev."}, "prefix"),
        ({"first_name": " "}, "first_name"),
        ({"last_name": ""}, "last_name"),
        ({"address1": "1"}, "street"),
        ({"city": "Uz"}, "city"),
        ({"state": "ON"}, "state"),
        ({"zip": "K1A 0B1"}, "zip"),
        ({"phone": "+44 20 7946 0958"}, "phone"),
        ({"email": ""}, "email"),
    ],
)
def test_a_value_that_offices_refuse_names_its_field(
    told: Pack, make_letter: MakeLetter, change: dict[str, str], field: str
) -> None:
    written = replace(letter(make_letter), constituent=replace(ANI, **change))

    with pytest.raises(InvalidInput) as refused:
        message.for_letter(written, SENATE, told, AGENT)

    assert refused.value.field == field


def test_the_house_takes_other_prefixes_and_the_senate_five(
    told: Pack, make_letter: MakeLetter
) -> None:
    written = replace(letter(make_letter), constituent=replace(ANI, prefix="Rev."))

    made = message.for_letter(written, HOUSE, told, AGENT)

    assert text_of(made, "Constituent/Prefix") == "Rev."
    assert problems(made.replace(b"HMT02", b"SMT02"))


@pytest.mark.parametrize(
    ("typed", "spelled"), [("ms", "Ms."), ("MRS.", "Mrs."), ("Miss", "Miss"), ("Mx.", "")]
)
def test_a_prefix_is_spelled_as_congress_does(typed: str, spelled: str) -> None:
    assert codes.prefix(typed) == spelled


def test_a_bare_unit_gets_the_postal_services_mark(told: Pack, make_letter: MakeLetter) -> None:
    written = replace(letter(make_letter), constituent=replace(ANI, address2="B"))

    assert text_of(message.for_letter(written, HOUSE, told, AGENT), "Constituent/Address2") == "# B"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<DeliveryId>0", b"<DeliveryId>-"),
        (b"<CWCVersion>2.0", b"<CWCVersion>1.0"),
        (b"20260615", b"2026-06-15"),
        (b"<Prefix>Ms.", b"<Prefix>Mx."),
        (b"406-555-0100", b"4065550100"),
        (b"59101-1234", b"59101 1234"),
        (b"<City>Billings", b"<City>Bi"),
        (b"<LibraryOfCongressTopic>International Affairs", b"<LibraryOfCongressTopic>Affairs"),
        (b"<BillTypeAbbreviation>H.J.Res.", b"<BillTypeAbbreviation>hjres"),
        (b"<ProOrCon>Pro", b"<ProOrCon>Neutral"),
        (b"<Subject>The bridge", b"<Subject>B"),
        (b"</Message>", b"<Extra/></Message>"),
        (b"<IsResponseRequested>Y</IsResponseRequested>", b""),
        (b"<MemberOffice>SMT02", b"<MemberOffice>HMT02"),
    ],
)
def test_the_schema_refuses_what_the_format_does(
    told: Pack, make_letter: MakeLetter, old: bytes, new: bytes
) -> None:
    made = message.for_letter(letter(make_letter), SENATE, told, AGENT, delivery_id=ID)
    assert old in made

    faults = problems(made.replace(old, new))

    # A recipient may leave the request for an answer out; everything else is a fault.
    assert bool(faults) is (b"IsResponse" not in old)


def test_elements_out_of_order_are_refused(told: Pack, make_letter: MakeLetter) -> None:
    root = etree.fromstring(message.for_letter(letter(make_letter), HOUSE, told, AGENT))
    root.append(root[1])

    assert problems(etree.tostring(root))


@pytest.mark.parametrize(
    "document",
    [
        b'<!DOCTYPE CWC [<!ENTITY x SYSTEM "file:///etc/hostname">]><CWC>&x;</CWC>',
        b"<CWC>" + b" " * 300_000 + b"</CWC>",
        b"<html>",
        b"",
    ],
)
def test_what_is_no_message_is_refused_and_nothing_is_fetched(document: bytes) -> None:
    assert problems(document)


def test_a_statement_too_long_for_the_schema_is_refused(told: Pack) -> None:
    for size, is_good in ((10_000, True), (10_001, False)):
        made = b"".join(
            message.xml(told, "HMT02", ANI, MessageTexts("Subject", "Build it.", ""), agent=AGENT,
                    delivery_id=ID, on_date=ON).split(b"Build it.")[:1]
        )  # fmt: skip
        tail = b"</OrganizationStatement></Message></CWC>"
        assert (problems(made + b"\xc4\x80" * size + tail) == ()) is is_good


def test_a_campaigns_id_is_stable_and_hangs_on_its_stance(told: Pack) -> None:
    assert message.campaign_id(told) == message.campaign_id(replace(told, cwc_about="Others."))
    assert message.campaign_id(told) != message.campaign_id(replace(told, cwc_stance="con"))


def test_the_digest_distinguishes_texts() -> None:
    said = MessageTexts("Subject", "Build it.", "Mine.")

    assert said.digest == MessageTexts("Subject", "Build it.", "Mine.").digest
    assert said.digest != MessageTexts("Subject", "Build it.Mine.", "").digest
    assert "Build" not in repr(said)


def test_what_no_xml_may_hold_is_left_out(told: Pack, make_letter: MakeLetter) -> None:
    typed = "It\x00 fl\ud800oods\x0b,\ufffe and\uffff <![CDATA[ ]]> &amp; \U0001f30a stays.\r\nYes."

    made = message.for_letter(letter(make_letter, typed), HOUSE, told, AGENT)

    assert (
        text_of(made, "Message/ConstituentMessage")
        == "It floods, and <![CDATA[ ]]> &amp; \U0001f30a stays.\nYes."
    )


@given(
    own=st.text(max_size=400),
    name=st.text(min_size=1, max_size=40),
    street=st.text(max_size=40),
    city=st.text(max_size=30),
    unit=st.text(max_size=5),
)
@settings(max_examples=60, deadline=None)
def test_whatever_a_person_types_becomes_valid_xml_or_a_sentence(
    told: Pack, own: str, name: str, street: str, city: str, unit: str
) -> None:
    person = replace(
        ANI, first_name=name, last_name=name, address1=street, city=city, address2=unit
    )
    for office in ("HMT02", "SMT02"):
        try:
            texts = MessageTexts("Subject", "Build it.", "")
            made = message.xml(told, office, person, texts, agent=AGENT,
                           delivery_id=ID, on_date=ON)  # fmt: skip
        except InvalidInput as error:
            blamed = error.field
        else:
            blamed = "" if problems(made) == () else "nothing, and yet it is not valid"

        assert blamed in {"", "first_name", "last_name", "street", "city"}


@given(rest=st.text(max_size=400))
@settings(max_examples=60, deadline=None)
def test_any_own_words_arrive_but_for_what_xml_cannot_hold(told: Pack, rest: str) -> None:
    own = f"I write: {rest}"
    written = Letter(
        "bridge",
        ANI,
        None,  # type: ignore[arg-type]
        ON,
        "The bridge",
        "Dear Senator Doe:",
        (Paragraph("own", own), Paragraph("ask", "Build it.")),
        "Sincerely,",
    )

    made = message.for_letter(written, SENATE, told, AGENT)

    assert problems(made) == ()
    assert text_of(made, "Message/ConstituentMessage") == texts_of(written).own
    assert text_of(made, "Message/ConstituentMessage").startswith("I write:")


def test_a_reply_needs_an_address_that_mail_reaches(told: Pack, make_letter: MakeLetter) -> None:
    unreachable = replace(letter(make_letter), constituent=replace(ANI, email="ani@example..org"))

    with pytest.raises(InvalidInput) as refused:
        message.for_letter(unreachable, HOUSE, told, AGENT, delivery_id=ID)

    assert refused.value.field == "email"


BOTH_SIDES = (
    CampaignBill(Bill(119, "hr", 6840), "for"),
    CampaignBill(Bill(119, "hr", 6534), "against"),
    CampaignBill(Bill(119, "s", 567), "against"),
)


@pytest.mark.parametrize(
    ("bills", "chamber", "numbers", "stance", "positions"),
    [
        (BOTH_SIDES, "house", ["6840", "6534"], "",
         "Support H.R. 6840 (119th Congress). Oppose H.R. 6534 (119th Congress)."),
        (BOTH_SIDES, "senate", ["567"], "Con", ""),
        (BOTH_SIDES[:1], "house", ["6840"], "Pro", ""),
        (BOTH_SIDES[:1], "senate", ["6840"], "Pro", ""),
        (BOTH_SIDES[:2], "senate", ["6840", "6534"], "",
         "Support H.R. 6840 (119th Congress). Oppose H.R. 6534 (119th Congress)."),
    ],
)  # fmt: skip
def test_a_message_names_the_bills_of_both_sides_and_pro_or_con_where_it_is_true_of_all(
    told: Pack,
    make_letter: MakeLetter,
    bills: tuple[CampaignBill, ...],
    chamber: str,
    numbers: list[str],
    stance: str,
    positions: str,
) -> None:
    pack = replace(told, bills=bills, cwc_bills=(), cwc_stance="")
    seat = HOUSE if chamber == "house" else SENATE

    made = message.for_letter(letter(make_letter), seat, pack, AGENT)

    root = etree.fromstring(made)
    assert [each.text for each in root.iter("BillNumber")] == numbers
    assert [each.text for each in root.iter("ProOrCon")] == ([stance] if stance else [])
    statement = root.findtext("Message/OrganizationStatement") or ""
    assert statement.startswith(positions)
    assert ("Support H.R." in statement) is bool(positions)
