"""The fact sheet: what the campaign claims, on which date, and by which source."""

import re
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, render_template
from flask_babel import format_date, lazy_gettext
from flask_babel.speaklater import LazyString

from campaign.packs.ledger import Fact, Status
from campaign.packs.pack import Pack
from campaign.web.core import languages
from campaign.web.core.caching import Page, send
from campaign.web.core.services import current_services
from campaign.web.core.template_filters import day

# A day or month as the ledger writes it, anywhere in a text such as `2023-09-19 to 2023-10-03`.
_ISO = re.compile(r"\b([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?\b")

blueprint = Blueprint("facts", __name__)

#: A fact's status in words; facts with another status are not shown at all.
STATUS_WORDS: dict[Status, LazyString] = {
    "verified": lazy_gettext("Checked against the source"),
    "attributed": lazy_gettext("Reported by the source; we have not checked it further"),
}


@dataclass(frozen=True)
class Entry:
    """A numbered line of the fact sheet; `number` is the footnote number that leads to it."""

    number: int
    fact: Fact
    status: LazyString


def entries(pack: Pack) -> tuple[Entry, ...]:
    """Return the facts that the campaign may state on the pack's day, numbered as in its texts."""
    return tuple(
        Entry(pack.fact_number(fact.id), fact, STATUS_WORDS[fact.status])
        for fact in pack.usable_facts()
    )


@blueprint.app_template_filter("dates")
def in_words(text: str) -> str:
    """Return the text with its ISO days and months in words: `June 15, 2026`, `June 2026`.

    Text that is not a date is returned unchanged.
    """

    def words(match: re.Match[str]) -> str:
        year, month, day_of_month = (int(part) if part else 0 for part in match.groups())
        try:
            when = date(year, month, day_of_month or 1)
        except ValueError:
            return match[0]
        return day(when) if day_of_month else str(format_date(when, "LLLL y"))

    return _ISO.sub(words, text)


@blueprint.get("/c/<name>/facts")
def show(name: str) -> Response:
    """Show the fact sheet: public, and the same for everyone."""
    site = current_services()
    pack = site.campaigns.get(name, site.now())
    shown = entries(pack)
    body = render_template(
        "facts/show.html",
        pack=pack,
        texts=pack.text(languages.current()),
        entries=shown,
        waiting=len(pack.facts) - len(shown),
    )
    return send(Page.of(body))
