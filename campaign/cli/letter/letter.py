"""`campaign letter`: one constituent's letters, to paper, page or text."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import click

from campaign import mail_address, settings
from campaign.cli.address import home_at
from campaign.cli.data import Day, today
from campaign.cli.installation import Installation
from campaign.cli.letter import files, similarity
from campaign.cli.letter.files import Format
from campaign.cli.letter.options import changed, own_words, wanted_kinds
from campaign.congress import office_hours, routing
from campaign.congress.dataset import Congress
from campaign.congress.place_evidence import require_agreement
from campaign.congress.places import District, StreetAddress, ZipCode
from campaign.congress.routing import Representation
from campaign.congress.seat_holders import senators_of
from campaign.errors import InvalidInput
from campaign.letters.compose import (
    TONES,
    Constituent,
    Recipient,
    RecipientGroup,
    Tone,
    compose,
    recipients,
)
from campaign.letters.recipients import RECIPIENT_GROUPS, PaperTo
from campaign.packs.pack import Pack
from campaign.text import line

#: In place of recipients: a letter to a newspaper.
_EDITOR = "editor"
_CONGRESS_KINDS = frozenset({"senate", "house", "committee"})


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("name")
@click.option("--zip", "zip_", help="ZIP of the writer's home, such as 59001.")
@click.option("--name", "writer", help="The writer's name, as it is signed.")
@click.option(
    "--address",
    help="The writer's street, or all of it: '12 Main St, Apt 4, Billings, MT'. It is printed.",
)
@click.option("--city", default="", help="City of the address. Default: the ZIP's post office.")
@click.option("--state", default="", help="State of the address, such as MT. Default: the ZIP's.")
@click.option(
    "--street",
    default="",
    help="Street that the Census Bureau is asked about, where the ZIP has several districts.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Write nothing unless the district is certain. Else the letters to the senators are "
    "written, and the letter to the House waits.",
)
@click.option("--district", "district_", default="", help="District, such as CA-30, where known.")
@click.option("--talking-point", "points", multiple=True, metavar="ID", help="A point to make.")
@click.option("--personal", default="", help="Own words: text, @FILE, or - for standard input.")
@click.option(
    "--to",
    "to",
    default="senate,house,committee",
    show_default=True,
    help=f"Whom to write to: {', '.join(RECIPIENT_GROUPS)}. With committee, a member of yours who "
    "sits on one of the campaign's committees is asked what it can do; chair is who chairs the "
    "campaign's targets (chair:SSFR is one of them). Or editor: a letter to your newspaper, within "
    "200 words (.txt or .docx).",
)
@click.option(
    "--tone",
    type=click.Choice(TONES),
    default="full",
    show_default=True,
    help="How much to say: a brief letter makes one point at most.",
)
@click.option(
    "--edit",
    "edits",
    multiple=True,
    metavar="WHO=FILE",
    help="A letter's text as changed by hand, from after the greeting to before the name. WHO is "
    "the member's id (D000618), president or secretary.",
)
@click.option("--email", default="", help="E-mail address, printed below the name.")
@click.option("--phone", default="", help="Telephone number, printed below the name.")
@click.option(
    "--on",
    "on_date",
    type=Day(),
    help="Write as of this day, such as 2026-06-15: who sits, what may be stated. Default: today.",
)
@click.option(
    "--date",
    "written_on",
    type=Day(),
    help="Date on the letter. Default: that of --on, or today where the writer lives.",
)
@click.option(
    "--paper-to",
    type=click.Choice(["washington", "district"]),
    default="washington",
    show_default=True,
    help="Which office the letter is addressed to: mail to Washington is screened for weeks.",
)
@click.option(
    "--office",
    "office",
    default="",
    metavar="TOWN",
    help="The member's local office that the letter is addressed to, such as Missoula.",
)
@click.option(
    "--prefix",
    default="",
    help="How the writer is addressed, such as Ms.; Congress's own format (.xml) asks for it.",
)
@click.option(
    "--out",
    help="File to write: .pdf, .docx, .txt, .html, or .xml (Congress's own format, a file for each "
    "member); - for standard output.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["pdf", "docx", "txt", "html", "xml"]),
    help="What to write to -.",
)
@click.option(
    "--reminder", metavar="F.ics", help="Also write a reminder to follow up in two weeks."
)
@click.option(
    "--list-ways",
    is_flag=True,
    help="List how each recipient can be reached, best first, and what to say by phone; and stop.",
)
@click.option("--list-points", is_flag=True, help="List the campaign's talking points, and stop.")
def letter(
    name: str,
    zip_: str | None,
    writer: str | None,
    address: str | None,
    city: str,
    state: str,
    street: str,
    strict: bool,
    district_: str,
    points: tuple[str, ...],
    personal: str,
    to: str,
    tone: Tone,
    edits: tuple[str, ...],
    email: str,
    phone: str,
    on_date: date | None,
    written_on: date | None,
    paper_to: PaperTo,
    office: str,
    prefix: str,
    out: str | None,
    format_: Format | None,
    reminder: str | None,
    list_ways: bool,
    list_points: bool,
) -> None:
    """Write one constituent's letters for the campaign NAME, such as section-907.

    All letters go into one file, each on a page of its own; in Congress's own format (.xml) each
    has a file. Without --talking-point, three points are chosen, and differ from writer to writer.
    """
    site = Installation.read()
    now, day, pack = site.now, on_date or today(), site.pack(name, on_date=on_date)
    if list_points:
        for point in pack.talking_points:
            click.echo(f"{point.id}\t{point.heading}")
        return
    out = out or ("-" if list_ways else "")
    if not (zip_ and writer and address and out):
        given = {"--zip": zip_, "--name": writer, "--address": address, "--out": out}
        missing = [option for option, value in given.items() if not value]
        raise InvalidInput(f"A letter also needs {' and '.join(missing)}.", field=missing[0])
    write_as = files.chosen_format(out, format_)
    is_to_editor = to.strip().lower() == _EDITOR
    kinds, chairs = ((), None) if is_to_editor else wanted_kinds(to, pack)
    congress = site.congress
    place = ZipCode.parse(zip_)
    home = home_at(congress, place, address, city, state)
    constituent = replace(
        home,
        **_named(line(writer, limit=120, field="name")),
        email=_email(email),
        phone=line(phone, limit=40, field="phone"),
        prefix=line(prefix, limit=20, field="prefix"),
    )
    written_on = (
        written_on
        or on_date
        or office_hours.home_day(now, constituent.state, constituent.zip, elsewhere=pack.zone)
    )
    if is_to_editor:
        files.write_editor(out, write_as, pack, constituent, own_words(personal), written_on)
        return
    found = (
        _represented(congress, place, constituent, street, district_, day)
        if _CONGRESS_KINDS.intersection(kinds)
        else None
    )
    answer, said = found or _no_members(congress, day), own_words(personal)
    letters = [
        compose(
            pack,
            recipient,
            constituent,
            points=points,
            personal=said,
            tone=tone,
            on_date=day,
            written_on=written_on,
        )
        for recipient in _recipients(
            congress, answer, pack, constituent, kinds, chairs, paper_to, strict=strict
        )
    ]
    letters = changed(letters, edits)
    if office:
        letters = files.at_office(congress, letters, line(office, field="office"))
    if list_ways:
        files.list_ways(congress, pack, letters)
    else:
        note = similarity.tell(site.settings, letters)
        files.write_letters(out, write_as, letters, congress, pack)
        note()
    if reminder:
        files.write_reminder(reminder, letters, congress, pack)


def _recipients(
    congress: Congress,
    answer: Representation,
    pack: Pack,
    constituent: Constituent,
    kinds: Sequence[RecipientGroup],
    chairs: Sequence[str] | None,
    paper_to: PaperTo,
    *,
    strict: bool,
) -> tuple[Recipient, ...]:
    """Return whom to write to, and say on standard error what to know about them.

    Raises InvalidInput where nobody can be written to, or, if `strict`, where the district is not
    certain.
    """
    if answer.certainty == "split" and not answer.holders:
        # The ZIP crosses a state line; the address says on which side the writer lives.
        senators, _ = senators_of(congress, constituent.state, answer.on_date)
        answer = replace(answer, holders=senators)
    to = recipients(
        congress,
        answer,
        pack,
        kinds,
        paper_to=paper_to,
        home_zip=constituent.zip[:5],
        chairs=chairs,
    )
    notes: list[str] = list(answer.notes)
    needs_house = bool({"house", "committee"}.intersection(kinds))
    waits = _waits(answer, strict=strict) if needs_house else ""
    if waits and (strict or not to):
        raise InvalidInput(waits, field="district")
    if not to:
        raise InvalidInput(" ".join(notes) or _nobody(kinds), field="to")
    if waits:
        notes = [f"The letter to the House waits, because your district is not certain. {waits}"]
    notes += [f"{one.short}: {note}" for one in to for note in one.notes]
    for note in dict.fromkeys(notes):
        click.echo(note, err=True)
    return to


def _nobody(kinds: Sequence[RecipientGroup]) -> str:
    if "committee" in kinds:
        return (
            "None of your members sits on one of the campaign's committees; "
            "write with --to senate,house."
        )
    return "This campaign names no chairs to write to; write with --to senate,house."


# -- Who represents the writer ---------------------------------------------------------------------


def _represented(
    congress: Congress,
    place: ZipCode,
    constituent: Constituent,
    street: str,
    district_: str,
    on_date: date,
) -> Representation:
    if district_:
        district = District.parse(district_)
        require_agreement(congress, place, state=constituent.state, district=district)
        return routing.route_district(congress, district, on_date)
    if not street:
        return routing.route_zip(congress, place, on_date)

    # Only a street needs the network, and so the HTTP client.
    from campaign.congress.geocoder import Geocoder

    geocoder = Geocoder(settings.read().geocoder_url, congress=congress.meta.congress)
    asked = StreetAddress(
        line(street, field="street"), constituent.city, constituent.state, place.five
    )
    return routing.route_address(congress, asked, geocoder, on_date)


def _waits(answer: Representation, *, strict: bool) -> str:
    """Return how to settle a district that is open, or, if `strict`, likely; "" for others."""
    uncertain = {"split", "unknown", "likely"} if strict else {"split", "unknown"}
    if answer.certainty not in uncertain or answer.need in {"", "refresh"}:
        return ""
    notes = " ".join(answer.notes)
    if not answer.candidates:
        return f"{notes} Add --street, or the district as in --district CA-30."
    named = "; ".join(
        f"{held.seat.id} ({held.member.name.full if held.member else 'vacant'})"
        for held in answer.candidates
    )
    return (
        f"{notes} The candidates: {named}. Add --street to have the Census "
        f"Bureau find yours, or say which, as in --district {answer.candidates[0].seat.id}."
    )


def _no_members(congress: Congress, on_date: date) -> Representation:
    """Return the answer for letters that go to no member: the writer may live anywhere."""
    return Representation("", on_date, congress.meta.as_of, "unknown", (), ())


# -- What was typed --------------------------------------------------------------------------------


def _named(name: str) -> dict[str, str]:
    """Return first and last name: the last word is the last name, as forms have it."""
    if not name:
        raise InvalidInput("Enter the name that the letter is signed with.", field="name")
    first, _, last = name.rpartition(" ")
    return {"first_name": first or last, "last_name": last if first else ""}


def _email(email: str) -> str:
    return mail_address.parse(email).typed if email.strip() else ""
