"""The lists of a packet or a book: names, then comments, grouped by wording."""

from collections.abc import Callable, Iterator

from campaign.letters import packet_texts
from campaign.letters.packet_texts import Figures
from campaign.letters.print.name_columns import Entry
from campaign.letters.print.packet_pages import BookBuilder, Comment
from campaign.letters.signed_texts import SignedWordings
from campaign.organizing.packets.signer_rolls import Person, SignerRoll


def figures_of(roll: SignerRoll, place: str) -> Figures:
    """Return the figures of a roll."""
    return Figures(
        place,
        roll.count,
        paper=roll.paper,
        unlisted=roll.unlisted,
        comments=roll.comments,
        towns=dict(roll.towns),
        wordings=dict(roll.wordings),
    )


def add_people(
    book: BookBuilder,
    people: Callable[[], Iterator[Person]],
    figures: Figures,
    shares: SignedWordings,
    *,
    names: str,
    comments: str,
    progress: Callable[[int], None],
) -> None:
    """Add the names, then the comments, under these headings, grouped by wording.

    `people()` returns a new iterator over the listed signers.
    """
    marked = [(share.key, f": {share.name}") for share in shares.all] if shares.are_several else []
    groups: list[tuple[str | None, str]] = [*marked] or [(None, "")]
    for place, (key, mark) in enumerate(groups, start=1):
        book.add_names(
            entries(_signers_of(people(), key)),
            heading=f"{names}{mark}",
            note=packet_texts.names_note(figures, is_last=place == len(groups)),
            running=f"{names}{mark}",
            progress=progress,
        )
    for key, mark in groups:
        book.add_comments(
            _comments(_signers_of(people(), key)),
            heading=f"{comments}{mark}",
            note=packet_texts.comments_note(),
        )


def _signers_of(people: Iterator[Person], key: str | None) -> Iterator[Person]:
    return people if key is None else (person for person in people if person.wording == key)


def entries(people: Iterator[Person]) -> Iterator[Entry]:
    """Yield each person as the list prints them: `Petrosyan, Ani`, with the town."""
    for person in people:
        parts = [part for part in (person.last_name, person.first_name) if part]
        yield Entry(", ".join(parts), person.town)


def _comments(people: Iterator[Person]) -> Iterator[Comment]:
    """Yield the comments of those who wrote one, with name and town."""
    for person in people:
        if person.comment:
            name = " ".join(part for part in (person.first_name, person.last_name) if part)
            yield Comment(person.comment, ", ".join(part for part in (name, person.town) if part))
