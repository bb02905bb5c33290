"""The petition texts that signers signed, for print: each wording with its own signers.

If a petition was reworded, its signers signed different wordings. Delivery files print every
wording that was signed, and never today's text above the names of people who signed another one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from campaign.packs import sentences
from campaign.packs.pack import Texts

#: The key of signatures whose text is not on record.
UNKNOWN_WORDING = ""

#: The number of asks in a short summary.
_SHORT_ASKS = 2
# The beginnings of a petition's sentences that ask for something.
_ASKING = ("We call", "We ask", "We urge", "We request", "We demand", "We petition", "We want")


@dataclass(frozen=True)
class SignedText:
    """One wording of a petition, in English."""

    headline: str
    standfirst: str
    addressees: str
    paragraphs: tuple[str, ...]

    @classmethod
    def of(cls, texts: Texts) -> "SignedText":
        """Return today's wording."""
        paragraphs = tuple(passage.plain for passage in texts.petition)
        return cls(texts.headline, texts.standfirst, texts.addressees, paragraphs)

    @property
    def asks(self) -> tuple[str, ...]:
        """The sentences that ask for something, word for word, or else the last paragraph."""
        found = tuple(
            sentence.strip()
            for paragraph in self.paragraphs
            for sentence in sentences.split(paragraph)
            if sentence.startswith(_ASKING)
        )
        return found or self.paragraphs[-1:]

    def chosen_asks(
        self, others: Iterable["SignedText"], limit: int = _SHORT_ASKS
    ) -> tuple[str, ...]:
        """Return up to `limit` asks in order, preferring those that the other texts lack."""
        elsewhere = {ask for other in others if other != self for ask in other.asks}
        asks = self.asks
        first = sorted(range(len(asks)), key=lambda place: (asks[place] in elsewhere, place))
        return tuple(asks[place] for place in sorted(first[:limit]))


@dataclass(frozen=True)
class WordingGroup:
    """The signers of one wording: their number and its text, None if it is not on record.

    `key` marks their signatures; `name` is how the file calls the wording: `wording 1`.
    """

    key: str
    name: str
    count: int
    text: SignedText | None


class SignedWordings:
    """The wordings that a file's signers signed; `today` is the current one."""

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
        known = [WordingGroup(key, f"wording {key}", counts[key], texts[key]) for key in texts
                 if counts.get(key)]  # fmt: skip
        unknown = counts.get(UNKNOWN_WORDING, 0)
        lost = (
            [WordingGroup(UNKNOWN_WORDING, "an earlier wording", unknown, None)] if unknown else []
        )
        self.all: tuple[WordingGroup, ...] = (*known, *lost)

    @property
    def are_several(self) -> bool:
        """True if more than one wording was signed."""
        return len(self.all) > 1

    @property
    def headline(self) -> str:
        """The headline that all signed; the campaign's title if there are several."""
        found = {text.headline for text in self._texts}
        return found.pop() if len(found) == 1 else self._title

    @property
    def standfirst(self) -> str:
        """The standfirst that all signed, "" if there are several."""
        found = {text.standfirst for text in self._texts}
        return found.pop() if len(found) == 1 else ""

    @property
    def _texts(self) -> tuple[SignedText, ...]:
        return tuple(one.text for one in self.all if one.text is not None) or (self._today,)

    def petitions(self) -> list[dict[str, Any]]:
        """Return each wording for print, with its name and number of signers.

        If no signed text is on record, today's is printed and labeled as such.
        """
        printed = [_printed(share, self.are_several) for share in self.all]
        if not any(share.text for share in self.all):
            note = "For comparison: the petition’s current text." if printed else ""
            printed.append(_as_printed(self._today, note))
        return printed

    def asks(self) -> list[dict[str, Any]]:
        """Return the asks of each wording as a list with a lead-in sentence."""
        groups = [
            {
                "lead": f"What {share.name} asks, signed by {people_in_words(share.count)}:"
                if self.are_several
                else "What the petition asks:",
                "items": list(share.text.chosen_asks(self._texts)),
            }
            for share in self.all
            if share.text is not None
        ]
        return groups or [
            {"lead": "What the petition asks in its current text:" if self.all
             else "What the petition asks:", "items": list(self._today.chosen_asks(()))}
        ]  # fmt: skip

    def asks_in_short(self) -> tuple[str, ...]:
        """Return a few asks: one for each of the largest wordings if there are several."""
        if not self.are_several:
            return self._texts[0].chosen_asks(())
        largest = sorted(self.all, key=lambda share: -share.count)[:_SHORT_ASKS]
        asks = [
            f"{share.name.capitalize()}, signed by {people_in_words(share.count)}: "
            + (
                share.text.chosen_asks(self._texts, 1)[0]
                if share.text is not None
                else "we do not have its text."
            )
            for share in largest
        ]
        rest = sum(share.count for share in self.all) - sum(share.count for share in largest)
        if rest:
            asks.append(
                f"{people_in_words(rest).capitalize()} signed other wordings (see the packet)."
            )
        return tuple(asks)

    def note(self) -> str:
        """Return a note that there are several wordings or that the text is lost, else ""."""
        if not self.are_several:
            return _LOST if self.all and self.all[0].text is None else ""
        parts = [f"{people_in_words(share.count)} signed {share.name}" for share in self.all]
        groups = f"{', '.join(parts[:-1])} and {parts[-1]}"
        if self._unlisted:
            unlisted = people_in_words(self._unlisted)
            groups += f"; we no longer know which wording {unlisted} signed long ago"
        return (
            f"The petition’s wording changed while it was open: {groups}. Each wording is printed "
            "with the names of the people who signed it."
        )


_LOST = (
    "They signed an earlier wording of the petition, whose text we do not have. It may differ from "
    "the current text."
)


def people_in_words(count: int) -> str:
    """Return `one person` or `1,204 people`."""
    return "one person" if count == 1 else f"{count:,} people"


def _printed(share: WordingGroup, are_several: bool) -> dict[str, Any]:
    if share.text is None:
        return {
            "addressees": "",
            "headline": "An earlier wording",
            "note": "",
            "paragraphs": [f"Signed by {people_in_words(share.count)}. {_LOST}"],
        }
    if not are_several:
        return _as_printed(share.text, "")
    return _as_printed(
        share.text,
        f"{share.name.capitalize()}, signed in these words by {people_in_words(share.count)}.",
    )


def _as_printed(text: SignedText, note: str) -> dict[str, Any]:
    paragraphs: Sequence[str] = text.paragraphs
    return {
        "addressees": text.addressees,
        "headline": text.headline,
        "note": note,
        "paragraphs": list(paragraphs),
    }
