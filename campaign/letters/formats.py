"""The file formats of letters: PDF, DOCX, plain text, HTML, CWC XML."""

import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, get_args

from campaign.congress.dataset import Congress
from campaign.congress.seat_holders import seat_of
from campaign.errors import InvalidInput
from campaign.lazy_import import lazy_import
from campaign.letters.cwc import message
from campaign.letters.cwc.agent import Agent
from campaign.letters.letter import Letter
from campaign.letters.print import document
from campaign.messages import Message
from campaign.packs.pack import Pack

if TYPE_CHECKING:
    from campaign.letters.print import docx
else:
    docx = lazy_import("campaign.letters.print.docx")

#: For paper, word processors, mail and forms, browsers, and Congress's electronic delivery.
Format = Literal["pdf", "docx", "txt", "html", "xml"]
FORMATS: tuple[Format, ...] = get_args(Format)

MIMETYPES: dict[Format, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "txt": "text/plain; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "xml": "application/xml",
}


def render(letters: Sequence[Letter], file_format: Format) -> bytes:
    """Return one file with all letters, each on its own page.

    Raises InvalidInput for no letters, and for "xml", which holds one letter per file (`cwc_xml`);
    otherwise as `document.pdf`.
    """
    if not letters:
        raise InvalidInput("There is no letter to print.")
    if file_format == "pdf":
        return document.pdf(letters)
    if file_format == "docx":
        return docx.letters(letters)
    if file_format == "txt":
        # A form feed starts a new page when plain text is printed.
        return "\f".join(document.text(letter) for letter in letters).encode()
    if file_format == "html":
        return document.html(letters[0], *letters[1:]).encode()
    raise InvalidInput("A file in Congress's format holds one letter. Choose one recipient.")


def cwc_xml(letter: Letter, congress: Congress, pack: Pack, agent: Agent) -> bytes:
    """Return one letter to a member as Communicating With Congress XML.

    Raises InvalidInput for a recipient outside Congress (field "to"), and as `message.for_letter`.
    """
    # Congress takes electronic letters only from a member's own constituents.
    is_own = letter.recipient.kind != "chair"
    member = congress.members.get(letter.recipient.id) if is_own else None
    held = seat_of(congress, member, letter.on_date) if member else None
    if held is None:
        raise InvalidInput(
            Message(
                "Only members of Congress accept letters in Congress's format, and %(recipient)s "
                "does not. Choose your own members, or another format.",
                recipient=letter.recipient.short,
            ),
            field="to",
        )
    return message.for_letter(letter, held.seat, pack, agent)


def file_name(letters: Sequence[Letter], suffix: str) -> str:
    """Return `letter-to-senator-daines.pdf`, or `letter-to-all.pdf` for several letters.

    It does not name the writer. Plain ASCII, safe in HTTP headers and on every file system.
    """
    return f"{file_stem(letters[0]) if len(letters) == 1 else 'letter-to-all'}.{suffix}"


def file_stem(letter: Letter) -> str:
    """Return `letter-to-senator-daines`."""
    plain = unicodedata.normalize("NFKD", letter.recipient.short)
    plain = plain.encode("ascii", "ignore").decode().lower()
    return f"letter-to-{re.sub(r'[^a-z0-9]+', '-', plain).strip('-')}"
