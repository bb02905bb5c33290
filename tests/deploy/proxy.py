"""The shipped nginx configuration on loopback: other ports, paths and certificate, nothing else."""

import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from tests.deploy import files


@dataclass(frozen=True)
class Proxy:
    """nginx that runs. `authority` is the file of the authority of its certificate."""

    address: str
    authority: str
    folder: Path

    def log(self, name: str) -> str:
        """Return what nginx has written to one of its logs."""
        return (self.folder / name).read_text()


def free_ports(count: int) -> list[int]:
    """Return ports of 127.0.0.1 that nobody listens on."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def configured(folder: Path, ports: Sequence[int], nodes: Sequence[int], *, cdn: bool) -> Path:
    """Write the configuration for these two ports and web nodes; return its file."""
    text = files.text("nginx/campaign.conf")
    plain, encrypted = ports
    changes = {
        r"listen 80;": f"listen 127.0.0.1:{plain};",
        r"listen 443 ssl http2;": f"listen 127.0.0.1:{encrypted} ssl http2;",
        r"^ +listen \[::\]:.*\n": "",
        r"petition\.example\.org;": "127.0.0.1;",
        r"/etc/letsencrypt/\S+/fullchain\.pem": str(folder / "chain.pem"),
        r"/etc/letsencrypt/\S+/privkey\.pem": str(folder / "key.pem"),
        r"/etc/nginx/campaign-cdn\*\.conf": str(folder / "campaign-cdn*.conf"),
        r"/var/log/nginx/": f"{folder}/",
        r"server 127\.0\.0\.1:8000;": " ".join(f"server 127.0.0.1:{port};" for port in nodes),
    }
    for before, after in changes.items():
        text, count = re.subn(before, lambda _, to=after: to, text, flags=re.M)  # type: ignore[misc]
        assert count, before
    if cdn:
        ours = files.text("nginx/cdn-addresses.conf").replace("192.0.2.0/24", "127.0.0.0/8")
        (folder / "campaign-cdn.conf").write_text(ours)
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    file = folder / "nginx.conf"
    file.write_text(
        f"pid {folder}/pid;\nerror_log {folder}/start.log;\nworker_processes 1;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{temporary}{text}}}\n"
    )
    return file


def nginx(folder: Path, file: Path, *options: str) -> list[str]:
    """Return the command that runs nginx with this configuration."""
    command = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    assert command is not None
    return [command, "-p", str(folder), "-e", str(folder / "start.log"), "-c", str(file), *options]


@contextmanager
def running(folder: Path, nodes: Sequence[int], *, cdn: bool = False) -> Iterator[Proxy]:
    """Run nginx before these web nodes while the block runs."""
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    certificate.private_key_pem.write_to_path(str(folder / "key.pem"))
    for blob in certificate.cert_chain_pems:
        blob.write_to_path(str(folder / "chain.pem"), append=True)
    ports = free_ports(2)
    file = configured(folder, ports, nodes, cdn=cdn)
    checked = subprocess.run(nginx(folder, file, "-t"), capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    process = subprocess.Popen(nginx(folder, file, "-g", "daemon off;"))
    try:
        deadline = time.monotonic() + 20
        while not _listens(ports[1]):
            assert process.poll() is None, (folder / "start.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield Proxy(f"https://127.0.0.1:{ports[1]}", str(folder / "authority.pem"), folder)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
