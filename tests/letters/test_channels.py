"""Ways out: what a member really has, the best first, and each with its reason."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from campaign.congress.dataset import Congress
from campaign.letters import channels
from campaign.letters.compose import Letter, Recipient, recipients
from campaign.letters.recipient_groups import RecipientGroup
from campaign.packs.pack import Pack
from tests.letters.conftest import DAY, Represented


@pytest.fixture
def to(
    congress: Congress, represented: Represented, pack: Pack
) -> Callable[[str, RecipientGroup], Recipient]:
    """Return a maker of the first recipient of a district and a kind."""
    return lambda district, kind: recipients(congress, represented(district), pack, (kind,))[0]


def kinds(found: tuple[channels.Channel, ...]) -> list[str]:
    return [way.kind for way in found]


def test_a_member_who_has_everything_is_reached_best_at_the_nearest_local_office(
    congress: Congress, to: Callable[[str, RecipientGroup], Recipient]
) -> None:
    found = channels.channels_for(congress, to("MT-2", "senate"), home_zip="59601", on_date=DAY)

    assert kinds(found) == ["district-post", "web-form", "phone", "washington-post"]
    local, form, phone, washington = found
    assert [post.town for post in local.offices][:3] == [
        "Helena, MT",
        "Great Falls, MT",
        "Bozeman, MT",
    ]
    assert [post.miles for post in local.offices] == sorted(
        post.miles or 0 for post in local.offices
    )
    assert len(local.offices) == 7
    assert "Helena, MT, is within about a mile" in local.why
    assert form.url.startswith("https://www.daines.senate.gov/")
    assert [(line.place, line.clock and line.clock.name) for line in phone.phones[:2]] == [
        ("Washington, DC", "Eastern Time"),
        ("Helena, MT", "Mountain Time"),
    ]
    assert washington.offices[0].block[-1] == "Washington, DC 20510"
    assert "takes weeks" in washington.why
    assert all(way.why for way in found)


def test_a_newcomer_has_only_what_is_on_record(
    congress: Congress, to: Callable[[str, RecipientGroup], Recipient]
) -> None:
    found = channels.channels_for(congress, to("CA-1", "house"), home_zip="96001", on_date=DAY)

    assert kinds(found) == ["phone", "washington-post"]
    (switchboard,) = found[0].phones
    assert switchboard.number == "202-224-3121"
    assert "ask for Representative Gallagher" in str(switchboard.note)
    assert found[1].offices[0].block == (
        "The Honorable James Gallagher",
        "U.S. House of Representatives",
        "Washington, DC 20515",
    )


def test_a_member_without_local_offices_that_take_mail_is_called_or_written_to_on_the_site(
    congress: Congress, to: Callable[[str, RecipientGroup], Recipient]
) -> None:
    found = channels.channels_for(congress, to("CA-12", "house"), on_date=DAY)

    assert kinds(found) == ["web-site", "phone", "washington-post"]
    assert "Contact" in found[0].why


def test_executive_offices_have_an_address_and_a_switchboard(
    congress: Congress, to: Callable[[str, RecipientGroup], Recipient]
) -> None:
    for kind in ("president", "secretary"):
        recipient = to("MT-2", kind)

        phone, way = channels.channels_for(
            congress, recipient, home_zip="59601", on_date=DAY, cwc=True
        )

        assert phone.kind == "phone"
        [line] = phone.phones
        assert (line.number, line.place) == (recipient.phone, "Washington, DC")
        assert line.clock is not None
        assert line.clock.name == "Eastern Time"
        assert line.note == "This number is a switchboard. Say which office you are calling."
        assert (way.kind, way.offices[0].block) == ("washington-post", recipient.block)


def test_an_executive_office_without_a_number_is_written_to(
    congress: Congress, to: Callable[[str, RecipientGroup], Recipient]
) -> None:
    recipient = replace(to("MT-2", "president"), phone="")

    [way] = channels.channels_for(congress, recipient, on_date=DAY)

    assert way.kind == "washington-post"


@pytest.mark.parametrize(
    ("last_lines", "place", "zone"),
    [
        (("Havre, MT 59501",), "Havre, MT", "Mountain Time"),
        (("Evansville, IN 47708-1234",), "Evansville, IN", "Central Time"),
        (("Havre MT 59501",), "Havre MT", "Mountain Time"),
        (("Helena, Montana 59601",), "Helena, Montana", "Mountain Time"),
        (("Helena, Montana",), "Helena, Montana", "Mountain Time"),
        (("Helena, MT",), "Helena, MT", "Mountain Time"),
        (("Hagatna, GU 96910", "USA"), "Hagatna, GU", "Guam time"),
        (("City Hall",), "City Hall", None),
        (("451 Main Street NE",), "451 Main Street NE", None),
    ],
)
def test_a_number_is_never_left_out_for_an_address_without_a_state(
    congress: Congress, last_lines: tuple[str, ...], place: str, zone: str | None
) -> None:
    council = Recipient(
        id="council",
        kind="local",
        name="City Council",
        short="City Council",
        seat="City Council",
        block=("City Council", *last_lines),
        salutation="Dear Council:",
        phone="406-555-0142",
    )

    phone, post = channels.channels_for(congress, council, on_date=DAY)

    [line] = phone.phones
    assert (line.number, line.place) == ("406-555-0142", place)
    assert (line.clock and line.clock.name) == zone
    assert post.offices[0].town == place


def test_the_electronic_way_is_there_only_where_the_site_has_it(
    congress: Congress, to: Callable[[str, RecipientGroup], Recipient]
) -> None:
    found = channels.channels_for(
        congress, to("MT-2", "senate"), home_zip="59601", on_date=DAY, cwc=True
    )

    assert kinds(found)[:2] == ["district-post", "cwc"]


def test_without_a_zip_no_distance_is_shown(
    congress: Congress, to: Callable[[str, RecipientGroup], Recipient]
) -> None:
    found = channels.channels_for(congress, to("MT-2", "senate"), on_date=DAY)

    assert {post.miles for post in found[0].offices} == {None}
    assert "mile" not in found[0].why


def test_every_member_has_an_address_on_capitol_hill(congress: Congress) -> None:
    anybody = Recipient("", "senator", "", "", "", (), "")

    for bioguide in congress.members:
        found = channels.channels_for(
            congress, replace(anybody, id=bioguide), home_zip="59601", on_date=DAY
        )

        assert found[-1].kind == "washington-post"
        assert len(kinds(found)) == len(set(kinds(found)))
        for way in found:
            assert (way.kind in {"web-form", "web-site"}) is bool(way.url)
            assert (way.kind == "phone") is bool(way.phones)


def test_a_letter_is_addressed_to_the_office_chosen(
    congress: Congress,
    to: Callable[[str, RecipientGroup], Recipient],
    written: Callable[..., Letter],
) -> None:
    letter = written(to("MT-2", "senate"))

    there = channels.addressed_to_office(congress, letter, "D000618-missoula")

    assert there.recipient.block == (
        "The Honorable Steve Daines",
        "United States Senate",
        "218 E. Front St., Suite 103",
        "Missoula, MT 59802",
    )
    assert there.paragraphs == letter.paragraphs
    assert (
        channels.addressed_to_office(congress, there, channels.IN_WASHINGTON).recipient
        == letter.recipient
    )
    # Another member's office, or none, changes nothing.
    assert channels.addressed_to_office(congress, letter, "T000278-huntsville") is letter
    assert channels.addressed_to_office(congress, letter, "") is letter


def test_an_office_of_the_executive_keeps_its_address(
    congress: Congress,
    to: Callable[[str, RecipientGroup], Recipient],
    written: Callable[..., Letter],
) -> None:
    letter = written(to("MT-2", "president"))

    assert channels.addressed_to_office(congress, letter, "D000618-missoula") is letter


def test_a_form_is_filled_field_by_field_without_the_address_in_the_message(
    congress: Congress,
    to: Callable[[str, RecipientGroup], Recipient],
    written: Callable[..., Letter],
) -> None:
    letter = written(to("MT-2", "senate"), "My own line.\nAnd another.")

    fields = {field.key: field.value for field in channels.form_fields(letter)}

    # Nothing stands for what was not given: apartment, e-mail and telephone.
    assert list(fields) == [
        "first_name", "last_name", "street", "city", "state", "zip", "subject", "message",
    ]  # fmt: skip
    assert fields["street"] == "12 Main Street"
    assert fields["message"].startswith("Dear Senator Daines:\n\nMy own line.\nAnd another.\n\n")
    assert fields["message"].endswith("\n\nSincerely,\nAni Petrosyan")
    assert "12 Main Street" not in fields["message"]
    assert all(paragraph.text in fields["message"] for paragraph in letter.paragraphs)
