"""The rooms of a campaign that is under way, in every state: overview, signers, letters, updates.

The campaign is that of the demonstration; `asking` is one that nobody has signed yet.
"""

from datetime import UTC, date, datetime, timedelta

from playwright.sync_api import Page

from campaign import paths
from campaign.cli.demo import signers
from campaign.congress import dataset
from campaign.organizing import updates
from campaign.organizing.updates import Draft
from campaign.packs.bills import Bill
from campaign.packs.stances import Stance, StanceRecord
from campaign.store import counts, cwc_requests, jobs, office_reports, outbox, stances, tokens
from campaign.store.jobs import Job
from campaign.store.office_reports import OfficeReport
from tests.browser.live import Site
from tests.browser.navigation import click_and_load
from tests.browser.office import HOME, State, enter
from tests.browser.office_paper import work

_EMPTY = "/organize/asking/"
_UPDATE = Draft(
    "A hearing is set",
    "The committee **meets** on Monday, 30 November.\n\n"
    "- Read [the bill](https://example.org/bill) first.\n- Then call.\n\nThank you for your name.",
    {},
)


def fill(site: Site) -> None:
    """Let the made-up people of the demonstration sign, where nobody has yet."""
    with site.database.writing() as connection:
        if counts.total(connection, "section-907") == 0:
            congress = dataset.load(paths.data() / "congress")
            signers.fill(connection, site.pack(), congress, now=datetime.now(UTC))


def _enter(page: Page, site: Site, room: str = "", home: str = HOME) -> None:
    fill(site)
    enter(page, site, "owner", "*")
    page.goto(f"{home}{room}")


def _overview(page: Page, site: Site) -> None:
    _enter(page, site)


def _overview_empty(page: Page, site: Site) -> None:
    _enter(page, site, home=_EMPTY)


def _signers(page: Page, site: Site) -> None:
    _enter(page, site, "signers")


def find(page: Page, site: Site, words: str) -> None:
    """Look for signers by what is typed."""
    _signers(page, site)
    page.get_by_label("Name, email or ZIP").fill(words)
    click_and_load(page.get_by_role("button", name="Find"))


def _signers_none(page: Page, site: Site) -> None:
    find(page, site, "Nobody of that name")


def _signers_error(page: Page, site: Site) -> None:
    _signers(page, site)
    page.locator(".more-filters > summary").click()
    page.get_by_label("District").fill("Montana")
    click_and_load(page.get_by_role("button", name="Find"))


def _signers_empty(page: Page, site: Site) -> None:
    _enter(page, site, "signers", home=_EMPTY)


def _record(page: Page, site: Site) -> None:
    _enter(page, site, "signers?flagged=1")
    click_and_load(page.locator("tbody th a").first)


def _record_struck(page: Page, site: Site) -> None:
    _enter(page, site, "signers?state=NY&status=confirmed")
    click_and_load(page.locator("tbody th a").last)
    page.get_by_label("Why it is not a real signature").fill("Nobody of that name lives there")
    click_and_load(page.get_by_role("button", name="Strike"))


def _flagged(page: Page, site: Site) -> None:
    _enter(page, site, "flagged")


def _flagged_empty(page: Page, site: Site) -> None:
    _enter(page, site, "flagged", home=_EMPTY)


def _strike(page: Page, site: Site) -> None:
    _flagged(page, site)
    click_and_load(page.locator("tbody th a").first)
    click_and_load(page.get_by_role("button", name="See how many"))


def _comments(page: Page, site: Site) -> None:
    _enter(page, site, "comments")


def _comments_empty(page: Page, site: Site) -> None:
    _enter(page, site, "comments", home=_EMPTY)


def _outreach(page: Page, site: Site) -> None:
    _enter(page, site, "letters?state=NY")


def _outreach_empty(page: Page, site: Site) -> None:
    _enter(page, site, "letters", home=_EMPTY)


def _asks(page: Page, site: Site) -> None:
    _enter(page, site, "asks")


def _asks_error(page: Page, site: Site) -> None:
    _enter(page, site, "asks?first=2026-12-01&last=2026-01-01")


def take_stances(site: Site) -> None:
    """Record where three members stand; on one of them the evidence disagrees."""
    day, now = date(2026, 1, 14), datetime.now(UTC)
    with site.database.writing() as connection:
        stances.add(
            connection,
            "section-907",
            [
                StanceRecord("T000468", Stance.FOR, day, "", Bill(119, "hr", 6840)),
                StanceRecord("D000618", Stance.AGAINST, day, "A vote on the floor"),
                StanceRecord("P000034", Stance.FOR, day, "", Bill(119, "hr", 6840)),
                StanceRecord("P000034", Stance.AGAINST, day, "", Bill(119, "hr", 6534)),
            ],
            actor="cli:ani",
            now=now,
        )


def _stances(page: Page, site: Site) -> None:
    take_stances(site)
    _enter(page, site, "stances?state=NV")


def _stances_error(page: Page, site: Site) -> None:
    _stances(page, site)
    click_and_load(page.get_by_role("button", name="Import"))


def _stance(page: Page, site: Site) -> None:
    take_stances(site)
    _enter(page, site, "stances/P000034")


def _stance_error(page: Page, site: Site) -> None:
    _stance(page, site)
    click_and_load(page.get_by_role("button", name="Record"))


def _corrections_empty(page: Page, site: Site) -> None:
    _enter(page, site, "corrections", home=_EMPTY)


def _corrections(page: Page, site: Site) -> None:
    """Show a report that waits, and a correction of another member's suite."""
    report = OfficeReport("section-907", "D000618", "", "phone", "202-555-0100", "A call")
    with site.database.writing() as connection:
        office_reports.add(connection, report, now=datetime.now(UTC))
    _enter(page, site, "corrections")
    if page.get_by_role("heading", name="Corrected").count() == 0:
        for field, words in {
            "bioguide": "P000034", "value": "202-555-0134", "source": "The member's website",
        }.items():  # fmt: skip
            page.locator(f"#{field}").fill(words)
        click_and_load(page.get_by_role("button", name="Correct it"))


def _corrections_error(page: Page, site: Site) -> None:
    _corrections(page, site)
    page.locator("#bioguide").fill("X000000")
    click_and_load(page.get_by_role("button", name="Correct it"))


def _electronic_empty(page: Page, site: Site) -> None:
    _enter(page, site, "electronic", home=_EMPTY)


def _electronic(page: Page, site: Site) -> None:
    """Letters to three members: with the office, refused, and given up."""
    now = datetime.now(UTC)
    with site.database.writing() as connection:
        cwc_requests.add(
            connection,
            {
                "public_id": tokens.new_public_id(now),
                "campaign": "section-907",
                "nonce": tokens.new_nonce(),
                "person_key": tokens.new_nonce(),
                "first_name": "Ani",
                "last_name": "Petrosyan",
                "created_at": now,
                "expires_at": now + timedelta(days=7),
            },
            [
                {
                    "campaign": "section-907",
                    "member": member,
                    "office": "SMT01",
                    "delivery_id": outbox.message_id(),
                    "created_at": now,
                    "finished_at": now,
                    "status": status,
                    "note": "400: The field Prefix is not one of ours" * (status == "refused"),
                }
                for member, status in (
                    ("D000618", "delivered"),
                    ("S001232", "refused"),
                    ("Z000018", "given-up"),
                )
            ],
        )
    _enter(page, site, "electronic")


def _updates_empty(page: Page, site: Site) -> None:
    _enter(page, site, "updates", home=_EMPTY)


def _update_error(page: Page, site: Site) -> None:
    _enter(page, site, "updates/new")
    page.get_by_label("District").fill("Montana")
    click_and_load(page.get_by_role("button", name="Save and preview"))


def write_update(page: Page) -> None:
    """Write an update, and look at it."""
    page.goto(f"{HOME}updates/new")
    page.get_by_label("Subject").fill(_UPDATE.subject)
    page.get_by_label("Text", exact=True).fill(_UPDATE.body)
    click_and_load(page.get_by_role("button", name="Save and preview"))


def _update(page: Page, site: Site) -> None:
    _enter(page, site)
    write_update(page)


def _update_sure(page: Page, site: Site) -> None:
    _update(page, site)
    click_and_load(page.get_by_role("button", name="Continue to send"))


def _update_scheduled(page: Page, site: Site) -> None:
    _update_sure(page, site)
    page.get_by_label("Day").fill((datetime.now(UTC) + timedelta(days=9)).date().isoformat())
    page.get_by_label("Time").fill("09:30")
    click_and_load(page.get_by_role("button", name="Schedule it"))


def _update_sent(page: Page, site: Site) -> None:
    """An update that is on its way, by the hand of the worker."""
    now = datetime.now(UTC)
    made = updates.save(site.database, "section-907", "", _UPDATE, actor="cli:tests", now=now)
    found = updates.find(site.database, "section-907", made)
    updates.send(site.database, found, actor="cli:tests", now=now - timedelta(days=30))
    work(site)
    _enter(page, site, f"updates/{made}")


def _updates(page: Page, site: Site) -> None:
    _update_sent(page, site)
    page.goto(f"{HOME}updates")


def _job(page: Page, site: Site) -> Job:
    """Ask for the whole petition; it waits for a worker."""
    fill(site)
    account = enter(page, site)
    page.goto(f"{HOME}deliver")
    click_and_load(page.get_by_role("button", name="Make the petition"))
    with site.database.reading() as connection:
        return jobs.of_actor(connection, f"user:{account.id}")[0]


def _job_waits(page: Page, site: Site) -> None:
    _job(page, site)


def _job_done(page: Page, site: Site) -> None:
    job = _job(page, site)
    with site.database.writing() as connection:
        jobs.lease(connection, kinds=[job.kind], now=datetime.now(UTC))
        jobs.finish(
            connection,
            job.id,
            note="412 signatures in 2 files.",
            files=["section-907-petition-1.pdf", "section-907-petition-2.pdf"],
            figures={},
            now=datetime.now(UTC),
        )
    page.reload()


def _job_stopped(page: Page, site: Site) -> None:
    _job(page, site)
    click_and_load(page.get_by_role("button", name="Stop"))


def _job_failed(page: Page, site: Site) -> None:
    job = _job(page, site)
    with site.database.writing() as connection:
        jobs.lease(connection, kinds=[job.kind], now=datetime.now(UTC))
        jobs.fail(connection, job.id, note="There is no room on the disk.", now=datetime.now(UTC))
    page.reload()


#: Overview, signers, letters, updates and long work. Those in which something is looked at come
#: before those that change it.
ROOMS: dict[str, State] = {
    "overview": _overview,
    "overview-empty": _overview_empty,
    "signers": _signers,
    "signers-none": _signers_none,
    "signers-error": _signers_error,
    "signers-empty": _signers_empty,
    "signer": _record,
    "signer-struck": _record_struck,
    "flagged": _flagged,
    "flagged-empty": _flagged_empty,
    "strike": _strike,
    "comments": _comments,
    "comments-empty": _comments_empty,
    "outreach": _outreach,
    "outreach-empty": _outreach_empty,
    "asks": _asks,
    "asks-error": _asks_error,
    "stances": _stances,
    "stances-error": _stances_error,
    "stance": _stance,
    "stance-error": _stance_error,
    "corrections-empty": _corrections_empty,
    "corrections": _corrections,
    "corrections-error": _corrections_error,
    "electronic-empty": _electronic_empty,
    "electronic": _electronic,
    "updates-empty": _updates_empty,
    "update-error": _update_error,
    "update": _update,
    "update-sure": _update_sure,
    "update-scheduled": _update_scheduled,
    "update-sent": _update_sent,
    "updates-listed": _updates,
    "job": _job_waits,
    "job-done": _job_done,
    "job-stopped": _job_stopped,
    "job-failed": _job_failed,
}
