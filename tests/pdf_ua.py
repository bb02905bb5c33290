"""What an independent validator says of a PDF: PDF/UA-1, and what its tags say out loud."""

from pathlib import Path

import outloud


def errors_in(made: bytes, folder: Path) -> list[str]:
    """Return the validator's errors in a PDF, each with its rule; `folder` takes the file."""
    path = folder / "checked.pdf"
    path.write_bytes(made)
    result = outloud.check(str(path))
    found = [f"{one.rule}: {one.message}" for one in result.findings if one.severity == "error"]
    assert result.error is None
    assert len(found) == result.errors
    return found
