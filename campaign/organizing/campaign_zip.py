"""A campaign folder as a ZIP file: written for download, and read with care when uploaded."""

import io
import stat
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import PurePosixPath

from campaign import text
from campaign.errors import InvalidInput
from campaign.packs import editing

#: The limits of an uploaded ZIP: its bytes, and its files.
MAX_BYTES, MAX_FILES = 2 * 1024 * 1024, 200

# The same date in all files, so that the same texts make the same ZIP.
_DATE = (1980, 1, 1, 0, 0, 0)


def pack(campaign: str, files: Mapping[str, str]) -> bytes:
    """Return a ZIP with a folder of the campaign's name that holds these files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            entry = zipfile.ZipInfo(f"{campaign}/{name}", _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            made.writestr(entry, content.encode("utf-8"))
    return stream.getvalue()


def unpack(raw: bytes) -> dict[str, str]:
    """Return file name -> text of a campaign folder in a ZIP, with or without its folder.

    Files that macOS adds are left out. Raises InvalidInput (field "zip") for anything that a
    campaign folder does not have: another name, a link, a path out of the folder, too many or too
    large files, text that is not UTF-8.
    """
    if len(raw) > MAX_BYTES:
        raise _refused(f"The ZIP is larger than {MAX_BYTES // 2**20} MB. Zip only the folder.")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as opened:
            entries = _entries(opened)
            names = _without_folder([entry.filename for entry in entries])
            files: dict[str, str] = {}
            for entry, name in zip(entries, names, strict=True):
                _require_text_file(entry, name)
                if name in files:
                    raise _refused(f"{name} is in the ZIP twice.")
                files[name] = _read(opened, entry, name)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError) as error:
        raise _refused("This is not a ZIP file that can be read. Zip the folder again.") from error
    if "campaign.toml" not in files:
        raise _refused("The ZIP has no campaign.toml. Zip the whole campaign folder.")
    return files


def _entries(opened: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    entries = [
        entry
        for entry in opened.infolist()
        if not entry.is_dir()
        and not entry.filename.startswith("__MACOSX/")
        and PurePosixPath(entry.filename).name != ".DS_Store"
    ]
    if len(entries) > MAX_FILES:
        raise _refused(f"The ZIP has more than {MAX_FILES} files. Zip only the campaign folder.")
    return entries


def _without_folder(names: list[str]) -> list[str]:
    """Return the names without the folder that has all of them, if there is one."""
    folders = {name.partition("/")[0] for name in names if "/" in name}
    if len(folders) == 1 and folders != {"updates"} and all("/" in name for name in names):
        return [name.partition("/")[2] for name in names]
    return names


def _require_text_file(entry: zipfile.ZipInfo, name: str) -> None:
    shown = text.line(name, limit=80) if name.isprintable() and len(name) <= 80 else "A file"
    if not editing.is_file(name):
        raise _refused(f"{shown} is not a file of a campaign. Remove it from the ZIP.")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in {0, stat.S_IFREG}:
        raise _refused(f"{shown} is a link. Put the file itself in the ZIP.")
    if entry.flag_bits & 0x1:
        raise _refused(f"{shown} has a password. Make a ZIP without one.")


def _read(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> str:
    # The size that an entry states may be false, so no more than the limit is ever read.
    limit = editing.MAX_CHARACTERS * 4
    with opened.open(entry) as file:
        raw = file.read(limit + 1)
    if len(raw) > limit:
        raise _refused(
            f"{name} is too large. A text has up to {editing.MAX_CHARACTERS:,} characters."
        )
    try:
        return editing.clean_text(raw.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError:
        raise _refused(f"{name} is not UTF-8 text. Save it as UTF-8.") from None
    except InvalidInput as error:
        raise _refused(f"{name}: {error}") from error


def _refused(sentence: str) -> InvalidInput:
    return InvalidInput(sentence, field="zip")
