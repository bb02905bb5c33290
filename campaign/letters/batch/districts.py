"""Find the district of each person in a table: certain, likely, or open with the reason.

Sources in order: the district given on the line, if it agrees with the ZIP; the ZIP; the street, if
streets are looked up. A ZIP of PO boxes or of one organization whose area lies in one district
makes that district likely. There is no other guessing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

from campaign.congress.batch_geocoder import BatchResult, Unlocated
from campaign.congress.dataset import Congress
from campaign.congress.place_evidence import agrees, require_agreement
from campaign.congress.places import District, StreetAddress
from campaign.congress.routing import Representation, in_state, route_zip
from campaign.errors import InvalidInput
from campaign.letters.batch.constituents_table import Person
from campaign.letters.batch.person_row import Fault
from campaign.letters.targets import may_ask_house
from campaign.packs.targets import Targets

_ELSEWHERE = (
    "The Census Bureau finds this street outside that ZIP code or state. Correct the address, or "
    "fill in the district."
)


class GeocodesInBatch(Protocol):
    """The geocoder that DistrictFinder needs; implemented by `BatchGeocoder`."""

    def districts(
        self, addresses: Sequence[StreetAddress], report: Callable[[int], None] = ...
    ) -> tuple[BatchResult, ...]:
        """Return the district of each address, or why it is unknown, in order."""


@dataclass(frozen=True)
class DistrictMatch:
    """Where a person votes.

    If "open", `senators_of` is their state, if known, and `fault` says what would settle the
    district. `is_house_asked` is False if the campaign asks none of the candidates. If "refused",
    `fault` says why the line cannot be used at all.
    """

    certainty: Literal["certain", "likely", "open", "refused"]
    district: District | None = None
    fault: Fault | None = None
    senators_of: str = ""
    is_house_asked: bool = True


@dataclass
class DistrictFinder:
    """Finds districts person by person, then looks up the streets of the uncertain ones.

    `is_strict` treats likely districts as open. Without `needs_house`, and for people of whose
    candidates none is among the campaign's `targets`, only the state matters.
    """

    congress: Congress
    targets: Targets
    on_date: date
    needs_house: bool
    is_strict: bool = False
    _placed: dict[int, DistrictMatch] = field(default_factory=dict)
    _uncertain: list[Person] = field(default_factory=list)

    def place(self, person: Person) -> None:
        """Find a person's district from their line and ZIP."""
        answer = route_zip(self.congress, person.zip, self.on_date)
        found = self._placed_by(person, answer)
        self._placed[person.line] = found
        if found.certainty in {"likely", "open"} and found.is_house_asked:
            self._uncertain.append(person)

    def look_up(self, geocoder: GeocodesInBatch, report: Callable[[int, int], None]) -> None:
        """Look up the streets of all uncertain people; a likely district stays if that fails."""
        addresses = [_address_of(person) for person in self._uncertain]
        found = geocoder.districts(addresses, lambda done: report(done, len(addresses)))
        for person, address, one in zip(self._uncertain, addresses, found, strict=True):
            before = self._placed[person.line]
            if isinstance(one, Unlocated):
                fault = Fault("street, district", one.reason)
            elif one.district in self.congress.districts and agrees(self.congress, address, one):
                self._placed[person.line] = DistrictMatch("certain", one.district)
                continue
            else:
                fault = Fault("street, zip, district", _ELSEWHERE)
            if before.certainty == "open":
                self._placed[person.line] = DistrictMatch(
                    "open", fault=fault, senators_of=before.senators_of
                )

    def placed(self, person: Person) -> DistrictMatch:
        """Return where a person votes; people who write to no member are never placed."""
        return self._placed.get(person.line, DistrictMatch("certain"))

    def _placed_by(self, person: Person, answer: Representation) -> DistrictMatch:
        if person.district is not None:
            return self._given(person, person.district, answer)
        state = person.constituent.state
        is_asked = may_ask_house(
            self.targets, self.congress, in_state(self.congress, answer, state), state
        )
        if len(answer.districts) == 1:
            [district] = answer.districts
            if contradiction := self._contradiction(person, district):
                return DistrictMatch("refused", fault=contradiction)
            if answer.need == "" or not self.needs_house:
                return DistrictMatch("certain", district)
            if not self.is_strict:
                return DistrictMatch("likely", district, is_house_asked=is_asked)
        has_senators = bool(answer.holders or answer.districts) and bool(
            self.congress.senate_seats.get(state)
        )
        if has_senators and not self.needs_house:
            # Senators are the same in every district of the state.
            return DistrictMatch("certain", any_district(self.congress, state))
        return DistrictMatch(
            "open",
            fault=self._asked(person, answer),
            senators_of=state if has_senators and not (self.is_strict and is_asked) else "",
            is_house_asked=is_asked,
        )

    def _given(self, person: Person, given: District, answer: Representation) -> DistrictMatch:
        """Accept a district given on the line if it agrees with the state and the ZIP."""
        if given not in self.congress.districts:
            return DistrictMatch(
                "refused", fault=Fault("district", f"There is no district {given}.")
            )
        if contradiction := self._contradiction(person, given):
            return DistrictMatch("refused", fault=contradiction)
        # A ZIP of PO boxes says nothing about where its people live.
        if answer.districts and given not in answer.districts and answer.certainty != "likely":
            known = ", ".join(map(str, answer.districts))
            reason = f"{person.zip.five} is in {known}, not in {given}."
            return DistrictMatch("refused", fault=Fault("district", reason))
        return DistrictMatch("certain", given)

    def _contradiction(self, person: Person, district: District) -> Fault | None:
        """Return why the district contradicts the person's state or ZIP, None if it agrees."""
        try:
            require_agreement(
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
                f"{five} is in several districts. Fill in {known}, or have the street looked up.",
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
    """Return one district of a state, to look up its senators. Raises ValueError for none."""
    return min(one for one in congress.districts if one.state == state)


def _address_of(person: Person) -> StreetAddress:
    home = person.constituent
    return StreetAddress(home.address1, home.city, home.state, person.zip.five)
