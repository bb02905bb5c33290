"""What a person should know of a table's letters beside what was left out, in sentences."""

from collections.abc import Iterable, Iterator, Sequence

from campaign.letters.batch.constituents_table import Person
from campaign.letters.print import printable_text

# How many lines or characters a note names.
_MOST_TOLD = 10


def left_out(people: Iterable[Person]) -> Iterator[str]:
    """Yield what prints leave out of the lines of a table."""
    emoji: list[int] = []
    without: dict[str, list[int]] = {}
    for person in people:
        found = printable_text.left_out((*person.constituent.block, person.personal))
        if found.emoji:
            emoji.append(person.line)
        for char in found.characters:
            without.setdefault(char, []).append(person.line)
    if emoji:
        yield f"We left out the emoji on {on_lines(emoji)}, which cannot be printed."
    if without:
        named = ", ".join(
            f"{char} on {on_lines(lines)}" for char, lines in list(without.items())[:_MOST_TOLD]
        )
        more = " and others" if len(without) > _MOST_TOLD else ""
        yield f"We left out characters for which there is no font: {named}{more}. Add them by hand."


def likely_districts(lines: Sequence[int]) -> str:
    """Return whose district is likely and not certain, "" for none."""
    if not lines:
        return ""
    return (
        f"The district is likely, not certain, on {on_lines(lines)}: the ZIP is for post office "
        "boxes or belongs to one organization. Ask these people where they vote before their "
        "letters to the House are mailed."
    )


def waiting_letters(lines: Sequence[int]) -> str:
    """Return whose letter to the House waits, and how to get it; "" for none."""
    if not lines:
        return ""
    return (
        f"The letter to the House waits on {on_lines(lines)}, where the district is not known. The "
        "rejects file says what to fill in: run that file by itself, and it makes these letters "
        "alone."
    )


def on_lines(lines: Sequence[int]) -> str:
    """Return `line 2`, or `lines 2 and 5`; of many lines the first ten and how many more."""
    told = [f"{line:,}" for line in lines[:_MOST_TOLD]]
    if len(lines) > _MOST_TOLD:
        return f"lines {', '.join(told)} and {len(lines) - _MOST_TOLD:,} more"
    return f"line {told[0]}" if len(told) == 1 else f"lines {', '.join(told[:-1])} and {told[-1]}"
