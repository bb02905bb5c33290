"""Whom a campaign asks: the table `[targets]` of campaign.toml, and targets.csv."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from campaign.errors import Problem
from campaign.packs import executive, toml
from campaign.packs.letter_headings import RECIPIENT_KINDS, LetterHeading, RecipientKind
from campaign.packs.local_targets import LocalTarget

#: What a target gets: the ask, or a courtesy copy.
Role = Literal["ask", "copy"]

CHAMBERS = ("house", "senate")
PARTIES = ("Democrat", "Republican", "Independent")
#: The limit of committee chairs that the letter form lists.
MAX_CHAIRS = 8
#: The executive offices that a campaign without `[targets]` asks.
DEFAULT_EXECUTIVE = ("president", "secretary")

_COMMITTEE = re.compile(r"[HSJ][A-Z]{3}(?:[0-9]{2})?")
_DISTRICT = re.compile(r"[A-Z]{2}-(?:0|[1-9][0-9]?)")
_BIOGUIDE = re.compile(r"[A-Z][0-9]{6}")
_STATE = re.compile(r"[A-Z]{2}")
#: Places whose House member is a delegate or the Resident Commissioner.
_DELEGATIONS = {"DC": "delegate", "GU": "delegate", "VI": "delegate", "AS": "delegate",
                "MP": "delegate", "PR": "resident-commissioner"}  # fmt: skip


@dataclass(frozen=True)
class MemberFilter:
    """Which members of Congress are meant.

    A member must be in one of `chambers`, and for each other list that is not empty match one of
    its entries: `states` or `districts` for the place; `committees` (codes), or any leadership
    title if `leaders`, for the position; `parties` for the party. Members in `members` (bioguide
    ids) are meant in any case; if nothing but them is given, only they are.
    """

    chambers: tuple[str, ...] = CHAMBERS
    states: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    committees: tuple[str, ...] = ()
    leaders: bool = False
    parties: tuple[str, ...] = ()
    members: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True if no member is meant."""
        return not self.chambers and not self.members


#: Every member of both chambers, and no member.
ALL_MEMBERS = MemberFilter()
NO_MEMBERS = MemberFilter(chambers=())


@dataclass(frozen=True)
class Targets:
    """Whom a campaign asks and who gets a courtesy copy.

    `chairs` are codes of committees whose chairs anyone may write to. `executive` and
    `executive_copies` are ids of `campaign.packs.executive`. `local` and `local_copies` are the
    rows of targets.csv.
    """

    members: MemberFilter = ALL_MEMBERS
    member_copies: MemberFilter = NO_MEMBERS
    chairs: tuple[str, ...] = ()
    executive: tuple[str, ...] = DEFAULT_EXECUTIVE
    executive_copies: tuple[str, ...] = ()
    local: tuple[LocalTarget, ...] = ()
    local_copies: tuple[LocalTarget, ...] = ()

    @property
    def has_copies(self) -> bool:
        """True if anyone gets a courtesy copy."""
        return bool(not self.member_copies.is_empty or self.executive_copies or self.local_copies)

    @property
    def has_members(self) -> bool:
        """True if any member of Congress gets the ask or a courtesy copy."""
        return not (self.members.is_empty and self.member_copies.is_empty)

    @property
    def offices(self) -> dict[str, str]:
        """The campaign's executive offices and local targets: id -> name."""
        table = executive.offices()
        listed = {*self.executive, *self.executive_copies}
        local = {target.id: target.short for target in (*self.local, *self.local_copies)}
        return {office: table[office].name for office in table if office in listed} | local

    def kinds(self, *, has_committees: bool) -> tuple[RecipientKind, ...]:
        """Return the kinds of recipients that get the ask, in the order of RECIPIENT_KINDS.

        `has_committees` says whether the campaign has asks for members of some committees.
        """
        wanted: set[str] = set(_member_kinds(self.members))
        if wanted and has_committees:
            wanted.add("committee")
        if self.chairs:
            wanted.add("chair")
        for office in self.executive:
            wanted.add(office if office in DEFAULT_EXECUTIVE else "executive")
        if self.local:
            wanted.add("local")
        if self.has_copies:
            wanted.add("copy")
        return tuple(kind for kind in RECIPIENT_KINDS if kind in wanted)

    def kinds_without_ask(
        self, headings: Collection[LetterHeading], *, has_committees: bool
    ) -> tuple[RecipientKind, ...]:
        """Return the kinds of recipients for which none of these headings has an ask.

        `## Ask` is for everyone except those who get a courtesy copy. An ask for each executive
        office, or for each row of targets.csv, serves instead of one for all of them.
        """
        asks = [each for each in headings if each.section == "ask" and not each.facts]
        general = {each.kind for each in asks if each.is_general}
        by_office = {office for each in asks for office in each.offices}
        asked: dict[RecipientKind, set[str]] = {
            "executive": {*self.executive} - {*DEFAULT_EXECUTIVE},
            "local": {target.id for target in self.local},
        }
        return tuple(
            kind
            for kind in self.kinds(has_committees=has_committees)
            if kind not in general
            and (kind == "copy" or None not in general)
            and not (kind in asked and asked[kind] <= by_office)
        )


def _member_kinds(members: MemberFilter) -> set[str]:
    if members.members:  # a bioguide id does not say which seat
        return {"senator", "representative"}
    kinds: set[str] = set()
    if "senate" in members.chambers and not (members.districts and not members.states):
        kinds.add("senator")
    if "house" in members.chambers:
        places = {*members.states, *(district[:2] for district in members.districts)}
        if not places or places - _DELEGATIONS.keys():
            kinds.add("representative")
        kinds.update(kind for code, kind in _DELEGATIONS.items() if not places or code in places)
    return kinds


# -- Reading [targets] -----------------------------------------------------------------------------

#: What is wrong with a list's entry; `{}` is replaced by the entry.
_Check = tuple[Callable[[str], object], str]
_CHECKS: dict[str, _Check] = {
    "chambers": (CHAMBERS.__contains__, '"{}" is not a chamber: write house or senate.'),
    "states": (_STATE.fullmatch, '"{}" is not a state\'s code, such as MT.'),
    "districts": (_DISTRICT.fullmatch, '"{}" is not a district, such as CA-30 or WY-0.'),
    "committees": (
        _COMMITTEE.fullmatch,
        '"{}" is not a committee\'s code, such as SSFR or HSFA14.',
    ),
    "parties": (PARTIES.__contains__, f'"{{}}" is not a party here: {", ".join(PARTIES)}.'),
    "members": (_BIOGUIDE.fullmatch, '"{}" is not a bioguide ID, such as D000618.'),
    "chairs": (
        lambda code: _COMMITTEE.fullmatch(code) and not code[-1].isdigit(),
        '"{}" is not a full committee\'s code, such as SSFR.',
    ),
    "executive": (
        lambda office: office in executive.offices(),
        '"{}" is not an executive office. docs/campaigns.md lists them.',
    ),
}
_FILTERS = ("chambers", "states", "districts", "committees", "leaders", "parties", "members")


@dataclass
class _Table:
    """One table of campaign.toml while it is read: its rows, and the problems found in it."""

    name: str
    rows: Mapping[str, Any]
    text: str
    local: Mapping[str, LocalTarget]
    problems: list[Problem]
    allowed: frozenset[str] = field(default_factory=frozenset)

    def report(self, key: str, reason: str) -> None:
        line = toml.line_in_table(self.text, self.name, key)
        self.problems.append(Problem("campaign.toml", line, reason))

    def report_unknown_keys(self) -> None:
        for key in self.rows.keys() - self.allowed:
            self.report(key, f'There is no setting "{key}" under [{self.name}].')

    def strings(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        value = self.rows.get(key, list(default))
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.report(key, f"Write {key} as a list of texts.")
            return default
        holds, reason = _CHECKS.get(key, (self.local.__contains__, _NO_LOCAL))
        for each in value:
            if not holds(each):
                self.report(key, reason.format(each))
        return tuple(dict.fromkeys(each for each in value if holds(each)))

    def flag(self, key: str) -> bool:
        value = self.rows.get(key, False)
        if not isinstance(value, bool):
            self.report(key, f"Write {key} as true or false.")
        return value is True

    def locals(self, default: tuple[LocalTarget, ...]) -> tuple[LocalTarget, ...]:
        if "local" not in self.rows:
            return default
        return tuple(self.local[key] for key in self.strings("local") if key in self.local)

    def members(self, default: tuple[str, ...]) -> MemberFilter:
        only_members = "members" in self.rows and not self.rows.keys() & set(_FILTERS[:-1])
        chambers = () if only_members else self.strings("chambers", default)
        return MemberFilter(
            chambers=chambers,
            states=self.strings("states"),
            districts=self.strings("districts"),
            committees=self.strings("committees"),
            leaders=self.flag("leaders"),
            parties=self.strings("parties"),
            members=self.strings("members"),
        )


_NO_LOCAL = 'There is no row "{}" in targets.csv.'


def read(
    value: object, text: str, local: tuple[LocalTarget, ...], problems: list[Problem]
) -> Targets:
    """Return the targets of a campaign from the value of its setting `targets`, None if missing.

    `value` is a table, or, as in older campaigns, a list of committees whose chairs anyone may
    write to. `text` is campaign.toml, for the lines of problems; `local` the rows of targets.csv.
    Adds a Problem for each entry that cannot be used.
    """
    rows = {target.id: target for target in local}
    if isinstance(value, list):
        table = _Table("targets", {"chairs": value}, text, rows, problems)
        return Targets(chairs=_chairs(table), local=local)
    if not isinstance(value, Mapping):
        return Targets(local=local)
    asks = _Table(
        "targets", value, text, rows, problems,
        frozenset({*_FILTERS, "chairs", "executive", "local", "copies"}),
    )  # fmt: skip
    asks.report_unknown_keys()
    copied = value.get("copies", {})
    if not isinstance(copied, Mapping):
        asks.report("copies", "Write the copies under [targets.copies].")
        copied = {}
    copies = _Table(
        "targets.copies", copied, text, rows, problems, frozenset({*_FILTERS, "executive", "local"})
    )
    copies.report_unknown_keys()
    has_filter = bool(copied.keys() & set(_FILTERS))
    local_copies = copies.locals(())
    found = Targets(
        members=asks.members(CHAMBERS),
        member_copies=copies.members(CHAMBERS) if has_filter else NO_MEMBERS,
        chairs=_chairs(asks),
        executive=asks.strings("executive"),
        executive_copies=copies.strings("executive"),
        local=asks.locals(tuple(each for each in local if each not in local_copies)),
        local_copies=local_copies,
    )
    if not found.kinds(has_committees=False) or found.kinds(has_committees=False) == ("copy",):
        asks.report("", "Name at least one target that gets the ask.")
    return found


def _chairs(table: _Table) -> tuple[str, ...]:
    chairs = table.strings("chairs")
    if isinstance(given := table.rows.get("chairs"), list) and len(given) > MAX_CHAIRS:
        table.report("chairs", f"List {MAX_CHAIRS} chairs at most.")
    return chairs[:MAX_CHAIRS]
