"""OSDI's record_signature_helper: another program hands in a signature that its signer confirms.

The signer gets the same mail as after signing here, and nothing counts before the link in it is
used. The answer is the same for every address, so a key cannot find out who has signed.
"""

from flask import Blueprint, Response

from campaign import languages, text
from campaign.congress.places import ZipCode, state_code
from campaign.errors import CampaignUnknown, InvalidInput, PlaceContradicted, PlaceUnknown
from campaign.letters import split_name
from campaign.packs.pack import Pack
from campaign.petition import signing
from campaign.petition.identity import Email
from campaign.petition.signing import SENTENCE, Signup
from campaign.web.api import hal, keys
from campaign.web.api.operations import operation
from campaign.web.api.schemas import SignatureIn, SignatureTaken
from campaign.web.core.forms import source_tag
from campaign.web.core.representatives import Home, represented
from campaign.web.core.services import Services, current_services
from campaign.web.petition.district_question import leads_nowhere, unlisted

blueprint = Blueprint("osdi_record", __name__)

SCOPE = "signatures:add"
#: The source of signatures whose program names none.
_SOURCE = "api"


@blueprint.post("/petitions/<name>/signatures")
@operation(
    answer=SignatureTaken,
    status=202,
    body=SignatureIn,
    scope=SCOPE,
    may_be_missing=True,
    may_be_closed=True,
    tag="osdi",
)
def osdi_record_signature(name: str, body: SignatureIn) -> Response:
    """Hand in a signature (record_signature_helper). Its signer gets a link by mail to confirm it.

    The answer is the same for every address, signed before or not. Ask only people who have read
    the petition and agreed to its `campaign:consent`. A street is used to find the district, and is
    not kept.
    """
    services = current_services()
    try:
        pack = services.campaigns.get(name, services.now())
    except CampaignUnknown:
        raise CampaignUnknown("There is no campaign of that name for this key.") from None
    signup = _parse(body, pack, services)
    services.limits.require_api_signature(keys.current().public_id)
    signing.sign(services.database, pack, signup, limits=services.limits, **services.moment())
    return hal.answered(
        {
            "status": "pending",
            "message": "If this address can sign, it gets a link by mail to confirm the signature.",
            "_links": {
                "curies": hal.CURIES,
                "osdi:petition": hal.link("api.osdi.osdi_petition", name=name),
            },
        },
        status=202,
    )


def _parse(body: SignatureIn, pack: Pack, services: Services) -> Signup:
    """Return the sign-up that a body describes. Raises InvalidInput, with the path of its field."""
    person = body.person
    language = person.languages_spoken[0] if person.languages_spoken else languages.DEFAULT
    if language not in pack.texts:
        raise InvalidInput(
            f"The petition is available in: {', '.join(pack.texts)}.",
            field="person.languages_spoken",
        )
    address = person.email_addresses[0]
    first, last = split_name.recase_capitals(
        _name(person.given_name, "person.given_name"),
        _name(person.family_name, "person.family_name"),
    )
    state, district = _place(body, services)
    return Signup(
        first_name=first,
        last_name=last,
        email=_email(address.address),
        zip=_zip(body).five,
        state=state,
        district=district,
        comment=text.block(body.comments, limit=1000, field="comments"),
        mail_opt_in=address.status == "subscribed",
        source=_source(body),
        language=language,
        is_at_event=True,  # a program's whole network is one address; its key has its own limit
        sentence=pack.text(language).consent or SENTENCE,
    )


def _name(given: str, field: str) -> str:
    name = text.line(given, limit=80, field=field)
    if not name:
        raise InvalidInput("Send the name that the person signs with.", field=field)
    return name


def _email(given: str) -> Email:
    try:
        return Email.parse(given)
    except InvalidInput as error:
        raise InvalidInput(str(error), field="person.email_addresses.0.address") from None


_ADDRESS = "person.postal_addresses.0"


def _zip(body: SignatureIn) -> ZipCode:
    try:
        return ZipCode.parse(body.person.postal_addresses[0].postal_code)
    except InvalidInput as error:
        raise InvalidInput(str(error), field=f"{_ADDRESS}.postal_code") from None


def _place(body: SignatureIn, services: Services) -> tuple[str, str]:
    """Return the state and the district of the address, each "" where it is uncertain."""
    address = body.person.postal_addresses[0]
    home = Home(
        zip=_zip(body),
        street=text.line(
            address.address_lines[0] if address.address_lines else "",
            limit=200,
            field=f"{_ADDRESS}.address_lines",
        ),
        city=text.line(address.locality, limit=100, field=f"{_ADDRESS}.locality"),
        state=address.region,
    )
    try:
        found = represented(home, services)
    except PlaceContradicted as error:
        raise InvalidInput(str(error), field=f"{_ADDRESS}.region") from None
    except PlaceUnknown as error:
        raise InvalidInput(str(error), field=f"{_ADDRESS}.postal_code") from None
    if leads_nowhere(found):
        said = str(unlisted(_zip(body), found))
        raise InvalidInput(said, field=f"{_ADDRESS}.postal_code")
    if len(found.districts) == 1:
        district = found.districts[0]
        return district.state, str(district)
    return found.state or state_code(address.region), ""


def _source(body: SignatureIn) -> str:
    given = body.referrer_data.source if body.referrer_data else ""
    if given and not source_tag(given):
        raise InvalidInput(
            "A source has up to 40 letters, digits, dots, hyphens and underscores.",
            field="referrer_data.source",
        )
    return given or _SOURCE
