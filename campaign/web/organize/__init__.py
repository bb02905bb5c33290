"""Organizers' and volunteers' pages, open after logging in.

Each page family is a module with a `blueprint`. One that is added to `BLUEPRINTS` is on the site,
and in the navigation if its URL is one of `navigation.ENTRIES`. A large family has more modules,
which add their pages to its blueprint and are listed in `MORE_PAGES`.
"""

from types import ModuleType

from flask import Blueprint, Flask

from campaign.settings import Settings
from campaign.web.organize import (
    access,
    accounts,
    action_network,
    api_keys,
    asks,
    audit,
    batch,
    bulk_decisions,
    corrections,
    cwc_letters,
    deliver,
    draft,
    earlier_paths,
    exports,
    integrations,
    jobs,
    login,
    login_audit,
    moderation,
    navigation,
    new_campaign,
    outreach,
    overview,
    paper,
    signer_record,
    signers,
    stances,
    text_facts,
    text_picture,
    text_settings,
    text_versions,
    texts,
    updates,
    webhooks,
)

#: The page families, in the order of the navigation.
BLUEPRINTS: tuple[Blueprint, ...] = (
    overview.blueprint,
    signers.blueprint,
    outreach.blueprint,
    asks.blueprint,
    stances.blueprint,
    corrections.blueprint,
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

#: Modules that add their pages to the blueprint of a family.
MORE_PAGES: tuple[ModuleType, ...] = (
    signer_record,
    bulk_decisions,
    moderation,
    text_settings,
    text_facts,
    text_picture,
    text_versions,
    draft,
    new_campaign,
    api_keys,
    webhooks,
    action_network,
)


def init_app(app: Flask, settings: Settings) -> None:
    """Set up log-in, access control and the pages."""
    login.init_app(app, settings, guard=access.guard)
    login_audit.init_app(app)
    access.init_app(app)
    navigation.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
