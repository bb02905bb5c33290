"""`campaign letter`: one constituent's letters, as files or as a list of channels."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import click

from campaign import settings
from campaign.cli.day import Day, today
from campaign.cli.installation import Installation
from campaign.cli.letter import files, shared_options, similarity
from campaign.cli.letter.options import LetterOptions, edited_texts, letter_request
from campaign.congress import routing
from campaign.congress.dataset import Congress
from campaign.congress.lookup_json import sentences
from campaign.congress.place_evidence import require_agreement
from campaign.congress.places import District, StreetAddress, ZipCode
from campaign.congress.routing import Representation
from campaign.errors import InvalidInput
from campaign.letters.compose import Constituent, Letter, Recipient
from campaign.letters.recipient_groups import RECIPIENT_GROUPS, RecipientGroup
from campaign.letters.request import LetterRequest, drafts, recipients_of
from campaign.letters.targets import may_ask_house
from campaign.packs.pack import Pack
from campaign.packs.targets import ALL_MEMBERS
from campaign.text import line

_CONGRESS_GROUPS = frozenset({"senate", "house", "committee"})


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("name")
@click.option("--zip", "zip_", help="ZIP of the writer's home, such as 59001.")
@click.option("--name", "writer", help="The writer's name, as signed.")
@click.option(
    "--address",
    help="The writer's street or whole address: '12 Main St, Apt 4, Billings, MT'. It is printed.",
)
@click.option("--city", default="", help="City of the address. Default: the ZIP's post office.")
@click.option("--state", default="", help="State of the address, such as MT. Default: the ZIP's.")
@click.option(
    "--street",
    default="",
    help="Street to look up at the Census Bureau, if the ZIP code has several districts.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Write nothing unless the district is certain. Without this option, letters to the "
    "senators are written even if the district is not certain.",
)
@click.option("--district", default="", help="District, such as CA-30, if known.")
@click.option(
    "--talking-point", "points", multiple=True, metavar="ID", help="A talking point to include."
)
@click.option(
    "--personal", default="", help="The writer's own words: text, @FILE, or - for standard input."
)
@click.option(
    "--to",
    "to",
    default="",
    help=f"Recipients: {', '.join(RECIPIENT_GROUPS)}. By default your own members who are targets "
    "of the campaign, or all of its targets. With committee, your members on one of the "
    "campaign's committees get the committee's request. With chair, the chairs of the campaign's "
    "target committees get a letter (chair:SSFR is one of them). Or editor: a letter to your "
    "newspaper within 200 words (.txt or .docx).",
)
@shared_options.tone
@click.option(
    "--edit",
    "edits",
    multiple=True,
    metavar="ID=FILE",
    help="An edited text of a letter, between the greeting and the name. ID is "
    "the member's bioguide ID (D000618), or that of another office, such as president.",
)
@click.option("--email", default="", help="Email address, printed below the name.")
@click.option("--phone", default="", help="Phone number, printed below the name.")
@shared_options.on_date
@click.option(
    "--date",
    "written_on",
    type=Day(),
    help="Date on the letter. Default: the day of --on, or today where the writer lives.",
)
@shared_options.paper_to
@click.option(
    "--office",
    "office",
    default="",
    metavar="TOWN",
    help="Town of the member's office that the letter is addressed to, such as Missoula.",
)
@click.option(
    "--prefix",
    default="",
    help="The writer's title, such as Ms.; Congress's format (.xml) requires it.",
)
@click.option(
    "--out",
    help="File to write: .pdf, .docx, .txt, .html, or .xml (Congress's format, one file for each "
    "member); - for standard output.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["pdf", "docx", "txt", "html", "xml"]),
    help="Format of the output, if --out is -.",
)
@click.option(
    "--reminder", metavar="F.ics", help="Also write a reminder to follow up in two weeks."
)
@click.option(
    "--list-ways",
    is_flag=True,
    help="List the ways to reach each recipient, best first, with a call script; then stop.",
)
@click.option("--list-points", is_flag=True, help="List the campaign's talking points; then stop.")
def letter(**typed: Any) -> None:
    """Write one constituent's letters for the campaign NAME, such as section-907.

    All letters go into one file, each on its own page; in Congress's format (.xml) each letter has
    its own file. Without --talking-point, three points are chosen, which differ from writer to
    writer.
    """
    options = LetterOptions(**typed)
    site = Installation.read()
    pack = site.pack_for_letters(options.name, on_date=options.on_date)
    if options.list_points:
        for point in pack.talking_points:
            click.echo(f"{point.id}\t{point.heading}")
        return
    options.require_writer()
    out, file_format = options.file, files.chosen_format(options.file, options.format_)
    request = letter_request(
        options, site.congress, pack, now=site.now, on_date=options.on_date or today()
    )
    if options.is_to_editor:
        files.write_editor(out, file_format, pack, request)
        return
    letters = _letters(options, request, site.congress, pack)
    if options.list_ways:
        files.list_channels(site.congress, pack, letters)
    else:
        record = similarity.show(site.settings, letters)
        files.write_letters(out, file_format, letters, site.congress, pack)
        record()
    if options.reminder:
        files.write_reminder(options.reminder, letters, site.congress, pack)


def _letters(
    options: LetterOptions, request: LetterRequest, congress: Congress, pack: Pack
) -> list[Letter]:
    answer = (
        _represented(congress, options, request.constituent, request.on_date)
        if _CONGRESS_GROUPS.intersection(request.groups)
        else _no_members(congress, request.on_date)
    )
    to = _recipients(congress, answer, pack, request, strict=options.strict)
    request = replace(request, edits=edited_texts(to, options.edits))
    if options.office:
        town = line(options.office, field="office")
        request = replace(request, offices=files.offices_in(congress, to, town, request.on_date))
    return [draft.letter for draft in drafts(request, congress, pack, to)]


def _recipients(
    congress: Congress,
    answer: Representation,
    pack: Pack,
    request: LetterRequest,
    *,
    strict: bool,
) -> tuple[Recipient, ...]:
    """Return the recipients, and print notes about them on standard error.

    Raises InvalidInput where there is no recipient, or, if `strict`, where the district is not
    certain.
    """
    # Where the ZIP crosses a state line, the address says on which side the writer lives.
    answer = routing.in_state(congress, answer, request.constituent.state)
    to = recipients_of(request, congress, pack, answer)
    notes = sentences(answer)
    needs_house = bool({"house", "committee"}.intersection(request.groups))
    if not may_ask_house(pack.targets, congress, answer, request.constituent.state):
        needs_house, notes = False, []
    open_question = _open_question(answer, strict=strict) if needs_house else ""
    if open_question and (strict or not to):
        raise InvalidInput(open_question, field="district")
    if not to:
        raise InvalidInput(" ".join(notes) or _no_recipient(request.groups, pack), field="to")
    if open_question:
        notes = [
            "There is no letter to the House yet, because your district is not certain. "
            f"{open_question}"
        ]
    notes += [f"{recipient.short}: {note}" for recipient in to for note in recipient.notes]
    for note in dict.fromkeys(notes):
        click.echo(note, err=True)
    return to


def _no_recipient(groups: Sequence[RecipientGroup], pack: Pack) -> str:
    if pack.targets.members != ALL_MEMBERS:
        return (
            "This campaign has no ask for the officials who represent this address. You can still "
            "sign its petition."
        )
    if "committee" in groups:
        return (
            "None of your members sits on one of the campaign's committees; "
            "write with --to senate,house."
        )
    return "This campaign names no chairs to write to; write with --to senate,house."


# -- Who represents the writer ---------------------------------------------------------------------


def _represented(
    congress: Congress, options: LetterOptions, constituent: Constituent, on_date: date
) -> Representation:
    place = ZipCode.parse(constituent.zip)
    if options.district:
        district = District.parse(options.district)
        require_agreement(congress, place, state=constituent.state, district=district)
        return routing.route_district(congress, district, on_date)
    if not options.street:
        return routing.route_zip(congress, place, on_date)

    # Only a street needs the network, and so the HTTP client.
    from campaign.congress.geocoder import Geocoder

    geocoder = Geocoder(settings.read().geocoder_url, congress=congress.meta.congress)
    address = StreetAddress(
        line(options.street, field="street"), constituent.city, constituent.state, place.five
    )
    return routing.route_address(congress, address, geocoder, on_date)


def _open_question(answer: Representation, *, strict: bool) -> str:
    """Return how to settle a district that is open, or, if `strict`, likely; "" for others."""
    uncertain = {"split", "unknown", "likely"} if strict else {"split", "unknown"}
    if answer.certainty not in uncertain or answer.need in {"", "refresh"}:
        return ""
    notes = " ".join(answer.notes)
    if not answer.candidates:
        return f"{notes} Add --street, or the district as in --district CA-30."
    named = "; ".join(
        f"{held.seat.id} ({held.member.name.full if held.member else held.absence})"
        for held in answer.candidates
    )
    by_hand = f"as in --district {answer.candidates[0].seat.id}."
    # With a street, the Census Bureau was asked already.
    how = (
        f"Name your district, {by_hand}"
        if answer.need == "district"
        else f"Add --street to have the Census Bureau find your district, or name it, {by_hand}"
    )
    return f"{notes} The candidates: {named}. {how}"


def _no_members(congress: Congress, on_date: date) -> Representation:
    """Return the answer for letters that go to no member: the writer may live anywhere."""
    return Representation("", on_date, congress.meta.as_of, "unknown", (), ())
