"""Notes on a batch of letters, in sentences for the person who made it."""

from collections.abc import Iterable, Iterator, Sequence

from campaign.letters.batch.constituents_table import Person
from campaign.letters.print import printable_text

# The most lines or characters that a note names.
_MAX_NAMED = 10


def left_out(people: Iterable[Person]) -> Iterator[str]:
    """Yield notes on the characters that cannot be printed."""
    emoji: list[int] = []
    without: dict[str, list[int]] = {}
    for person in people:
        found = printable_text.left_out((*person.constituent.block, person.personal))
        if found.emoji:
            emoji.append(person.line)
        for char in found.characters:
            without.setdefault(char, []).append(person.line)
    if emoji:
        yield f"We left out the emoji on {on_lines(emoji)}, because they cannot be printed."
    if without:
        named = ", ".join(
            f"{char} on {on_lines(lines)}" for char, lines in list(without.items())[:_MAX_NAMED]
        )
        more = " and others" if len(without) > _MAX_NAMED else ""
        yield f"We left out characters for which there is no font: {named}{more}. Add them by hand."


def likely_districts(lines: Sequence[int]) -> str:
    """Return a note on lines whose district is likely but not certain, "" for none."""
    if not lines:
        return ""
    return (
        f"The district is likely but not certain on {on_lines(lines)}, because the ZIP code is for "
        "post office boxes or one organization. Ask these people where they vote before you mail "
        "their letters to the House."
    )


def waiting_letters(lines: Sequence[int]) -> str:
    """Return a note on lines whose letter to the House is pending, "" for none."""
    if not lines:
        return ""
    return (
        f"There is no letter to the House yet for {on_lines(lines)}, because the district is not "
        "known. Fill in the districts in the rejects file, then make letters from that file: it "
        "makes only the letters to the House."
    )


def on_lines(lines: Sequence[int]) -> str:
    """Return `line 2` or `lines 2 and 5`; for many lines the first ten and the number of others."""
    named = [f"{line:,}" for line in lines[:_MAX_NAMED]]
    if len(lines) > _MAX_NAMED:
        return f"lines {', '.join(named)} and {len(lines) - _MAX_NAMED:,} more"
    if len(named) == 1:
        return f"line {named[0]}"
    return f"lines {', '.join(named[:-1])} and {named[-1]}"
