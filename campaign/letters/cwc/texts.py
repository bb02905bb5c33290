"""The texts of a message: what a letter says, without greeting, signature and address.

The format has separate fields for the writer. Names and addresses stay out of the text, so that
offices can sort letters by what they say.
"""

import hashlib
import re
from dataclasses import dataclass

from campaign.errors import InvalidInput
from campaign.letters.letter import Letter
from campaign.messages import Message

#: The limits of a text, in characters.
MAX_CHARACTERS, MIN_CHARACTERS = 10_000, 6
_MAX_SUBJECT = 500

# Characters outside XML 1.0, production 2 (Char), cannot be in a document, not even escaped.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_GREETING = re.compile(r"(?:dear|to the) [^\n]{1,80}[:,]", re.IGNORECASE)
_SIGN_OFFS = frozenset({
    "sincerely", "sincerely yours", "yours sincerely", "respectfully", "respectfully yours",
    "yours truly", "yours", "best", "best regards", "regards", "kind regards", "with respect",
    "thank you", "thanks",
})  # fmt: skip


@dataclass(frozen=True)
class MessageTexts:
    """The exact texts of one message, as its writer reads, approves and sends them.

    `statement` is the campaign's text, `own` the person's; one of the two may be empty. `repr()` is
    redacted.
    """

    subject: str
    statement: str
    own: str

    @property
    def digest(self) -> str:
        """The SHA-256 of the texts, in hexadecimal."""
        whole = "\x1f".join((self.subject, self.statement, self.own))
        return hashlib.sha256(whole.encode()).hexdigest()

    def __repr__(self) -> str:
        return "MessageTexts(…)"


def texts_of(letter: Letter, positions: str = "") -> MessageTexts:
    """Return what the letter says, without greeting, sign-off, name and address.

    `positions` are the sides on the message's bills, with which the statement begins.

    Raises InvalidInput (field "personal") for a text that is shorter or longer than offices accept.
    """
    own = _unsigned(
        "\n\n".join(part.text for part in letter.paragraphs if part.role == "own"), letter
    )
    statement = _unsigned(
        "\n\n".join(part.text for part in letter.paragraphs if part.role != "own"), letter
    )
    if letter.disclosure:
        statement = f"{statement}\n\n{legal(letter.disclosure)}".strip()
    if " ".join(own.split()) == " ".join(statement.split()):
        own = ""
    for text in filter(None, (own, statement)):
        _require_length(text)
    if not own and not statement:
        raise InvalidInput("The letter is empty. Write what you want to say.", field="personal")
    if positions:
        statement = f"{positions}\n\n{statement}".strip()
    subject = legal(letter.subject)[:_MAX_SUBJECT].strip()
    return MessageTexts(
        subject if len(subject) >= MIN_CHARACTERS else f"Letter: {subject}", statement, own
    )


def legal(text: str) -> str:
    """Return the text without characters that XML cannot contain, and with "\\n" line breaks."""
    return _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _require_length(text: str) -> None:
    if not MIN_CHARACTERS <= len(text) <= MAX_CHARACTERS:
        raise InvalidInput(
            Message(
                "Congress's electronic system takes texts of %(minimum)s to %(limit)s characters. "
                "Make your text longer or shorter, or leave it out.",
                minimum=MIN_CHARACTERS,
                limit=f"{MAX_CHARACTERS:,}",
            ),
            field="personal",
        )


def _unsigned(text: str, letter: Letter) -> str:
    """Return a text without the greeting above it and the signature and address below it."""
    signature = _signature(letter)
    rows = legal(text).strip().split("\n")
    while rows and (not rows[0].strip() or _GREETING.fullmatch(rows[0].strip())):
        rows.pop(0)
    while rows and _bare(rows[-1]) in signature:
        rows.pop()
    # A sign-off counts as one only as the last line, or above a name that was just removed.
    while rows and (
        not rows[-1].strip() or _bare(rows[-1]) in _SIGN_OFFS | {_bare(letter.sign_off)}
    ):
        rows.pop()
    return "\n".join(rows).strip()


def _signature(letter: Letter) -> frozenset[str]:
    person = letter.constituent
    town = f"{person.city} {person.state}"
    lines = (
        "",
        person.name,
        f"{person.prefix} {person.name}",
        *person.block,
        *person.reach,
        f"{person.address1} {person.address2}",
        town,
        f"{town} {person.zip}",
        person.zip,
    )
    return frozenset(_bare(line) for line in lines)


def _bare(line: str) -> str:
    return " ".join(re.sub(r"[,.;:–—-]", " ", line).casefold().split())
