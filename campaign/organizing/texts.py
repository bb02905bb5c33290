"""Edit a campaign's texts on the site: check them like `campaign check`, and keep each version."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import unified_diff
from pathlib import Path

from campaign import civil_time, text
from campaign.congress.dataset import Congress
from campaign.congress.places import District
from campaign.congress.routing import route_district
from campaign.errors import InvalidInput, PackInvalid, Problem, TextsChanged
from campaign.letters.compose import Letter, compose, recipients
from campaign.letters.letter import Constituent
from campaign.letters.recipient_groups import RecipientGroup
from campaign.packs import editing
from campaign.packs import pack as packs
from campaign.packs.editing import Changes, Pictures
from campaign.packs.pack import Pack, Review
from campaign.settings import Settings
from campaign.store import audit, texts, wordings
from campaign.store.db.engine import Database
from campaign.store.texts import Version
from campaign.store.wordings import WordingCounts

#: Sample districts for a preview: an ordinary one, one whose member sits on a committee that the
#: bundled campaign writes to, a delegate's, and Puerto Rico's.
_SAMPLE_DISTRICTS = ("MT-2", "NY-5", "DC-0", "PR-0")

# Requested one group at a time, because a member of a committee counts as that kind only then.
_KINDS: tuple[Sequence[RecipientGroup], ...] = (
    ("senate", "house"),
    ("committee",),
    ("chair",),
    ("president", "secretary"),
    ("executive", "local"),
)

_SAMPLE_WRITER = Constituent(
    first_name="Ani",
    last_name="Petrosyan",
    address1="12 Main Street",
    city="Anytown",
    state="MT",
    zip="59001",
)


@dataclass(frozen=True)
class SaveResult:
    """The saved files, warnings, and `earlier`: how many people signed an earlier wording."""

    files: tuple[str, ...]
    warnings: tuple[Problem, ...]
    earlier: int


@dataclass(frozen=True)
class TextPreview:
    """The result of an edit before it is saved: sample letters, or the campaign's problems.

    `earlier` is how many people would have signed an earlier wording.
    """

    review: Review
    letters: tuple[Letter, ...]
    earlier: int = 0

    @property
    def pack(self) -> Pack | None:
        """The campaign, or None if it has problems."""
        return self.review.pack


def fingerprint(content: str) -> str:
    """Return a short hash of a text, to detect a concurrent edit."""
    return hashlib.sha256(content.encode("utf-8")).hexdigest()[:16]


def folder(settings: Settings, name: str) -> Path:
    """Return the folder of the campaign's texts. Raises CampaignUnknown."""
    return packs.find(name, packs.folders(settings))


def preview(
    db: Database,
    settings: Settings,
    name: str,
    changes: Changes,
    congress: Congress,
    now: datetime,
) -> TextPreview:
    """Return the campaign with the changes applied to a temporary copy. Raises StoreUnavailable."""
    with editing.scratch_copy(folder(settings, name), changes) as copy:
        review = packs.review_at(copy, now)
    if review.pack is None:
        return TextPreview(review, ())
    standing = signers_by_wording(db, review.pack)
    return TextPreview(
        review, _letters(review.pack, congress, civil_time.congress_day(now)), standing.earlier
    )


def signers_by_wording(db: Database, pack: Pack) -> WordingCounts:
    """Return how many signed today's wording, and how many others. Raises StoreUnavailable."""
    with db.reading() as connection:
        return wordings.count_current(connection, pack)


def save(
    db: Database,
    settings: Settings,
    name: str,
    changes: Changes,
    *,
    seen: Mapping[str, str],
    why: str,
    actor: str,
    now: datetime,
    pictures: Pictures | None = None,
) -> SaveResult:
    """Save the changes, and keep each changed file as a version; a removed file is an empty one.

    Of pictures no version is kept. `seen` has the fingerprint of each file as its editor saw it.
    Raises TextsChanged if a file was changed since, PackInvalid with every problem of the result
    (nothing is saved then), InvalidInput if a file cannot be written, StoreUnavailable.
    """
    source = folder(settings, name)
    before = {file: editing.read(source, file) for file in changes}
    for file, content in before.items():
        if seen.get(file, fingerprint(content)) != fingerprint(content):
            raise TextsChanged(
                "Someone else has changed this text since you opened it. Compare it with the "
                "current text, then save again.",
                file=file,
            )
    changed = {file: new for file, new in changes.items() if (new or "") != before[file]}
    pictures = pictures or {}
    with editing.scratch_copy(source, changed, pictures) as copy:
        review = packs.review_at(copy, now, needs_funding=not packs.predates_funding(source))
    if review.problems:
        raise PackInvalid("The text does not pass the checks.", review.problems)
    if changed or pictures:
        _keep(db, name, before, changed, why=why, actor=actor, now=now, pictures=pictures)
        editing.save_changes(source, settings.campaigns_folder, changed, pictures)
    assert review.pack is not None
    if review.pack.published:
        # Paper sheets that are signed from this day on have these words.
        wordings.ensure_recorded(db, review.pack, now=now)
    earlier = signers_by_wording(db, review.pack).earlier
    return SaveResult(tuple(changed), review.warnings, earlier)


def _keep(
    db: Database,
    name: str,
    before: Mapping[str, str],
    changed: Changes,
    *,
    why: str,
    actor: str,
    now: datetime,
    pictures: Pictures,
) -> None:
    reason = text.line(why, limit=200, field="why")
    with db.writing() as connection:
        for file, content in changed.items():
            last = texts.latest(connection, name, file)
            if last is None or last.text != before[file]:
                # The original text, or an edit that was not made on the site.
                texts.add(
                    connection,
                    campaign=name,
                    file=file,
                    text=before[file],
                    actor="",
                    why="",
                    now=now,
                )
            texts.add(
                connection,
                campaign=name,
                file=file,
                text=content or "",
                actor=actor,
                why=reason,
                now=now,
            )
        audit.record(
            connection,
            "texts-edited",
            actor=actor,
            now=now,
            campaign=name,
            details={"files": sorted({*changed, *pictures})},
        )


def made_public(content: str) -> str:
    """Return campaign.toml with the campaign public and not archived.

    A file that is not TOML is returned as it is: the checks name its line.
    """
    try:
        return editing.with_settings(content, {"published": True, "archived": None})
    except InvalidInput:
        return content


def archive(db: Database, settings: Settings, name: str, *, actor: str, now: datetime) -> None:
    """Archive the campaign: it is not public, and listed apart, until it is published again.

    Raises as `save` does.
    """
    current = editing.read(folder(settings, name), "campaign.toml")
    content = editing.with_settings(current, {"published": False, "archived": True})
    save(
        db,
        settings,
        name,
        {"campaign.toml": content},
        seen={},
        why="archived",
        actor=actor,
        now=now,
    )
    with db.writing() as connection:
        audit.record(
            connection, "campaign-archived", actor=actor, now=now, campaign=name, details={}
        )


def publish(
    db: Database, settings: Settings, name: str, is_public: bool, *, actor: str, now: datetime
) -> SaveResult:
    """Publish or unpublish the campaign. Raises as `save` does."""
    current = editing.read(folder(settings, name), "campaign.toml")
    return save(
        db,
        settings,
        name,
        {
            "campaign.toml": made_public(current)
            if is_public
            else editing.with_settings(current, {"published": False})
        },
        seen={},
        why="published" if is_public else "unpublished",
        actor=actor,
        now=now,
    )


def history(db: Database, name: str, file: str = "") -> tuple[Version, ...]:
    """Return the versions of a campaign's texts, or of one file, newest first."""
    with db.reading() as connection:
        return texts.history(connection, name, file=file)


def version(db: Database, name: str, number: int) -> tuple[Version, tuple[str, ...]] | None:
    """Return a version and its diff to the one before, or None if there is no such version."""
    with db.reading() as connection:
        found = texts.find(connection, name, number)
        if found is None:
            return None
        earlier = texts.before(connection, found)
    return found, difference(earlier.text if earlier else "", found.text)


def difference(before: str, after: str) -> tuple[str, ...]:
    """Return a unified diff of two texts, without its header."""
    lines = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2)
    return tuple(line for line in lines if not line.startswith(("---", "+++")))


def _letters(pack: Pack, congress: Congress, on_date: date) -> tuple[Letter, ...]:
    """Return a sample letter for each kind of recipient that the campaign writes to on a day."""
    found: dict[str, Letter] = {}
    for kinds in _KINDS:
        for place in _SAMPLE_DISTRICTS:
            represented = route_district(congress, District.parse(place), on_date)
            for recipient in recipients(congress, represented, pack, kinds):
                if recipient.kind not in found:
                    found[recipient.kind] = compose(
                        pack, recipient, _SAMPLE_WRITER, on_date=pack.on_date
                    )
    return tuple(found.values())
