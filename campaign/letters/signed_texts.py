"""What a petition's signers put their names to, as it is printed: each wording with its own names.

A petition whose text was changed has signers of several wordings. A file prints each wording that
some of its signers signed, and never today's text over the names of those who signed another.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from campaign.packs import sentences
from campaign.packs.pack import Texts

#: The key of signatures whose text is not on record.
UNKNOWN = ""

#: So many of a petition's own sentences stand where it is told in short.
_ASKS = 2
# How a sentence of a petition begins that asks for something.
_ASKING = ("We call", "We ask", "We urge", "We request", "We demand", "We petition", "We want")


@dataclass(frozen=True)
class SignedText:
    """The text of a petition as some signed it, in English."""

    headline: str
    standfirst: str
    addressees: str
    paragraphs: tuple[str, ...]

    @classmethod
    def of(cls, texts: Texts) -> "SignedText":
        """Return the text as it is today."""
        paragraphs = tuple(passage.plain for passage in texts.petition)
        return cls(texts.headline, texts.standfirst, texts.addressees, paragraphs)

    @property
    def asks(self) -> tuple[str, ...]:
        """Its sentences that ask for something, as they stand there.

        Where none begins as such sentences do, the last paragraph is what is asked.
        """
        found = tuple(
            sentence.strip()
            for paragraph in self.paragraphs
            for sentence in sentences.split(paragraph)
            if sentence.startswith(_ASKING)
        )
        return found or self.paragraphs[-1:]

    def chosen_asks(self, others: Iterable["SignedText"], most: int = _ASKS) -> tuple[str, ...]:
        """Return so many of what it asks, in order: first of all what the other texts do not."""
        elsewhere = {ask for other in others if other != self for ask in other.asks}
        asks = self.asks
        first = sorted(range(len(asks)), key=lambda place: (asks[place] in elsewhere, place))
        return tuple(asks[place] for place in sorted(first[:most]))


@dataclass(frozen=True)
class Share:
    """Those of a file's signers who signed one wording: how many, and its text.

    `key` is how they are marked, `name` what the file calls the wording: `wording 1`. `text` is
    None where it is not on record.
    """

    key: str
    name: str
    count: int
    text: SignedText | None


class Shares:
    """Who of a file's signers signed which wording; `today` is the petition as it is now."""

    def __init__(
        self,
        title: str,
        today: SignedText,
        texts: Mapping[str, SignedText],
        counts: Mapping[str, int],
        unlisted: int = 0,
    ) -> None:
        self._title = title
        self._unlisted = unlisted
        self._today = today
        known = [Share(key, f"wording {key}", counts[key], texts[key]) for key in texts
                 if counts.get(key)]  # fmt: skip
        unknown = counts.get(UNKNOWN, 0)
        lost = [Share(UNKNOWN, "an earlier wording", unknown, None)] if unknown else []
        self.all: tuple[Share, ...] = (*known, *lost)

    @property
    def are_several(self) -> bool:
        """True where more than one wording was signed."""
        return len(self.all) > 1

    @property
    def headline(self) -> str:
        """The headline that all signed; the campaign's title where there are several."""
        found = {text.headline for text in self._texts}
        return found.pop() if len(found) == 1 else self._title

    @property
    def standfirst(self) -> str:
        """The sentence below the headline that all signed, "" where there are several."""
        found = {text.standfirst for text in self._texts}
        return found.pop() if len(found) == 1 else ""

    @property
    def _texts(self) -> tuple[SignedText, ...]:
        return tuple(one.text for one in self.all if one.text is not None) or (self._today,)

    def petitions(self) -> list[dict[str, Any]]:
        """Return each text as it is printed, with what it is called and how many signed it.

        Where no text that was signed is on record, today's is printed as what it is.
        """
        printed = [_printed(share, self.are_several) for share in self.all]
        if not any(share.text for share in self.all):
            note = "For comparison: the petition as it stands today." if printed else ""
            printed.append(_as_printed(self._today, note))
        return printed

    def asks(self) -> list[dict[str, Any]]:
        """Return what is asked, a list with a sentence above it for each wording."""
        groups = [
            {
                "lead": f"What {share.name} asks, signed by {people(share.count)}:"
                if self.are_several
                else "What the petition asks:",
                "items": list(share.text.chosen_asks(self._texts)),
            }
            for share in self.all
            if share.text is not None
        ]
        return groups or [
            {"lead": "What the petition asks as it stands today:" if self.all
             else "What the petition asks:", "items": list(self._today.chosen_asks(()))}
        ]  # fmt: skip

    def asks_in_short(self) -> tuple[str, ...]:
        """Return what is asked in a few sentences: one of each wording, where there are several."""
        if not self.are_several:
            return self._texts[0].chosen_asks(())
        largest = sorted(self.all, key=lambda share: -share.count)[:_ASKS]
        told = [
            f"{share.name.capitalize()}, signed by {people(share.count)}: "
            + (
                share.text.chosen_asks(self._texts, 1)[0]
                if share.text is not None
                else "its text is not on record."
            )
            for share in largest
        ]
        rest = sum(share.count for share in self.all) - sum(share.count for share in largest)
        if rest:
            told.append(f"{people(rest).capitalize()} signed other wordings; the packet has all.")
        return tuple(told)

    def told(self) -> str:
        """Say that there are several wordings, or that the text is lost; "" where there is one."""
        if not self.are_several:
            return _LOST if self.all and self.all[0].text is None else ""
        parts = [f"{people(share.count)} signed {share.name}" for share in self.all]
        said = f"{', '.join(parts[:-1])} and {parts[-1]}"
        if self._unlisted:
            said += f"; of {people(self._unlisted)} who signed long ago, the wording is not kept"
        return (
            f"The petition was reworded while it was open: {said}. Each wording is printed, with "
            "the names of those who signed it."
        )


_LOST = (
    "They signed an earlier wording of the petition, whose text is not on record. It may differ "
    "from the text of today."
)


def people(count: int) -> str:
    """Return so many people in words."""
    return "one person" if count == 1 else f"{count:,} people"


def _printed(share: Share, are_several: bool) -> dict[str, Any]:
    if share.text is None:
        return {
            "addressees": "",
            "headline": "An earlier wording",
            "note": "",
            "paragraphs": [f"Signed by {people(share.count)}. {_LOST}"],
        }
    if not are_several:
        return _as_printed(share.text, "")
    return _as_printed(
        share.text, f"{share.name.capitalize()}, signed in these words by {people(share.count)}."
    )


def _as_printed(text: SignedText, note: str) -> dict[str, Any]:
    paragraphs: Sequence[str] = text.paragraphs
    return {
        "addressees": text.addressees,
        "headline": text.headline,
        "note": note,
        "paragraphs": list(paragraphs),
    }
