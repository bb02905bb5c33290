"""All export presets by name, in the order in which pages offer them."""

from campaign.errors import InvalidInput
from campaign.organizing.exports.actionkit import ACTIONKIT
from campaign.organizing.exports.actionnetwork import ACTIONNETWORK
from campaign.organizing.exports.civicrm import CIVICRM
from campaign.organizing.exports.everyaction import EVERYACTION
from campaign.organizing.exports.generic import GENERIC
from campaign.organizing.exports.jsonl import JSONL
from campaign.organizing.exports.mailchimp import MAILCHIMP
from campaign.organizing.exports.nationbuilder import NATIONBUILDER
from campaign.organizing.exports.osdi import OSDI
from campaign.organizing.exports.parquet import PARQUET
from campaign.organizing.exports.request import Preset
from campaign.organizing.exports.xlsx import XLSX

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

    Raises InvalidInput, and ExtraMissing if a package that it needs is not installed.
    """
    if name not in PRESETS:
        raise InvalidInput(f"Choose a preset: {', '.join(PRESETS)}.", field="preset")
    preset = PRESETS[name]
    if preset.extra is not None:
        preset.extra.require()
    return preset
