"""The cover sheet of a batch: what is inside, what is not, and who signs."""

from datetime import date

from campaign.letters.batch.match import Batch, Choices
from campaign.letters.print import printable_text
from campaign.letters.print.file_date import stamp_of
from campaign.letters.print.typst_compiler import Press
from campaign.messages import day_in_words
from campaign.packs.pack import Pack

_press = Press("cover.typ")


def pdf(batch: Batch, pack: Pack, choices: Choices, *, title: str, made_on: date) -> bytes:
    """Return the cover as a PDF/UA-1 file: counts by member, lines left out, date and campaign.

    It names no constituent. `made_on` is the day of the work, which the letters' may differ from.
    """
    left = len(batch.rejects)
    return _press.print(
        {
            "title": title,
            "campaign": printable_text.printed(pack.text().title),
            "organizer": printable_text.printed(pack.organizer.name),
            "made-on": day_in_words(made_on),
            "dated": " and ".join(map(day_in_words, _dates(batch, pack, choices))),
            "letters": f"{batch.count:,}",
            "people": f"{len(batch.writers):,}",
            "lines": f"{batch.lines:,}",
            "left-out": f"{left:,}" if left else "",
            "uncertain": list(batch.uncertain),
            "members": [
                {
                    "name": printable_text.printed(recipient.name),
                    "seat": printable_text.printed(str(recipient.seat)),
                    "letters": f"{count:,}",
                }
                for recipient, count in batch.by_recipient
            ],
        },
        stamp=stamp_of(choices.on),
    )


def _dates(batch: Batch, pack: Pack, choices: Choices) -> list[date]:
    """Return the dates that the letters bear; of more than two the first and the last."""
    found = sorted({choices.date_for(writer.person, pack) for writer in batch.writers})
    return [found[0], found[-1]] if len(found) > 2 else found or [choices.on]
