"""What an organizer should review in a campaign's texts, though it does not prevent their use."""

from collections.abc import Iterator

from campaign.errors import PackInvalid, Problem
from campaign.messages import day_in_words
from campaign.packs import organizer, resolve, toml, wording
from campaign.packs.bills import ABBREVIATIONS, Bill, BillNames, numbers_in
from campaign.packs.campaign_day import CampaignDay
from campaign.packs.checks import HEADER, PETITION_PARTS, all_texts, section_of, texts_of
from campaign.packs.document import Document
from campaign.packs.markdown import SourceText
from campaign.packs.read_errors import check_or_report
from campaign.packs.sentences import facts_of, split
from campaign.packs.source import CampaignSource

# Offices group electronic messages by similarity, so texts must not contain the sender's name.
_NAMES = frozenset({"constituent.name", "constituent.first_name", "constituent.last_name"})


def warnings(source: CampaignSource, day: CampaignDay) -> Iterator[Problem]:
    """Yield what an organizer should review before publishing or while the campaign is public."""
    yield from check_or_report("campaign.toml", _warnings(source, day))


def _warnings(source: CampaignSource, day: CampaignDay) -> Iterator[Problem]:
    for written in all_texts(source):
        if "!" in written.text:
            yield Problem(written.file, written.line, "Remove the exclamation mark.")
    if source.organizer.is_example:
        line = toml.line_in_table(source.settings_text, "organizer", "email")
        reason = (
            f"The organizer's email, {source.organizer.email}, is still an example. Enter your own "
            "email, and check the name and address."
        )
        yield Problem("campaign.toml", line or source.line("organizer"), reason)
    elif not source.published and not (source.organizer.name and source.organizer.email):
        line = source.line("organizer")
        yield Problem("campaign.toml", line, "Enter who runs the campaign before you publish it.")
    yield from _payer(source)
    used = {fact for written in all_texts(source) for fact in facts_of(written.text)}
    for fact_id, fact in source.facts.items():
        if fact_id not in used and fact.is_usable(day.civil):
            yield Problem("facts.toml", 0, f'No sentence cites the fact "{fact_id}".')
        days = (fact.review_by - day.civil).days if fact.review_by else 9999
        if fact.is_usable(day.civil) and days <= 60:
            reason = (
                f'Review the fact "{fact_id}" by {fact.review_by}. After that day, sentences '
                "that cite it are left out."
            )
            yield Problem("facts.toml", 0, reason)
    named = [(bill, "cwc_bills") for bill in source.bills]
    for bill, key in (*named, *((each.bill, "bill") for each in source.campaign_bills)):
        if not bill.is_open(day.congress):
            reason = f"The Congress of {bill} has ended, and the bill with it. Remove it."
            yield Problem("campaign.toml", source.line(key), reason)
    if unmarked := source.asks.unmarked_local(source.targets):
        reason = (
            f"Say under [asks] whether {unmarked[0]} is asked about a bill or as an executive; "
            "until then the ask counts as about a bill."
        )
        yield Problem("campaign.toml", source.line("asks"), reason)
    yield from _unmarked(source)
    yield from _undeclared(source)
    yield from _untranslated(source)
    yield from _named(source)


def losses(source: CampaignSource, day: CampaignDay) -> Iterator[Problem]:
    """Yield the texts of a usable campaign of which nothing is left once one of its bills ends."""
    yield from check_or_report("campaign.toml", _losses(source, day))


def _losses(source: CampaignSource, day: CampaignDay) -> Iterator[Problem]:
    for ends_on in sorted({each.bill.ends_on for each in source.bills_on(day.congress)}):
        empty = resolve.empty_texts(source, CampaignDay(day.civil, ends_on))
        for file, text in empty:
            reason = (
                f"On {day_in_words(ends_on)}, at noon Eastern time, its bills end and nothing is "
                f"left of {text}: the whole campaign then goes offline. Add a paragraph or a "
                "sentence that names no bill."
            )
            yield Problem(file, 0, reason)
        if empty:
            return


def _payer(source: CampaignSource) -> Iterator[Problem]:
    """Yield what is not said about who pays, as far as it does not prevent the use."""
    if not source.published:
        for key, reason in organizer.missing_answers(source.funding):
            line = toml.line_in_table(source.settings_text, "funding", key)
            yield Problem("campaign.toml", line or source.line("organizer"), reason)
    elif not source.funding.is_stated:
        yield Problem("campaign.toml", source.line("organizer"), organizer.NOT_STATED)
    elif source.funding.has_disclosure:
        for language in source.petitions.keys() - source.funding.disclosures.keys():
            key = organizer.disclosure_key(language)
            reason = f"Set {key} under [funding]: pages in this language show the English line."
            line = toml.line_in_table(source.settings_text, "funding", key)
            yield Problem("campaign.toml", line, reason)


def _unmarked(source: CampaignSource) -> Iterator[Problem]:
    """Yield sentences that name a bill and would still do so after its Congress has ended."""
    names = BillNames(each.bill for each in source.campaign_bills)
    pages = (source.outcome, *(update.document for update in source.updates))
    for written in (row for page in pages if page for row in texts_of(page)):
        for sentence in split(written.text):
            for bill in names.within(sentence):
                if not _ends_with(bill, sentence, source):
                    reason = f"End the sentence about {bill} with [^{bill.mark}]."
                    yield Problem(written.file, written.line, reason)


def _undeclared(source: CampaignSource) -> Iterator[Problem]:
    """Yield sentences without marks that name a bill of no `[[bill]]`, which would never end."""
    declared = {(each.bill.type, each.bill.number) for each in source.campaign_bills}
    pages = (source.outcome, *(update.document for update in source.updates))
    dated = {row.file for page in pages if page for row in texts_of(page)}
    parts = source.letters.parts if source.letters else ()
    marked = {row for part in parts if facts_of(part.heading) for row in part.paragraphs}
    for written in all_texts(source):
        if written.file in dated or written in marked:
            continue
        sentences = (each for each in split(written.text) if not facts_of(each))
        named = (number for each in sentences for number in numbers_in(each))
        for kind, number in dict.fromkeys(named):
            if (kind, number) not in declared:
                reason = (
                    f"Declare {ABBREVIATIONS[kind]} {number} with [[bill]] in campaign.toml, so "
                    "that the sentences that name it end with its Congress."
                )
                yield Problem(written.file, written.line, reason)


def _untranslated(source: CampaignSource) -> Iterator[Problem]:
    """Yield texts of a translated petition that are still the English ones."""
    english = {written.text for written in _petition_texts(source.petitions["en"])}
    for language, document in source.petitions.items():
        for written in _petition_texts(document) if language != "en" else ():
            if written.text and written.text in english:
                reason = "Translate this text: it is the same as in petition.md."
                yield Problem(written.file, written.line, reason)


def _petition_texts(document: Document) -> Iterator[SourceText]:
    yield from (document.field(key) for key in HEADER)
    yield from (row for part in PETITION_PARTS for row in document.part(part))


def _ends_with(bill: Bill, sentence: str, source: CampaignSource) -> bool:
    """True if a sentence is left out once the bill's Congress has ended."""
    cited = facts_of(sentence)
    days = (source.facts[fact].review_by for fact in cited if fact in source.facts)
    return bill.mark in cited or any(day is not None and day < bill.ends_on for day in days)


def _named(source: CampaignSource) -> Iterator[Problem]:
    """Yield texts of letters that contain the sender's name (CWC 2.0 asks to avoid that)."""
    for part in source.letters.parts if source.letters else ():
        if section_of(part.heading.casefold()) in {"call script", "letter to the editor"}:
            continue
        for row in part.paragraphs:
            if "{" in row.text and _NAMES & _fields_of(row.text):
                reason = "Remove the sender's name: offices group letters by how similar they are."
                yield Problem(row.file, row.line, reason)


def _fields_of(text: str) -> set[str]:
    try:
        return {field.name for field in wording.fields(text)}
    except PackInvalid:
        return set()
