"""`campaign data maps`: draw the maps of districts from the Census Bureau's boundaries."""

from pathlib import Path

import click

from campaign import settings
from campaign.congress import district_maps
from campaign.congress.places import ordinal
from campaign.errors import DatasetInvalid


@click.command()
@click.option(
    "--from",
    "source",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The Census Bureau's boundary file as GeoJSON, such as cd119.geojson.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Table to write. Default: the one in CAMPAIGN_HOME, which replaces the shipped one.",
)
def maps(source: Path, out: Path | None) -> None:
    """Draw the maps of states and districts. The same input always gives the same bytes.

    Where a Congress has new district lines, their maps are left out until you run this command
    with the Census Bureau's new file (scale 1:20,000,000), converted to GeoJSON.
    """
    # Both take a while to import and are needed here only.
    from campaign.congress import boundaries, draw_maps

    try:
        content = source.read_bytes()
    except OSError as error:
        raise DatasetInvalid(f"{source} cannot be read; nothing was changed.") from error
    read = boundaries.read(content, source.name)
    table = out or settings.read().congress_folder / district_maps.FILE
    district_maps.write(table, draw_maps.draw(read))
    click.echo(
        f"Drew {len(read.rings)} districts of the {ordinal(read.congress)} Congress into {table}."
    )
