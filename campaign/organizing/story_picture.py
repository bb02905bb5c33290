"""The picture beside a campaign's story: taken from an upload, described, replaced, removed.

Whatever is uploaded is drawn anew as WebP, in a size for desks and one for phones. Nothing of the
file itself is kept, so neither the place where it was taken nor anything hidden in it is sent.
"""

import io
import warnings
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from campaign.errors import InvalidInput
from campaign.languages import LANGUAGES
from campaign.lazy_import import lazy_import
from campaign.organizing import texts
from campaign.organizing.texts import SaveResult
from campaign.packs import editing, picture
from campaign.packs.editing import Pictures
from campaign.settings import Settings
from campaign.store.db.engine import Database

if TYPE_CHECKING:
    from PIL import Image, ImageOps
else:
    Image, ImageOps = lazy_import("PIL.Image"), lazy_import("PIL.ImageOps")

#: The limits of an upload: its bytes, and the pixels that are unpacked from them.
MAX_BYTES, MAX_PIXELS = 12 * 1024 * 1024, 50_000_000
#: What is read, whatever the file is called: Pillow's names.
_FORMATS = ("PNG", "JPEG", "WEBP", "AVIF")
#: Pixels of the width of the large picture.
WIDTH = 1600
# WebP qualities to try until the file is small enough, the best first.
_QUALITIES = (82, 74, 66, 58, 48, 36, 24)
_FILES = (*picture.FILES, picture.SMALL_FILE)


def from_upload(raw: bytes) -> Pictures:
    """Return the files of a campaign folder that make an upload its picture.

    Raises InvalidInput (field "picture") for what is no picture, and for one that is too large or
    too narrow.
    """
    if len(raw) > MAX_BYTES:
        raise _refused(f"The file is larger than {MAX_BYTES // 2**20} MB. Save it smaller.")
    drawn = _opened(raw)
    if drawn.width < picture.MIN_WIDTH:
        raise _refused(
            f"The picture is {drawn.width} pixels wide. Choose one of {picture.MIN_WIDTH} or more."
        )
    files: dict[str, bytes | None] = dict.fromkeys(_FILES)
    files["picture.webp"] = _webp(drawn, WIDTH)
    if drawn.width > picture.SMALL_WIDTH:
        files[picture.SMALL_FILE] = _webp(drawn, picture.SMALL_WIDTH)
    return files


def words(settings: Settings, name: str) -> dict[str, tuple[str, str]]:
    """Return what each language of the petition says of the picture: description and caption.

    Raises CampaignUnknown, and InvalidInput for a text whose header cannot be read.
    """
    folder = texts.folder(settings, name)
    found: dict[str, tuple[str, str]] = {}
    for code in LANGUAGES:
        content = editing.read(folder, _petition(code))
        if content:
            header = editing.header(content, _petition(code))
            alt, caption = header.get("picture_alt", ""), header.get("picture_caption", "")
            found[code] = str(alt), str(caption)
    return found


def save(
    db: Database,
    settings: Settings,
    name: str,
    pictures: Pictures,
    described: Mapping[str, tuple[str, str]],
    *,
    actor: str,
    now: datetime,
) -> SaveResult:
    """Put the picture in use, with what each language says of it: code -> description, caption.

    Without `pictures`, the words for the picture in use change. Raises as `texts.save` does.
    """
    headers = {
        _petition(code): {"picture_alt": alt or None, "picture_caption": caption or None}
        for code, (alt, caption) in described.items()
    }
    return _save(db, settings, name, pictures, headers, why="picture", actor=actor, now=now)


def remove(db: Database, settings: Settings, name: str, *, actor: str, now: datetime) -> SaveResult:
    """Remove the picture and what each language says of it. Raises as `texts.save` does."""
    folder = texts.folder(settings, name)
    headers: dict[str, Mapping[str, str | None]] = {
        file: {"picture_alt": None, "picture_caption": None}
        for file in editing.files(folder)
        if file.startswith("petition.")
    }
    gone = dict.fromkeys(_FILES)
    return _save(db, settings, name, gone, headers, why="picture removed", actor=actor, now=now)


def _save(
    db: Database,
    settings: Settings,
    name: str,
    pictures: Pictures,
    headers: Mapping[str, Mapping[str, str | None]],
    *,
    why: str,
    actor: str,
    now: datetime,
) -> SaveResult:
    folder = texts.folder(settings, name)
    before = {file: editing.read(folder, file) for file in headers}
    return texts.save(
        db,
        settings,
        name,
        {file: editing.with_header(before[file], file, headers[file]) for file in headers},
        seen={file: texts.fingerprint(content) for file, content in before.items()},
        why=why,
        actor=actor,
        now=now,
        pictures=pictures,
    )


def _petition(code: str) -> str:
    return "petition.md" if code == "en" else f"petition.{code}.md"


def _opened(raw: bytes) -> "Image.Image":
    """Return the picture upright and in plain colors. What it was made of is known by content."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a file that Pillow warns of is not taken
            with Image.open(io.BytesIO(raw), formats=_FORMATS) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    raise _refused(
                        f"The picture has more than {MAX_PIXELS // 1_000_000} million pixels. "
                        "Save it smaller."
                    )
                opened.draft("RGB", (WIDTH, WIDTH))  # a large JPEG is unpacked smaller
                upright = ImageOps.exif_transpose(opened)
                return upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except (OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError) as error:
        raise _refused(
            "This is not a picture that can be read. Choose a PNG, JPEG, WebP or AVIF file."
        ) from error


def _webp(drawn: "Image.Image", width: int) -> bytes:
    """Return the picture as WebP of at most that width, small enough for a phone."""
    if drawn.width > width:
        height = max(1, round(drawn.height * width / drawn.width))
        drawn = drawn.resize((width, height), Image.Resampling.LANCZOS)
    for quality in _QUALITIES:
        written = io.BytesIO()
        drawn.save(written, "WEBP", quality=quality, method=5)
        if written.tell() <= picture.MAX_BYTES:
            return written.getvalue()
    raise _refused("The picture is too detailed, or too tall, for a phone. Choose a calmer one.")


def _refused(sentence: str) -> InvalidInput:
    return InvalidInput(sentence, field="picture")
