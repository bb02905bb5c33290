"""Whatever is thrown at the form, the answer is clear and never a fault of ours."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.nasty import NASTY
from tests.web.whole_site import PETITION, Site, make_site

FIELDS = ("first_name", "last_name", "email", "zip", "comment", "street", "city", "district")


@pytest.mark.parametrize("field", ["first_name", "last_name", "email", "zip", "comment"])
@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
def test_nasty_text_is_refused_or_cleaned(site: Site, field: str, text: str) -> None:
    response = site.sign(**{field: text})

    assert response.status_code in {200, 422}
    assert "<script>alert" not in response.text
    assert "\u202e" not in response.text
    assert "\x00" not in response.text


@pytest.mark.parametrize("field", ["first_name", "comment"])
@pytest.mark.parametrize("text", ["Ani\x00", "A\u202eB", "a" + "\u0301" * 10_000, "B\ufffd"])
def test_what_no_page_can_show_is_refused_beside_its_field(
    site: Site, field: str, text: str
) -> None:
    response = site.sign(**{field: text})

    assert response.status_code == 422
    assert f'id="{field}-error"' in response.text


def test_template_marks_are_only_text(site: Site) -> None:
    body = site.sign(first_name="{{ 7*7 }}", email="").text

    assert "{{ 7*7 }}" in body
    assert "49" not in body.split('id="first_name"')[1][:200]


@pytest.mark.parametrize(
    "body",
    [
        b"first_name=%ff%fe&last_name=B&email=a%40example.org&zip=59001",
        b"first_name=%ed%a0%80&last_name=B&email=a%40example.org&zip=59001",
        b"&&&===%%%",
        b"\xff\xfe\x00",
        b"first_name",
        b"",
    ],
)
def test_bytes_that_are_no_text_are_refused(client: FlaskClient, body: bytes) -> None:
    response = client.post(
        PETITION + "sign", data=body, content_type="application/x-www-form-urlencoded"
    )

    assert response.status_code == 422


def test_a_broken_multipart_body_is_refused(client: FlaskClient) -> None:
    response = client.post(
        PETITION + "sign",
        data=b"--x\r\nContent-Disposition: form-data; name=",
        content_type="multipart/form-data; boundary=x",
    )

    assert 400 <= response.status_code < 500


def test_a_file_in_the_place_of_a_name_is_refused(client: FlaskClient) -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="first_name"; filename="a.txt"\r\n\r\n'
        b"Ani\r\n--x--\r\n"
    )

    response = client.post(
        PETITION + "sign", data=body, content_type="multipart/form-data; boundary=x"
    )

    assert response.status_code == 422


@pytest.fixture(scope="module")
def one_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for many posts: what they leave behind is part of the try."""
    made = make_site(Path(tmp_path_factory.mktemp("site")))
    yield made
    made.database.dispose()


TEXT = st.text(max_size=300) | st.sampled_from(sorted(NASTY.values()))
UTF8 = TEXT.map(lambda text: text.encode("utf-8", "replace").decode())


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    typed=st.dictionaries(st.sampled_from((*FIELDS, "topic", "source", "show_name")), UTF8),
    zip_code=st.sampled_from(["59001", "42223", "20500", "96910", "00000", "09012", ""]),
)
def test_no_form_makes_a_fault(one_site: Site, typed: dict[str, str], zip_code: str) -> None:
    fields = {**one_site.form(zip=zip_code), **typed}

    response = one_site.client.post(PETITION + "sign", data=fields)

    assert response.status_code in {200, 303, 409, 413, 422, 429}
    assert "Set-Cookie" not in response.headers


@settings(max_examples=150, deadline=None)
@given(
    path=st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    # No server lets a control character of the request line through.
    query=st.lists(st.integers(0x21, 0xFF), max_size=40).map(bytes),
)
def test_no_address_makes_a_fault(one_site: Site, path: str, query: bytes) -> None:
    for begin in ("/c/", "/confirm/", "/me/", "/unsubscribe/", "/static/", PETITION):
        response = one_site.client.open(
            begin + path.replace("?", ""), query_string=query.decode("latin-1")
        )
        assert response.status_code < 500


@settings(max_examples=80, deadline=None)
@given(
    body=st.binary(max_size=400),
    content_type=st.sampled_from(
        [
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "multipart/form-data",
            "text/plain",
            "",
        ]
    ),
)
def test_no_body_makes_a_fault(one_site: Site, body: bytes, content_type: str) -> None:
    response = one_site.client.post(PETITION + "sign", data=body, content_type=content_type)

    assert 400 <= response.status_code < 500
