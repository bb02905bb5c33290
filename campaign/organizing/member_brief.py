"""A lobby-day brief about one member, as a PDF of one page."""

from datetime import date
from typing import Literal

from sqlalchemy import Connection

from campaign.congress.dataset import Congress
from campaign.congress.places import STATES
from campaign.congress.seat_holders import SeatHolder, seat_of
from campaign.errors import InvalidInput
from campaign.letters import member_brief, packet_texts
from campaign.letters.member_brief import MAX_COMMENTS, MemberBrief
from campaign.letters.packet_recipients import PacketRecipient
from campaign.letters.print import packet_pages
from campaign.letters.print.packet_pages import Comment
from campaign.letters.recipients import seat_recipient
from campaign.messages import Message
from campaign.packs.pack import Pack
from campaign.packs.stances import Standing
from campaign.store import counts, public_signers, stances
from campaign.store.db.engine import Database
from campaign.store.public_signers import ApprovedComment


def pdf(db: Database, pack: Pack, congress: Congress, bioguide: str, *, on_date: date) -> bytes:
    """Return the brief as PDF/UA-1, dated the pack's day, about who holds a seat on `on_date`.

    It quotes approved comments of constituents, with the first name of those who let it be shown.
    Raises InvalidInput (field "member") if the campaign does not write to that member.
    """
    member = congress.members.get(bioguide)
    held = seat_of(congress, member, on_date) if member else None
    with db.reading() as connection:
        pack = stances.attach(connection, pack)
        brief = _brief(connection, pack, congress, held, on_date) if held else None
    if brief is None:
        raise InvalidInput(
            Message(
                "The campaign does not write to a member with the id “%(id)s.” Find the ids by "
                "`campaign lookup ZIP --json`.",
                id=bioguide[:20],
            ),
            field="member",
        )
    name = brief.reader.spoken_name
    style = packet_texts.page_style(
        pack,
        f"Lobby-day brief: {name}",
        f"{pack.text().title} · {name}, {brief.reader.place}",
        pack.on_date,
    )
    return packet_pages.member_brief(style, member_brief.texts(pack, congress, brief, pack.on_date))


def _brief(
    connection: Connection, pack: Pack, congress: Congress, held: SeatHolder, on_date: date
) -> MemberBrief | None:
    recipient = seat_recipient(congress, pack, held, on_date, for_committee=True)
    if held.member is None or held.term is None or recipient is None:
        return None
    kind: Literal["state", "district"] = "district" if held.seat.chamber == "house" else "state"
    place = held.seat.id if kind == "district" else held.seat.state
    quoted = public_signers.comments_from(connection, pack.name, kind, place, MAX_COMMENTS)
    return MemberBrief(
        PacketRecipient(held.member, held.seat, held.term),
        recipient,
        pack.standings.get(held.member.bioguide, Standing()),
        counts.by(connection, pack.name, kind).get(place, 0),
        [Comment(comment.text, _by(comment)) for comment in quoted],
    )


def _by(comment: ApprovedComment) -> str:
    return f"{comment.first_name or 'A constituent'}, {STATES[comment.state]}"
