"""What was typed for `campaign letter`, as one value, and how it becomes a request for letters."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import cast

from campaign import mail_address
from campaign.cli.address import home_at
from campaign.cli.letter.files import Format
from campaign.congress import office_hours
from campaign.congress.dataset import Congress
from campaign.congress.places import ZipCode
from campaign.errors import InvalidInput
from campaign.letters import split_name
from campaign.letters.compose import Constituent, Recipient, Tone
from campaign.letters.recipient_groups import RecipientGroup
from campaign.letters.recipients import PaperTo
from campaign.letters.request import LetterRequest
from campaign.letters.targets import groups_of, usual_groups
from campaign.packs.pack import Pack
from campaign.text import line

# A personal text is read only up to this length: more is not a letter.
_READ_LIMIT = 1_000_000
# One chair, by committee: `chair:SSFR`.
_CHAIR = "chair:"
# In place of recipients: a letter to a newspaper.
_EDITOR = "editor"


@dataclass(frozen=True, kw_only=True, repr=False)
class LetterOptions:
    """The options of `campaign letter`, as typed; a field for each. `repr()` is redacted.

    `name` is the campaign's, `writer` the person's.
    """

    name: str
    zip_: str | None
    writer: str | None
    address: str | None
    city: str
    state: str
    street: str
    strict: bool
    district: str
    points: tuple[str, ...]
    personal: str
    to: str
    tone: Tone
    edits: tuple[str, ...]
    email: str
    phone: str
    on_date: date | None
    written_on: date | None
    paper_to: PaperTo
    office: str
    prefix: str
    out: str | None
    format_: Format | None
    reminder: str | None
    list_ways: bool
    list_points: bool

    def __repr__(self) -> str:
        return "LetterOptions(…)"

    @property
    def is_to_editor(self) -> bool:
        """True where the letter goes to a newspaper."""
        return self.to.strip().lower() == _EDITOR

    @property
    def file(self) -> str:
        """The file to write, "-" for standard output; "" where none was given."""
        return self.out or ("-" if self.list_ways else "")

    def require_writer(self) -> None:
        """Raise InvalidInput, naming the options that a letter needs and that are missing."""
        needed = {
            "--zip": self.zip_,
            "--name": self.writer,
            "--address": self.address,
            "--out": self.file,
        }
        if missing := [option for option, value in needed.items() if not value]:
            raise InvalidInput(f"A letter also needs {' and '.join(missing)}.", field=missing[0])

    def constituent(self, congress: Congress) -> Constituent:
        """Return the writer. Raises InvalidInput."""
        place = ZipCode.parse(self.zip_ or "")
        home = home_at(congress, place, self.address or "", self.city, self.state)
        first, last = _first_and_last(line(self.writer or "", limit=120, field="name"))
        return Constituent(
            first_name=first,
            last_name=last,
            address1=home.address1,
            address2=home.address2,
            city=home.city,
            state=home.state,
            zip=home.zip,
            email=mail_address.parse(self.email).typed if self.email.strip() else "",
            phone=line(self.phone, limit=40, field="phone"),
            prefix=line(self.prefix, limit=20, field="prefix"),
        )


def letter_request(
    options: LetterOptions, congress: Congress, pack: Pack, *, now: datetime, on_date: date
) -> LetterRequest:
    """Return the request; `edits` and `offices` follow once the recipients are known.

    `on_date` is the day in Washington as of which letters are written. Raises InvalidInput.
    """
    groups, chairs = ((), None) if options.is_to_editor else recipient_groups(options.to, pack)
    writer = options.constituent(congress)
    return LetterRequest(
        constituent=writer,
        groups=groups,
        chairs=chairs,
        points=options.points,
        personal=own_words(options.personal),
        tone=options.tone,
        paper_to=options.paper_to,
        on_date=on_date,
        written_on=options.written_on
        or options.on_date
        or office_hours.home_day(now, writer.state, writer.zip, elsewhere=pack.zone),
    )


def recipient_groups(
    to: str, pack: Pack
) -> tuple[tuple[RecipientGroup, ...], tuple[str, ...] | None]:
    """Return the groups of recipients, and the committees whose chairs are meant (None for all).

    Raises InvalidInput, field "to".
    """
    names = [name.strip() for name in to.split(",") if name.strip()]
    if not names:
        return usual_groups(pack), None
    codes = [name[len(_CHAIR) :].upper() for name in names if name.lower().startswith(_CHAIR)]
    if unknown := [code for code in codes if code not in pack.targets.chairs]:
        targets = ", ".join(pack.targets.chairs) or "none"
        raise InvalidInput(
            f"This campaign does not write to the chair of {unknown[0]}. Choose from: {targets}.",
            field="to",
        )
    groups = ["chair" if name.lower().startswith(_CHAIR) else name.lower() for name in names]
    allowed = groups_of(pack)
    if any(group not in allowed for group in groups):
        raise InvalidInput(f"Give --to one or more of: {', '.join(allowed)}.", field="to")
    chosen = tuple(cast(RecipientGroup, group) for group in dict.fromkeys(groups))
    return chosen, None if "chair" in {name.lower() for name in names} else tuple(codes)


def own_words(personal: str) -> str:
    """Return the personal text: as given, from a file after @, or from standard input for -.

    Raises InvalidInput, field "personal".
    """
    if personal == "-":
        return _decoded(sys.stdin.buffer.read(_READ_LIMIT), "personal")
    if personal.startswith("@"):
        return _read(personal[1:], "personal")
    return personal


def edited_texts(to: Sequence[Recipient], edits: Sequence[str]) -> dict[str, str]:
    """Return recipient's id -> text of the file, for edits such as `D000618=FILE`.

    Raises InvalidInput, field "edit", for a missing file or an unknown recipient.
    """
    ids = {recipient.id.casefold(): recipient.id for recipient in to}
    texts: dict[str, str] = {}
    for edit in edits:
        typed_id, _, file = edit.partition("=")
        recipient_id = ids.get(typed_id.strip().casefold())
        if recipient_id is None or not file:
            known = ", ".join(f"{recipient.id} ({recipient.short})" for recipient in to)
            raise InvalidInput(
                f"Write --edit as ID=FILE, where ID is one of: {known}.", field="edit"
            )
        texts[recipient_id] = _read(file, "edit")
    return texts


def _first_and_last(name: str) -> tuple[str, str]:
    """Return first and last name: the last word is the last name, as forms have it."""
    if not name:
        raise InvalidInput("Enter the name that the letter is signed with.", field="name")
    first, _, last = name.rpartition(" ")
    return split_name.recase_capitals(first or last, last if first else "")


def _read(path: str, field: str) -> str:
    try:
        with Path(path).open("rb") as file:
            return _decoded(file.read(_READ_LIMIT), field)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.", field=field) from error


def _decoded(raw: bytes, field: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput("Save your own words as UTF-8 text.", field=field) from None
