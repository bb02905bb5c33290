"""Recipients outside Congress: executive offices, and the rows of a campaign's targets.csv."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from campaign.congress.dataset import Congress
from campaign.letters.letter import Recipient
from campaign.letters.recipient_groups import RecipientGroup
from campaign.letters.targets import executive_roles, local_roles
from campaign.packs.letter_headings import RecipientKind
from campaign.packs.local_targets import LocalTarget
from campaign.packs.pack import Pack
from campaign.packs.targets import Role

#: Executive offices with an ask of their own.
_EXECUTIVE_KINDS: dict[str, RecipientKind] = {"president": "president", "secretary": "secretary"}
_EXECUTIVE_GROUPS: tuple[RecipientGroup, ...] = ("president", "secretary", "executive")


@dataclass(frozen=True)
class Home:
    """Where the writer lives, as far as it is known: state code, ZIP of five digits, city."""

    state: str
    zip: str
    city: str

    @classmethod
    def of(cls, congress: Congress, *, state: str, zip_code: str, city: str) -> "Home":
        """Return a home; the ZIP's post office says the city and the state that are missing."""
        post_office = congress.zips.get(zip_code)
        if post_office is not None:
            state = state or post_office.state
            city = city or post_office.city
        return cls(state, zip_code, city)


def office_recipient(pack: Pack, recipient_id: str) -> Recipient | None:
    """Return the pack's executive office or local target with that id, or None."""
    for group in _EXECUTIVE_GROUPS:
        for office in executive_recipients(pack, group):
            if office.id == recipient_id:
                return office
    for target in (*pack.targets.local, *pack.targets.local_copies):
        if target.id == recipient_id:
            return _local(target, "ask" if target in pack.targets.local else "copy")
    return None


def office_recipients(
    congress: Congress,
    pack: Pack,
    *,
    zip_code: str,
    state: str = "",
    city: str = "",
    executive: bool = True,
) -> tuple[Recipient, ...]:
    """Return the pack's local targets who answer to people at a place, and its executive offices.

    `zip_code` has five digits, `state` is a two-letter code. The ZIP's post office says the city
    and the state where they are "". Without `executive`, only the local targets.
    """
    home = Home.of(congress, state=state, zip_code=zip_code, city=city)
    groups = _EXECUTIVE_GROUPS if executive else ()
    return (
        *local_recipients(pack, home),
        *(office for group in groups for office in executive_recipients(pack, group)),
    )


def to_json(office: Recipient) -> dict[str, Any]:
    """Return an office outside Congress as the API and `campaign lookup` name it."""
    return {
        "id": office.id,
        "name": office.name,
        "title": office.seat,
        "role": office.role,
        "address": list(office.block),
        "phone": office.phone,
        "contact": office.contact_url,
        "email": office.email,
    }


def executive_recipients(pack: Pack, group: RecipientGroup) -> Iterator[Recipient]:
    """Yield the campaign's executive offices of a group.

    Letters to them do not name the holder, who may change before the letter is read. "Dear Mr.
    President" assumes a gender, and "Mr./Madam" reads like a form; petitions and Congress's own
    messages use "To the President:", which fits every holder.
    """
    for office, role in executive_roles(pack.targets).values():
        kind = _EXECUTIVE_KINDS.get(office.id, "executive")
        if kind == group:
            yield Recipient(
                id=office.id,
                kind=kind,
                name=office.name,
                short=office.short,
                seat=office.seat,
                block=office.block,
                salutation=office.salutation,
                phone=office.phone,
                role=role,
            )


def local_recipients(pack: Pack, home: Home) -> Iterator[Recipient]:
    """Yield the campaign's local targets who answer to people at a place."""
    for target, role in local_roles(
        pack.targets, state=home.state, zip_code=home.zip, city=home.city
    ):
        yield _local(target, role)


def _local(target: LocalTarget, role: Role) -> Recipient:
    return Recipient(
        id=target.id,
        kind="local",
        name=target.name,
        short=target.short,
        seat=target.title or target.name,
        block=target.block,
        salutation=target.salutation,
        phone=target.phone,
        contact_url=target.form,
        email=target.mail,
        role=role,
    )
