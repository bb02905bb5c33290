"""The ledger of facts: each claim of a campaign, its source, and the day on which it lapses."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, cast, get_args
from urllib.parse import urlsplit

from campaign.errors import Problem
from campaign.packs import toml

Status = Literal["verified", "attributed", "disputed", "stale"]
STATUSES: tuple[str, ...] = get_args(Status)

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
# Characters that RFC 3986 does not allow unescaped in a URL; a pasted Markdown link has some.
_IN_NO_ADDRESS = frozenset(' <>"{}|\\^`')
_TEXTS = ("claim", "event_date", "attribution", "publisher", "url", "source_date")
_KEYS = {"id", "verified_on", "review_by", "status", *_TEXTS}


@dataclass(frozen=True)
class Fact:
    """A claim about the world with its source. `claim` is a full sentence in the past tense.

    `event_date` and `source_date` are as the source gives them: a day, a month, a year or a span.
    """

    id: str
    claim: str
    event_date: str
    attribution: str
    publisher: str
    url: str
    source_date: str
    verified_on: date | None
    review_by: date | None
    status: Status

    def is_usable(self, on_date: date) -> bool:
        """True if the fact may be stated on that day.

        It must be verified or attributed, have a claim, and not be past its review date.
        """
        return (
            self.status in {"verified", "attributed"}
            and bool(self.claim)
            and (self.review_by is None or on_date <= self.review_by)
        )


def read(text: str, file: str, problems: list[Problem]) -> dict[str, Fact]:
    """Parse a ledger (TOML, one `[[fact]]` table for each fact) into facts by id, in file order.

    Adds a Problem with its line for each unusable row. The id of such a row becomes a stale fact,
    so that the sentences that cite it are not reported as well.
    """
    loaded = toml.read(text, file, problems)
    rows = loaded.get("fact", [])
    for key in loaded.keys() - {"fact"}:
        problems.append(Problem(file, toml.line_of(text, key), f'There is no setting "{key}".'))
    facts: dict[str, Fact] = {}
    toml.require_printable(rows, text, file, problems)
    if not isinstance(rows, list):
        problems.append(Problem(file, 0, "Write each fact as a [[fact]] row."))
        return facts
    headers = [n for n, row in enumerate(text.splitlines(), 1) if row.strip() == "[[fact]]"]
    for index, row in enumerate(rows):
        line = headers[index] if index < len(headers) else 0
        reason = _fault(row, facts)
        if reason:
            problems.append(Problem(file, line, reason))
            _keep_id(row, facts)
        else:
            fact = _fact(row)
            facts[fact.id] = fact
    return facts


def _fault(row: object, before: dict[str, Fact]) -> str:
    if not isinstance(row, dict):
        return "Write each fact as a [[fact]] row."
    fact_id = row.get("id")
    if not isinstance(fact_id, str) or _ID.fullmatch(fact_id) is None:
        return "Give the fact an id of lowercase letters, digits and hyphens."
    if fact_id in before:
        return f'The id "{fact_id}" is used twice.'
    if strange := sorted(row.keys() - _KEYS):
        return f'Fact "{fact_id}" has no field "{strange[0]}".'
    if row.get("status") not in STATUSES:
        return f'Fact "{fact_id}": set status to one of {", ".join(STATUSES)}.'
    for key in _TEXTS:
        if not isinstance(row.get(key, ""), str):
            return f'Fact "{fact_id}": write {key} as text, in quotation marks.'
    for key in ("verified_on", "review_by"):
        if row.get(key, "") != "" and not _is_day(row[key]):
            return f'Fact "{fact_id}": write {key} as a date such as 2026-06-15.'
    return _unsourced(fact_id, row)


def _keep_id(row: object, facts: dict[str, Fact]) -> None:
    fact_id = row.get("id") if isinstance(row, dict) else None
    if isinstance(fact_id, str) and _ID.fullmatch(fact_id):
        facts.setdefault(fact_id, Fact(fact_id, "", "", "", "", "", "", None, None, "stale"))


def _unsourced(fact_id: str, row: dict[str, object]) -> str:
    if row["status"] == "stale":
        return ""
    for key in ("claim", "attribution", "source_date"):
        if not row.get(key):
            return f'Fact "{fact_id}" has no {key}; fill it in or set status to stale.'
    if not row.get("verified_on"):
        return f'Fact "{fact_id}": set verified_on to the day on which it was checked.'
    if not is_https(str(row.get("url", ""))):
        return f'Fact "{fact_id}": give the source\'s https:// address as url.'
    return ""


def is_https(address: str) -> bool:
    """True for a valid https:// URL with a host (RFC 3986)."""
    try:
        url = urlsplit(address.strip())
        is_whole = url.scheme == "https" and bool(url.hostname) and (url.port or 1) > 0
    except ValueError:  # such as brackets without an IPv6 address
        return False
    return is_whole and not set(address.strip()) & _IN_NO_ADDRESS and address.isprintable()


def _fact(row: dict[str, object]) -> Fact:
    texts = {key: str(row.get(key, "")).strip() for key in _TEXTS}
    return Fact(
        id=str(row["id"]),
        verified_on=_day(row.get("verified_on")),
        review_by=_day(row.get("review_by")),
        status=cast(Status, row["status"]),
        **texts,
    )


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None
