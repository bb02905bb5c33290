"""Check a campaign's texts: these problems prevent its use (`check_warnings` has the others)."""

from collections.abc import Collection, Iterable, Iterator

from campaign.errors import PackInvalid, Problem
from campaign.packs import front_page, markdown, picture, settings_rules, wording
from campaign.packs.document import Document
from campaign.packs.letter_headings import LetterHeading
from campaign.packs.markdown import SourceText
from campaign.packs.read_errors import check_or_report
from campaign.packs.sentences import MARK, drop_lapsed, facts_of
from campaign.packs.source import CampaignSource
from campaign.packs.values import AUDIENCES, question_in

#: Characters. A letter with three points, the person's own words and the ask stays on one page.
LIMITS = {
    "title": 80,
    "headline": 120,
    "standfirst": 320,
    "addressees": 160,
    "confirm_subject": 120,
    "sign_off": 60,
    "petition": 1500,
    "share": 280,
    "consent": 700,
    "updates consent": 300,
    "figures": 220,
    "milestone": 160,
    "picture_alt": 300,
    "picture_caption": 200,
    "confirm mail": 700,
    "own words": 200,
    "subjects": 200,
    "openings": 500,
    "closings": 400,
    "ask": 800,
    "call script": 700,
    "letter to the editor": 900,
    "point": 900,
    "point in brief": 350,
    "heading": 90,
}
# Communicating With Congress 2.0
_MIN_SUBJECT = 6
HEADER = ("title", "headline", "standfirst", "addressees", "confirm_subject")
PETITION_PARTS = (
    *("", "share", "consent", "updates consent", "confirm mail"), *("own words", "figures"),
)  # fmt: skip
#: A petition may do without these.
_OPTIONAL_PARTS = frozenset({"own words", "figures"})
#: As many questions as a person takes in at one look, each as long as a button's words.
_MAX_QUESTIONS, _MAX_QUESTION = 3, 48
LETTER_PARTS = ("subjects", "openings", "closings", "call script", "letter to the editor")


def problems(source: CampaignSource) -> Iterator[Problem]:
    """Yield every problem that prevents the use of the campaign on any day."""
    yield from check_or_report("campaign.toml", settings_rules.problems(source))
    for language, document in source.petitions.items():
        yield from check_or_report(document.file, _petition(language, document, source))
    yield from check_or_report("points.md", _points(source))
    if source.letters is not None:
        yield from check_or_report("letters.md", _letters(source.letters, source))
    yield from check_or_report("picture", picture.problems(source.folder))
    yield from check_or_report("story.md", _pages(source))
    yield from check_or_report("facts.toml", _facts(source))
    yield from check_or_report("campaign.toml", _banned(source))


def all_texts(source: CampaignSource) -> Iterator[SourceText]:
    """Yield every paragraph, heading and header field of the folder, with file and line."""
    updates = [update.document for update in source.updates]
    pages = (*source.petitions.values(), source.story, source.letters, source.outcome, *updates)
    for document in pages:
        if document is not None:
            yield from texts_of(document)
    for point in source.points:
        yield SourceText(point.heading, "points.md", point.line)
        yield from point.paragraphs
        yield from point.brief


def texts_of(document: Document) -> Iterator[SourceText]:
    """Yield every header field, heading and paragraph of a file."""
    for key in document.header:
        yield document.field(key)
    for part in document.parts:
        yield SourceText(part.heading, document.file, part.line)
        yield from part.paragraphs


def _petition(language: str, document: Document, source: CampaignSource) -> Iterator[Problem]:
    known = {part.casefold() for part in PETITION_PARTS}
    yield from _strange_parts(document, known)
    for key in document.header.keys() - {*HEADER, *front_page.OPTIONAL_FIELDS}:
        line = document.field(key).line
        yield Problem(document.file, line, f'The header has no field "{key}".')
    for key in (*HEADER, *(document.header.keys() & set(front_page.OPTIONAL_FIELDS))):
        extra = {front_page.GOAL_FIELD} if key == "milestone" else set[str]()
        yield from _text(document.field(key), key, wording.PUBLIC_FIELDS | extra)
    yield from front_page.problems(document, source)
    for part in PETITION_PARTS:
        name = part or "petition"
        allowed = wording.PUBLIC_FIELDS if part else frozenset[str]()
        rows = document.part(part)
        if not rows and part not in _OPTIONAL_PARTS:
            yield Problem(document.file, 0, f"There is no text for: {name}.")
        for row in rows:
            yield from _text(row, name, allowed)
    yield from _questions(document)
    english = source.petitions["en"]
    if language != "en":
        ours, theirs = document.part(""), english.part("")
        if len(ours) != len(theirs):
            reason = f"It has {len(ours)} paragraphs where petition.md has {len(theirs)}."
            yield Problem(document.file, 0, reason)
        for our, their in zip(ours, theirs, strict=False):
            if MARK.findall(our.text) != MARK.findall(their.text):
                reason = f"Its facts differ from those of petition.md:{their.line}."
                yield Problem(our.file, our.line, reason)


def _questions(document: Document) -> Iterator[Problem]:
    """Check the questions that help a person to start: few, short, each a question."""
    rows = document.part("own words")
    for row in rows[_MAX_QUESTIONS:]:
        yield Problem(row.file, row.line, f"Ask {_MAX_QUESTIONS} questions at most.")
    for row in rows:
        question = question_in(row.text)
        if not question:
            yield Problem(row.file, row.line, "Begin this paragraph with a question.")
        elif len(question) > _MAX_QUESTION:
            yield Problem(row.file, row.line, _too_long(len(question), _MAX_QUESTION))


def _points(source: CampaignSource) -> Iterator[Problem]:
    seen: set[str] = set()
    for point in source.points:
        where = SourceText(point.heading, "points.md", point.line)
        yield from _text(where, "heading", frozenset())
        if point.id in seen:
            yield Problem(where.file, where.line, f'The id "{point.id}" is used twice.')
        seen.add(point.id)
        if point.audience not in AUDIENCES:
            reason = f"Set the audience to one of {', '.join(AUDIENCES)}."
            yield Problem(where.file, where.line, reason)
        if not point.paragraphs:
            yield Problem(where.file, where.line, "The point has no text.")
        size = sum(len(MARK.sub("", row.text)) for row in point.paragraphs)
        if size > LIMITS["point"]:
            yield Problem(where.file, where.line, _too_long(size, LIMITS["point"]))
        size = sum(len(MARK.sub("", row.text)) for row in point.brief)
        if size > LIMITS["point in brief"]:
            line = point.brief[0].line
            yield Problem(where.file, line, _too_long(size, LIMITS["point in brief"]))
        for row in (*point.paragraphs, *point.brief):
            yield from _template(row, frozenset())


def _letters(document: Document, source: CampaignSource) -> Iterator[Problem]:
    given = {part: LetterHeading.parse(part.heading) for part in document.parts}
    headed = {part.heading.casefold() for part, whom in given.items() if whom}
    required = _missing_asks(source, [whom for whom in given.values() if whom])
    yield from _strange_parts(document, {"", *LETTER_PARTS, *headed})
    listed = {*source.strings("committees"), *source.targets.chairs}
    for part, whom in given.items():
        if whom is None:
            continue
        for code in whom.committees:
            if code not in listed:
                reason = f"Add {code} to the committees or the targets in campaign.toml."
                yield Problem(document.file, part.line, reason)
        for office in whom.offices:
            if office not in source.targets.offices:
                reason = f'"{office}" is not among the targets in campaign.toml or targets.csv.'
                yield Problem(document.file, part.line, reason)
    for row in document.part(""):
        yield Problem(row.file, row.line, "Put this paragraph under a heading.")
    for key in document.header.keys() - {"sign_off"}:
        line = document.field(key).line
        yield Problem(document.file, line, f'The header has no field "{key}".')
    yield from _text(document.field("sign_off"), "sign_off", wording.PUBLIC_FIELDS)
    for name in (*LETTER_PARTS, *sorted((headed | required) - set(LETTER_PARTS))):
        rows = document.part(name)
        if not rows:
            yield Problem(document.file, 0, f"There is no text for: {name}.")
        editor = name == "letter to the editor"
        allowed = wording.EDITOR_FIELDS if editor else wording.LETTER_FIELDS
        for row in rows:
            yield from _text(row, section_of(name).removeprefix("brief "), allowed)
            if section_of(name) == "subjects" and len(row.text) < _MIN_SUBJECT:
                reason = f"Write a subject of at least {_MIN_SUBJECT} characters."
                yield Problem(row.file, row.line, reason)


def section_of(heading: str) -> str:
    """Return `call script` for `call script: senator (against)`."""
    return heading.partition(":")[0].partition(" (")[0]


def _missing_asks(source: CampaignSource, headings: Collection[LetterHeading]) -> set[str]:
    """Return the headings of the asks that the campaign's targets lack."""
    kinds = source.targets.kinds_without_ask(
        headings, has_committees=bool(source.strings("committees"))
    )
    return {f"ask: {kind}" for kind in kinds}


def _strange_parts(document: Document, known: Iterable[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for part in document.parts:
        name = part.heading.casefold()
        if name not in known:
            reason = f'There is no section called "{part.heading}". Check its spelling.'
            yield Problem(document.file, part.line, reason)
        elif name in seen:
            yield Problem(
                document.file,
                part.line,
                f'The section "{part.heading}" appears twice. Join the two.',
            )
        seen.add(name)


def _text(written: SourceText, limit: str, allowed: frozenset[str]) -> Iterator[Problem]:
    size = len(MARK.sub("", written.text))
    if not size:
        yield Problem(written.file, written.line, f"There is no text for: {limit}.")
    elif size > LIMITS[limit]:
        yield Problem(written.file, written.line, _too_long(size, LIMITS[limit]))
    yield from _template(written, allowed)


def _too_long(size: int, limit: int) -> str:
    return f"This is {size:,} characters long. Shorten it to {limit:,} at most."


def _template(written: SourceText, allowed: frozenset[str]) -> Iterator[Problem]:
    """Check the template that a text becomes: whole, and after each of its facts has lapsed."""
    if "{" not in written.text and "&" not in written.text:  # an entity can spell a brace
        return
    facts = set(facts_of(written.text))
    usable = (facts, set[str](), *(facts - {fact} for fact in facts))
    for text in dict.fromkeys(drop_lapsed(written.text, stated)[0] for stated in usable):
        try:
            named = wording.fields(markdown.inline(text, {})[0])
        except PackInvalid as error:
            yield Problem(written.file, written.line, str(error))
            return
        for field in named:
            if field.name not in allowed:
                reason = f"The field {{{{ {field.name} }}}} cannot be used in this text."
                yield Problem(written.file, written.line, reason)
                return


def _pages(source: CampaignSource) -> Iterator[Problem]:
    """Check the story, the outcome and the updates; each update needs a title."""
    for update in source.updates:
        yield from _text(update.document.field("title"), "title", frozenset())
    for document in (source.story, source.outcome, *(update.document for update in source.updates)):
        for part in document.parts if document else ():
            for row in part.paragraphs:
                yield from _template(row, frozenset())


def _facts(source: CampaignSource) -> Iterator[Problem]:
    bills = {named.mark for named in source.campaign_bills}
    for fact_id in sorted(bills & source.facts.keys()):
        yield Problem("facts.toml", 0, f'Rename the fact "{fact_id}": a bill has this id.')
    for written in all_texts(source):
        for fact_id in facts_of(written.text):
            if fact_id not in source.facts and fact_id not in bills:
                reason = f'There is no fact "{fact_id}" in facts.toml.'
                yield Problem(written.file, written.line, reason)


def _banned(source: CampaignSource) -> Iterator[Problem]:
    phrases = [(phrase, phrase.casefold()) for phrase in source.strings("banned")]
    for written in all_texts(source):
        text = written.text.casefold().replace("’", "'")
        for phrase, folded in phrases:
            if folded.replace("’", "'") in text:
                reason = f'Do not use "{phrase}": it is banned in campaign.toml.'
                yield Problem(written.file, written.line, reason)
