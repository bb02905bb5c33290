"""Where a member stands on what a campaign asks, and the evidence for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from campaign.messages import Message
from campaign.packs.bills import Bill
from campaign.packs.campaign_day import CampaignDay


class Stance(StrEnum):
    """Where a member stands on a campaign's ask. UNKNOWN means that no evidence is on record."""

    FOR = "for"
    AGAINST = "against"
    UNDECIDED = "undecided"
    UNKNOWN = "unknown"


class Reading(StrEnum):
    """The stance for which a letter's texts are chosen; cosponsors have texts of their own."""

    COSPONSOR = "cosponsor"
    FOR = "for"
    AGAINST = "against"
    UNDECIDED = "undecided"
    UNKNOWN = "unknown"

    @property
    def fallbacks(self) -> tuple["Reading", ...]:
        """This reading, then the readings whose texts a campaign without texts for it uses."""
        return (self, Reading.FOR) if self is Reading.COSPONSOR else (self,)


@dataclass(frozen=True)
class StanceRecord:
    """One piece of evidence: a member's stance, as of a day, according to a source.

    `bill` is set where the evidence is a member's sponsorship or cosponsorship of it. Such a record
    says nothing any more once the bill's Congress has ended.
    """

    bioguide: str
    stance: Stance
    as_of: date
    source: str
    bill: Bill | None = None

    @property
    def basis(self) -> str:
        """What it rests on, in English: the bill, or the source that was given. For records."""
        return str(_sponsor_of(self.bill)) if self.bill else self.source

    def basis_on(self, congress_day: date) -> str:
        """Return what it rests on, for pages, letters and messages of a `CampaignDay.congress`.

        A Message, or the source that was given. A bill whose Congress has ended is not named: the
        next Congress may give its number to another bill.
        """
        if self.bill is None or self.bill.is_open(congress_day):
            return _sponsor_of(self.bill) if self.bill else self.source
        return Message(
            "Sponsor or cosponsor of a bill of Congress number %(number)s",
            english=f"Sponsor or cosponsor of a bill of the {self.bill.congress_in_words}",
            number=self.bill.congress,
        )

    def is_current(self, day: CampaignDay) -> bool:
        """True from `as_of` until the Congress of the bill, if there is one, ends."""
        return self.as_of <= day.civil and (self.bill is None or self.bill.is_open(day.congress))


def _sponsor_of(bill: Bill) -> Message:
    return Message("Sponsor or cosponsor of %(bill)s", bill=str(bill))


@dataclass(frozen=True)
class Standing:
    """Where a member stands on one day. `records` is the evidence that counts, newest first.

    `past` is evidence that rests on bills whose Congress has ended, newest first: it says where the
    member stood then, and decides nothing now.

    `is_contradictory` is true where the newest evidence of different kinds disagrees, such as
    cosponsorship of a bill that the campaign supports and of one that it opposes. Such a member
    counts as unknown until an organizer settles it.
    """

    stance: Stance = Stance.UNKNOWN
    records: tuple[StanceRecord, ...] = ()
    is_contradictory: bool = False
    past: tuple[StanceRecord, ...] = ()

    @property
    def reading(self) -> Reading:
        """The reading for letters to this member."""
        if self.stance is Stance.FOR and any(
            record.bill is not None and record.stance is Stance.FOR for record in self.records
        ):
            return Reading.COSPONSOR
        return Reading(self.stance)

    @property
    def as_of(self) -> date | None:
        """The day of the newest evidence, or None."""
        return self.records[0].as_of if self.records else None


#: Where members stand, by bioguide id; members without evidence are missing.
Standings = Mapping[str, Standing]
NOTHING_KNOWN: Standings = MappingProxyType({})


def standings(records: Iterable[StanceRecord], day: CampaignDay) -> dict[str, Standing]:
    """Return where each member stands on a day, by bioguide id.

    `records` are in the order in which they were recorded. Of several records with the same bill,
    or without one, the one with the latest `as_of` counts, and of those of one day the last. A
    record without a bill, which a person made, settles what older cosponsorships say.
    """
    current: dict[str, dict[Bill | None, StanceRecord]] = {}
    past: dict[str, dict[Bill | None, StanceRecord]] = {}
    known = (record for record in records if record.as_of <= day.civil)
    for record in sorted(known, key=lambda record: record.as_of):
        newest = current if record.is_current(day) else past
        newest.setdefault(record.bioguide, {})[record.bill] = record
    return {
        member: replace(_standing(current.get(member, {})), past=_with_stance(past.get(member, {})))
        for member in {**past, **current}
    }


def _with_stance(newest: Mapping[Bill | None, StanceRecord]) -> tuple[StanceRecord, ...]:
    """Return the records that say a stance, newest first."""
    found = [record for record in newest.values() if record.stance is not Stance.UNKNOWN]
    return tuple(sorted(found, key=lambda record: record.as_of, reverse=True))


def _standing(newest: Mapping[Bill | None, StanceRecord]) -> Standing:
    by_hand = newest.get(None)
    counted = [
        record
        for record in newest.values()
        if record.stance is not Stance.UNKNOWN
        and (by_hand is None or record is by_hand or record.as_of > by_hand.as_of)
    ]
    if by_hand is not None and by_hand.stance is not Stance.UNKNOWN:
        # A cosponsorship that agrees with a person's own entry stays as evidence.
        counted += [
            record
            for record in newest.values()
            if record not in counted and record.stance is by_hand.stance
        ]
    counted.sort(key=lambda record: record.as_of, reverse=True)
    stances = {record.stance for record in counted}
    if len(stances) > 1:
        return Standing(Stance.UNKNOWN, tuple(counted), is_contradictory=True)
    return Standing(stances.pop() if stances else Stance.UNKNOWN, tuple(counted))
