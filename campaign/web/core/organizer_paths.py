"""The URL prefixes of organizers' and volunteers' pages; all other pages are public."""

#: The prefixes under which people are logged in. Public pages know nothing of accounts.
PREFIXES = ("/organize", "/volunteer", "/jobs")


#: The earlier prefix; every URL under it redirects to the same one under `/organize`.
EARLIER_PREFIX = "/organise"


def is_back_office(path: str) -> bool:
    """Return True for a path under one of the prefixes (`/organized` is not)."""
    return path.startswith(PREFIXES) and any(
        path == prefix or path.startswith(f"{prefix}/") for prefix in PREFIXES
    )
