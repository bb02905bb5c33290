"""The shipped nginx configuration: no secret in its logs, and visitors' own addresses."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from campaign.secret_paths import SECRET_PATHS
from tests.deploy import proxy

SECRET = "a-secret-of-one-person"
pytestmark = pytest.mark.usefixtures("needs_nginx")


class Node:
    """A web node that remembers the headers that reach it."""

    def __init__(self) -> None:
        self.seen: list[dict[str, str]] = []
        node = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                node.seen.append({name.lower(): value for name, value in self.headers.items()})
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = int(self.server.server_address[1])


@pytest.fixture
def node() -> Iterator[Node]:
    made = Node()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.02,))
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def get(to: proxy.Proxy, path: str, **headers: str) -> int:
    return requests.get(
        to.address + path, verify=to.authority, headers=headers, timeout=20
    ).status_code


def test_no_secret_address_is_in_a_log_even_while_the_site_is_down(
    node: Node, tmp_path: Path
) -> None:
    [closed] = proxy.free_ports(1)
    for nodes, folder in (([node.port], tmp_path / "up"), ([closed], tmp_path / "down")):
        folder.mkdir()
        with proxy.running(folder, nodes) as running:
            statuses = {get(running, f"{path}{SECRET}") for path in SECRET_PATHS}
            get(running, "/c/section-907/")

        assert statuses == ({200} if nodes == [node.port] else {502})
        logged = running.log("campaign.log")
        assert "/c/section-907/" in logged
        everything = "".join(path.read_text() for path in folder.glob("*.log"))
        assert SECRET not in everything


def test_a_visitor_cannot_choose_an_address(node: Node, tmp_path: Path) -> None:
    with proxy.running(tmp_path, [node.port]) as running:
        get(running, "/", **{"X-Forwarded-For": "203.0.113.9"})

    assert node.seen[0]["x-forwarded-for"] == "127.0.0.1"
    assert node.seen[0]["x-forwarded-proto"] == "https"


def test_behind_a_cdn_each_visitor_has_their_own_address(node: Node, tmp_path: Path) -> None:
    with proxy.running(tmp_path, [node.port], cdn=True) as running:
        get(running, "/", **{"X-Forwarded-For": "192.0.2.1, 203.0.113.9"})

    assert node.seen[0]["x-forwarded-for"] == "203.0.113.9"


def test_a_node_that_is_down_is_skipped_and_metrics_stay_inside(node: Node, tmp_path: Path) -> None:
    [closed] = proxy.free_ports(1)
    with proxy.running(tmp_path, [closed, node.port]) as running:
        statuses = [get(running, "/") for _ in range(6)]
        metrics = get(running, "/metrics")

    assert statuses == [200] * 6
    assert metrics == 404
