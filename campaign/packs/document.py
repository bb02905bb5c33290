"""A Markdown file of a campaign folder: its header, its sections, and each text with its line."""

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from campaign.errors import Problem
from campaign.packs import read_errors, toml
from campaign.packs.ledger import Fact
from campaign.packs.markdown import Section, SourceText, sections
from campaign.packs.sentences import split

#: The size limit of a campaign's text file, in bytes: well above any real one.
_MAX_BYTES = 200_000


_CLAIM = re.compile(r"\[=([a-z0-9][a-z0-9-]*)\]")


@dataclass(frozen=True)
class Document:
    """A Markdown file: its header's fields (TOML between `+++` lines) and its sections."""

    file: str
    header: Mapping[str, Any]
    header_text: str
    body: str
    body_line: int
    parts: tuple[Section, ...]

    def part(self, heading: str) -> tuple[SourceText, ...]:
        """Return the paragraphs under a heading, ignoring case; "" means before the first."""
        wanted = heading.casefold()
        return tuple(
            row for part in self.parts if part.heading.casefold() == wanted
            for row in part.paragraphs
        )  # fmt: skip

    def field(self, key: str) -> SourceText:
        """Return a field of the header, with empty text if it is missing."""
        value = self.header.get(key, "")
        text = " ".join(value.split()) if isinstance(value, str) else ""
        return SourceText(text, self.file, toml.line_of(self.header_text, key, 2))


def read_text(folder: Path, file: str, problems: list[Problem]) -> str:
    """Return a text file of a campaign folder, or "" and a Problem if it cannot be read."""
    try:
        # Opening a pipe or a device could block forever.
        if not stat.S_ISREG((folder / file).stat().st_mode):
            problems.append(Problem(file, 0, "This is not a regular file."))
            return ""
        with (folder / file).open("rb") as opened:
            raw = opened.read(_MAX_BYTES + 1)
        if len(raw) > _MAX_BYTES:
            problems.append(Problem(file, 0, f"The file is larger than {_MAX_BYTES:,} bytes."))
            return ""
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        found = toml.UNPRINTABLE.search(text)
        if found is None:
            return text
        line = text.count("\n", 0, found.start()) + 1
        problems.append(Problem(file, line, toml.unprintable(found[0])))
    except FileNotFoundError:
        problems.append(Problem(file, 0, "The file is missing."))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problems.append(Problem(file, line, "The file is not UTF-8 text. Save it as UTF-8."))
    except OSError:
        problems.append(Problem(file, 0, "The file cannot be read."))
    return ""


def read(folder: Path, file: str, facts: Mapping[str, Fact], problems: list[Problem]) -> Document:
    """Read a Markdown file; each thing that cannot be read is a Problem, the rest is returned.

    Where a text says `[=id]`, it has the claim of that fact.
    """
    text = read_text(folder, file, problems)
    empty = Document(file, {}, "", "", 1, ())
    return read_errors.read_or_report(
        file, problems, lambda: _parse(text, file, facts, problems), empty
    )


def _parse(text: str, file: str, facts: Mapping[str, Fact], problems: list[Problem]) -> Document:
    header_text, body, body_line = _split_header(text)
    body = _CLAIM.sub(lambda match: _expand_claim(match[1], facts), body)
    header = toml.read(header_text, file, problems, 2)
    toml.require_printable(header, text, file, problems)
    for key, value in header.items():
        if not isinstance(value, str):
            line = toml.line_of(header_text, key, 2)
            problems.append(Problem(file, line, f"Write {key} as text, in quotation marks."))
    return Document(
        file=file,
        header=header,
        header_text=header_text,
        body=body,
        body_line=body_line,
        parts=sections(body, file, body_line),
    )


def _expand_claim(fact_id: str, facts: Mapping[str, Fact]) -> str:
    """Put a fact's own claim where a text says `[=id]`, each of its sentences marked."""
    fact = facts.get(fact_id)
    claim = " ".join(fact.claim.split()) if fact else ""
    sentences = split(claim or "Not reviewed yet.")
    return " ".join(f"{sentence.rstrip()}[^{fact_id}]" for sentence in sentences)


def _split_header(text: str) -> tuple[str, str, int]:
    rows = text.split("\n")
    if rows[0].strip() == "+++":
        for index in range(1, len(rows)):
            if rows[index].strip() == "+++":
                return "\n".join(rows[1:index]), "\n".join(rows[index + 1 :]), index + 2
    return "", text, 1
