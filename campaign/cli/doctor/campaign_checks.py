"""Checks of what the site shows and sends: legislators, campaigns, letters, CWC."""

from collections.abc import Iterator
from datetime import date, datetime

from campaign import civil_time, paths
from campaign.cli import signed_before
from campaign.cli.doctor.finding import Finding, Status
from campaign.congress import dataset, photos
from campaign.congress.places import ordinal
from campaign.delivery import cwc_hours, cwc_sender
from campaign.delivery.cwc_client import HttpChannel
from campaign.errors import (
    DeliveryDelayed,
    DeliveryHeld,
    DeliveryRefused,
)
from campaign.letters.compose import Constituent, Letter, Paragraph, Recipient
from campaign.letters.print import document
from campaign.messages import counted, day_in_words
from campaign.organizing import congress_notice
from campaign.packs import pack as packs
from campaign.packs.organizer import NOT_STATED
from campaign.settings import Settings


def check_congress(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Check that the legislator data is current."""
    congress = dataset.load_current(paths.data() / "congress", settings.congress_folder)
    meta, today = congress.meta, civil_time.congress_day(now)
    if meta.has_ended(today):
        yield Finding(
            "congress",
            "fix",
            f"The data describes the {ordinal(meta.congress)} Congress, which ended on "
            f"{day_in_words(meta.valid_until)}. Run `campaign data refresh`.",
        )
    elif meta.is_aging(today):
        yield Finding(
            "congress",
            "note",
            f"The data is as of {day_in_words(meta.as_of)}, {counted(meta.age(today), 'day')} ago. "
            "Run `campaign data refresh`.",
        )
    else:
        yield Finding("congress", "good", f"The data is as of {day_in_words(meta.as_of)}.")
    if warning := congress_notice.warning(congress, now):
        yield Finding("congress", "note", f"{warning} Run `campaign data refresh` that afternoon.")


def check_photos(settings: Settings, _now: datetime) -> Iterator[Finding]:
    """Yield a note for each file in the folder of photos that is not used, and why."""
    congress = dataset.load_current(paths.data() / "congress", settings.congress_folder)
    for problem in photos.problems(settings.photos_folder, congress.members):
        yield Finding("photos", "note", f"Not used: {settings.photos_folder}/{problem}")


def check_campaigns(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Check the files of each campaign, and whether it is published."""
    folders = packs.folders(settings)
    published = 0
    for name in packs.names(folders):
        review = packs.review_at(packs.find(name, folders), now)
        if review.pack is None:
            count = len(review.problems)
            yield Finding(
                name,
                "fix",
                f"Its files cannot be used ({count} problem{'s' if count > 1 else ''}). First: "
                f"{review.problems[0]} A site that is running shows the last good texts, or none "
                f"where their facts or bills have ended. Run `campaign check {name}`.",
            )
            continue
        published += review.pack.published
        if review.pack.published and review.losses:
            yield Finding(name, "note", f"{review.losses[0]} Run `campaign check {name}`.")
        if not review.pack.published:
            yield Finding(name, "note", "Not published: only `campaign` commands see it.")
        elif review.pack.organizer.is_example:
            yield Finding(
                name,
                "fix" if settings.is_production else "note",
                "The organizer's email is still an example. Set your own name, address and email: "
                f"copy the campaign with `campaign new`, or edit {name}/campaign.toml.",
            )
        elif not review.pack.funding.is_stated:
            yield Finding(name, "note", NOT_STATED)
        elif not review.pack.is_open(now):
            yield Finding(name, "note", "Published, but closed for signatures today.")
        else:
            left = f", {len(review.left_out)} sentences left out" if review.left_out else ""
            yield Finding(name, "good", f"Published and open{left}.")
    if not published:
        yield Finding("campaigns", "fix", "No campaign is published, so the site has no page.")


def check_wordings(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Report how many people signed an earlier wording of each petition."""
    folders = packs.folders(settings)
    found = [packs.review_at(packs.find(name, folders), now) for name in packs.names(folders)]
    for review in found:
        if review.pack is not None and (sentence := signed_before.sentence(settings, review.pack)):
            yield Finding(review.pack.name, "note", sentence)


def check_letters(_settings: Settings, now: datetime) -> Iterator[Finding]:
    """Check that a letter prints."""
    made = document.pdf([_specimen(civil_time.washington_day(now))])
    yield Finding("letters", "good", f"A letter prints ({len(made) // 1024:,} KB).")


def check_cwc(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Check the connection to Communicating with Congress (CWC)."""
    if not settings.cwc_api_key:
        yield Finding("cwc", "note", cwc_sender.where(settings))
        return
    if cwc_hours.closed_until("house", now) is not None:
        yield Finding(
            "cwc",
            "note",
            f"{cwc_sender.where(settings)} It is closed at this hour; check again later.",
        )
        return
    channel = HttpChannel(settings, pace=lambda: None, reply_s=5)
    try:
        many = len(channel.offices(now))
    except (DeliveryDelayed, DeliveryHeld, DeliveryRefused) as error:
        yield Finding("cwc", "fix", str(error))
        return
    finally:
        channel.close()
    status: Status = "note" if settings.cwc_is_test or not settings.cwc_senate_url else "good"
    yield Finding(
        "cwc",
        status,
        f"{cwc_sender.where(settings)} {counted(many, 'office')} of the House "
        f"{'takes' if many == 1 else 'take'} part.",
    )


def _specimen(on_date: date) -> Letter:
    """A letter whose text needs the fonts' accents, Armenian letters and quotes."""
    return Letter(
        campaign="specimen",
        constituent=Constituent(
            "Անի", "Petrosyan-Núñez", "1 Example Street", "Helena", "MT", "59601"
        ),
        recipient=Recipient(
            id="specimen",
            kind="senator",
            name="Example Senator",
            short="Senator Example",
            seat="Montana",
            block=("The Honorable Example Senator", "United States Senate", "Washington, DC 20510"),
            salutation="Dear Senator Example:",
        ),
        on_date=on_date,
        subject="A specimen",
        salutation="Dear Senator Example:",
        paragraphs=(Paragraph("own", "“It prints,” she said — in every script we promise."),),
        sign_off="Sincerely,",
    )
