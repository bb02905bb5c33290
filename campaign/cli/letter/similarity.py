"""Compares letters from the command line with earlier ones, if there is a database."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from campaign.cli.installation import database_if_current
from campaign.letters.compose import Letter
from campaign.messages import counted
from campaign.settings import Settings

if TYPE_CHECKING:
    from campaign.petition.letter_fingerprints import Similarity


def record_batch(settings: Settings, letters: Iterable[Letter]) -> str:
    """Record the letters of a batch, and return a sentence about their similarity.

    Returns "" where there is nothing to say or no database.
    """
    try:
        with database_if_current(settings) as database:
            if database is None:
                return ""
            from campaign.organizing.letter_batches import similarity_note
            from campaign.petition import letter_fingerprints

            now, keyring = datetime.now(UTC), settings.keyring
            return similarity_note(
                letter_fingerprints.record_batch(database, letters, now=now, keyring=keyring)
            )
    except Exception:  # noqa: BLE001 (letters are written whatever fails here)
        return ""


def show(settings: Settings, letters: Sequence[Letter]) -> Callable[[], None]:
    """Print the similarity of the letters on standard error; return a function that records them.

    Without a working database it does nothing, and the letters are written all the same.
    """
    try:
        with database_if_current(settings) as database:
            if database is None:
                return lambda: None
            from campaign.petition import letter_fingerprints

            found = letter_fingerprints.compare(database, letters, keyring=settings.keyring)
    except Exception:  # noqa: BLE001 (letters are written whatever fails here)
        return lambda: None
    for letter in letters:
        others = found[letter.recipient.id]
        if others.is_own and not letter.has_own_words:
            sentence = "it does not say anything in your own words yet. Add a sentence."
        elif others.is_own:
            sentence = "it is unlike any other made here."
        else:
            sentence = _alike(others)
        click.echo(f"{letter.recipient.short}: {sentence}", err=True)

    def record() -> None:
        try:
            with database_if_current(settings) as database:
                if database is not None:
                    letter_fingerprints.record(
                        database,
                        letters,
                        now=datetime.now(UTC),
                        keyring=settings.keyring,
                        on_site=False,
                    )
        except Exception:  # noqa: BLE001 (letters are written whatever fails here)
            click.echo(
                "The database could not record these letters. The files are complete.", err=True
            )

    return record


def _alike(others: "Similarity") -> str:
    at_least = "at least " if others.is_at_least else ""
    count = counted(others.others, "other letter is", "other letters are")
    return f"{at_least}{count} very similar. Add a sentence of your own."
