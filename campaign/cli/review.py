"""`campaign review`: show what needs a decision, and decide."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import click

from campaign import text
from campaign.cli.installation import Installation, actor_of
from campaign.errors import InvalidInput, SignatureUnknown
from campaign.messages import counted
from campaign.petition import access_log, public_counts
from campaign.petition import review as decisions
from campaign.petition.public_counts import SignatureCounts
from campaign.store import review_queue
from campaign.store.db.engine import Database
from campaign.store.exports import stale_copies
from campaign.store.exports.stale_copies import StaleCopy
from campaign.store.review_queue import Group, ReviewItem, Trends

_LISTS = ("held", "comments", "names", "flagged", "copies")
_DECISIONS = (
    "release", "invalidate", "reinstate", "approve", "reject", "show-name", "hide-name", "deleted",
    "undo",
)  # fmt: skip

# How many groups of each kind a summary shows, and how many characters of a network's hash.
_GROUPS = 5
_NETWORK = 12


@dataclass(frozen=True)
class _Overview:
    """The figures of a campaign, and how much waits for review."""

    standing: SignatureCounts
    held: int
    comments: int
    names: int
    copies: tuple[StaleCopy, ...]
    trends: Trends


@click.command("review")
@click.argument("name")
@click.argument("what", type=click.Choice([*_LISTS, *_DECISIONS]), required=False, metavar="[WHAT]")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option(
    "--reason", default="", help="The reason for `invalidate`; it is stored with the signature."
)
@click.option("--all", "all_", is_flag=True, help="With `release`: all that the filters find.")
@click.option("--flag", default="", help="In lists and with --all: only those with this flag.")
@click.option("--network", default="", help="In lists and with --all: only those of this network.")
@click.option("--domain", default="", help="In lists and with --all: only this mail domain.")
@click.option("--hour", default="", help="In lists and with --all: only those of this hour.")
@click.option("--limit", type=click.IntRange(1), default=1000, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line in lists.")
@click.option("--actor", default="", help="The person to name in the audit log; you by default.")
def review(
    name: str,
    what: str | None,
    ids: tuple[str, ...],
    reason: str,
    all_: bool,
    flag: str,
    network: str,
    domain: str,
    hour: str,
    limit: int,
    as_json: bool,
    actor: str,
) -> None:
    """Show what needs a decision in campaign NAME, and decide.

    \b
    campaign review NAME                       how much waits, and what looks unusual
    campaign review NAME held                  sign-ups set aside; also: comments, names, flagged,
                                               copies
    campaign review NAME release ID...         let a held sign-up go on: it gets its mail
    campaign review NAME release --all         all of them; with --flag, --network and so on, some
    campaign review NAME undo PRESS            take back what one --all did
    campaign review NAME invalidate ID... --reason WHY
    campaign review NAME reinstate ID...       take an `invalidate` back
    campaign review NAME approve ID...         show a comment; `reject` does not
    campaign review NAME show-name ID...       show a first name; `hide-name` hides it
    campaign review NAME deleted COPY...       an export that held erased people is deleted

    An ID of - reads them from standard input, the first word of each line, so that one list feeds
    the next command. The lists name no one, except by first names that wait for review or appear
    with a comment. Every decision is audited with who made it.
    """
    site = Installation.read()
    site.require_campaign(name)
    wanted = {"flag": flag, "network": network, "domain": domain, "hour": hour}
    is_filtered = what in {"held", "flagged"} or (what == "release" and all_)
    if any(wanted.values()) and not is_filtered:
        raise InvalidInput(
            "--flag, --network, --domain and --hour go with `held`, `flagged` and `release --all`."
        )
    if all_ and (what != "release" or ids):
        raise InvalidInput("--all goes with `release`, in the place of ids.")
    with site.database() as database:
        if what is None:
            _show(name, _overview(database, name), as_json=as_json)
        elif what in _LISTS:
            if ids:
                raise InvalidInput(f"`{what}` lists, and takes no ids.")
            rows = list(islice(_listed(database, name, what, wanted), limit))
            if what in {"comments", "names"}:
                access_log.note_read(
                    database,
                    what,
                    rows=len(rows),
                    actor=actor_of(actor),
                    campaign=name,
                    now=site.now,
                )
            _list(iter(rows), as_json=as_json)
        elif all_:
            _release_all(database, name, wanted, actor_of(actor))
        elif what == "undo":
            _undo(database, name, _given(ids), actor_of(actor))
        else:
            _decide(database, name, what, _given(ids), reason=reason, actor=actor_of(actor))


# -- Show ------------------------------------------------------------------------------------------


def _overview(database: Database, name: str) -> _Overview:
    standing = public_counts.signature_counts(database, name)
    with database.reading() as connection:
        return _Overview(
            standing,
            review_queue.count_held(connection, name),
            review_queue.count_comments(connection, name),
            review_queue.count_names(connection, name),
            stale_copies.outdated(connection, name),
            review_queue.trends(connection, name, limit=_GROUPS),
        )


def _show(name: str, overview: _Overview, *, as_json: bool) -> None:
    if as_json:
        click.echo(
            json.dumps(
                {
                    "campaign": name,
                    "count": overview.standing.total,
                    "paper": overview.standing.paper,
                    "online": overview.standing.online,
                    "held": overview.held,
                    "comments": overview.comments,
                    "names": overview.names,
                    "copies": len(overview.copies),
                    "flagged": asdict(overview.trends),
                },
                ensure_ascii=False,
                indent=2,
            )
        )
        return
    paper = f", {overview.standing.paper:,} of them on paper" if overview.standing.paper else ""
    click.echo(f"{name}: {counted(overview.standing.total, 'signature')}{paper}\n")
    for says, count, what in (
        ("sign-ups set aside", overview.held, "held"),
        ("comments to read", overview.comments, "comments"),
        ("names to read", overview.names, "names"),
        ("sign-ups flagged", overview.trends.total, "flagged"),
        ("exports to delete", len(overview.copies), "copies"),
    ):
        command = f"campaign review {name} {what}" if count else ""
        click.echo(f"{count:>8,}  {says:<20}  {command}".rstrip())
    for option, title, groups in (
        ("flag", "Flagged, by reason", overview.trends.by_flag),
        ("network", "by network", overview.trends.by_network),
        ("domain", "by mail domain", overview.trends.by_domain),
        ("hour", "by hour (UTC)", overview.trends.by_hour),
    ):
        if groups:
            click.echo(f"\n{title}  (--{option})")
            for group in groups:
                click.echo(f"{group.total:>8,}  {_key(option, group):<28}  {_of(group)}".rstrip())


def _key(option: str, group: Group) -> str:
    return group.key[:_NETWORK] if option == "network" else group.key


def _of(group: Group) -> str:
    parts = [
        f"{count:,} {says}"
        for count, says in ((group.confirmed, "count"), (group.held, "set aside"))
        if count
    ]
    return ", ".join(parts)


def _listed(
    database: Database, name: str, what: str, wanted: dict[str, str]
) -> Iterator[dict[str, Any]]:
    """Yield what a list holds, each with its id first."""
    with database.reading() as connection:
        if what == "comments":
            for comment in review_queue.comments(connection, name):
                yield {
                    "id": comment.public_id,
                    "first_name": comment.first_name,
                    "state": comment.state,
                    "comment": comment.text,
                }
        elif what == "names":
            for one in review_queue.names(connection, name):
                yield {"id": one.public_id, "first_name": one.first_name, "state": one.state}
        elif what == "copies":
            for copy in stale_copies.outdated(connection, name):
                yield _of_copy(copy)
        else:
            rows = review_queue.held if what == "held" else review_queue.flagged
            for marked in rows(connection, name):
                if _is_wanted(marked, wanted):
                    yield _of_marked(marked)


def _is_wanted(one: ReviewItem, wanted: dict[str, str]) -> bool:
    return (
        (not wanted["flag"] or wanted["flag"] in one.flags)
        and one.network.startswith(wanted["network"])
        and (not wanted["domain"] or wanted["domain"].lower() == one.domain)
        and one.hour.startswith(wanted["hour"])
    )


def _of_marked(one: ReviewItem) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "status": one.status,
        "at": f"{one.at:%Y-%m-%dT%H:%M:%SZ}",
        "state": one.state,
        "network": one.network[:_NETWORK],
        "domain": one.domain,
        "flags": list(one.flags),
    }


def _of_copy(copy: StaleCopy) -> dict[str, Any]:
    export = copy.export
    return {
        "id": export.id,
        "at": f"{export.at:%Y-%m-%dT%H:%M:%SZ}",
        "by": export.actor,
        "rows": export.details["rows"],
        "sha256": export.details["sha256"],
        "erased": list(copy.erased),
    }


def _list(rows: Iterator[dict[str, Any]], *, as_json: bool) -> None:
    """Print a line for each, the id first; a heading goes to the terminal, not into a pipe."""
    is_first = True
    for row in rows:
        if as_json:
            click.echo(json.dumps(row, ensure_ascii=False))
            continue
        if is_first:
            click.echo("  ".join(row), err=True)
            is_first = False
        click.echo("  ".join(_cell(value) for value in row.values()))


def _cell(value: Any) -> str:
    """Return a value on one line; nothing as a dash, so that columns stay where they are."""
    text = ",".join(value) if isinstance(value, list) else str(value)
    return " ".join(text.split()) or "-"


# -- Decide ----------------------------------------------------------------------------------------


def _given(ids: Sequence[str]) -> list[str]:
    """Return the ids of the command line, with those of standard input where one of them is -."""
    found: list[str] = []
    for one in ids:
        if one == "-":
            found += (line.split()[0] for line in sys.stdin if line.strip())
        else:
            found.append(one)
    if not found:
        raise InvalidInput("Give at least one id, or - to read them from standard input.")
    return list(dict.fromkeys(found))


def _decide(
    database: Database, name: str, what: str, ids: Sequence[str], *, reason: str, actor: str
) -> None:
    """Apply a decision to each id; list the ids that it does not apply to."""
    why = text.line(reason, limit=200, field="reason")
    if what == "invalidate" and not why:
        raise InvalidInput("Give a --reason: it is kept with the signature.")
    decide = _decision(database, name, what, why, actor)
    unfit: list[str] = []
    for one in ids:
        try:
            decide(one)
        except SignatureUnknown:
            unfit.append(one)
    done = len(ids) - len(unfit)
    click.echo(f"{_DONE[what]}: {done:,}.")
    if unfit:
        for one in unfit[:20]:
            click.echo(f"  {one[:40]}", err=True)
        raise SignatureUnknown(
            f"{len(unfit):,} of {len(ids):,} ids do not fit this decision, or not any more. "
            f"Load the list again: campaign review {name}."
        )


def _release_all(database: Database, name: str, wanted: dict[str, str], actor: str) -> None:
    with database.reading() as connection:
        ids = [
            one.public_id for one in review_queue.held(connection, name) if _is_wanted(one, wanted)
        ]
    done = decisions.release_all(database, ids, actor=actor, now=datetime.now(UTC), campaign=name)
    click.echo(f"{_DONE['release']}: {done.count:,}.")
    if done.count:
        click.echo(f"To take it back: campaign review {name} undo {done.id}", err=True)


def _undo(database: Database, name: str, presses: Sequence[str], actor: str) -> None:
    done = sum(
        decisions.undo(database, one, actor=actor, now=datetime.now(UTC), campaign=name)
        for one in presses
    )
    click.echo(f"Taken back: {done:,}. People who confirmed meanwhile count.")


_DONE = {
    "release": "Released, each with its confirming mail",
    "invalidate": "Taken out of the count, with the reason",
    "reinstate": "Counted again",
    "approve": "Comments shown",
    "reject": "Comments not shown",
    "show-name": "First names shown, where their signers chose so",
    "hide-name": "First names hidden",
    "deleted": "Exports on record as deleted",
}


def _decision(
    database: Database, name: str, what: str, reason: str, actor: str
) -> Callable[[str], None]:
    """Return the function that makes one decision about one id. It raises SignatureUnknown."""
    now = datetime.now(UTC)

    def decide(public_id: str) -> None:
        if what == "release":
            decisions.release(database, public_id, actor=actor, now=now, campaign=name)
        elif what == "invalidate":
            decisions.invalidate(database, public_id, reason, actor=actor, now=now, campaign=name)
        elif what == "reinstate":
            decisions.reinstate(database, public_id, actor=actor, now=now, campaign=name)
        elif what == "deleted":
            _forget_copy(database, name, public_id, actor=actor, now=now)
        elif what in {"show-name", "hide-name"}:
            decisions.judge_name(
                database,
                public_id,
                is_shown=what == "show-name",
                actor=actor,
                now=now,
                campaign=name,
            )
        else:
            decisions.judge_comment(
                database,
                public_id,
                is_approved=what == "approve",
                actor=actor,
                now=now,
                campaign=name,
            )

    return decide


def _forget_copy(database: Database, name: str, export: str, *, actor: str, now: datetime) -> None:
    with database.writing() as connection:
        is_one = export.isascii() and export.isdigit() and len(export) < 19
        if not is_one or not stale_copies.mark_deleted(
            connection, name, int(export), actor=actor, now=now
        ):
            raise SignatureUnknown(f"No export {export} waits to be deleted.")
