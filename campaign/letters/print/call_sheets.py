"""Call sheets: per member the phone numbers, a script, and a line to tick for each caller.

Sheets are passed around, so they show only first name and town of each caller.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from campaign.congress.dataset import Congress
from campaign.letters.batch.match import Batch, Choices
from campaign.letters.channels import Telephone, office_phones, phones_of
from campaign.letters.compose import call_script
from campaign.letters.letter import PLACEHOLDER_CALLER, Recipient
from campaign.letters.print import printable_text
from campaign.letters.print.typst_compiler import TypstCompiler, drop_layout_cache
from campaign.packs.pack import Pack

_MEMBERS_PER_RUN = 20
_MAX_NUMBERS = 5

_compiler = TypstCompiler("call-sheet.typ")


@dataclass
class _Sheet:
    """One member and the people who will call."""

    recipient: Recipient
    callers: list[tuple[str, str]] = field(default_factory=list)


def runs(batch: Batch, pack: Pack, congress: Congress, choices: Choices) -> Iterator[bytes]:
    """Yield PDF/UA-1 files of up to 20 call sheets, by seat; members without callers have none.

    Each member's sheet starts a new page and has a bookmark.
    """
    sheets = _sheets(batch)
    for begin in range(0, len(sheets), _MEMBERS_PER_RUN):
        members = [
            _member(sheet, pack, congress, choices)
            for sheet in sheets[begin : begin + _MEMBERS_PER_RUN]
        ]
        yield _compiler.compile(
            {
                "title": f"Call sheets: {printable_text.printable(pack.text().title)}",
                "campaign": printable_text.printable(pack.text().title),
                "statement": printable_text.printable(pack.funding.statement()),
                "members": members,
            },
            day=choices.on_date,
        )
        drop_layout_cache()


def members(batch: Batch) -> list[str]:
    """Return the names of the members who have a sheet, in order."""
    return [sheet.recipient.name for sheet in _sheets(batch)]


def _sheets(batch: Batch) -> list[_Sheet]:
    found: dict[str, _Sheet] = {}
    for writer in batch.writers:
        home = writer.person.constituent
        for recipient in writer.recipients:
            if recipient.phone:
                sheet = found.setdefault(recipient.id, _Sheet(recipient))
                sheet.callers.append((home.first_name, f"{home.city}, {home.state}"))
    return sorted(found.values(), key=lambda one: (str(one.recipient.seat), one.recipient.name))


def _member(sheet: _Sheet, pack: Pack, congress: Congress, choices: Choices) -> dict[str, Any]:
    to = sheet.recipient
    member = congress.members.get(to.id)
    phones = phones_of(congress, member, on_date=choices.on_date) if member else office_phones(to)
    return {
        "name": printable_text.printable(to.name),
        "seat": printable_text.printable(str(to.seat)),
        "numbers": [
            {
                "place": printable_text.printable(_place(phone)),
                "number": phone.number,
            }
            for phone in phones[:_MAX_NUMBERS]
        ],
        "script": [
            printable_text.printable(part)
            for part in call_script(pack, to, PLACEHOLDER_CALLER, on_date=choices.on_date)
        ],
        "callers": [
            {"name": printable_text.printable(name), "town": printable_text.printable(town)}
            for name, town in sheet.callers
        ],
    }


def _place(phone: Telephone) -> str:
    """Return the place of a phone, with a note if the number is the switchboard's."""
    return f"{phone.place}. {phone.note}" if phone.note else str(phone.place)
