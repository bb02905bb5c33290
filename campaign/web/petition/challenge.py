"""The calculation that a campaign may ask of browsers before they sign (ALTCHA, self-hosted).

A challenge hides a counter in a range: the browser derives one PBKDF2 key after the other until one
begins as the challenge says. Browsers derive such keys beside the page, so that typing never waits;
the answer is checked by two HMACs, so that wrong ones cost the site nothing. The challenge carries
its own signature and time, and nothing is stored until it is answered
(`campaign.petition.limits` sees to it that an answer counts once, and what happens without one).
"""

import secrets
from datetime import datetime, timedelta

import altcha
from flask import Blueprint, Response, abort, jsonify

from campaign.keys import Keyring
from campaign.packs.pack import Pack
from campaign.web.core.services import current_services

blueprint = Blueprint("challenge", __name__)

#: An answer is good for as long as somebody may write on a comment.
LASTS = timedelta(hours=1)

# Between half a second on a desk and a few on an old phone, while a person types for a minute. A
# hidden counter bounds it: nobody is unlucky and waits ten times as long.
_ALGORITHM = "PBKDF2/SHA-256"
_COST = 10_000
_LEAST_COUNTER = 100
_MOST_COUNTER = 300

# Several times what an answer comes to; more is not worth the reading.
_LONGEST_ANSWER = 4000


@blueprint.get("/c/<name>/challenge")
def show(name: str) -> Response:
    """Send a new challenge, for this campaign alone; 404 where the campaign asks none."""
    services = current_services()
    pack = services.shelf.get(name, services.now())
    if not (pack.challenge and pack.is_open(services.now())):
        abort(404)
    return jsonify(make(pack, now=services.now(), keyring=services.settings.keyring).to_dict())


def make(pack: Pack, *, now: datetime, keyring: Keyring) -> altcha.Challenge:
    """Return a new challenge of the campaign, good until `LASTS` after `now`."""
    return altcha.create_challenge(
        _ALGORITHM,
        _COST,
        counter=_LEAST_COUNTER + secrets.randbelow(_MOST_COUNTER - _LEAST_COUNTER),
        # ALTCHA's own `expires_at` goes by the machine's clock; this goes by the site's.
        data={"until": int((now + LASTS).timestamp())},
        hmac_secret=keyring.challenges(pack.name)[0],
        hmac_key_secret=keyring.challenge_answers(pack.name)[0],
    )


def solved(answer: str, pack: Pack, *, now: datetime, keyring: Keyring) -> str:
    """Return the id of the challenge that `answer` (ALTCHA's payload, in base64) solves.

    "" for no answer, a wrong one, one that came too late, and one to another campaign's challenge.
    """
    if not answer or len(answer) > _LONGEST_ANSWER:
        return ""
    try:
        payload = altcha.Payload.from_base64(answer)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ""
    pairs = zip(keyring.challenges(pack.name), keyring.challenge_answers(pack.name), strict=True)
    is_solved = any(
        altcha.verify_solution(payload, key, hmac_key_secret=answer_key).verified
        for key, answer_key in pairs
    )
    # What is read from here on was signed by `make`.
    parameters = payload.challenge.parameters
    if not is_solved or parameters.data is None:
        return ""
    return parameters.nonce if now.timestamp() < parameters.data["until"] else ""
