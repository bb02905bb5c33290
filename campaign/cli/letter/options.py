"""The options of `campaign letter`: recipients, personal text, letters edited by hand."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from campaign.errors import InvalidInput
from campaign.letters.compose import Letter, RecipientGroup, with_edited_body
from campaign.letters.recipients import RECIPIENT_GROUPS
from campaign.packs.pack import Pack

# A personal text is read only up to this length: more is not a letter.
_MOST_READ = 1_000_000
# One chair, by committee: `chair:SSFR`.
_CHAIR = "chair:"


def wanted_kinds(to: str, pack: Pack) -> tuple[tuple[RecipientGroup, ...], tuple[str, ...] | None]:
    """Return the kinds of recipients, and the committees whose chairs are meant (None for all).

    Raises InvalidInput, field "to".
    """
    names = [name.strip() for name in to.split(",") if name.strip()]
    codes = [name[len(_CHAIR) :].upper() for name in names if name.lower().startswith(_CHAIR)]
    if unknown := [code for code in codes if code not in pack.targets]:
        targets = ", ".join(pack.targets) or "none"
        raise InvalidInput(
            f"{unknown[0]} is no target of this campaign. Its targets: {targets}.", field="to"
        )
    kinds = ["chair" if name.lower().startswith(_CHAIR) else name.lower() for name in names]
    if not kinds or any(kind not in RECIPIENT_GROUPS for kind in kinds):
        raise InvalidInput(f"Give --to one or more of: {', '.join(RECIPIENT_GROUPS)}.", field="to")
    chosen = tuple(cast(RecipientGroup, kind) for kind in dict.fromkeys(kinds))
    return chosen, None if "chair" in {name.lower() for name in names} else tuple(codes)


def own_words(personal: str) -> str:
    """Return the personal text: as given, from a file after @, or from standard input for -.

    Raises InvalidInput, field "personal".
    """
    if personal == "-":
        return _decoded(sys.stdin.buffer.read(_MOST_READ), "personal")
    if personal.startswith("@"):
        return _read(personal[1:], "personal")
    return personal


def changed(letters: Sequence[Letter], edits: Sequence[str]) -> list[Letter]:
    """Return the letters; those named in `edits` (`D000618=FILE`) have the text of the file.

    Raises InvalidInput, field "edit", for a missing file or an unknown recipient.
    """
    files: dict[str, str] = {}
    ids = {letter.recipient.id.casefold(): letter.recipient.id for letter in letters}
    for edit in edits:
        whom, _, file = edit.partition("=")
        found = ids.get(whom.strip().casefold())
        if found is None or not file:
            known = ", ".join(f"{one.recipient.id} ({one.recipient.short})" for one in letters)
            raise InvalidInput(f"Give --edit as WHO=FILE, WHO being one of: {known}.", field="edit")
        files[found] = file
    return [
        with_edited_body(letter, _read(files[letter.recipient.id], "edit"))
        if letter.recipient.id in files
        else letter
        for letter in letters
    ]


def _read(path: str, field: str) -> str:
    try:
        with Path(path).open("rb") as file:
            return _decoded(file.read(_MOST_READ), field)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.", field=field) from error


def _decoded(raw: bytes, field: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput("Save your own words as UTF-8 text.", field=field) from None
