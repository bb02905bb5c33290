"""The legislator data that this installation uses."""

from pathlib import Path

from campaign import paths, settings
from campaign.congress import dataset
from campaign.congress.dataset import Congress


def shipped_folder() -> Path:
    """Return the folder of the fact tables that ship with the package."""
    return paths.data() / "congress"


def current_congress() -> Congress:
    """Load the current data: refreshed, or else shipped, with this installation's corrections.

    Raises DatasetInvalid if neither loads.
    """
    site = settings.read()
    return dataset.load_current(shipped_folder(), site.congress_folder, site.corrections_file)
