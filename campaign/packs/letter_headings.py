"""The headings of letters.md, which say for which letters a text is.

`Ask: senator`, `Brief ask: committee SSAP HSAP`, `Ask: executive health`, `Ask: local mayor`,
`Subjects: representative`, `Call script: senator (against)`, `Ask (cosponsor)`. A plain `Ask` or
`Brief ask` is for everyone. A heading may end in marks of facts, such as `Ask: senator [^bill]`:
its text is used only while all of them may be stated.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from campaign.packs import executive
from campaign.packs.sentences import MARK, facts_of
from campaign.packs.stances import Reading

#: Kinds of recipients. "committee" is the writer's own member on one of the pack's committees;
#: "chair" chairs a target committee and may represent another district or state. "secretary" is the
#: Secretary of State, "executive" any other executive office, "local" a row of targets.csv. "copy"
#: is for headings: the text for those who get a courtesy copy.
RecipientKind = Literal[
    "senator",
    "representative",
    "delegate",
    "resident-commissioner",
    "committee",
    "chair",
    "president",
    "secretary",
    "executive",
    "local",
    "copy",
]
RECIPIENT_KINDS: tuple[RecipientKind, ...] = get_args(RecipientKind)

#: The parts of letters.md that may have texts for only some letters.
Section = Literal["subjects", "openings", "ask", "brief ask", "call script"]
SECTIONS: tuple[Section, ...] = get_args(Section)

_HEADING = re.compile(
    rf"(?P<section>{'|'.join(SECTIONS)})"
    r"(?:: (?P<kind>[a-z-]+)(?P<ids>(?:[ ,]+[a-z0-9-]+)*))?"
    rf"(?: \((?P<reading>{'|'.join(Reading)})\))?"
    rf"(?P<marks>(?: ?{MARK.pattern.replace('(', '(?:')})*)",
    re.IGNORECASE,
)
_COMMITTEE = re.compile(r"[HSJ][A-Z]{3}(?:[0-9]{2})?")
#: The kinds whose texts may be limited to some committees.
_BY_COMMITTEE = frozenset({"committee", "chair"})
#: The kinds whose texts may be limited to some offices or rows of targets.csv.
_BY_OFFICE = frozenset({"executive", "local"})
#: The kinds without a stance: offices outside Congress, and committee chairs as such.
_WITHOUT_STANCE = frozenset({"chair", "president", "secretary", "executive", "local", "copy"})
_KINDS = {str(kind): kind for kind in RECIPIENT_KINDS}
#: The offices of the kind "executive": the others are kinds themselves.
_OFFICES = executive.NAMES.keys() - _KINDS.keys()


@dataclass(frozen=True)
class LetterHeading:
    """The letters that a text is for. Without a `kind` it is for all members of Congress; a plain
    `Ask` or `Brief ask` is for all recipients.

    `committees` limits it to members of those committees, `reading` to members who stand there, and
    `offices` to those executive offices or rows of targets.csv, by ID. The text is used only while
    all `facts` may be stated.
    """

    section: Section
    kind: RecipientKind | None = None
    committees: tuple[str, ...] = ()
    reading: Reading | None = None
    facts: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()

    @classmethod
    def parse(cls, heading: str) -> "LetterHeading | None":
        """Parse a heading of letters.md; return None if it does not have this form.

        A plain `Subjects`, `Openings` or `Call script` is for all letters: it is of this form, with
        neither kind nor reading.
        """
        row = _HEADING.fullmatch(" ".join(heading.split()))
        if row is None:
            return None
        kind = _KINDS.get(row["kind"].lower()) if row["kind"] else None
        ids = tuple((row["ids"] or "").replace(",", " ").lower().split())
        committees = tuple(each.upper() for each in ids) if kind in _BY_COMMITTEE else ()
        offices = ids if kind in _BY_OFFICE else ()
        reading = Reading(row["reading"].lower()) if row["reading"] else None
        section: Section = next(name for name in SECTIONS if name == row["section"].lower())
        if (
            (row["kind"] and kind is None)
            or (ids and not committees and not offices)
            or not all(map(_COMMITTEE.fullmatch, committees))
            or (kind == "executive" and not set(offices) <= _OFFICES)
            or (reading and kind in _WITHOUT_STANCE)
            or (row["marks"] and "ask" in section and kind is None and reading is None)
        ):
            return None
        return cls(section, kind, committees, reading, facts_of(row["marks"]), offices)

    @property
    def is_for_everyone(self) -> bool:
        """True for an ask without a kind or a stance: it is for every recipient."""
        return self.section in {"ask", "brief ask"} and self.kind is None and self.reading is None

    @property
    def is_general(self) -> bool:
        """True for a text for all letters, or an ask for all letters to one kind of recipient."""
        is_narrow = self.committees or self.offices or self.facts or self.reading is not None
        return (
            not is_narrow
            and self.section != "brief ask"
            and (self.section == "ask" or self.kind is None)
        )

    def fits(
        self,
        kinds: Sequence[RecipientKind],
        reading: Reading,
        committee_codes: Sequence[str],
        office: str = "",
    ) -> bool:
        """True if the text is for a recipient of these kinds, this stance and these committees.

        `office` is the recipient's ID outside Congress, "" for a member.
        """
        return (
            (
                self.kind in kinds
                if self.kind
                else self.is_for_everyone or _WITHOUT_STANCE.isdisjoint(kinds)
            )
            and (self.reading is None or self.reading in reading.fallbacks)
            and (not self.offices or office in self.offices)
            and (
                not self.committees
                or any(
                    code.startswith(committee)
                    for code in committee_codes
                    for committee in self.committees
                )
            )
        )

    def rank(self, kinds: Sequence[RecipientKind], reading: Reading) -> tuple[int | bool, ...]:
        """Return a sort key for texts that fit: the most specific text comes first.

        The stance counts most, then (for asks) a brief text, then the committee or the office, then
        the kind, of which the first of `kinds` is the nearest, then that the text rests on facts.
        """
        fallbacks = reading.fallbacks
        return (
            fallbacks.index(self.reading) if self.reading else len(fallbacks),
            self.section != "brief ask",
            not self.committees and not self.offices,
            kinds.index(self.kind) if self.kind else len(kinds),
            not self.facts,
        )
