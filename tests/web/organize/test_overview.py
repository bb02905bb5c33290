"""The overview: how a campaign stands, what wants a person, and every figure as CSV."""

import csv
import io
from datetime import timedelta

from campaign.organizing import figure_tables
from campaign.store import contacts, counts
from campaign.store.contacts import Contact
from tests.web.organize.signing_in import signed_in
from tests.web.whole_site import NOON, PETITION, Site

OVERVIEW = "/organize/section-907/"


def count(site: Site, number: int, *, source: str = "mail", **where: str) -> None:
    place = {"state": "MT", "district": "MT-2", **where}
    with site.database.writing() as connection:
        counts.append(
            connection,
            "section-907",
            at=NOON - timedelta(days=1),
            delta=number,
            source=source,
            **place,
        )


def rows(content: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content)))


def test_an_empty_campaign_says_the_next_step(site: Site) -> None:
    page = signed_in(site, "viewer").get(OVERVIEW).text

    assert "There are no signers yet." in page
    assert f"{PETITION}share" in page


def test_it_tells_signatures_members_and_sources(site: Site) -> None:
    count(site, 412)

    page = signed_in(site, "viewer").get(OVERVIEW).text

    assert "412" in page
    assert "MT-2" in page
    assert "Members by constituents who signed" in page
    assert ">mail<" in page


def test_pages_read_a_moment_ago_are_in_it(site: Site) -> None:
    site.client.get(PETITION)

    answer = signed_in(site, "viewer").get(OVERVIEW + "figures/funnel.csv").text

    assert rows(answer)[1] == ["Petition viewed", "1", "page views"]


def test_every_figure_can_be_had_as_a_table(site: Site) -> None:
    count(site, 3)
    client = signed_in(site, "viewer")

    answers = {what: client.get(f"{OVERVIEW}figures/{what}.csv") for what in figure_tables.TABLES}

    assert {answer.status_code for answer in answers.values()} == {200}
    assert rows(answers["districts"].text) == [["district", "signatures"], ["MT-2", "3"]]
    assert "attachment" in answers["days"].headers["Content-Disposition"]


def test_a_source_cannot_become_a_formula(site: Site) -> None:
    count(site, 1, source="-2.3")

    answer = signed_in(site, "viewer").get(OVERVIEW + "figures/sources.csv").text

    assert rows(answer)[1] == ["'-2.3", "1"]


def test_there_is_no_other_figure(site: Site) -> None:
    assert signed_in(site).get(OVERVIEW + "figures/people.csv").status_code == 404


def test_old_legislator_data_is_reported_with_what_to_do(site: Site) -> None:
    fresh = signed_in(site, "viewer").get(OVERVIEW).text
    site.pass_time(days=80)

    old = signed_in(site, "viewer").get(OVERVIEW).text

    assert "campaign data refresh" not in fresh
    assert "days old, as of June 15, 2026" in old
    assert "campaign data refresh" in old


def test_the_end_of_a_congress_is_shown_ahead(site: Site) -> None:
    site.pass_time(days=150)

    page = signed_in(site, "viewer").get(OVERVIEW).text

    assert "The 119th Congress ends in 36 days, on January 3, 2027 at noon Eastern." in page


def test_letters_and_calls_are_listed_by_member_and_by_state(site: Site) -> None:
    count(site, 5)
    with site.database.writing() as connection:
        contacts.add(connection, Contact("section-907", "president", "posted"), day=NOON.date())
    client = signed_in(site, "viewer")

    everywhere = client.get(OVERVIEW + "letters").text
    wyoming = client.get(OVERVIEW + "letters?state=WY").text
    table = rows(client.get(OVERVIEW + "letters.csv").text)

    assert "Montana’s 2nd district" in everywhere or "2nd" in everywhere
    assert "The President" in everywhere
    assert "No letters or calls yet." in wyoming
    assert table[0][:2] == ["member", "seat"]
    assert len(table) == 6  # two senators, a representative, the President, the Secretary


def test_a_member_leads_to_the_constituents_for_those_who_may_see_them(site: Site) -> None:
    count(site, 5)

    organizer = signed_in(site, "organizer").get(OVERVIEW + "letters").text
    viewer = signed_in(site, "viewer").get(OVERVIEW + "letters").text

    assert "signers?member=" in organizer
    assert "signers?member=" not in viewer
