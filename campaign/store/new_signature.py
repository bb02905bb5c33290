"""A signature that is about to be stored, however it was given.

Sign-ups, paper sheets, restored exports and the demonstration all build the same value; each INSERT
picks the columns that it writes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from campaign.store.first_names import name_status
from campaign.store.statuses import CommentStatus, Origin, SignatureStatus
from campaign.store.tokens import new_nonce

#: The answers that are kept while a later sign-up of the same address replaces them.
KEPT_ANSWERS = (
    "first_name", "last_name", "zip", "state", "district", "lines", "city", "comment",
    "show_name", "mail_opt_in", "source", "language", "wording_version",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, repr=False)
class Answers:
    """What a person entered when signing; `name_key` is `identity.name_key` of the name.

    `lines` is the Congress whose lines `district` follows, 0 for that of the day of signing.
    """

    first_name: str
    last_name: str
    name_key: str
    zip: str
    state: str
    district: str
    lines: int = 0
    city: str = ""
    comment: str = ""
    comment_status: CommentStatus
    show_name: bool = False
    mail_opt_in: bool = False
    source: str = ""
    language: str = "en"
    wording_version: str

    def columns(self) -> dict[str, Any]:
        """Return {column: value}, with the status of the first name."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {**values, "name_status": name_status(self.first_name)}


@dataclass(frozen=True, kw_only=True, repr=False)
class NewSignature:
    """A row of `signatures` before it is added. Times are aware; `flags` are separated by spaces.

    `number` is the public count when the signature was confirmed.
    """

    answers: Answers
    public_id: str
    campaign: str
    status: SignatureStatus
    origin: Origin
    created_at: datetime
    email: str | None = None
    email_key: str | None = None
    household_slot: int = 0
    sheet: str = ""
    reason: str = ""
    flags: str = ""
    network: str = ""
    nonce: bytes = field(default_factory=new_nonce)
    confirm_nonce: bytes | None = None
    earlier: Mapping[str, Any] | None = None
    mailed_at: datetime | None = None
    mails: int = 0
    confirmed_at: datetime | None = None
    unsubscribed_at: datetime | None = None
    number: int | None = None

    def columns(self, names: Sequence[str]) -> dict[str, Any]:
        """Return {column: value} of these columns, in their order."""
        answers = self.answers.columns()
        return {name: answers[name] if name in answers else getattr(self, name) for name in names}
