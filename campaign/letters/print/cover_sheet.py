"""The cover sheet of a batch: counts of letters, lines left out, dates."""

from datetime import date

from campaign.letters.batch.match import Batch, Choices
from campaign.letters.print import printable_text
from campaign.letters.print.typst_compiler import TypstCompiler
from campaign.messages import day_in_words
from campaign.packs.pack import Pack

_compiler = TypstCompiler("cover.typ")


def pdf(batch: Batch, pack: Pack, choices: Choices, *, title: str, made_on: date) -> bytes:
    """Return the cover as a PDF/UA-1 file: counts by member, lines left out, date and campaign.

    It names no constituent. `made_on` is the day it is made; the letters may bear other dates.
    """
    left = len(batch.rejects)
    return _compiler.compile(
        {
            "title": title,
            "campaign": printable_text.printable(pack.text().title),
            "organizer": printable_text.printable(pack.organizer.name),
            "statement": printable_text.printable(pack.funding.statement()),
            "made-on": day_in_words(made_on),
            "dated": " and ".join(map(day_in_words, _dates(batch, pack, choices))),
            "letters": f"{batch.count:,}",
            "people": f"{len(batch.writers):,}",
            "lines": f"{batch.lines:,}",
            "left-out": f"{left:,}" if left else "",
            "uncertain": list(batch.uncertain),
            "members": [
                {
                    "name": printable_text.printable(recipient.name),
                    "seat": printable_text.printable(str(recipient.seat)),
                    "letters": f"{count:,}",
                }
                for recipient, count in batch.by_recipient
            ],
        },
        day=choices.on_date,
    )


def _dates(batch: Batch, pack: Pack, choices: Choices) -> list[date]:
    """Return the dates of the letters; if there are more than two, the first and the last."""
    found = sorted({choices.date_for(writer.person, pack) for writer in batch.writers})
    return [found[0], found[-1]] if len(found) > 2 else found or [choices.on_date]
