"""Errors as named outcomes, each with one sentence that a person can act on.

The web and the command line translate a `CampaignError` once: `str(error)` is the sentence, the
attributes are its data. No message carries personal data.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


class CampaignError(Exception):
    """Something that this product foresees; `str()` of it says what to do, in English.

    `sentence` is the same as it was given: a Message can also be said in another language.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class SettingsUnsafe(CampaignError):
    """The settings would run production in an unsafe way, or cannot be read."""


class InvalidInput(CampaignError):
    """What a person typed cannot be used as it stands; `field` names where they typed it."""

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class ExtraMissing(InvalidInput):
    """What was asked for needs an optional package; the sentence has the command to install it."""


# -- congress ------------------------------------------------------------------------------------


class PlaceUnknown(CampaignError):
    """No district is known for the place as it was given."""


class PlaceContradicted(InvalidInput):
    """Country, state, ZIP and district do not agree; `field` names the one to correct."""


class DatasetInvalid(CampaignError):
    """Fact tables, or upstream files, fail their checks; `problems` lists every reason found."""

    def __init__(self, sentence: str, problems: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.problems = tuple(problems)


class AddressAmbiguous(PlaceUnknown):
    """The address matches several places in different districts."""


class NoStreetAddress(PlaceUnknown):
    """A PO box, a rural route or general delivery was given, where a street is needed."""


class GeocoderUnavailable(CampaignError):
    """The geocoder gave no usable answer; the person can pick the district by hand."""


class GeocoderUnreachable(GeocoderUnavailable):
    """No connection to the geocoder could be made at all."""


# -- packs and letters ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Problem:
    """A fault in a campaign's text: file, line (1-based, 0 for all of it), reason."""

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
    """A campaign folder does not pass its checks; `problems` names file, line and reason."""

    def __init__(self, sentence: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(sentence)
        self.problems = tuple(problems)


class TextsChanged(CampaignError):
    """Somebody else has edited the same text meanwhile; `file` names it."""

    def __init__(self, sentence: str, *, file: str) -> None:
        super().__init__(sentence)
        self.file = file


class CampaignUnknown(CampaignError):
    """No campaign of that name is in any of the campaign folders."""


class MessageInvalid(CampaignError):
    """A message to Congress's own system does not keep to its format; `problems` says where."""

    def __init__(self, sentence: str, problems: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.problems = tuple(problems)


class LettersFailed(CampaignError):
    """A batch of letters could not be made or written; no half of a file is left behind."""


# -- petition ------------------------------------------------------------------------------------


class PetitionClosed(CampaignError):
    """The petition no longer takes signatures."""


class TokenRefused(CampaignError):
    """A mailed link is unknown, used up, expired or for something else: one uniform refusal."""


class LinkUsed(TokenRefused):
    """A mailed link did its work before: `outcome` says which, such as "disowned"."""

    def __init__(self, sentence: str, *, outcome: str) -> None:
        super().__init__(sentence)
        self.outcome = outcome


class WroteLately(CampaignError):
    """The person wrote to these members a short while ago; `possible_from` is when the next may."""

    def __init__(self, sentence: str, *, possible_from: datetime) -> None:
        super().__init__(sentence)
        self.possible_from = possible_from


class SignatureUnknown(CampaignError):
    """No signature is there that the decision could be about, or it stands otherwise by now."""


class TooManyAttempts(CampaignError):
    """A limit was met; `retry_after` is in seconds."""

    def __init__(self, sentence: str, *, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


# -- delivery ------------------------------------------------------------------------------------


class DeliveryDelayed(CampaignError):
    """The other side cannot take it now: try again later.

    `whole_channel` says that nothing else can leave that way either, so that there is no use in
    trying the next message at once. `is_blocked` says that the other side refuses this sender.
    """

    def __init__(
        self, sentence: str, *, whole_channel: bool = False, is_blocked: bool = False
    ) -> None:
        super().__init__(sentence)
        self.whole_channel = whole_channel
        self.is_blocked = is_blocked


class DeliveryHeld(CampaignError):
    """The other side takes nothing before `until`: it is kept, and this was no attempt."""

    def __init__(self, sentence: str, *, until: datetime) -> None:
        super().__init__(sentence)
        self.until = until


class AddressRefused(CampaignError):
    """An address that people gave leads where this site must not go."""


class DeliveryRefused(CampaignError):
    """The other side refused for good: do not try again.

    `mailbox` is what that says about the mailbox: `gone`, `full`, or "" for nothing.
    """

    def __init__(self, sentence: str, *, mailbox: str = "") -> None:
        super().__init__(sentence)
        self.mailbox = mailbox


# -- store ---------------------------------------------------------------------------------------


class StoreUnavailable(CampaignError):
    """The database cannot take the work now (busy, full, restarting): nothing was written."""


class StoreConflict(CampaignError):
    """A constraint of the database refused the row; `constraint` names it where that is known."""

    def __init__(self, sentence: str, *, constraint: str = "") -> None:
        super().__init__(sentence)
        self.constraint = constraint


class BackupInvalid(CampaignError):
    """A file is no backup that can be restored here; nothing was changed."""


class SecretLost(CampaignError):
    """A secret that the database keeps encrypted cannot be read under the SECRET_KEY in force."""


# -- organizing ----------------------------------------------------------------------------------


class ExportFailed(CampaignError):
    """The table of signers could not be written; no half of it is left behind."""


class ConnectionUnknown(CampaignError):
    """No key, webhook or message of that id is there, or it stands otherwise by now."""


class UpdateUnknown(CampaignError):
    """No update is there that this could be done with, or it stands otherwise by now."""


class JobStopped(CampaignError):
    """Long work was canceled, or its worker is ending: nothing more of it is wanted now."""


class TableRefused(CampaignError):
    """A table that was handed in cannot be read at all; nothing of it was used."""


class LineRefused(CampaignError):
    """One line of a table cannot be used; the others can. `column` names where the reason lies."""

    def __init__(self, sentence: str, *, column: str = "") -> None:
        super().__init__(sentence)
        self.column = column


# -- accounts ------------------------------------------------------------------------------------


class AccountUnknown(CampaignError):
    """No account is there that the change could be about, or it has no role in the campaign."""


class LastOwner(CampaignError):
    """The change would leave a campaign, or the installation, without anybody who owns it."""
