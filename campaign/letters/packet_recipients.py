"""Who gets a delivery packet: a member of Congress, or an office outside Congress."""

import re
import unicodedata
from dataclasses import dataclass

from campaign.congress.contact import spoken_name
from campaign.congress.members import Member, Seat, Term
from campaign.congress.places import STATES
from campaign.letters.letter import Recipient
from campaign.letters.recipients import address_block, full_name


@dataclass(frozen=True)
class PacketRecipient:
    """The member who gets a packet."""

    member: Member
    seat: Seat
    term: Term

    @property
    def spoken_name(self) -> str:
        """`Senator Daines`."""
        return str(spoken_name(self.seat, self.member))

    @property
    def id(self) -> str:
        """The bioguide ID."""
        return self.member.bioguide

    @property
    def name(self) -> str:
        """The full name."""
        return full_name(self.member.name)

    @property
    def file_stem(self) -> str:
        """The beginning of the names of the member's files."""
        return f"{self.seat.id}-{self.id}-{_slug(self.member.name.last)}"

    @property
    def salutation(self) -> str:
        """`Dear Senator Daines:`."""
        return f"Dear {self.spoken_name}:"

    @property
    def phone(self) -> str:
        """The number in Washington."""
        return self.term.number

    @property
    def phone_note(self) -> str:
        """The number with a note where it is the Capitol switchboard's."""
        return self.phone + (" (Capitol switchboard)" if self.term.is_by_switchboard else "")

    @property
    def seat_id(self) -> str:
        """The seat: `MT-S2`."""
        return self.seat.id

    @property
    def seat_in_words(self) -> str:
        """`Senator, Montana`."""
        return f"{self.seat.style}, {self.place}"

    @property
    def order(self) -> tuple[str, bool, int]:
        """The sort key: by state, senators first."""
        return seat_order(self.seat)

    @property
    def room(self) -> str:
        """The room in Washington: `320 Hart Senate Office Building`; "" if it is unknown."""
        line = self.block[-2]
        return line if line.endswith("Office Building") else ""

    @property
    def running_name(self) -> str:
        """The name in the running line: `Senator Daines, Montana`."""
        return f"{self.spoken_name}, {self.place}"

    @property
    def names_heading(self) -> str:
        """The heading of the list of names."""
        return "Constituents who signed"

    def counted(self, count: int, *, is_to_reader: bool = False) -> str:
        """Return what follows the number of signers: `of your constituents in Montana have signed`.

        A text to the staff (not `is_to_reader`) says `constituents in Montana have signed`.
        """
        whose = "your constituents in" if is_to_reader else "constituents in"
        if count == 1:
            return f"of {whose} {self.place} has signed"
        return f"{'of ' if is_to_reader else ''}{whose} {self.place} have signed"

    def signers(self, count: int) -> str:
        """Return who signed, for the letter: `2 of your constituents, who …`."""
        if count == 1:
            return (
                f"one of your constituents, who lives in {self.place} and gave us a name and ZIP "
                "code"
            )
        return (
            f"{count:,} of your constituents, who live in {self.place} and gave us their names and "
            "ZIP codes"
        )

    @property
    def block(self) -> tuple[str, ...]:
        """The lines of the address in Washington."""
        return address_block(self.member, self.term)

    @property
    def place(self) -> str:
        """The place that the seat represents: `Montana`, `Montana’s 2nd district`."""
        district = self.seat.house_district
        name = STATES[self.seat.state] if district is None else district.title
        return curly_quotes(str(name))


@dataclass(frozen=True)
class OfficeReader:
    """An executive office or a row of targets.csv who gets a packet.

    The first answers to everyone, the others to the people of their places.
    """

    office: Recipient

    @property
    def id(self) -> str:
        """The ID of the office."""
        return self.office.id

    @property
    def name(self) -> str:
        """The name for lists: `Mayor Jo Doe`."""
        return curly_quotes(str(self.office.short)) if self._is_local else self.office.name

    @property
    def spoken_name(self) -> str:
        """The name in running text."""
        return curly_quotes(str(self.office.short))

    @property
    def file_stem(self) -> str:
        """The beginning of the names of the office's files."""
        return _slug(self.office.id)

    @property
    def block(self) -> tuple[str, ...]:
        """The lines of the address."""
        return self.office.block

    @property
    def salutation(self) -> str:
        """The salutation: `Dear Mayor Doe:`."""
        return self.office.salutation

    @property
    def place(self) -> str:
        """The place that the figures are of; an office's places have no name."""
        return "the United States"

    @property
    def phone(self) -> str:
        """The phone, or ""."""
        return self.office.phone

    @property
    def phone_note(self) -> str:
        """The phone, or ""."""
        return self.office.phone

    @property
    def seat_id(self) -> str:
        """An office has no seat."""
        return ""

    @property
    def seat_in_words(self) -> str:
        """The title: `Mayor`."""
        return curly_quotes(str(self.office.seat))

    @property
    def order(self) -> tuple[str, bool, int]:
        """The sort key: after all members."""
        return (f"~{self.office.id}", False, 0)

    @property
    def room(self) -> str:
        """The address in one line."""
        return ", ".join(self.office.block[1:])

    @property
    def running_name(self) -> str:
        """The name in the running line."""
        return self.spoken_name

    @property
    def names_heading(self) -> str:
        """The heading of the list of names."""
        return "People who signed"

    def counted(self, count: int, *, is_to_reader: bool = False) -> str:
        """Return what follows the number of signers: `of the people whom you represent have …`."""
        if not self._is_local:
            return "person has signed" if count == 1 else "people have signed"
        if is_to_reader:
            return f"of the people whom you represent {'has' if count == 1 else 'have'} signed"
        people = "person" if count == 1 else "people"
        return f"{people} whom this office represents {'has' if count == 1 else 'have'} signed"

    def signers(self, count: int) -> str:
        """Return who signed, for the letter: `2 of the people whom you represent, who …`."""
        whose = " of the people whom you represent" if self._is_local else ""
        if count == 1:
            return f"one{whose or ' person'}, who gave us a name and ZIP code"
        return f"{count:,}{whose or ' people'}, who gave us their names and ZIP codes"

    @property
    def _is_local(self) -> bool:
        return self.office.kind == "local"


PacketReader = PacketRecipient | OfficeReader


def seat_order(seat: Seat) -> tuple[str, bool, int]:
    """Return the sort key of a seat: by state, senators first."""
    return (seat.state, seat.chamber == "house", seat.district or seat.senate_class or 0)


def curly_quotes(text: str) -> str:
    """Return text with printers' apostrophes."""
    return text.replace("'", "’")


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
