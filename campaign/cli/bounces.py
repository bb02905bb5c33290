"""`campaign bounce`: read mail servers' reports from a pipe or from files."""

import sys
from collections import Counter
from pathlib import Path

import click

from campaign.cli.installation import Installation
from campaign.delivery import bounces
from campaign.errors import InvalidInput
from campaign.messages import counted
from campaign.petition import bounce_record


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
def bounce(files: tuple[str, ...]) -> None:
    """Read reports of mail servers: messages that came back, and complaints.

    Let your mail server pipe what comes to BOUNCE_ADDRESS into `campaign bounce -`, or name files
    of a mailbox folder. Only reports that quote a Message-ID of this site's updates have an effect.
    A mailbox that is gone, and a reader who complains, get no more updates. A full mailbox is
    counted. Signers whose server blocks this site's mail stay on the list: the updates page and
    `campaign doctor` say so. The site's SECRET_KEY is needed to read the Message-IDs.
    """
    site = Installation.read(require_safe=True)
    noted: Counter[str] = Counter()
    unread = 0
    with site.database() as database:
        for file in files:
            try:
                report = bounces.read(_bytes(file))
            except InvalidInput as error:
                click.echo(f"{file}: {error}", err=True)
                unread += 1
                continue
            if report.kind == "delayed" or report.kind == "no-change":
                continue  # it is still on its way, or asks for nothing
            noted[report.kind] += bounce_record.record(
                database,
                report.kind,
                report.message_ids,
                now=site.now,
                keyring=site.settings.keyring,
            )
    click.echo(
        f"{counted(noted['gone'] + noted['complained'], 'signer gets', 'signers get')} "
        "no more updates."
    )
    if full := noted["full"] + noted["failed"]:
        click.echo(
            f"{full:,} bounced because a mailbox was full. Those signers stay on the list for now."
        )
    if noted["blocked"]:
        click.echo(
            f"{noted['blocked']:,} were refused because the other server blocks mail from here. "
            "No one left the list. Run campaign doctor.",
            err=True,
        )
    if unread == len(files):
        raise InvalidInput("None of this is a mail server's report.")


def _bytes(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read(bounces.LARGEST + 1)
    try:
        with Path(file).open("rb") as source:
            return source.read(bounces.LARGEST + 1)
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}.") from None
