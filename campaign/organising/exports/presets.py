"""Every preset by its name."""

from campaign.organising.exports.export import Preset
from campaign.organising.exports.generic import GENERIC

PRESETS: dict[str, Preset] = {preset.name: preset for preset in (GENERIC,)}
