"""Nothing of the back office opens without log-in, and each role opens its own pages only.

Every address under its paths is tried by every role: a new page is covered as soon as it is on the
site, by what its view says that it needs.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from campaign.organizing.accounts.roles import PERMISSIONS, ROLES
from campaign.packs import pack as packs
from campaign.store.accounts import Account
from campaign.web.core.organizer_paths import is_back_office
from campaign.web.organize import access
from tests.web.organize.signing_in import add_account, logged_in, post, signed_in
from tests.web.whole_site import Site, make_site

CAMPAIGN = "section-907"
HOME = f"/organize/{CAMPAIGN}/"

#: Permission -> the roles that have it, written out once more: a slip in the table of
#: `campaign.organizing.accounts.roles` opens nothing unseen.
ALLOWED = {
    "see": {"owner", "organizer", "exporter", "viewer"},
    "signers": {"owner", "organizer"},
    "review": {"owner", "organizer"},
    "export": {"owner", "organizer", "exporter"},
    "export-all": {"owner"},
    "paper": {"owner", "organizer", "volunteer"},
    "letters": {"owner", "organizer", "volunteer"},
    "packets": {"owner", "organizer"},
    "updates": {"owner", "organizer"},
    "deliver-cwc": {"owner", "organizer"},
    "texts": {"owner", "organizer"},
    "accounts": {"owner"},
    "audit": {"owner"},
    "connect": {"owner"},
}

#: What opens to everybody: the ways in, and nothing else.
OPEN = {
    "security.login",
    "security.two_factor_token_validation",
    "security.two_factor_setup",
    "security.mf_recovery",
    "accounts.forgotten",
    "accounts.reset",
    "accounts.accept",
}
#: What opens to every account, whatever its roles: its own things, and the jobs that it asked for.
OF_ANY_ACCOUNT = {
    "security.logout",
    "security.verify",
    "security.change_password",
    "security.two_factor_setup_validate",
    "security.mf_recovery_codes",
    "overview.campaigns",
    "accounts.own",
    "accounts.delete_own",
    "jobs.show",
    "jobs.state",
    "jobs.download",
    "jobs.cancel",
}
#: What opens to owners and organizers of every campaign: the page that starts another one.
OF_EDITORS_OF_ALL = {"texts.start"}
#: Flask-Security's pages that nobody gets.
CLOSED = {"security.two_factor_rescue", "security.tf_select", "security.static"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = make_site(tmp_path_factory.mktemp("site"))
    yield made
    made.database.dispose()


@pytest.fixture(scope="module")
def people(site: Site) -> dict[str, Account]:
    """An account of each role, one that owns another campaign, and one without any role."""
    found: dict[str, Account] = {role: add_account(site, role) for role in ROLES}
    return {
        **found,
        "elsewhere": add_account(site, "owner", "another-campaign"),
        "nobody": add_account(site, ""),
    }


def rules(app: Flask) -> list[tuple[Rule, str]]:
    """Every route of the back office, with each of its methods that does something."""
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        if is_back_office(rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def path_of(app: Flask, rule: Rule) -> str:
    """An address of that route, in the bundled campaign, about things that do not exist."""
    made = rule.rule
    for argument in rule.arguments:
        value = CAMPAIGN if argument == "name" else "1"
        made = re.sub(rf"<(?:[^:<>]+:)?{argument}>", value, made)
    assert "<" not in made, made
    return made


def ask(client: FlaskClient, method: str, path: str) -> TestResponse:
    if method == "POST":
        return post(client, path)
    return client.open(path, method=method)


def leads_to_log_in(answer: TestResponse) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith("/organize/log-in")


def test_the_table_of_roles_is_the_one_that_was_agreed() -> None:
    assert {
        permission: {role for role in ROLES if permission in PERMISSIONS[role]}
        for permission in ALLOWED
    } == ALLOWED
    assert set().union(*PERMISSIONS.values()) == set(ALLOWED)


def test_every_page_says_whom_it_opens_to(site: Site) -> None:
    undeclared = {
        rule.endpoint
        for rule, _ in rules(site.app)
        if access.needed(site.app.view_functions[rule.endpoint]) is None
    }

    assert undeclared - CLOSED - OPEN <= OF_ANY_ACCOUNT
    assert {
        rule.endpoint
        for rule, _ in rules(site.app)
        if access.needed(site.app.view_functions[rule.endpoint]) == ""
    } <= OF_ANY_ACCOUNT | OF_EDITORS_OF_ALL
    assert access.OPEN == OPEN
    assert access.NOT_OFFERED == CLOSED


def test_logged_out_nothing_opens_but_the_ways_in(site: Site) -> None:
    opened = []
    for rule, method in rules(site.app):
        answer = ask(site.client, method, path_of(site.app, rule))
        if rule.endpoint in CLOSED:
            assert answer.status_code == 404
        elif not leads_to_log_in(answer):
            opened.append(rule.endpoint)

    # Two ways in lead back to the first step by themselves: nobody has given a password yet.
    assert set(opened) <= OPEN
    assert {"security.login", "accounts.forgotten"} <= set(opened)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_its_pages_and_no_other(
    site: Site, people: dict[str, Account], role: str
) -> None:
    client = logged_in(site, people[role])
    wrong = []
    for rule, method in rules(site.app):
        if rule.endpoint in OPEN | CLOSED | OF_ANY_ACCOUNT | OF_EDITORS_OF_ALL:
            continue
        permission = access.needed(site.app.view_functions[rule.endpoint])
        assert permission in ALLOWED, rule.endpoint
        status = ask(client, method, path_of(site.app, rule)).status_code
        if (status != 403) != (role in ALLOWED[permission]) or status >= 500:
            wrong.append(f"{method} {rule.rule} ({permission}): {status}")

    assert wrong == []


def test_an_owner_elsewhere_sees_nothing_of_this_campaign(
    site: Site, people: dict[str, Account]
) -> None:
    client = logged_in(site, people["elsewhere"])
    seen = [
        f"{method} {rule.rule}: {answer.status_code}"
        for rule, method in rules(site.app)
        if "name" in rule.arguments
        and (answer := ask(client, method, path_of(site.app, rule))).status_code != 404
    ]

    assert seen == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_only_who_edits_every_campaign_starts_another_one(
    site: Site, people: dict[str, Account], method: str
) -> None:
    of_all = [
        path_of(site.app, rule)
        for rule, it in rules(site.app)
        if rule.endpoint in OF_EDITORS_OF_ALL and it == method
    ]
    for path in of_all:
        for account in people.values():
            assert ask(logged_in(site, account), method, path).status_code == 403
        assert ask(signed_in(site, "viewer", "*"), method, path).status_code == 403
        for role in ("owner", "organizer"):
            assert ask(signed_in(site, role, "*"), method, path).status_code in {200, 422}

    assert len(of_all) == len(OF_EDITORS_OF_ALL)


def test_an_account_without_a_role_opens_no_page_of_work(
    site: Site, people: dict[str, Account]
) -> None:
    client = logged_in(site, people["nobody"])
    for rule, method in rules(site.app):
        if rule.endpoint not in OPEN | CLOSED | OF_ANY_ACCOUNT:
            answer = ask(client, method, path_of(site.app, rule))
            assert answer.status_code in {403, 404}, rule.rule

    assert "You have no role in any campaign yet" in client.get("/organize/").text


def test_no_campaign_can_have_a_name_that_its_addresses_need(site: Site) -> None:
    words = {rule.rule.split("/")[2] for rule, _ in rules(site.app) if "/organize/" in rule.rule}

    assert {word for word in words if word and "<" not in word} <= packs.RESERVED
    assert not any(packs.is_name(word) for word in packs.RESERVED)


def test_a_campaign_that_does_not_exist_is_not_found(site: Site) -> None:
    client = signed_in(site, "owner", "*")

    answer = client.get("/organize/no-such-campaign/")

    assert answer.status_code == 404
    assert "belong to a campaign in which you have no role" in answer.text


def test_a_role_in_every_campaign_opens_each(site: Site) -> None:
    client = signed_in(site, "owner", "*")

    assert client.get(HOME).status_code == 200
    assert client.get(f"{HOME}accounts").status_code == 200


@pytest.mark.parametrize(
    "path", ["/organize/nothing/at/all", "/volunteer/x", "/jobs/", "/organize"]
)
def test_an_unknown_address_tells_nothing_to_who_is_logged_out(site: Site, path: str) -> None:
    assert site.client.get(path).status_code in {302, 308}


def test_an_address_that_only_begins_alike_is_public(site: Site) -> None:
    assert site.client.get("/organized").status_code == 404
    assert "Set-Cookie" not in site.client.get("/organized").headers


def test_a_page_that_a_role_does_not_open_says_whom_to_ask(site: Site) -> None:
    answer = signed_in(site, "viewer").get(f"{HOME}accounts")

    assert answer.status_code == 403
    assert "Ask an owner of the campaign" in answer.text


def test_the_rail_shows_what_opens_and_nothing_else(site: Site) -> None:
    def navigation(role: str) -> set[str]:
        page = signed_in(site, role).get("/organize/", follow_redirects=True).text
        nav = page.partition('<nav class="office-nav"')[2].partition("</nav>")[0]
        return set(re.findall(r">([^<>]+)</a>", nav))

    assert {"Overview", "Accounts", "Audit"} <= navigation("owner")
    assert "Accounts" not in navigation("organizer")
    assert {"Accounts", "Audit", "Overview"}.isdisjoint(navigation("volunteer"))
    assert "Overview" in navigation("viewer")


def test_a_form_of_another_site_is_refused(site: Site, tmp_path: Path) -> None:
    client = signed_in(site)

    answer = post(
        client, "/organize/own/", {"name": "Changed"}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code == 403
    assert "Changed" not in client.get("/organize/own/").text


def test_every_form_needs_its_token(site: Site, people: dict[str, Account]) -> None:
    client = logged_in(site, people["owner"])
    for rule, method in rules(site.app):
        if method == "POST" and rule.endpoint not in CLOSED:
            answer = client.post(path_of(site.app, rule), data={"x": "y"})
            assert answer.status_code == 400, rule.rule
