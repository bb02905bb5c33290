"""Organizers' and volunteers' pages, open after logging in.

Each page family is a module with a `blueprint`. One that is added to `BLUEPRINTS` is on the site,
and in the navigation if its URL is one of `navigation.ENTRIES`.
"""

from flask import Blueprint, Flask

from campaign.settings import Settings
from campaign.web.organize import (
    access,
    accounts,
    audit,
    batch,
    cwc_letters,
    deliver,
    earlier_paths,
    exports,
    integrations,
    jobs,
    login,
    login_audit,
    navigation,
    outreach,
    overview,
    paper,
    signers,
    texts,
    updates,
)

#: The page families, in the order of the navigation.
BLUEPRINTS: tuple[Blueprint, ...] = (
    overview.blueprint,
    signers.blueprint,
    outreach.blueprint,
    batch.blueprint,
    exports.blueprint,
    deliver.blueprint,
    cwc_letters.blueprint,
    paper.blueprint,
    updates.blueprint,
    texts.blueprint,
    accounts.blueprint,
    audit.blueprint,
    integrations.blueprint,
    jobs.blueprint,
    earlier_paths.blueprint,
)


def init_app(app: Flask, settings: Settings) -> None:
    """Set up log-in, access control and the pages."""
    login.init_app(app, settings, guard=access.guard)
    login_audit.init_app(app)
    access.init_app(app)
    navigation.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
