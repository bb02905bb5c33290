"""Expected errors, one class for each outcome, with a sentence that says what to do.

The web and the command line each show a `CampaignError` in one place: `str(error)` is the sentence,
the attributes are its data. No sentence contains personal data.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


class CampaignError(Exception):
    """An expected error; `str(error)` says in English what to do.

    `sentence` is the sentence as given: a Message can also be translated.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class SettingsUnsafe(CampaignError):
    """The settings cannot be read, or are unsafe for production."""


class InvalidInput(CampaignError):
    """A person's input cannot be used; `field` names the form field or option, or is ""."""

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class ExtraMissing(InvalidInput):
    """A request needs an optional package; the sentence has the command that installs it."""


# -- congress ------------------------------------------------------------------------------------


class PlaceUnknown(CampaignError):
    """No district is known for the place."""


class PlaceContradicted(InvalidInput):
    """Country, state, ZIP and district contradict each other; `field` names the one to correct."""


class DatasetInvalid(CampaignError):
    """Tables about Congress, or upstream files, fail their checks; `problems` lists the reasons."""

    def __init__(self, sentence: str, problems: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.problems = tuple(problems)


class AddressAmbiguous(PlaceUnknown):
    """The address matches several places in different districts."""


class NoStreetAddress(PlaceUnknown):
    """A PO box, a rural route or general delivery was given, where a street is needed."""


class GeocoderUnavailable(CampaignError):
    """The geocoder gave no usable answer; the person can choose the district instead."""


class GeocoderUnreachable(GeocoderUnavailable):
    """No connection to the geocoder could be made."""


# -- packs and letters ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Problem:
    """A fault in a campaign folder: file, line (from 1; 0 for the whole file) and reason."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return (
            f"{self.file}:{self.line}: {self.reason}"
            if self.line
            else f"{self.file}: {self.reason}"
        )


class PackInvalid(CampaignError):
    """A campaign folder does not pass its checks; `problems` has file, line and reason of each."""

    def __init__(self, sentence: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(sentence)
        self.problems = tuple(problems)


class TextsChanged(CampaignError):
    """Another person has edited the same text in the meantime; `file` is its name."""

    def __init__(self, sentence: str, *, file: str) -> None:
        super().__init__(sentence)
        self.file = file


class CampaignUnknown(CampaignError):
    """There is no campaign of that name in the campaign folders."""


class MessageInvalid(CampaignError):
    """A CWC message does not match its schema; `problems` lists the places."""

    def __init__(self, sentence: str, problems: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.problems = tuple(problems)


class LettersFailed(CampaignError):
    """A batch of letters could not be made or written; no partial file remains."""


# -- petition ------------------------------------------------------------------------------------


class PetitionClosed(CampaignError):
    """The petition no longer takes signatures."""


class TokenRefused(CampaignError):
    """A mailed link is unknown, used, expired or for another purpose: one refusal for all."""


class LinkUsed(TokenRefused):
    """A mailed link was used before; `outcome` is its result then, such as "disowned"."""

    def __init__(self, sentence: str, *, outcome: str) -> None:
        super().__init__(sentence)
        self.outcome = outcome


class WroteLately(CampaignError):
    """The person wrote to these members recently and may write again at `possible_from`."""

    def __init__(self, sentence: str, *, possible_from: datetime) -> None:
        super().__init__(sentence)
        self.possible_from = possible_from


class SignatureUnknown(CampaignError):
    """The signature to decide on does not exist, or its status has changed in the meantime."""


class TooManyAttempts(CampaignError):
    """A rate limit was reached; `retry_after` is in seconds."""

    def __init__(self, sentence: str, *, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


# -- delivery ------------------------------------------------------------------------------------


class DeliveryDelayed(CampaignError):
    """The receiving server cannot take the message now: try again later.

    With `whole_channel`, no other message can be sent to it now either. With `is_blocked`, the
    server refuses this sender.
    """

    def __init__(
        self, sentence: str, *, whole_channel: bool = False, is_blocked: bool = False
    ) -> None:
        super().__init__(sentence)
        self.whole_channel = whole_channel
        self.is_blocked = is_blocked


class DeliveryHeld(CampaignError):
    """The receiving server is closed until `until`; the message waits and no attempt counts."""

    def __init__(self, sentence: str, *, until: datetime) -> None:
        super().__init__(sentence)
        self.until = until


class AddressRefused(CampaignError):
    """A URL given by a person leads to a network that this site must not connect to."""


class DeliveryRefused(CampaignError):
    """The receiving server refused permanently: do not try again.

    `mailbox` is what the refusal says about the mailbox: "gone", "full", or "" if nothing.
    """

    def __init__(self, sentence: str, *, mailbox: str = "") -> None:
        super().__init__(sentence)
        self.mailbox = mailbox


# -- store ---------------------------------------------------------------------------------------


class StoreUnavailable(CampaignError):
    """The database cannot be used now (busy, full, restarting); nothing was written."""


class StoreConflict(CampaignError):
    """A database constraint refused the row; `constraint` is its name, or "" if unknown."""

    def __init__(self, sentence: str, *, constraint: str = "") -> None:
        super().__init__(sentence)
        self.constraint = constraint


class BackupInvalid(CampaignError):
    """A file is not a backup that can be restored here; nothing was changed."""


class DatabaseCopyRefused(CampaignError):
    """A database cannot be copied into another, or the copy is not the same."""


class SecretLost(CampaignError):
    """An encrypted secret in the database cannot be decrypted with the current SECRET_KEY."""


# -- organizing ----------------------------------------------------------------------------------


class ExportFailed(CampaignError):
    """The table of signers could not be written; no partial file remains."""


class ConnectionUnknown(CampaignError):
    """The API key, webhook or message does not exist, or its status has changed."""


class UpdateUnknown(CampaignError):
    """The update does not exist, or its status has changed in the meantime."""


class JobStopped(CampaignError):
    """A job was canceled, or its worker is shutting down: stop working on it."""


class TableRefused(CampaignError):
    """An uploaded table cannot be read; none of it was used."""


class LineRefused(CampaignError):
    """One line of a table cannot be used, while others can; `column` names the faulty cell."""

    def __init__(self, sentence: str, *, column: str = "") -> None:
        super().__init__(sentence)
        self.column = column


# -- accounts ------------------------------------------------------------------------------------


class AccountUnknown(CampaignError):
    """The account to change does not exist, or has no role in the campaign."""


class LastOwner(CampaignError):
    """The change would leave a campaign, or the installation, without an owner."""
