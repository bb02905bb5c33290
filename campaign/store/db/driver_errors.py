"""The store's errors for what can go wrong in a database."""

from campaign.errors import InvalidInput, StoreConflict, StoreUnavailable


def unavailable() -> StoreUnavailable:
    """Return the error for a database that is busy, full, gone or restarting."""
    return StoreUnavailable(
        "The database cannot take this now. Nothing was saved. Try again in a minute."
    )


def missing_tables() -> StoreUnavailable:
    """Return the error for a database without our tables."""
    return StoreUnavailable(
        "The database is not set up, or is out of date. Run `campaign db upgrade`."
    )


def wrong_version(found: str, needed: str) -> StoreUnavailable:
    """Return the error for tables of version `found` ("" for no tables); versions sort as text."""
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
    """Return the error for a row that a constraint refuses; only PostgreSQL names it."""
    return StoreConflict(
        "The database refused a row that conflicts with another.", constraint=constraint
    )


def nul_character() -> InvalidInput:
    """Return the error for a text with a NUL character, which PostgreSQL cannot store."""
    return InvalidInput("This text contains a NUL character. Please type it again.")
