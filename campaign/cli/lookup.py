"""`campaign lookup`: who represents a ZIP, a district or an address."""

import json
import sys
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import click

from campaign import settings
from campaign.cli.congress_data import current_congress
from campaign.cli.day import Day, today
from campaign.congress import routing
from campaign.congress.contact import contact_url, party_in_words, phone_note
from campaign.congress.dataset import Congress
from campaign.congress.lookup_json import sentences, to_json
from campaign.congress.place_evidence import require_agreement
from campaign.congress.places import District, StreetAddress, ZipCode, state_code
from campaign.congress.routing import Representation, SeatHolder
from campaign.errors import CampaignError, InvalidInput, PlaceContradicted
from campaign.messages import day_in_words
from campaign.text import line

if TYPE_CHECKING:
    from campaign.letters.letter import Recipient

_LONGEST_WHERE = 100


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("where")
@click.option("--street", default="", help="Street with its number: settles a split ZIP.")
@click.option("--city", default="", help="City of the street.")
@click.option("--state", default="", help="State of the street, such as CA.")
@click.option(
    "--on", "on_date", type=Day(), help="Day to answer for, such as 2026-06-15. Default: today."
)
@click.option(
    "--campaign", default="", metavar="NAME", help="Add the officials whom this campaign asks."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def lookup(
    where: str,
    street: str,
    city: str,
    state: str,
    on_date: date | None,
    campaign: str,
    as_json: bool,
) -> None:
    """Show who represents WHERE: a ZIP, a ZIP+4, a ZIP and state as in 59101,MT, or a district such
    as CA-30.

    With --campaign, also show the offices outside Congress whom the campaign asks there: officials
    of its targets.csv who answer to the place, and executive offices.

    With - for WHERE, read one WHERE per line from standard input and print one JSON object per
    line.
    """
    day = on_date or today()
    if where == "-":
        if street or city or state or campaign:
            raise InvalidInput(
                "Give a street or a campaign for one ZIP at a time, not together with -."
            )
        _answer_lines(current_congress(), day)
        return
    address = StreetAddress(
        line(street, field="street"),
        line(city, field="city"),
        line(state, field="state").upper(),
    )
    congress = current_congress()
    found = _route(congress, where, address, day)
    officials = _officials(congress, campaign, found, address, day) if campaign else ()
    if as_json:
        click.echo(_json(to_json(where, found) | _officials_json(campaign, officials)))
        return
    for text in (*_lines(found), *_official_lines(campaign, officials)):
        click.echo(text)


def _route(congress: Congress, where: str, address: StreetAddress, on_date: date) -> Representation:
    """Route a ZIP, or text without a first digit as a district; with a street, the address.

    Raises InvalidInput for text that is neither, PlaceContradicted for a state that does not agree,
    PlaceUnknown for a district that does not exist.
    """
    if len(where) > _LONGEST_WHERE:
        raise InvalidInput("Enter a ZIP such as 59001, or a district such as CA-30.", field="where")
    text = where.strip()
    if not text[:1].isdigit():
        if address.street:
            raise InvalidInput("Give the ZIP together with the street.", field="where")
        district = _district(text)
        if address.state and state_code(address.state) != district.state:
            raise PlaceContradicted(
                f"{district} is not in {address.state}. Correct one of them.", field="state"
            )
        return routing.route_district(congress, district, on_date)
    typed, _, typed_state = text.partition(",")
    place = ZipCode.parse(typed)
    for state in (typed_state, address.state):
        require_agreement(congress, place, state=state)
    state = state_code(address.state) or state_code(typed_state)
    if not address.street:
        return routing.in_state(congress, routing.route_zip(congress, place, on_date), state)

    # Only a street needs the network, and so the HTTP client.
    from campaign.congress.geocoder import Geocoder

    geocoder = Geocoder(settings.read().geocoder_url, congress=congress.meta.congress)
    full = StreetAddress(address.street, address.city, state, place.five)
    found = routing.route_address(congress, full, geocoder, on_date)
    return routing.in_state(congress, found, state)


def _district(text: str) -> District:
    try:
        return District.parse(text)
    except InvalidInput:
        raise InvalidInput(
            "Enter a ZIP such as 59001, or a district such as CA-30.", field="where"
        ) from None


# -- the officials of a campaign -------------------------------------------------------------------


def _officials(
    congress: Congress, name: str, found: Representation, address: StreetAddress, on_date: date
) -> "tuple[Recipient, ...]":
    """Return the offices outside Congress whom a campaign asks for the people of a place."""
    # Only these need a campaign, and so the modules that read one.
    from campaign.cli.installation import Installation
    from campaign.letters.office_recipients import office_recipients

    return office_recipients(
        congress,
        Installation.read().pack(name, on_date=on_date),
        zip_code=found.query[:5] if found.query[:5].isdigit() else "",
        state=found.state or state_code(address.state),
        city=address.city,
    )


def _officials_json(campaign: str, officials: "tuple[Recipient, ...]") -> dict[str, object]:
    if not campaign:
        return {}
    from campaign.letters.office_recipients import to_json as official_json

    return {"officials": [official_json(office) for office in officials]}


def _official_lines(campaign: str, officials: "tuple[Recipient, ...]") -> Iterator[str]:
    if not campaign:
        return
    yield ""
    yield (
        f"The campaign {campaign} asks:"
        if officials
        else (f"The campaign {campaign} asks no official outside Congress for the people there.")
    )
    for office in officials:
        short = str(office.short)
        yield f"  {click.style(short[:1].upper() + short[1:], bold=True)}"
        reach = (office.phone, office.email, office.contact_url, ", ".join(office.block[1:]))
        yield from (f"    {way}" for way in reach if way)


# -- a line in, a line out -------------------------------------------------------------------------


def _answer_lines(congress: Congress, on_date: date) -> None:
    """Answer each line as it arrives; a line without an answer gets an object with "error"."""
    no_street = StreetAddress("")
    for query in _queries():
        try:
            answer = to_json(query, _route(congress, query, no_street, on_date))
        except CampaignError as error:
            answer = {"query": query, "error": str(error)}
        click.echo(_json(answer))


def _queries() -> Iterator[str]:
    """Yield the lines of standard input that are not empty; invalid bytes become U+FFFD."""
    for raw in sys.stdin.buffer:
        if query := raw.decode("utf-8", "replace").strip():
            yield query[:1000]


def _json(answer: dict[str, object]) -> str:
    return json.dumps(answer, ensure_ascii=False)


# -- for people ------------------------------------------------------------------------------------


def _lines(representation: Representation) -> Iterator[str]:
    yield click.style(_heading(representation), bold=True)
    if representation.holders:
        yield ""
        yield from _table(representation.holders)
    if any(held.status != "unknown" for held in representation.candidates):
        yield ""
        yield "One of these, by street address:"
        is_long = representation.line_status == "unpublished"
        yield from (
            _short_list(representation.candidates) if is_long else _table(representation.candidates)
        )
    for note in sentences(representation):
        yield ""
        yield from _wrapped(note)
    if representation.need == "refresh":
        yield ""
        yield "Run `campaign data refresh` to fetch the new Congress."
    yield ""
    yield click.style(f"Data of {day_in_words(representation.as_of)}.", dim=True)


def _heading(representation: Representation) -> str:
    if representation.certainty == "split":
        districts = ", ".join(str(district) for district in representation.districts)
        return f"{representation.query}: {districts}"
    if representation.line_status == "unpublished":
        return f"{representation.query}: new district lines, not known by ZIP yet"
    if not representation.districts:
        return f"{representation.query}: district not known"
    likely = " (likely)" if representation.certainty == "likely" else ""
    district = representation.districts[0]
    # If the query is the district, do not print it twice.
    named = "" if representation.query == str(district) else f"{representation.query}: "
    return f"{named}{district}{likely}, {district.title}"


def _table(holders: tuple[SeatHolder, ...]) -> Iterator[str]:
    """Yield lines for each seat: name and seat, then party, phone and web page."""
    names = [_name(held) for held in holders]
    width = max(len(name) for name in names)
    for name, held in zip(names, holders, strict=True):
        if held.term is None:
            yield f"  {name:{width}}  {held.seat.title}"
            continue
        party = party_in_words(held.term)
        phone = held.term.number
        yield f"  {click.style(f'{name:{width}}', bold=True)}  {held.seat.title}"
        yield f"  {'':{width}}  {party} · {phone}"
        if held.member is not None and (note := phone_note(held.term, held.member)) is not None:
            yield from (f"  {'':{width}}  {row}" for row in _wrapped(str(note)))
        if url := contact_url(held.term):
            yield f"  {'':{width}}  {url}"


def _short_list(holders: tuple[SeatHolder, ...]) -> Iterator[str]:
    """Yield one line for each seat: its district and who holds it."""
    width = max(len(held.seat.id) for held in holders)
    for held in holders:
        yield f"  {held.seat.id:{width}}  {_name(held)}"


def _name(held: SeatHolder) -> str:
    if held.member is not None:
        return held.member.name.full
    return str(held.absence)


def _wrapped(note: str) -> Iterator[str]:
    width = 88
    words, row = note.split(), ""
    for word in words:
        if row and len(row) + 1 + len(word) > width:
            yield row
            row = word
        else:
            row = f"{row} {word}".strip()
    yield row
