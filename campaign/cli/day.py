"""A day as an option of a command, and today."""

from datetime import UTC, date, datetime

import click

from campaign import civil_time
from campaign.errors import InvalidInput


class Day(click.ParamType[date]):
    """A day as `2026-06-15`, or `today`."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        if isinstance(value, date):
            return value
        if value == "today":
            return today()
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            raise InvalidInput("Write the day as 2026-06-15.", field="on") from None


def today() -> date:
    """Return the day whose seat holders are in office: on January 3, terms begin at noon."""
    return civil_time.congress_day(datetime.now(UTC))
