"""Call sheets: for each member the numbers, what to say, and a line for each constituent to tick.

A sheet passes through many hands, so it has a first name and a town of each, and no more.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from campaign.congress.dataset import Congress
from campaign.letters.batch.match import Batch, Choices
from campaign.letters.channels import Telephone, phones_of
from campaign.letters.compose import call_script
from campaign.letters.letter import Constituent, Recipient
from campaign.letters.print import printable_text
from campaign.letters.print.file_date import stamp_of
from campaign.letters.print.typst_compiler import Press, forget
from campaign.packs.pack import Pack

#: The caller fills these in while speaking.
ANYONE = Constituent(
    first_name="[your name]",
    last_name="",
    address1="",
    city="[your town]",
    state="",
    zip="[your ZIP]",
)

_MEMBERS_A_RUN = 20
_MOST_NUMBERS = 5

_press = Press("call-sheet.typ")


@dataclass
class _Sheet:
    """One member, and who is to call."""

    recipient: Recipient
    callers: list[tuple[str, str]] = field(default_factory=list)


def runs(batch: Batch, pack: Pack, congress: Congress, choices: Choices) -> Iterator[bytes]:
    """Yield PDF/UA-1 files of some call sheets each, by state and seat; none for whom nobody rings.

    A member's sheet begins on a page of its own, and has a bookmark.
    """
    sheets = _sheets(batch)
    for begin in range(0, len(sheets), _MEMBERS_A_RUN):
        members = [
            _member(sheet, pack, congress, choices)
            for sheet in sheets[begin : begin + _MEMBERS_A_RUN]
        ]
        yield _press.print(
            {
                "title": f"Call sheets: {printable_text.printed(pack.text().title)}",
                "campaign": printable_text.printed(pack.text().title),
                "members": members,
            },
            stamp=stamp_of(choices.on),
        )
        forget()


def members(batch: Batch) -> list[str]:
    """Return the names of those who have a sheet, in the order of the sheets."""
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
    phones = phones_of(congress, member, on=choices.on) if member else ()
    return {
        "name": printable_text.printed(to.name),
        "seat": printable_text.printed(str(to.seat)),
        "numbers": [
            {
                "place": printable_text.printed(_place(phone)),
                "number": phone.number,
            }
            for phone in phones[:_MOST_NUMBERS]
        ]
        or [{"place": "Washington, DC", "number": to.phone}],
        "script": [
            printable_text.printed(part) for part in call_script(pack, to, ANYONE, on=choices.on)
        ],
        "callers": [
            {"name": printable_text.printed(name), "town": printable_text.printed(town)}
            for name, town in sheet.callers
        ],
    }


def _place(phone: Telephone) -> str:
    """Return where a number rings, with why it is the switchboard's where it is."""
    return f"{phone.place}. {phone.note}" if phone.note else str(phone.place)
