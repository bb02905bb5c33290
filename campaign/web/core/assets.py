"""Static files, served from memory under names that hold their hash, compressed once at start."""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

from flask import Blueprint, Flask, Response, abort, current_app, request, url_for

FOREVER = "public, max-age=31536000, immutable"

_FOLDER = Path(__file__).resolve().parents[1] / "static"
# Gzip saves nothing below this size in bytes, or for formats that are compressed already.
_WORTH_COMPRESSING = 500
_COMPRESSIBLE = frozenset({".css", ".js", ".svg", ".txt", ".json"})

# A reference in a style sheet to a file in the same folder, by its plain name.
_REFERENCE = re.compile(rb"url\(([\w.-]+)\)")
# What only its authors read: comments of style sheets, comment lines of scripts, indents.
_COMMENTS = {".css": re.compile(rb"/\*.*?\*/", re.S), ".js": re.compile(rb"(?m)^\s*//.*\n")}
_INDENT = re.compile(rb"(?m)^\s+")
# A style sheet or script that is sent as a part of another, which saves a request.
_IMPORT = re.compile(rb"@import url\(([\w.-]+\.css)\);\n")
_SCRIPT_IMPORT = re.compile(rb'import "\./([\w.-]+\.js)";\n')

blueprint = Blueprint("assets", __name__)


@dataclass(frozen=True)
class Asset:
    """One static file: its bytes, and the gzipped bytes (empty where compression saves nothing)."""

    name: str
    hashed_name: str
    content: bytes
    compressed: bytes
    content_type: str


class Assets:
    """All files of `campaign/web/static`, by their plain and by their hashed names."""

    def __init__(self, folder: Path = _FOLDER) -> None:
        self._by_name = {asset.name: asset for asset in _read(folder)}
        self._by_hash = {asset.hashed_name: asset for asset in self._by_name.values()}

    def url(self, name: str) -> str:
        """Return the URL of a static file by its plain name, such as `campaign.css`."""
        return url_for("assets.static", name=self._by_name[name].hashed_name)

    def get(self, name: str) -> Asset:
        """Return a file by its plain name, for a URL that must never change."""
        return self._by_name[name]

    def find(self, hashed_name: str) -> Asset | None:
        """Return the file with that hashed name, or None for an unknown or outdated one."""
        return self._by_hash.get(hashed_name)


def _read(folder: Path) -> Iterator[Asset]:
    """Read every file. Style sheets come last, because they refer to other files by hash."""
    hashed: dict[str, str] = {}
    paths = [path for path in folder.rglob("*") if path.is_file()]
    for path in sorted(paths, key=lambda path: (path.suffix == ".css", path)):
        name = path.relative_to(folder).as_posix()
        content = _without_comments(path.suffix, path.read_bytes())
        if path.suffix == ".css":
            content = _IMPORT.sub(
                lambda found: _without_comments(".css", (folder / found[1].decode()).read_bytes()),
                content,
            )
            content = _REFERENCE.sub(partial(_by_hash, hashed=hashed), content)
        if path.suffix == ".js":
            # Each in a block of its own, so that their names never meet, as in modules.
            content = _SCRIPT_IMPORT.sub(
                lambda found: (
                    b"{\n%s}\n"
                    % _without_comments(".js", (folder / found[1].decode()).read_bytes())
                ),
                content,
            )
        digest = hashlib.sha256(content).hexdigest()[:12]
        worth = path.suffix in _COMPRESSIBLE and len(content) >= _WORTH_COMPRESSING
        hashed[name] = f"{name.removesuffix(path.suffix)}-{digest}{path.suffix}"
        yield Asset(
            name=name,
            hashed_name=hashed[name],
            content=content,
            compressed=gzip.compress(content, 9, mtime=0) if worth else b"",
            content_type=_content_type(name),
        )


def _without_comments(ending: str, content: bytes) -> bytes:
    """Return a style sheet or script without comments and indents; other files unchanged."""
    if ending not in _COMMENTS:
        return content
    return _INDENT.sub(b"", _COMMENTS[ending].sub(b"", content))


def _by_hash(match: re.Match[bytes], hashed: Mapping[str, str]) -> bytes:
    return f"url({hashed[match[1].decode()]})".encode()


def _content_type(name: str) -> str:
    if name.endswith((".woff", ".woff2")):  # not in every system's table of types
        return f"font/{name.rpartition('.')[2]}"
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def init_app(app: Flask) -> None:
    """Read the static files, serve them, and give templates `asset(name)`."""
    assets = Assets()
    app.extensions["assets"] = assets
    app.jinja_env.globals["asset"] = assets.url
    app.jinja_env.globals["icon"] = "data:image/svg+xml," + quote(assets.get("icon.svg").content)
    app.register_blueprint(blueprint)


@blueprint.get("/static/<path:name>")
def static(name: str) -> Response:
    """Send one static file, cacheable forever: its name changes with its content."""
    assets: Assets = _assets()
    asset = assets.find(name)
    if asset is None:
        abort(404)
    response = compressible(asset.content, asset.compressed, asset.content_type)
    response.headers["Cache-Control"] = FOREVER
    return response


def compressible(content: bytes, compressed: bytes, content_type: str) -> Response:
    """Return the response, gzipped where a `compressed` body exists and the browser accepts it."""
    if not compressed:
        return Response(content, content_type=content_type)
    takes_gzip = _takes_gzip(request.headers.get("Accept-Encoding", ""))
    response = Response(compressed if takes_gzip else content, content_type=content_type)
    response.headers["Vary"] = "Accept-Encoding"
    if takes_gzip:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _takes_gzip(accepted: str) -> bool:
    """Return True where an Accept-Encoding header names gzip and does not refuse it.

    `gzip;q=0` refuses it (RFC 9110, 12.5.3). Most browsers send no weights: they need no parsing.
    """
    if "gzip" not in accepted:
        return False
    return ";" not in accepted or request.accept_encodings.quality("gzip") > 0


def _assets() -> Assets:
    found = current_app.extensions["assets"]
    assert isinstance(found, Assets)
    return found
