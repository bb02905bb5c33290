"""In which district each person of a table votes: certain, likely, or open, with what to do.

The line's own district counts where it agrees with its ZIP; else the ZIP's; else, where streets are
looked up, the street's. A ZIP of post office boxes, or of one organization, whose area lies in one
district makes it likely. Nothing is guessed beyond that.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

from campaign.congress.batch_geocoder import Found, Missing
from campaign.congress.dataset import Congress
from campaign.congress.place_evidence import agreed_place, believes
from campaign.congress.places import District, StreetAddress
from campaign.congress.routing import Representation, route_zip
from campaign.errors import InvalidInput
from campaign.letters.batch.constituents_table import Person
from campaign.letters.batch.person_row import Fault

_ELSEWHERE = (
    "The Census Bureau finds this street outside its ZIP or state: correct it, or fill in the "
    "district."
)


class LooksUpMany(Protocol):
    """What districting needs of a geocoder; `BatchGeocoder` is the real one."""

    def districts(
        self, addresses: Sequence[StreetAddress], report: Callable[[int], None] = ...
    ) -> tuple[Found, ...]:
        """Return where each address lies, or why that is not known, in order."""


@dataclass(frozen=True)
class Placed:
    """Where a person votes. "open": `senators_of` is their state, where that is known, and `fault`
    what would settle the district. "refused": `fault` is why the line cannot be used at all.
    """

    certainty: Literal["certain", "likely", "open", "refused"]
    district: District | None = None
    fault: Fault | None = None
    senators_of: str = ""


@dataclass
class Districting:
    """Places people one by one, then looks up the streets of those who are not certain.

    Where `is_strict`, nobody is likely. Without `needs_house`, only the state matters.
    """

    congress: Congress
    on: date
    needs_house: bool
    is_strict: bool = False
    _placed: dict[int, Placed] = field(default_factory=dict)
    _uncertain: list[Person] = field(default_factory=list)

    def place(self, person: Person) -> None:
        """Settle a person's district as far as their line and ZIP do."""
        answer = route_zip(self.congress, person.zip, self.on)
        found = self._placed_by(person, answer)
        self._placed[person.line] = found
        if found.certainty in {"likely", "open"}:
            self._uncertain.append(person)

    def look_up(self, geocoder: LooksUpMany, report: Callable[[int, int], None]) -> None:
        """Ask about the streets of all who are not certain; a likely district stays otherwise."""
        addresses = [_address_of(person) for person in self._uncertain]
        found = geocoder.districts(addresses, lambda done: report(done, len(addresses)))
        for person, address, one in zip(self._uncertain, addresses, found, strict=True):
            before = self._placed[person.line]
            if isinstance(one, Missing):
                fault = Fault("street, district", one.reason)
            elif one.district in self.congress.districts and believes(self.congress, address, one):
                self._placed[person.line] = Placed("certain", one.district)
                continue
            else:
                fault = Fault("street, zip, district", _ELSEWHERE)
            if before.certainty == "open":
                self._placed[person.line] = Placed(
                    "open", fault=fault, senators_of=before.senators_of
                )

    def placed(self, person: Person) -> Placed:
        """Return where a person votes; one who was never placed writes to no member."""
        return self._placed.get(person.line, Placed("certain"))

    def _placed_by(self, person: Person, answer: Representation) -> Placed:
        if person.district is not None:
            return self._given(person, person.district, answer)
        if len(answer.districts) == 1:
            [district] = answer.districts
            if contradiction := self._contradiction(person, district):
                return Placed("refused", fault=contradiction)
            if answer.need == "" or not self.needs_house:
                return Placed("certain", district)
            if not self.is_strict:
                return Placed("likely", district)
        state = person.constituent.state
        has_senators = bool(answer.holders or answer.districts) and bool(
            self.congress.senate_seats.get(state)
        )
        if has_senators and not self.needs_house:
            # Senators are the same in every district of the state.
            return Placed("certain", any_district(self.congress, state))
        return Placed(
            "open",
            fault=self._asked(person, answer),
            senators_of=state if has_senators and not self.is_strict else "",
        )

    def _given(self, person: Person, given: District, answer: Representation) -> Placed:
        """Honor a district that a line names where it agrees with the state and the ZIP."""
        if given not in self.congress.districts:
            return Placed("refused", fault=Fault("district", f"There is no district {given}."))
        if contradiction := self._contradiction(person, given):
            return Placed("refused", fault=contradiction)
        # A ZIP of PO boxes says nothing about where its people live.
        if answer.districts and given not in answer.districts and answer.certainty != "likely":
            known = ", ".join(map(str, answer.districts))
            reason = f"{person.zip.five} lies in {known}, not in {given}."
            return Placed("refused", fault=Fault("district", reason))
        return Placed("certain", given)

    def _contradiction(self, person: Person, district: District) -> Fault | None:
        """Return why the district does not agree with the person's state and ZIP, if so."""
        try:
            agreed_place(
                self.congress, person.zip, state=person.constituent.state, district=district
            )
        except InvalidInput as error:
            return Fault(error.field, str(error))
        return None

    def _asked(self, person: Person, answer: Representation) -> Fault:
        five = person.zip.five
        if len(answer.districts) > 1:
            known = " or ".join(map(str, answer.districts))
            return Fault(
                "district",
                f"{five} lies in several districts: fill in {known}, or have the street looked up.",
            )
        why = {
            "po-box": f"{five} is for post office boxes.",
            "unique": f"{five} belongs to one organization.",
        }.get(self.congress.zips.kind(five)) or str(answer.notes[0])
        return Fault(
            "district",
            f"{why} Fill in the district where this person votes, or have the street looked up.",
        )


def any_district(congress: Congress, state: str) -> District:
    """Return some district of a state, for those who are the same in each. Raises ValueError."""
    return min(one for one in congress.districts if one.state == state)


def _address_of(person: Person) -> StreetAddress:
    home = person.constituent
    return StreetAddress(home.address1, home.city, home.state, person.zip.five)
