"""Downloading letters as files, and the channels by which a recipient can be reached."""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import Flask, make_response
from werkzeug.wrappers import Response

from campaign import text
from campaign.letters import formats
from campaign.letters.channels import (
    Channel,
    FormField,
    MailingOffice,
    channels_for,
    email_link,
    email_text,
    form_fields,
)
from campaign.letters.compose import Letter, call_script
from campaign.letters.cwc.agent import Agent
from campaign.letters.cwc.codes import PREFIXES
from campaign.letters.formats import FORMATS, Format
from campaign.letters.print import document
from campaign.letters.recipients import is_about_address
from campaign.messages import Message
from campaign.packs.pack import Pack
from campaign.web.core.services import Services, current_services
from campaign.web.letters.calling import PhoneLine, marking_token, phone_lines

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@dataclass(frozen=True)
class LetterOptions:
    """What is shown under one letter: its channels, and what each needs.

    `notes` are about the recipient. `mailing_offices` accept paper mail, the best first;
    `office` is the one addressed now. `left_out` names what the PDF cannot show. `email_link` and
    `email_text` are "" without an address.
    """

    channels: tuple[Channel, ...]
    notes: tuple[Message, ...]
    mailing_offices: tuple[MailingOffice, ...]
    office: str
    phone_lines: tuple[PhoneLine, ...]
    fields: tuple[FormField, ...]
    script: tuple[str, ...]
    token: str
    takes_xml: bool
    left_out: tuple[Message, ...] = ()
    email_link: str = ""
    email_text: str = ""
    prefixes: tuple[str, ...] = PREFIXES


def init_app(app: Flask) -> None:
    """Give templates `letter_options(letter, pack)`."""
    app.jinja_env.globals.update(letter_options=letter_options)


def letter_options(letter: Letter, pack: Pack, *, cwc: bool = False) -> LetterOptions:
    """Return how this letter can be sent, the best channel first.

    Pass `cwc` if this site can deliver it through Communicating With Congress.
    """
    services = current_services()
    writer = letter.constituent
    found = channels_for(
        services.congress, letter.recipient, home_zip=writer.zip, on_date=letter.on_date, cwc=cwc
    )
    offices = tuple(office for channel in found for office in channel.offices)
    phones = tuple(phone for channel in found for phone in channel.phones)
    here = [office.id for office in offices if office.block == letter.recipient.block]
    return LetterOptions(
        channels=found,
        notes=tuple(note for note in letter.recipient.notes if not is_about_address(note)),
        mailing_offices=offices,
        office=here[0] if here else "",
        phone_lines=phone_lines(phones, services.now()),
        fields=form_fields(letter),
        email_link=email_link(letter, letter.recipient.email) if letter.recipient.email else "",
        email_text=email_text(letter) if letter.recipient.email else "",
        script=call_script(pack, letter.recipient, writer, on_date=letter.on_date),
        token=marking_token(pack, services),
        takes_xml=letter.recipient.kind != "chair"
        and letter.recipient.id in services.congress.members,
        left_out=document.left_out([letter]).sentences,
    )


def file_format(action: str) -> Format | None:
    """Return the format of the file that a form's action asks for, such as `docx`, or None."""
    return next((each for each in FORMATS if each == action), None)


def send(
    letters: Sequence[Letter],
    as_: Format,
    pack: Pack,
    services: Services,
    *,
    prefixes: Mapping[str, str],
) -> Response:
    """Send letters as a file or, for "html", as a page that prints each letter on its own sheet.

    `prefixes` maps a recipient's id to the writer's prefix, which only "xml" needs. Raises
    InvalidInput, as `formats.render` and `formats.cwc_xml` do.
    """
    if as_ == "xml" and len(letters) == 1:
        letter = _with_prefix(letters[0], prefixes)
        agent = Agent.of(services.settings, pack)
        made = formats.cwc_xml(letter, services.congress, pack, agent)
    else:
        made = formats.render(letters, as_)
    response = make_response(made)
    response.headers["Content-Type"] = formats.MIMETYPES[as_]
    if as_ == "html":
        response.headers["Content-Security-Policy"] = _policy_for(made.decode())
    else:
        name = formats.file_name(letters, as_)
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _with_prefix(letter: Letter, prefixes: Mapping[str, str]) -> Letter:
    writer = letter.constituent
    prefix = writer.prefix or text.line(
        prefixes.get(letter.recipient.id, ""), limit=20, field="prefix"
    )
    return replace(letter, constituent=replace(writer, prefix=prefix))


def _policy_for(page: str) -> str:
    """Return a policy under which the page's own embedded style works and nothing else does.

    Source: Content Security Policy Level 3, 8.4 (hashes).
    """
    styles = (hashlib.sha256(style.encode()).digest() for style in _STYLE.findall(page))
    allowed = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in styles)
    return (
        f"default-src 'none'; style-src {allowed}; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
