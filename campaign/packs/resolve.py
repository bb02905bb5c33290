"""Resolve a campaign's source to its Pack for a day, without sentences whose facts have lapsed."""

import hashlib
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any, cast

from campaign.errors import PackInvalid, Problem
from campaign.packs import (
    bill_asks,
    color,
    events,
    front_page,
    markdown,
    picture,
    stance_texts,
    wording,
)
from campaign.packs.bills import BillNames, CampaignBill
from campaign.packs.campaign_day import CampaignDay
from campaign.packs.document import Document
from campaign.packs.letter_headings import LetterHeading, RecipientKind
from campaign.packs.markdown import Section, SourceText
from campaign.packs.sentences import drop_lapsed, facts_of
from campaign.packs.source import CampaignSource
from campaign.packs.values import (
    Audience,
    LetterTexts,
    NarrowText,
    Pack,
    Passage,
    Prompt,
    TalkingPoint,
    Texts,
    Update,
    fact_numbers,
)

_GONE = "Nothing is left of {}: its facts have lapsed or its bills have ended. Rewrite it."


@dataclass(frozen=True)
class Omission:
    """A sentence left out on a day: file, line (from 1), text and ids of its lapsed facts."""

    file: str
    line: int
    sentence: str
    facts: tuple[str, ...]


@dataclass(frozen=True)
class _Day:
    """One day: the numbers of its usable facts, the marks of its open bills, the names of its ended
    bills, and the sentences left out so far.
    """

    numbers: Mapping[str, int]
    values: wording.Values
    bills: frozenset[str] = frozenset()
    ended: BillNames = field(default_factory=lambda: BillNames(()))
    left_out: list[Omission] = field(default_factory=list)

    @property
    def usable(self) -> Set[str]:
        """The ids of facts and bills that sentences may cite on the day."""
        return self.numbers.keys() | self.bills

    def keep(self, written: SourceText) -> str:
        usable = self.usable
        text, gone = drop_lapsed(written.text, usable, self.ended.within)
        if gone and "{" in text and not _is_whole(text):
            text, gone = "", (written.text,)
        for sentence in gone:
            ended = (bill.mark for bill in self.ended.within(sentence))
            cited = dict.fromkeys((*facts_of(sentence), *ended))
            lapsed = tuple(fact for fact in cited if fact not in usable)
            self.left_out.append(Omission(written.file, written.line, sentence, lapsed))
        return text

    def may_state(self, facts: tuple[str, ...], part: Section, file: str) -> bool:
        """True where all these facts may be stated; where not, the whole part is left out."""
        lapsed = tuple(fact for fact in facts if fact not in self.usable)
        return not self._is_left_out(lapsed, part.heading, part.line, file)

    def may_head(self, heading: str, line: int, file: str) -> bool:
        """True where a heading names no ended bill; where it does, all under it is left out."""
        ended = tuple(bill.mark for bill in self.ended.within(heading))
        return not self._is_left_out(ended, heading, line, file)

    def _is_left_out(self, lapsed: tuple[str, ...], heading: str, line: int, file: str) -> bool:
        if lapsed:
            self.left_out.append(Omission(file, line, f"## {heading}", lapsed))
        return bool(lapsed)

    def template(self, written: SourceText) -> str:
        """Return the text as a template: without marks and Markdown."""
        return markdown.inline(self.keep(written), {})[0]

    def templates(self, rows: Iterable[SourceText]) -> tuple[str, ...]:
        return tuple(text for text in map(self.template, rows) if text)

    def public(self, written: SourceText) -> str:
        """Return a text of the public pages with its fields filled in."""
        return wording.render(self.template(written), self.values)

    def passages(self, rows: Iterable[SourceText]) -> tuple[Passage, ...]:
        found: list[Passage] = []
        for row in rows:
            text = self.keep(row)
            if text:
                plain, html = markdown.inline(text, self.numbers)
                facts = tuple(fact for fact in facts_of(text) if fact in self.numbers)
                found.append(Passage(plain, html, facts))
        return tuple(found)


def _is_whole(text: str) -> bool:
    """True if a text without some of its sentences is still a template."""
    try:
        wording.fields(markdown.inline(text, {})[0])
    except PackInvalid:
        return False
    return True


def resolve(source: CampaignSource, when: CampaignDay) -> tuple[Pack, tuple[Omission, ...]]:
    """Return the Pack of a checked source for a day, and the sentences left out.

    Raises PackInvalid if a text that a campaign needs is empty on that day (the petition, an ask,
    all openings or closings), or if a published campaign's required fact has lapsed.
    """
    pack, left_out = _resolved(source, when)
    lacks = (
        *(Problem(file, 0, _GONE.format(text)) for file, text in _empty_texts(source, pack)),
        *_lapsed_required(source, pack),
    )
    if lacks:
        raise PackInvalid(
            f"The campaign {source.name} cannot be used on {when.civil.isoformat()}.", lacks
        )
    return pack, left_out


def empty_texts(source: CampaignSource, when: CampaignDay) -> tuple[tuple[str, str], ...]:
    """Return the (file, name) of each text that a campaign needs and that is empty on a day."""
    return tuple(_empty_texts(source, _resolved(source, when)[0]))


def _resolved(source: CampaignSource, when: CampaignDay) -> tuple[Pack, tuple[Omission, ...]]:
    settings: Mapping[str, Any] = source.settings
    values: dict[str, str | Mapping[str, str]] = {
        "organizer": {"name": source.organizer.name, "email": source.organizer.email},
        "campaign": {"title": source.petitions["en"].field("title").text},
    }
    bills = source.bills_on(when.congress)
    facts = {fact: source.facts[fact] for fact in front_page.reading_order(source)}
    day = _Day(
        fact_numbers(facts, when.civil),
        values,
        frozenset(each.mark for each in bills),
        source.ended_names(when.congress),
    )
    # News and the outcome tell of a day: only marks end their sentences.
    dated = replace(day, ended=BillNames(()))
    texts = {code: _texts(code, page, day) for code, page in source.petitions.items()}
    assert source.story is not None
    assert source.letters is not None
    pack = Pack(
        name=source.name,
        folder=source.folder,
        day=when,
        published=source.published,
        archived=source.archived,
        texts=texts,
        story_html=_page(source.story, day),
        talking_points=_points(source, day),
        letters=_letters(source.letters, day, bills),
        facts=facts,
        organizer=source.organizer,
        funding=source.funding,
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
                dated.public(update.document.field("title")),
                _page(update.document, dated),
            )
            for update in source.updates
            if update.date <= when.civil
        ),
        outcome_html=_page(source.outcome, dated) if source.outcome else "",
        targets=source.targets,
        asks=source.asks,
        points_in_any_order=settings.get("points_in_any_order", False),
        bills=bills,
        cwc_bills=tuple(bill for bill in source.bills if bill.is_open(when.congress)),
        cwc_stance=settings.get("cwc_stance", ""),
        cwc_about=day.keep(_setting("cwc_about", source)),
        picture=picture.read(source.folder),
    )
    return pack, tuple(day.left_out)


def _setting(key: str, source: CampaignSource) -> SourceText:
    text = " ".join(source.settings.get(key, "").split())
    return SourceText(text, "campaign.toml", source.line(key))


def _empty_texts(source: CampaignSource, pack: Pack) -> Iterable[tuple[str, str]]:
    for code, text in pack.texts.items():
        for key in ("petition", "title", "headline", "standfirst", "share", "confirm_subject"):
            if not getattr(text, key):
                yield source.petitions[code].file, f"the {key}"
    headings = pack.letters.ask_headings
    for kind in pack.targets.kinds_without_ask(headings, has_committees=bool(pack.committees)):
        yield "letters.md", f"the ask for a {kind}"
    for key in ("subjects", "openings", "closings", "call_script", "editor", "sign_off"):
        if not getattr(pack.letters, key):
            yield "letters.md", f"the {key}"
    if not pack.talking_points:
        yield "points.md", "the talking points"


def _lapsed_required(source: CampaignSource, pack: Pack) -> Iterable[Problem]:
    if pack.published:
        for fact_id in source.strings("required"):
            fact = pack.facts.get(fact_id)
            if fact is None or not fact.is_usable(pack.on_date):
                yield Problem(
                    "facts.toml",
                    0,
                    f'The required fact "{fact_id}" has lapsed by '
                    f"{pack.on_date.isoformat()}. Review it, or set published = false.",
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
        prompts=tuple(map(Prompt.parse, filter(None, map(day.public, document.part("own words"))))),
        figures=_figures(document, day),
        milestone=_milestone(document.field("milestone"), day),
        picture_alt=day.public(document.field("picture_alt")),
        picture_caption=day.public(document.field("picture_caption")),
    )
    formerly = (texts.addressees, *(passage.plain for passage in texts.petition), texts.consent)
    return replace(
        texts,
        wording_version=_hash(language, *texts.signed, texts.mail_consent),
        former_version=_hash(language, *formerly, texts.mail_consent),
    )


def _figures(document: Document, day: _Day) -> tuple[front_page.Figure, ...]:
    passages = day.passages(document.part("figures"))
    return tuple(filter(None, (front_page.figure(passage.html) for passage in passages)))


def _milestone(written: SourceText, day: _Day) -> str:
    values: wording.Values = {**day.values, front_page.GOAL_FIELD: front_page.GOAL}
    return wording.render(day.template(written), values)


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
        if day.may_head(point.heading, point.line, "points.md")
    )
    return tuple(point for point in points if point.passages)


def _letters(document: Document, day: _Day, bills: tuple[CampaignBill, ...]) -> LetterTexts:
    asks: dict[RecipientKind, str] = {}
    narrow: list[NarrowText] = []
    general_ask = ""
    written: list[LetterHeading] = []
    for part in document.parts:
        heading = LetterHeading.parse(part.heading)
        if heading is not None:
            written.append(heading)
        if heading is None or not day.may_state(heading.facts, part, document.file):
            continue
        texts = day.templates(part.paragraphs)
        if not texts:
            continue
        if not heading.is_general:
            narrow.append(NarrowText(heading, texts))
        elif heading.kind is not None:
            asks[heading.kind] = "\n\n".join(texts)
        elif heading.section == "ask":
            general_ask = "\n\n".join(texts)
    narrow += stance_texts.fallbacks((text.heading for text in narrow), bills)
    subjects = day.templates(document.part("subjects"))
    letters = LetterTexts(
        subject=subjects[0] if subjects else "",
        openings=day.templates(document.part("openings")),
        asks=asks,
        closings=day.templates(document.part("closings")),
        sign_off=day.template(document.field("sign_off")),
        call_script=day.templates(document.part("call script")),
        editor="\n\n".join(day.templates(document.part("letter to the editor"))),
        subjects=subjects,
        narrow=tuple(narrow),
        general_ask=general_ask,
    )
    return bill_asks.with_bill_asks(letters, written, bills)


def _page(document: Document, day: _Day) -> str:
    for part in document.parts:
        for row in part.paragraphs:
            day.keep(row)
    return markdown.page(document.body, day.numbers, day.usable, day.ended.within)


def _hash(*texts: str) -> str:
    """Return an identifier of exactly these texts: 16 hex digits of SHA-256."""
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()[:16]
