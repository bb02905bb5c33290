"""A draft becomes a Pack for a day: sentences whose facts may not be stated then are left out."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, cast

from campaign.errors import PackInvalid, Problem
from campaign.packs import color, events, markdown, wording
from campaign.packs.asks import AskHeading
from campaign.packs.markdown import SourceText
from campaign.packs.sentences import drop_lapsed, facts_of
from campaign.packs.source import CampaignSource, Document
from campaign.packs.values import (
    RECIPIENT_KINDS,
    Audience,
    LetterTexts,
    NarrowAsk,
    Pack,
    Passage,
    RecipientKind,
    TalkingPoint,
    Texts,
    Update,
    fact_numbers,
)


@dataclass(frozen=True)
class Omission:
    """A sentence left out on a day, and the facts that may not be stated then."""

    file: str
    line: int
    sentence: str
    facts: tuple[str, ...]


@dataclass(frozen=True)
class _Day:
    """What one day allows: the usable facts' numbers, and a note of each sentence left out."""

    numbers: Mapping[str, int]
    values: wording.Values
    left_out: list[Omission] = field(default_factory=list)

    def keep(self, written: SourceText) -> str:
        text, gone = drop_lapsed(written.text, self.numbers)
        for sentence in gone:
            lapsed = tuple(fact for fact in facts_of(sentence) if fact not in self.numbers)
            self.left_out.append(Omission(written.file, written.line, sentence, lapsed))
        return text

    def template(self, written: SourceText) -> str:
        """The text for a template: no marks, no Markdown."""
        return markdown.inline(self.keep(written), {})[0]

    def templates(self, rows: Iterable[SourceText]) -> tuple[str, ...]:
        return tuple(text for text in map(self.template, rows) if text)

    def public(self, written: SourceText) -> str:
        """A text of the public pages, its few fields filled in."""
        return wording.render(self.template(written), self.values)

    def passages(self, rows: Iterable[SourceText]) -> tuple[Passage, ...]:
        found: list[Passage] = []
        for row in rows:
            text = self.keep(row)
            if text:
                plain, html = markdown.inline(text, self.numbers)
                found.append(Passage(plain, html, facts_of(text)))
        return tuple(found)


def resolve(source: CampaignSource, on_date: date) -> tuple[Pack, tuple[Omission, ...]]:
    """Return the draft's Pack for that day, and the sentences it leaves out.

    The draft has passed its checks. Raises PackInvalid when the day takes away what a campaign
    cannot do without: its petition, an ask, every opening or closing, or a required fact of a
    published campaign.
    """
    settings: Mapping[str, Any] = source.settings
    values: dict[str, str | Mapping[str, str]] = {
        "organizer": {"name": source.organizer.name, "email": source.organizer.email},
        "campaign": {"title": source.petitions["en"].field("title").text},
    }
    day = _Day(fact_numbers(source.facts, on_date), values)
    texts = {code: _texts(code, page, day) for code, page in source.petitions.items()}
    assert source.story is not None
    assert source.letters is not None
    pack = Pack(
        name=source.name,
        folder=source.folder,
        on_date=on_date,
        published=source.published,
        texts=texts,
        story_html=_page(source.story, day),
        talking_points=_points(source, day),
        letters=_letters(source.letters, day),
        facts=source.facts,
        organizer=source.organizer,
        goals=tuple(settings["goals"]),
        committees=source.strings("committees"),
        cwc_topics=source.strings("cwc_topics"),
        accent=settings["accent"].lower(),
        accent_dark=color.lighten(settings["accent"].lower()),
        wording_version=_hash(*(texts[code].wording_version for code in sorted(texts))),
        former_version=_hash(*(texts[code].former_version for code in sorted(texts))),
        opens_on=settings.get("opens_on"),
        closes_on=settings.get("closes_on"),
        zone=source.zone,
        challenge=settings.get("challenge", False),
        events=events.read(settings.get("events", []), source.zone),
        hashtags=source.strings("hashtags"),
        updates=tuple(
            Update(
                update.id,
                update.date,
                day.public(update.document.field("title")),
                _page(update.document, day),
            )
            for update in source.updates
            if update.date <= on_date
        ),
        outcome_html=_page(source.outcome, day) if source.outcome else "",
        targets=source.strings("targets"),
        points_in_any_order=settings.get("points_in_any_order", False),
        cwc_bills=tuple(bill for bill in source.bills if bill.is_open(on_date)),
        cwc_stance=settings.get("cwc_stance", ""),
        cwc_about=" ".join(settings.get("cwc_about", "").split()),
    )
    lacks = tuple(_missing_texts(source, pack))
    if lacks:
        raise PackInvalid(
            f"The campaign {source.name} cannot be used on {on_date.isoformat()}.", lacks
        )
    return pack, tuple(day.left_out)


def _missing_texts(source: CampaignSource, pack: Pack) -> Iterable[Problem]:
    for code, text in pack.texts.items():
        file = source.petitions[code].file
        if not text.petition:
            yield Problem(file, 0, "Nothing of the petition may be stated today.")
        for key in ("title", "headline", "standfirst", "share", "confirm_subject"):
            if not getattr(text, key):
                yield Problem(file, 0, f"Nothing of the text for {key} may be stated today.")
    for kind in RECIPIENT_KINDS:
        if not pack.letters.asks.get(kind) and (kind != "chair" or pack.targets):
            yield Problem("letters.md", 0, f"No ask for a {kind} may be stated today.")
    for key in ("subjects", "openings", "closings", "call_script", "editor", "sign_off"):
        if not getattr(pack.letters, key):
            yield Problem("letters.md", 0, f"None of the {key} may be stated today.")
    if not pack.talking_points:
        yield Problem("points.md", 0, "No talking point may be stated today.")
    if pack.published:
        for fact_id in source.strings("required"):
            fact = pack.facts.get(fact_id)
            if fact is None or not fact.is_usable(pack.on_date):
                yield Problem(
                    "facts.toml",
                    0,
                    f'The required fact "{fact_id}" may not be stated on '
                    f"{pack.on_date.isoformat()}: review it, or set published = false.",
                )


def _texts(language: str, document: Document, day: _Day) -> Texts:
    texts = Texts(
        language=language,
        title=day.public(document.field("title")),
        headline=day.public(document.field("headline")),
        standfirst=day.public(document.field("standfirst")),
        addressees=day.public(document.field("addressees")),
        petition=day.passages(document.part("")),
        share=" ".join(map(day.public, document.part("share"))).strip(),
        confirm_subject=day.public(document.field("confirm_subject")),
        confirm_body=tuple(filter(None, map(day.public, document.part("confirm mail")))),
        consent=" ".join(map(day.public, document.part("consent"))).strip(),
        mail_consent=" ".join(map(day.public, document.part("updates consent"))).strip(),
    )
    formerly = (texts.addressees, *(passage.plain for passage in texts.petition), texts.consent)
    return replace(
        texts,
        wording_version=_hash(language, *texts.signed, texts.mail_consent),
        former_version=_hash(language, *formerly, texts.mail_consent),
    )


def _points(source: CampaignSource, day: _Day) -> tuple[TalkingPoint, ...]:
    points = (
        TalkingPoint(
            point.id,
            point.heading,
            cast(Audience, point.audience),
            day.passages(point.paragraphs),
            day.passages(point.brief),
        )
        for point in source.points
    )
    return tuple(point for point in points if point.passages)


def _letters(document: Document, day: _Day) -> LetterTexts:
    asks: dict[RecipientKind, str] = {}
    narrow: list[NarrowAsk] = []
    for part in document.parts:
        whom = AskHeading.parse(part.heading)
        said = "\n\n".join(day.templates(part.paragraphs)) if whom else ""
        if whom is None or not said:
            continue
        if whom.committees or whom.is_brief:
            narrow.append(NarrowAsk(whom.kind, whom.committees, whom.is_brief, said))
        else:
            asks[whom.kind] = said
    subjects = day.templates(document.part("subjects"))
    return LetterTexts(
        subject=subjects[0] if subjects else "",
        openings=day.templates(document.part("openings")),
        asks=asks,
        closings=day.templates(document.part("closings")),
        sign_off=day.template(document.field("sign_off")),
        call_script=day.templates(document.part("call script")),
        editor="\n\n".join(day.templates(document.part("letter to the editor"))),
        subjects=subjects,
        narrow_asks=tuple(narrow),
    )


def _page(document: Document, day: _Day) -> str:
    for part in document.parts:
        for row in part.paragraphs:
            day.keep(row)
    return markdown.page(document.body, day.numbers)


def _hash(*texts: str) -> str:
    """A short name for exactly these texts: 16 hex digits of SHA-256."""
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()[:16]
