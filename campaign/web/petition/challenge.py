"""The proof of work that a campaign may ask of browsers before they sign (ALTCHA, self-hosted).

A challenge hides a counter in a range: the browser derives PBKDF2 keys until one begins as the
challenge says. It does so in a worker, so that typing is never slowed; the answer is checked by two
HMACs, so that wrong answers cost the site nothing. The challenge carries its own signature and
time, and nothing is stored until it is answered. `campaign.petition.rate_limits` makes an answer
count once, and decides what happens without one.
"""

import secrets
from datetime import datetime, timedelta

import altcha
from flask import Blueprint, Response, abort, jsonify

from campaign.keys import Keyring
from campaign.packs.pack import Pack
from campaign.web.core.services import current_services

blueprint = Blueprint("challenge", __name__)

#: An answer is valid for as long as a person may spend on a comment.
LASTS = timedelta(hours=1)

# From half a second on a desktop to a few seconds on an old phone, while a person types for a
# minute. The hidden counter has an upper bound, so that no browser is unlucky and waits ten times
# as long.
_ALGORITHM = "PBKDF2/SHA-256"
_COST = 10_000
_LEAST_COUNTER = 100
_MOST_COUNTER = 300

# Several times the length of an answer; longer ones are not read.
_LONGEST_ANSWER = 4000


@blueprint.get("/c/<name>/challenge")
def show(name: str) -> Response:
    """Send a new challenge for this campaign; 404 where the campaign uses none."""
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    if not (pack.challenge and pack.is_open(services.now())):
        abort(404)
    return jsonify(make(pack, now=services.now(), keyring=services.settings.keyring).to_dict())


def make(pack: Pack, *, now: datetime, keyring: Keyring) -> altcha.Challenge:
    """Return a new challenge of the campaign, valid until `LASTS` after `now`."""
    return altcha.create_challenge(
        _ALGORITHM,
        _COST,
        counter=_LEAST_COUNTER + secrets.randbelow(_MOST_COUNTER - _LEAST_COUNTER),
        # ALTCHA's own `expires_at` uses the machine's clock; this uses the site's.
        data={"until": int((now + LASTS).timestamp())},
        hmac_secret=keyring.challenges(pack.name)[0],
        hmac_key_secret=keyring.challenge_answers(pack.name)[0],
    )


def solved(answer: str, pack: Pack, *, now: datetime, keyring: Keyring) -> str:
    """Return the id of the challenge that `answer` (ALTCHA's payload, in base64) solves.

    Returns "" for a missing, wrong or late answer, and for one to another campaign's challenge.
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
    # Everything below was signed by `make`.
    parameters = payload.challenge.parameters
    if not is_solved or parameters.data is None:
        return ""
    return parameters.nonce if now.timestamp() < parameters.data["until"] else ""
