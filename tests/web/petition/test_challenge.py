"""A campaign's challenge: answered once it counts, unanswered it slows robots and loses nobody."""

import base64
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import altcha
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from campaign import paths
from campaign.keys import Keyring
from campaign.packs import pack as packs
from campaign.packs.pack import Pack
from campaign.store.models import signatures
from campaign.web.petition import challenge
from tests.web.copied_campaign import add_campaign
from tests.web.made_site import words
from tests.web.whole_site import NOON, PETITION, Site, is_taken, make_site, shown_apart_from

_KEY = Keyring("a-key-for-tests-alone-0123456789abcdef")


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[Site]:
    """A site whose campaign asks for the calculation."""
    add_campaign(tmp_path, "section-907", challenge="true")
    made = make_site(tmp_path)
    yield made
    made.database.dispose()


def answer(client: FlaskClient, at: str = PETITION) -> str:
    """Fetch a challenge and solve it, as ALTCHA's own solver does."""
    given_ = altcha.Challenge.from_dict(client.get(at + "challenge").get_json())
    solution = altcha.solve_challenge(given_)
    assert solution is not None
    return altcha.Payload(given_, solution).to_base64()


def kept(site: Site) -> list[tuple[str, str]]:
    """Status and flags of every signature, in the order of signing."""
    with site.database.reading() as connection:
        rows = connection.execute(
            select(signatures.c.status, signatures.c.flags).order_by(signatures.c.id)
        )
        return [(status, flags) for status, flags in rows]


# -- With an answer --------------------------------------------------------------------------------


def test_an_answered_challenge_leaves_no_mark(asking: Site) -> None:
    assert is_taken(asking.sign(altcha=answer(asking.client)))

    assert kept(asking) == [("pending", "")]


def test_an_answer_counts_once_for_all_networks(asking: Site) -> None:
    found = answer(asking.client)
    typed = asking.form(altcha=found)

    for number in range(3):
        asking.client.post(
            PETITION + "sign",
            data={**typed, "email": f"a{number}@example.org"},
            environ_base={"REMOTE_ADDR": f"203.0.{number}.1"},
        )

    assert [flags for _, flags in kept(asking)] == ["", "unchallenged", "unchallenged"]


def test_an_answer_goes_along_through_the_question_for_the_district(asking: Site) -> None:
    found = answer(asking.client)
    question = asking.sign(zip="10011", altcha=found)
    assert question.status_code == 200

    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', question.text))
    assert hidden["altcha"] == found
    asking.client.post(PETITION + "sign", data={**hidden, "district": "unknown"})

    assert kept(asking) == [("pending", "")]


def test_a_form_that_comes_back_asks_for_another_answer(asking: Site) -> None:
    again = asking.sign(email="no address", altcha=answer(asking.client))

    assert again.status_code == 422
    assert re.search(r'name="altcha"[^>]*value=""', again.text)


def test_an_answer_is_good_for_an_hour(asking: Site) -> None:
    early, late = answer(asking.client), answer(asking.client)

    asking.pass_time(minutes=59)
    asking.sign(altcha=early)
    asking.pass_time(minutes=2)
    asking.sign(email="b@example.org", altcha=late)

    assert [flags for _, flags in kept(asking)] == ["", "unchallenged"]


# -- Without one -----------------------------------------------------------------------------------


def test_without_an_answer_the_page_is_the_same_and_the_signature_counts_once_confirmed(
    asking: Site,
) -> None:
    with_answer = asking.sign(email="b@example.org", altcha=answer(asking.client))

    without = asking.sign()

    assert without.status_code == with_answer.status_code
    assert shown_apart_from(without, "ani@example.org") == shown_apart_from(
        with_answer, "b@example.org"
    )
    assert kept(asking)[1] == ("pending", "unchallenged")
    asking.client.post(asking.mailed_path("/confirm/"))
    assert kept(asking)[1] == ("confirmed", "unchallenged")


def test_from_one_network_only_a_few_go_on_without_an_answer(asking: Site) -> None:
    typed = asking.form()

    answers = [
        asking.client.post(PETITION + "sign", data={**typed, "email": f"a{number}@example.org"})
        for number in range(8)
    ]
    asking.sign(email="solver@example.org", altcha=answer(asking.client))

    assert all(map(is_taken, answers))
    held = ("held", "unchallenged unchallenged-burst")
    assert kept(asking) == [("pending", "unchallenged")] * 6 + [held] * 2 + [("pending", "")]


def test_a_campaign_that_asks_nothing_marks_nobody(site: Site) -> None:
    body = site.client.get(PETITION).text

    assert "challenge" not in body
    assert site.client.get(PETITION + "challenge").status_code == 404
    for number in range(8):
        site.sign(email=f"a{number}@example.org")
    assert set(kept(site)) == {("pending", "")}


# -- Where it stands -------------------------------------------------------------------------------


def test_the_challenge_is_fetched_and_never_kept_in_a_cache(asking: Site) -> None:
    page = asking.client.get(PETITION)
    first = asking.client.get(PETITION + "challenge")
    second = asking.client.get(PETITION + "challenge")

    assert f'data-challenge="{PETITION}challenge"' in page.text
    assert "public" in page.headers["Cache-Control"]
    assert first.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in first.headers
    assert first.get_json()["parameters"]["nonce"] != second.get_json()["parameters"]["nonce"]


def test_the_widget_asks_it_too(asking: Site) -> None:
    body = asking.client.get(PETITION + "embed").text
    token = re.search(r'name="token"[^>]*value="([^"]+)"', body)
    assert token is not None
    assert "data-challenge" in body
    typed = asking.form(altcha=answer(asking.client))

    asking.client.post(PETITION + "embed", data={**typed, "token": token[1]})

    assert kept(asking) == [("pending", "")]


def test_a_closed_campaign_has_no_challenge(tmp_path: Path) -> None:
    add_campaign(tmp_path, "section-907", challenge="true", closes_on="2026-06-30")
    site = make_site(tmp_path)

    assert site.client.get(PETITION + "challenge").status_code == 404
    site.database.dispose()


def test_the_privacy_page_tells_of_it_where_it_is_on(asking: Site, tmp_path: Path) -> None:
    told = "your browser may do a small calculation"
    plain = make_site(tmp_path / "plain")

    assert told in words(asking.client.get("/privacy").text)
    assert told not in words(plain.client.get("/privacy").text)
    plain.database.dispose()


# -- The answer itself -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pack() -> Pack:
    return packs.load(paths.data() / "campaigns" / "section-907", date(2026, 7, 1))


@pytest.fixture(scope="module")
def solved(pack: Pack) -> dict[str, dict[str, object]]:
    """The parts of a good answer, for tests to spoil."""
    made = challenge.make(pack, now=NOON, keyring=_KEY)
    solution = altcha.solve_challenge(made)
    assert solution is not None
    return altcha.Payload(made, solution).to_dict()


def encoded(parts: object) -> str:
    return base64.b64encode(json.dumps(parts).encode()).decode()


def judged(answer_: str, pack: Pack, *, key: Keyring = _KEY) -> str:
    return challenge.solved(answer_, pack, now=NOON, keyring=key)


def test_the_id_of_a_solved_challenge_is_its_own(
    pack: Pack, solved: dict[str, dict[str, object]]
) -> None:
    parameters = solved["challenge"]["parameters"]
    assert isinstance(parameters, dict)

    assert judged(encoded(solved), pack) == parameters["nonce"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda parts: parts["solution"].update(derivedKey="00" * 32),
        lambda parts: parts["solution"].update(derivedKey=None),
        lambda parts: parts["challenge"]["parameters"].update(nonce="00" * 16),
        lambda parts: parts["challenge"]["parameters"].update(cost=1, keyPrefix="00"),
        lambda parts: parts["challenge"]["parameters"].update(data={"until": 1e12}),
        lambda parts: parts["challenge"]["parameters"].update(keySignature=None),
        lambda parts: parts["challenge"].update(signature=None),
        lambda parts: parts.pop("solution"),
    ],
    ids=["key", "no key", "nonce", "cheaper", "longer", "no check", "unsigned", "unsolved"],
)
def test_a_spoiled_answer_is_none(
    pack: Pack, solved: dict[str, dict[str, object]], spoil: object
) -> None:
    parts = json.loads(json.dumps(solved))
    assert callable(spoil)
    spoil(parts)

    assert judged(encoded(parts), pack) == ""


def test_an_answer_to_another_campaign_or_another_site_is_none(
    pack: Pack, solved: dict[str, dict[str, object]], tmp_path: Path
) -> None:
    add_campaign(tmp_path, "another")
    another = packs.load(tmp_path / "campaigns" / "another", date(2026, 7, 1))

    assert judged(encoded(solved), another) == ""
    assert (
        judged(encoded(solved), pack, key=Keyring("another-key-for-tests-0123456789abcdef")) == ""
    )


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["challenge", "solution", "parameters", "signature", "data"]), inner
        )
    ),
    max_leaves=12,
)


@given(st.text(max_size=200) | st.binary(max_size=200).map(base64.b64encode).map(bytes.decode))
def test_noise_is_no_answer(pack: Pack, noise: str) -> None:
    assert judged(noise, pack) == ""


@given(_JSON)
def test_json_of_any_shape_is_no_answer(pack: Pack, parts: object) -> None:
    assert judged(encoded(parts), pack) == ""


def test_deep_json_is_no_answer(pack: Pack) -> None:
    assert judged(base64.b64encode(b"[" * 2900).decode(), pack) == ""
