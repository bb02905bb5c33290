"""Which addresses are for the people who run campaigns; all others are for everybody."""

#: Where people are logged in; nothing else of the site knows of accounts.
PREFIXES = ("/organize", "/volunteer", "/jobs")


#: Where the back office was before; each address there leads to the same one under `/organize`.
EARLIER_PREFIX = "/organise"


def is_back_office(path: str) -> bool:
    """True for a path under one of these; `/organized` is somebody else's."""
    return path.startswith(PREFIXES) and any(
        path == prefix or path.startswith(f"{prefix}/") for prefix in PREFIXES
    )
