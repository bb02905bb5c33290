"""The similarity of letters from the command line to earlier ones, where there is a database."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

import click

from campaign.cli.installation import database_if_current
from campaign.letters.compose import Letter
from campaign.settings import Settings


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
    except Exception:  # noqa: BLE001 (whatever it is, the letters are made)
        return ""


def show(settings: Settings, letters: Sequence[Letter]) -> Callable[[], None]:
    """Print the similarity of the letters on standard error; return a function that records them.

    Without a database nothing is printed or recorded, and the letters are written all the same.
    """
    try:
        with database_if_current(settings) as database:
            if database is None:
                return lambda: None
            from campaign.petition import letter_fingerprints

            found = letter_fingerprints.compare(database, letters, keyring=settings.keyring)
    except Exception:  # noqa: BLE001 (whatever it is, the letters are made)
        return lambda: None
    for letter in letters:
        others = found[letter.recipient.id]
        if others.is_own and not letter.has_own_words:
            said = "nothing of your own is in it yet: add a sentence of yours."
        elif others.is_own:
            said = "yours is your own."
        else:
            count = f"{others.others}{' or more' if others.is_at_least else ''}"
            said = (
                f"very like {count} other{'s' if others.others > 1 else ''}: add a line of yours."
            )
        click.echo(f"{letter.recipient.short}: {said}", err=True)

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
        except Exception:  # noqa: BLE001 (whatever it is, the letters are made)
            click.echo(
                "The database could not record these letters. The files are complete.", err=True
            )

    return record
