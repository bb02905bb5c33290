"""Names of people for records that name them as `user:17` or `cli:ani`."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from campaign.store import accounts

_UNKNOWN = "someone without an account"


def names(connection: Connection, actors: Iterable[str]) -> Mapping[int, str]:
    """Return account number -> name for every `user:17` among the actors."""
    numbers = {actor.removeprefix("user:") for actor in actors if actor.startswith("user:")}
    return accounts.names(connection, (int(number) for number in numbers if number.isdigit()))


def who(actor: str, known: Mapping[int, str]) -> str:
    """Return an actor in words; `known` is the result of `names`."""
    kind, _, rest = actor.partition(":")
    if kind == "user" and rest.isdigit():
        return known.get(int(rest), f"account {rest}")
    if kind == "token":
        return f"API key {rest}"
    if kind == "cli":
        return f"{rest}, on the server"
    return actor or _UNKNOWN
