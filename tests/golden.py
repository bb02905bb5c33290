"""Golden files: what a program makes, kept beside the tests, compared to the byte.

`make golden` writes them anew instead; then read the difference in `git diff`.
"""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Golden:
    """The golden files of one test: those of the nearest folder `golden` above it."""

    folder: Path
    is_writing: bool = False
    # What this run has written, so that no later test of the run hides that it differs.
    written: dict[Path, bytes] = field(default_factory=dict)

    def path(self, name: str) -> Path:
        """The path of a golden file."""
        return self.folder / name

    def check(self, name: str, made: bytes | str) -> None:
        """Fail unless `made` is the content of that golden file, or write it."""
        content = made.encode("utf-8") if isinstance(made, str) else made
        path = self.path(name)
        if self.is_writing and path not in self.written:
            path.write_bytes(content)
            self.written[path] = content
        assert path.is_file(), f"There is no {path}. Write it: make golden"
        kept = path.read_bytes()
        # As text where it is text, so that pytest shows the lines that differ.
        assert _shown(content) == _shown(kept), f"{path} differs. If that is meant: make golden"
        assert content == kept


def folder_of(test: Path) -> Path:
    """Return the nearest folder `golden` beside a test's file or above it."""
    found = next((up / "golden" for up in test.parents if (up / "golden").is_dir()), None)
    assert found is not None, f"There is no folder golden above {test}."
    return found


def _shown(content: bytes) -> str | bytes:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content
