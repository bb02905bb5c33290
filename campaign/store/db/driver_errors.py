"""What goes wrong in a database, as outcomes that a caller can act on."""

from campaign.errors import InvalidInput, StoreConflict, StoreUnavailable


def not_now() -> StoreUnavailable:
    """Return the outcome for a database that is busy, full, gone or restarting."""
    return StoreUnavailable(
        "The database cannot take this now. Nothing was saved. Try again in a minute."
    )


def no_tables() -> StoreUnavailable:
    """Return the outcome for a database without our tables."""
    return StoreUnavailable(
        "The database is not set up, or is out of date. Run `campaign db upgrade`."
    )


def other_version(found: str, needed: str) -> StoreUnavailable:
    """Return the outcome for tables of another version, "" for none; versions are in order."""
    if not found:
        return StoreUnavailable("The database is not set up. Run `campaign db upgrade`.")
    if found < needed:
        return StoreUnavailable(
            f"The database is of an older version ({found}; this program needs {needed}). Run "
            "`campaign db upgrade`."
        )
    return StoreUnavailable(
        f"The database is of a newer version ({found}; this program needs {needed}). Nothing was "
        "changed. Install the version of the program that it was used with last."
    )


def conflict(constraint: str = "") -> StoreConflict:
    """Return the outcome for a row that a constraint refuses, which PostgreSQL names."""
    return StoreConflict(
        "The database refused a row that conflicts with another.", constraint=constraint
    )


def nul() -> InvalidInput:
    """Return the outcome for a text with a NUL character, which PostgreSQL cannot hold."""
    return InvalidInput("This text holds a NUL character. Type it again, please.")
