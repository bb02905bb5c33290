"""What each ask is about, a bill or a decision of the executive: `[asks]` of campaign.toml.

A 501(c)(3) has to count its grassroots lobbying: what asks the public to contact legislators about
legislation. Asks of the executive are not legislation (26 CFR 56.4911-2).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, get_args

from campaign.errors import Problem
from campaign.packs import toml
from campaign.packs.executive import NAMES
from campaign.packs.targets import Targets

#: What an ask is about. "bill" is legislation of any body, "executive" a decision of an office.
AskAbout = Literal["bill", "executive", "other"]
ASKS_ABOUT: tuple[AskAbout, ...] = get_args(AskAbout)

_MEMBERS, _LOCAL = "members", "local"


@dataclass(frozen=True)
class AskMarks:
    """The mark of each ask: by id of a target, or for all "members" or all "local" targets.

    Unmarked asks of executive offices are about the executive. All others count as about a bill,
    because a report should rather count too much than too little.
    """

    marks: Mapping[str, AskAbout] = field(default_factory=lambda: MappingProxyType({}))

    def about(self, target: str, targets: Targets) -> AskAbout:
        """Return what the ask of a target is about.

        `target` is a bioguide id, the id of an executive office, or one of a row of targets.csv.
        """
        if target in self.marks:
            return self.marks[target]
        if target in NAMES:
            return "executive"
        return self.marks.get(_LOCAL if target in _local(targets) else _MEMBERS, "bill")

    def unmarked_local(self, targets: Targets) -> tuple[str, ...]:
        """Return the ids of the rows of targets.csv whose ask has no mark."""
        if _LOCAL in self.marks:
            return ()
        return tuple(target for target in _local(targets) if target not in self.marks)


def _local(targets: Targets) -> tuple[str, ...]:
    return tuple(target.id for target in (*targets.local, *targets.local_copies))


def read(value: object, text: str, targets: Targets, problems: list[Problem]) -> AskMarks:
    """Return the marks of `[asks]`, None being a campaign.toml without it.

    `text` is campaign.toml, for the lines of problems.
    """
    table: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
    known = {_MEMBERS, _LOCAL, *NAMES, *_local(targets)}
    for key, reason in _faults(table, known):
        line = toml.line_in_table(text, "asks", key)
        problems.append(Problem("campaign.toml", line, reason))
    marks = {key: mark for key, mark in table.items() if key in known and mark in ASKS_ABOUT}
    return AskMarks(MappingProxyType(marks))


def _faults(table: Mapping[str, Any], known: set[str]) -> Iterator[tuple[str, str]]:
    for key, mark in table.items():
        if key not in known:
            yield (
                key,
                f'[asks] has no "{key}". Write members, local, an executive office such as '
                "president, or an id of targets.csv.",
            )
        elif mark not in ASKS_ABOUT:
            yield key, f'Set {key} under [asks] to "bill", "executive" or "other".'
