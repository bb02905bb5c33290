"""Every preset by its name, in the order in which they are offered."""

from campaign.errors import InvalidInput
from campaign.organising.exports.actionkit import ACTIONKIT
from campaign.organising.exports.actionnetwork import ACTIONNETWORK
from campaign.organising.exports.civicrm import CIVICRM
from campaign.organising.exports.everyaction import EVERYACTION
from campaign.organising.exports.generic import GENERIC
from campaign.organising.exports.jsonl import JSONL
from campaign.organising.exports.mailchimp import MAILCHIMP
from campaign.organising.exports.nationbuilder import NATIONBUILDER
from campaign.organising.exports.order import Preset
from campaign.organising.exports.osdi import OSDI
from campaign.organising.exports.parquet import PARQUET
from campaign.organising.exports.xlsx import XLSX

PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        GENERIC,
        XLSX,
        JSONL,
        PARQUET,
        ACTIONNETWORK,
        MAILCHIMP,
        NATIONBUILDER,
        EVERYACTION,
        ACTIONKIT,
        CIVICRM,
        OSDI,
    )
}


def find(name: str) -> Preset:
    """Return the preset of that name.

    Raises InvalidInput, and ExtraMissing where a package that it needs is not installed.
    """
    if name not in PRESETS:
        raise InvalidInput(f"Choose a preset: {', '.join(PRESETS)}.", field="preset")
    preset = PRESETS[name]
    if preset.extra is not None:
        preset.extra.require()
    return preset
