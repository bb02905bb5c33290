"""Nothing of the back office opens without log-in, and each role opens its own pages only."""

from tests.web.organise.signing_in import post, signed_in
from tests.web.whole_site import Site


def test_smoke(site: Site) -> None:
    client = signed_in(site)
    page = client.get("/organise/section-907/")
    print(page.status, page.headers, page.text)
    assert page.status_code == 200
    assert site.client.get("/organise/section-907/").status_code == 302
    print(site.client.get("/organise/log-in").text)
    assert client.get("/organise/section-907/accounts").status_code == 200
    assert client.post("/organise/log-out").status_code == 400
    assert post(client, "/organise/log-out").status_code == 302
    assert client.get("/organise/section-907/").status_code == 302
    assert signed_in(site, "viewer").get("/organise/section-907/accounts").status_code == 403
