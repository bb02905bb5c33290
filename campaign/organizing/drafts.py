"""A draft of a whole campaign: changes to many files, kept until they are published together.

A draft is applied on top of the texts in use. It is checked when it is published: then the whole
folder must pass, like every edit.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from campaign.errors import InvalidInput, TextsChanged
from campaign.organizing import texts
from campaign.organizing.texts import SaveResult, fingerprint
from campaign.packs import editing, new_campaign
from campaign.packs import pack as packs
from campaign.packs.editing import Changes
from campaign.packs.pack import Pack, Review
from campaign.packs.source import LANGUAGES, read
from campaign.settings import Settings
from campaign.store import audit, drafts
from campaign.store.db.engine import Database
from campaign.store.drafts import DraftText, PreviewLink

_CHANGED = (
    "Someone else has changed the draft since you opened this page. Look at the draft as it is "
    "now, then try again."
)


@dataclass(frozen=True)
class Draft:
    """The changes to a campaign that are not in use yet, by file."""

    texts: tuple[DraftText, ...] = ()

    @property
    def changes(self) -> dict[str, str | None]:
        """The changes as `editing` applies them."""
        return {each.file: each.text for each in self.texts}

    @property
    def fingerprint(self) -> str:
        """A short hash of all changes, to detect a concurrent one."""
        listed = json.dumps(sorted(self.changes.items()))
        return hashlib.sha256(listed.encode("utf-8")).hexdigest()[:16]

    def file(self, name: str) -> DraftText | None:
        """Return the draft of a file, or None."""
        return next((each for each in self.texts if each.file == name), None)

    def text(self, folder: Path, name: str) -> str:
        """Return a file's text with the draft applied, "" if there is no such file then."""
        drafted = self.file(name)
        return editing.read(folder, name) if drafted is None else drafted.text or ""

    def files(self, folder: Path) -> tuple[str, ...]:
        """Return the names of the folder's files with the draft applied."""
        added = tuple(each.file for each in self.texts if each.text is not None)
        removed = {each.file for each in self.texts if each.text is None}
        names = {*editing.files(folder), *added} - removed
        return tuple(sorted(names, key=editing.order))


@dataclass(frozen=True)
class Actor:
    """Who acts (as in `audit.actor`), and when."""

    name: str
    now: datetime


def of(db: Database, campaign: str) -> Draft:
    """Return the draft of a campaign, which may be empty. Raises StoreUnavailable."""
    with db.reading() as connection:
        return Draft(drafts.texts(connection, campaign))


def review(settings: Settings, campaign: str, draft: Draft, now: datetime) -> Review:
    """Check the whole campaign with the draft applied, as if it were public then."""
    folder = texts.folder(settings, campaign)
    with editing.scratch_copy(folder, _public(folder, draft)) as copy:
        return packs.review_at(copy, now, needs_funding=not packs.predates_funding(folder))


def keep(
    db: Database,
    settings: Settings,
    campaign: str,
    changes: Changes,
    *,
    seen: Mapping[str, str],
    bases: Mapping[str, str] | None = None,
    by: Actor,
) -> None:
    """Keep changes in the draft, unchecked; a text that equals the one in use leaves it.

    `seen` has the fingerprint of each file as its editor saw it, with the draft; `bases` that of
    the text in use at that time. Raises TextsChanged if a file's draft was changed since (nothing
    is kept then), StoreUnavailable.
    """
    folder = texts.folder(settings, campaign)
    with db.writing() as connection:
        drafts.lock(connection, campaign)
        draft = Draft(drafts.texts(connection, campaign))
        for file in changes:
            if seen.get(file, "") != fingerprint(draft.text(folder, file)):
                raise TextsChanged(
                    "Someone else has changed this text since you opened it. Compare it with the "
                    "current text, then save again.",
                    file=file,
                )
        for file, content in changes.items():
            in_use = editing.read(folder, file)
            if (content or "") == in_use:
                drafts.discard(connection, campaign, (file,))
                continue
            base = (bases or {}).get(file, fingerprint(in_use))
            drafts.put(connection, campaign, DraftText(file, content, base, by.name, by.now))
        _record(connection, "draft-edited", campaign, by, {"files": sorted(changes)})


def replace(
    db: Database,
    settings: Settings,
    campaign: str,
    files: Mapping[str, str],
    *,
    seen: str,
    by: Actor,
) -> None:
    """Make the draft hold exactly these files, and remove the campaign's others.

    Whether the campaign is public or archived stays as it is. `seen` is the fingerprint of the
    draft that the editor saw. Raises TextsChanged, StoreUnavailable.
    """
    folder = texts.folder(settings, campaign)
    wanted: dict[str, str | None] = dict.fromkeys(editing.files(folder))
    wanted.update(files)
    wanted["campaign.toml"] = _with_same_state(folder, files.get("campaign.toml", ""))
    with db.writing() as connection:
        _lock_unchanged(connection, campaign, seen)
        for file, content in wanted.items():
            in_use = editing.read(folder, file)
            drafts.discard(connection, campaign, (file,))
            if (content or "") != in_use:
                drafted = DraftText(file, content, fingerprint(in_use), by.name, by.now)
                drafts.put(connection, campaign, drafted)
        _record(connection, "draft-edited", campaign, by, {"files": sorted(files)})


def publish(
    db: Database,
    settings: Settings,
    campaign: str,
    *,
    seen: str,
    make_public: bool,
    why: str = "",
    by: Actor,
) -> SaveResult:
    """Check the whole campaign with its draft, then put all changes in use; the draft is then
    empty.

    `make_public` also shows the campaign to the public. `seen` is as in `replace`. Raises
    TextsChanged if the draft, or a text in use under it, was changed since; PackInvalid with every
    problem (nothing is in use then); InvalidInput, StoreUnavailable.
    """
    draft = of(db, campaign)
    if draft.fingerprint != seen:
        raise TextsChanged(_CHANGED, file="")
    changes = _public(texts.folder(settings, campaign), draft) if make_public else draft.changes
    saved = texts.save(
        db,
        settings,
        campaign,
        changes,
        seen={each.file: each.base for each in draft.texts},
        why=why,
        actor=by.name,
        now=by.now,
    )
    with db.writing() as connection:
        drafts.lock(connection, campaign)
        since = Draft(drafts.texts(connection, campaign)).changes
        done = tuple(file for file, text in draft.changes.items() if since.get(file) == text)
        drafts.discard(connection, campaign, done)
    return saved


def discard(db: Database, campaign: str, *, seen: str, by: Actor) -> None:
    """Delete the draft and its preview link; the texts in use stay. Raises TextsChanged."""
    with db.writing() as connection:
        draft = _lock_unchanged(connection, campaign, seen)
        drafts.discard(connection, campaign, tuple(draft.changes))
        drafts.withdraw_link(connection, campaign)
        _record(connection, "draft-discarded", campaign, by, {"files": sorted(draft.changes)})


# -- Languages -------------------------------------------------------------------------------------


def languages(folder: Path, draft: Draft) -> tuple[str, ...]:
    """Return the codes of the petition's languages, with the draft applied."""
    files = draft.files(folder)
    return tuple(code for code in LANGUAGES if code == "en" or f"petition.{code}.md" in files)


def add_language(db: Database, settings: Settings, campaign: str, code: str, *, by: Actor) -> None:
    """Draft the petition in another language, with our own texts still in English.

    Raises InvalidInput (field "language") for a language that it has or that has no pages.
    """
    folder, draft = texts.folder(settings, campaign), of(db, campaign)
    if code not in LANGUAGES or code in languages(folder, draft):
        raise InvalidInput(
            "Choose a language that the petition does not have yet.", field="language"
        )
    with editing.scratch_copy(folder, draft.changes) as copy:
        content = new_campaign.petition_in(code, read(copy)[0])
    _set_language(db, settings, campaign, code, content, draft=draft, by=by)


def drop_language(db: Database, settings: Settings, campaign: str, code: str, *, by: Actor) -> None:
    """Draft the removal of the petition in a language. Raises InvalidInput (field "language")."""
    folder, draft = texts.folder(settings, campaign), of(db, campaign)
    if code == "en" or code not in languages(folder, draft):
        raise InvalidInput("Choose a language other than English.", field="language")
    _set_language(db, settings, campaign, code, None, draft=draft, by=by)


def _set_language(
    db: Database,
    settings: Settings,
    campaign: str,
    code: str,
    content: str | None,
    *,
    draft: Draft,
    by: Actor,
) -> None:
    file = f"petition.{code}.md"
    seen = {file: fingerprint(draft.text(texts.folder(settings, campaign), file))}
    keep(db, settings, campaign, {file: content}, seen=seen, by=by)


# -- Preview links ---------------------------------------------------------------------------------


def preview_link(db: Database, campaign: str) -> PreviewLink | None:
    """Return who made the campaign's preview link, and when; None if there is none."""
    with db.reading() as connection:
        return drafts.link(connection, campaign)


def share(db: Database, campaign: str, *, by: Actor) -> str:
    """Make a link that shows the draft to all who have it, and return its secret.

    Only a hash of the secret is kept, so it is shown once. An earlier link ends.
    """
    secret = secrets.token_urlsafe(24)
    with db.writing() as connection:
        drafts.lock(connection, campaign)
        drafts.add_link(connection, campaign, _key(secret), actor=by.name, now=by.now)
        _record(connection, "preview-shared", campaign, by, {})
    return secret


def withdraw(db: Database, campaign: str, *, by: Actor) -> None:
    """End the campaign's preview link, if there is one."""
    with db.writing() as connection:
        drafts.lock(connection, campaign)
        if drafts.withdraw_link(connection, campaign):
            _record(connection, "preview-withdrawn", campaign, by, {})


def previewed(db: Database, settings: Settings, secret: str, now: datetime) -> Pack | None:
    """Return the campaign with its draft, as the link of that secret shows it.

    None for a link that was withdrawn or never existed. Raises PackInvalid if the draft does not
    pass its checks, CampaignUnknown, StoreUnavailable.
    """
    with db.reading() as connection:
        campaign = drafts.campaign_of_link(connection, _key(secret))
        if campaign is None:
            return None
        draft = Draft(drafts.texts(connection, campaign))
    with editing.scratch_copy(texts.folder(settings, campaign), draft.changes) as copy:
        return packs.load_at(copy, now)


def _key(secret: str) -> bytes:
    # The secret has 192 random bits, so its hash reveals nothing.
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


# -- Shared ----------------------------------------------------------------------------------------


def _lock_unchanged(connection: Connection, campaign: str, seen: str) -> Draft:
    drafts.lock(connection, campaign)
    draft = Draft(drafts.texts(connection, campaign))
    if draft.fingerprint != seen:
        raise TextsChanged(_CHANGED, file="")
    return draft


def _public(folder: Path, draft: Draft) -> dict[str, str | None]:
    """Return the changes of the draft, and those that make the campaign public."""
    content = texts.made_public(draft.text(folder, "campaign.toml"))
    return {**draft.changes, "campaign.toml": content}


def _with_same_state(folder: Path, content: str) -> str:
    """Return settings with the state (public, archived) that the campaign has now."""
    now = read(folder)[0].settings
    state = {key: now.get(key) for key in ("published", "archived")}
    try:
        return editing.with_settings(content, state)
    except InvalidInput:  # not TOML: the checks name the line
        return content


def _record(
    connection: Connection, action: str, campaign: str, by: Actor, details: dict[str, object]
) -> None:
    audit.record(connection, action, actor=by.name, now=by.now, campaign=campaign, details=details)
