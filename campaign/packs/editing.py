"""Edit a campaign folder: which files may be written, a scratch copy to check, then saving.

Callers save only what passes the checks. A shipped folder is never changed: its first edit copies
it to the site's own campaigns.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from campaign import text
from campaign.errors import InvalidInput
from campaign.files import PUBLIC, write
from campaign.packs import local_targets, toml
from campaign.packs.source import LANGUAGES

#: The limit of a file sent by an editor, in characters: well above any real text.
MAX_CHARACTERS = 60_000

_LANGUAGE = "|".join(code for code in LANGUAGES if code != "en")
_FILE = re.compile(
    rf"campaign\.toml|facts\.toml|petition(\.({_LANGUAGE}))?\.md|points\.md|letters\.md|story\.md"
    r"|outcome\.md|targets\.csv|updates/\d{4}-\d{2}-\d{2}-[a-z0-9-]{1,60}\.md"
)

#: File name -> what the file holds, for lists.
TITLES: Mapping[str, str] = {
    "petition.md": "The petition",
    "story.md": "Why: the story",
    "points.md": "Talking points",
    "letters.md": "Letters and calls",
    "facts.toml": "Facts and their sources",
    "campaign.toml": "Settings",
    "outcome.md": "What came of it",
    "targets.csv": "Other officials to write to",
}

#: The files that a campaign may do without -> the text with which a new one begins.
STARTERS: Mapping[str, str] = {
    "targets.csv": ",".join(local_targets.COLUMNS) + "\n",
    "outcome.md": "",
}

# The line above and below a text's header, which is TOML.
_HEADER_MARK = "+++"

#: Changes to a folder: file name -> its new text, None to remove the file.
Changes = Mapping[str, str | None]

#: The same for its pictures: file name -> its bytes.
Pictures = Mapping[str, bytes | None]
_NO_PICTURES: Pictures = {}

#: Settings of campaign.toml that a form can set: key -> value, None to remove the key.
Settings = Mapping[str, Any]


def is_file(name: str) -> bool:
    """True if a campaign may have a file of this name."""
    return _FILE.fullmatch(name) is not None


def title(name: str) -> str:
    """Return what a file holds, in words, such as `The petition in Español`."""
    if name in TITLES:
        return TITLES[name]
    if name.startswith("petition."):
        return f"The petition in {LANGUAGES[name.split('.')[1]]}"
    return f"News of {name.removeprefix('updates/')[:10]}"


def files(folder: Path) -> tuple[str, ...]:
    """Return the names of a campaign folder's files, in the order of `TITLES`, then by name."""
    found = [
        str(path.relative_to(folder))
        for path in (
            *folder.glob("*.md"),
            *folder.glob("*.toml"),
            *folder.glob("*.csv"),
            *folder.glob("updates/*.md"),
        )
    ]
    return tuple(sorted((name for name in found if is_file(name)), key=order))


def order(name: str) -> tuple[int, str]:
    """Return the sort key of a file's name: the order of `TITLES`, then by name."""
    titles = list(TITLES)
    return (titles.index(name) if name in titles else len(titles), name)


def read(folder: Path, name: str) -> str:
    """Return the text of a file, or "" if it does not exist yet.

    Bytes that are not UTF-8 become replacement characters. Raises InvalidInput for a name that a
    campaign file cannot have, or a file that cannot be read.
    """
    if not is_file(name):
        raise InvalidInput("There is no such text. Choose one from the list.")
    path = folder / name
    try:
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    except OSError as error:
        raise InvalidInput(f"{name} cannot be read: {error.strerror}.") from error


def clean_text(typed: str) -> str:
    """Return a file's text in the form in which it is saved (`campaign.text.source`).

    Raises InvalidInput (field "text") for text that cannot be used or is too long.
    """
    return text.source(typed, limit=MAX_CHARACTERS, field="text")


@contextmanager
def scratch_copy(
    folder: Path, changes: Changes, pictures: Pictures = _NO_PICTURES
) -> Iterator[Path]:
    """Yield a temporary copy of the folder with `changes` and `pictures` applied."""
    with tempfile.TemporaryDirectory(prefix="campaign-texts-") as name:
        copy = Path(name) / folder.name
        copy.mkdir(0o700)
        for path in (*folder.glob("*.*"), *folder.glob("updates/*.*")):
            # Broken links and pipes are not copied: the checks of the folder itself report them.
            if path.is_file():
                target = copy / path.relative_to(folder)
                target.parent.mkdir(exist_ok=True)
                shutil.copyfile(path, target)
        _apply(copy, changes, pictures)
        yield copy


def save_changes(
    folder: Path, own: Path, changes: Changes, pictures: Pictures = _NO_PICTURES
) -> Path:
    """Write `changes` and `pictures` to the site's own copy of the campaign.

    `own` is the folder of the site's campaigns. If the campaign is not there yet, it is copied
    first. Each file is written atomically. Returns the campaign's folder there. Raises InvalidInput
    if the disk refuses.
    """
    target = own / folder.name
    try:
        if not target.is_dir():
            _copy(folder, target)
        _apply(target, changes, pictures)
    except OSError as error:
        raise InvalidInput(
            f"The texts cannot be written ({error.strerror}). Tell the person who runs the server."
        ) from error
    return target


#: The campaign that is shipped.
BUNDLED = "section-907"


def make_folder(target: Path, fill: Callable[[Path], object]) -> None:
    """Create a folder atomically: `fill` writes it under another name, then it is moved.

    `fill` gets the path of the folder, which does not exist yet. Raises OSError.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-") as staging:
        made = Path(staging) / target.name
        fill(made)
        made.chmod(0o755)
        os.rename(made, target)


def _copy(source: Path, target: Path) -> None:
    # Copy only contents: shipped files may be read-only, and these will be edited.
    make_folder(target, lambda made: shutil.copytree(source, made, copy_function=shutil.copyfile))


def _apply(folder: Path, changes: Changes, pictures: Pictures) -> None:
    contents: dict[str, bytes | None] = {
        file: None if content is None else content.encode() for file, content in changes.items()
    }
    for file, content in {**contents, **pictures}.items():
        if content is None:
            (folder / file).unlink(missing_ok=True)
        else:
            _write(folder / file, content)


def _write(path: Path, content: bytes) -> None:
    """Write a file atomically; texts and pictures are public."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, content, mode=PUBLIC, durable=True)


# -- Settings and facts by field --------------------------------------------------------


def with_settings(
    content: str,
    values: Settings,
    organizer: Settings | None = None,
    funding: Settings | None = None,
) -> str:
    """Return campaign.toml with these settings changed; None removes one.

    `organizer` and `funding` are settings of those tables, which are added if they are missing.
    Comments and order stay. Raises InvalidInput if the file is not valid TOML.
    """
    document = _parsed(toml.with_current_names(content), "campaign.toml")
    _set(document, values)
    for name, settings in (("organizer", organizer), ("funding", funding)):
        if settings is not None:
            table = document.get(name)
            if table is None:
                table = document[name] = tomlkit.table()
            _set(table, settings)
    return tomlkit.dumps(document)


def with_header(content: str, file: str, values: Settings) -> str:
    """Return a text with fields of its header changed; None removes one. The rest stays.

    `file` is its name, for errors. Raises InvalidInput for a header that is not valid TOML.
    """
    before, header, after = _header(content, file)
    document = _parsed(header, file)
    _set(document, values)
    return before + tomlkit.dumps(document) + after


def header(content: str, file: str) -> dict[str, Any]:
    """Return the fields of a text's header. Raises InvalidInput as `with_header` does."""
    found: dict[str, Any] = _parsed(_header(content, file)[1], file).unwrap()
    return found


def _header(content: str, file: str) -> tuple[str, str, str]:
    lines = content.splitlines(keepends=True)
    marks = [number for number, line in enumerate(lines) if line.strip() == _HEADER_MARK][:2]
    if len(marks) < 2 or marks[0] != 0:
        raise InvalidInput(f"{file} has no header. Correct it as text first.")
    return lines[0], "".join(lines[1 : marks[1]]), "".join(lines[marks[1] :])


def with_fact(content: str, fact_id: str, values: Mapping[str, str | date | None]) -> str:
    """Return facts.toml with one fact changed, or added at the end if its id is new.

    Raises InvalidInput if the file is not valid TOML.
    """
    document = _parsed(content, "facts.toml")
    rows = document.get("fact")
    if rows is None:
        rows = document["fact"] = tomlkit.aot()
    if not isinstance(rows, list) or not all(isinstance(row, MutableMapping) for row in rows):
        raise InvalidInput("Write each fact as a [[fact]] row. Correct facts.toml as text first.")
    row = next((each for each in rows if each.get("id") == fact_id), None)
    if row is None:
        row = tomlkit.table()
        row["id"] = fact_id
        rows.append(row)
        row = rows[-1]
    _set(row, values)
    return tomlkit.dumps(document)


def _parsed(content: str, file: str) -> Any:
    try:
        return tomlkit.parse(content)
    except (TOMLKitError, ValueError, RecursionError) as error:
        reason = error if isinstance(error, TOMLKitError) else "it is not valid TOML"
        raise InvalidInput(f"{file} cannot be read: {reason}. Correct it as text first.") from None


def _set(table: Any, values: Mapping[str, Any]) -> None:
    if not isinstance(table, MutableMapping):
        raise InvalidInput("The file has a value where a table belongs. Correct it as text first.")
    for key, value in values.items():
        if value is None:
            table.pop(key, None)
        else:
            table[key] = value
