"""The output of `campaign letter`: files by their suffix, and the list of channels."""

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import click

from campaign import files, settings
from campaign.congress.dataset import Congress
from campaign.errors import CampaignError, InvalidInput
from campaign.letters import channels
from campaign.letters.channels import Channel, ChannelKind, Telephone
from campaign.letters.compose import Letter, Recipient, call_script
from campaign.letters.request import LetterRequest
from campaign.messages import counted
from campaign.packs.pack import Pack

# As in campaign.letters.formats, which is slow to import: listing points or reporting an error need
# not wait for it.
Format = Literal["pdf", "docx", "txt", "html", "xml"]

FORMATS: dict[str, Format] = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".txt": "txt",
    ".html": "html",
    ".htm": "html",
    ".xml": "xml",
}

_TITLES: dict[ChannelKind, str] = {
    "district-post": "On paper, to a local office",
    "cwc": "Through Congress's electronic system",
    "web-form": "With the form on the member's website",
    "web-site": "On the member's website",
    "email": "By email",
    "phone": "By phone",
    "washington-post": "On paper, to Washington",
}
#: The titles of an official's channels that differ from a member's.
_LOCAL_TITLES: dict[ChannelKind, str] = {
    "district-post": "On paper, to the office",
    "web-form": "With the form on the office's website",
}


def chosen_format(out: str, chosen: Format | None) -> Format:
    """Return the format for the file's suffix, or `--format`.

    Raises InvalidInput (field "out") for an unknown suffix, or one that contradicts `--format`.
    """
    suffix = Path(out).suffix.lower() if out != "-" else ""
    if out == "-" and not chosen:
        return "pdf"
    if chosen and (out == "-" or FORMATS.get(suffix, chosen) == chosen):
        return chosen
    if suffix not in FORMATS or chosen:
        raise InvalidInput(
            f"Letters cannot be written as {suffix or 'a file without a suffix'}. Choose a name "
            "that ends in .pdf, .docx, .txt, .html or .xml.",
            field="out",
        )
    return FORMATS[suffix]


def offices_in(
    congress: Congress, to: Sequence[Recipient], town: str, on_date: date
) -> dict[str, str]:
    """Return recipient's id -> id of the member's office in that town, for members who have one.

    Raises InvalidInput (field "office"), listing the towns with offices, where no member has one
    there.
    """
    offices = [
        (recipient.id, office)
        for recipient in to
        for channel in channels.channels_for(congress, recipient, on_date=on_date)
        if channel.kind == "district-post"
        for office in channel.offices
    ]
    wanted = _bare_town(town)
    found: dict[str, str] = {}
    for recipient_id, office in offices:
        if _bare_town(office.town) == wanted:
            found.setdefault(recipient_id, office.id)
    if not found:
        towns = "; ".join(sorted({office.town for _, office in offices}))
        raise InvalidInput(
            f"None of these members has an office that takes mail in {town}. "
            f"Choose one of: {towns or 'none'}.",
            field="office",
        )
    return found


def _bare_town(town: str) -> str:
    return town.partition(",")[0].strip().casefold()


def write_letters(
    out: str, as_: Format, letters: Sequence[Letter], congress: Congress, pack: Pack
) -> None:
    """Write all letters as one file, or, in CWC format, one file for each member.

    Several CWC files are named after their recipients: `F-senator-daines.xml`.
    """
    from campaign.letters import formats
    from campaign.letters.cwc.agent import Agent
    from campaign.letters.print import document

    if as_ != "xml":
        write(out, formats.render(letters, as_))
        if as_ == "pdf":
            for sentence in document.left_out(letters).sentences:
                click.echo(sentence, err=True)
        return
    if len(letters) > 1 and out == "-":
        raise InvalidInput(
            "A file in Congress's format holds one letter. Give --out a file name, or choose "
            "one recipient.",
            field="out",
        )
    agent = Agent.of(settings.read(), pack)
    made = [(each, formats.cwc_xml(each, congress, pack, agent)) for each in letters]
    for letter, xml in made:
        name = formats.file_stem(letter).removeprefix("letter-to-")
        path = Path(out)
        place = out if len(letters) == 1 else str(path.with_stem(f"{path.stem}-{name}"))
        write(place, xml)
        if len(letters) > 1:
            click.echo(f"{place}: {letter.recipient.short}", err=True)


def write_editor(out: str, as_: Format, pack: Pack, request: LetterRequest) -> None:
    """Write a letter to the editor as text or for a word processor, and print its length."""
    from campaign.letters import letter_to_editor

    if as_ not in {"txt", "docx"}:
        raise InvalidInput("A letter to the editor is written as .txt or .docx.", field="out")
    letter = letter_to_editor.draft(
        pack,
        request.constituent,
        personal=request.personal,
        on_date=request.written_on or request.on_date,
    )
    write(
        out,
        letter_to_editor.wrapped_text(letter).encode()
        if as_ == "txt"
        else letter_to_editor.word_document(letter),
    )
    if letter.left_out:
        click.echo(
            f"{counted(len(letter.left_out), 'paragraph')} of the campaign's text left out to make "
            "room for yours.",
            err=True,
        )
    if letter.over:
        click.echo(
            f"{counted(letter.words, 'word')}, {letter.over} more than the "
            f"{letter_to_editor.MAX_WORDS} that newspapers print. Shorten it; nothing was cut.",
            err=True,
        )
    else:
        click.echo(
            f"{counted(letter.words, 'word')}. "
            f"Newspapers print up to {letter_to_editor.MAX_WORDS}.",
            err=True,
        )


def write_reminder(out: str, letters: Sequence[Letter], congress: Congress, pack: Pack) -> None:
    """Write a calendar file with a reminder, in two weeks, to follow up on each of the letters."""
    from campaign.letters import followup

    base = settings.read().base_url
    reminders = [
        followup.FollowUp(
            campaign=pack.name,
            recipient_id=letter.recipient.id,
            title=f"Follow up with {letter.recipient.short} about “{pack.text().title}”",
            note="Has the office replied? If not, contact it again. Phone numbers and what to say:",
            url=f"{base}/c/{pack.name}/call/{letter.recipient.id}"
            if letter.recipient.id in congress.members or channels.office_phones(letter.recipient)
            else f"{base}/c/{pack.name}/write",
            host=urlsplit(base).hostname or "",
            statement=pack.funding.statement(),
        )
        for letter in letters
    ]
    write(out, followup.ics(*reminders, day=letters[0].date))


def list_channels(congress: Congress, pack: Pack, letters: Sequence[Letter]) -> None:
    """Print the channels for each recipient, the best first, and what to say by phone."""
    for letter in letters:
        to = letter.recipient
        titles = _TITLES | _LOCAL_TITLES if to.kind == "local" else _TITLES
        is_named = to.seat.casefold() in to.short.casefold()
        click.echo(to.short if is_named else f"{to.short} ({to.seat})")
        found = channels.channels_for(
            congress, to, home_zip=letter.constituent.zip, on_date=letter.on_date
        )
        for number, channel in enumerate(found, start=1):
            click.echo(f"  {number}. {titles[channel.kind]}. {channel.why}")
            for line in _details(channel):
                click.echo(f"     {line}")
        if any(channel.phones for channel in found):
            script = call_script(pack, to, letter.constituent, on_date=letter.on_date)
            click.echo("\n".join(["", *(f"  | {line}" for line in script)]))
        click.echo()


def _details(channel: Channel) -> list[str]:
    posts = [
        f"{', '.join(post.block[1:])}" + (f" (about {post.miles:,} mi)" if post.miles else "")
        for post in channel.offices
    ]
    phones = map(_phone, channel.phones)
    return [*posts, *phones, *filter(None, (channel.url, channel.email))]


def _phone(phone: Telephone) -> str:
    where = f"{phone.place}, {phone.clock.name}" if phone.clock else phone.place
    hours = f"; hours as listed: {phone.hours}" if phone.hours else ""
    note = f". {phone.note}" if phone.note else ""
    return f"{phone.number}  {where}{hours}{note}"


def write(out: str, made: bytes) -> None:
    """Write to the file with that name, readable only by its owner, or to standard output for
    "-".
    """
    if out == "-":
        sys.stdout.buffer.write(made)
        sys.stdout.buffer.flush()
        return
    try:
        files.write(Path(out), made)
    except OSError as error:
        raise CampaignError(f"{out} cannot be written: {error.strerror}.") from error
