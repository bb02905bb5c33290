"""Every name of a module or file that is written as text exists: in strings, settings and docs."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_SUFFIXES = {".py", ".toml", ".md", ".yml", ".yaml", ""}
_DOTTED = re.compile(r"(?<![\w./@-])(?:campaign|tests)(?:\.[a-z_][a-z_0-9]*){2,}")
_FILE = re.compile(r"(?<![\w./<{-])(?:campaign|tests|templates)/[\w/-]+\.(?:py|html|typ|css|js)\b")
#: Where the wheel holds what a clone has at its top.
_IN_THE_WHEEL = ("campaign/templates/", "campaign/data/")
#: The changelog names what was there on an earlier day.
_UNCHECKED = {"CHANGELOG.md", "tests/test_names.py"}


def _tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    return [
        name
        for name in listed
        if Path(name).suffix in _SUFFIXES
        and name not in _UNCHECKED
        and not name.startswith("data/")
        and (ROOT / name).is_file()
    ]


def _is_there(dotted: str) -> bool:
    """True where the longest part that is a module has what follows as an attribute."""
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        folder = ROOT.joinpath(*parts[:end])
        if folder.is_dir() or folder.with_suffix(".py").is_file():
            rest = parts[end:]
            if not rest:
                return True
            source = folder.with_suffix(".py")
            source = source if source.is_file() else folder / "__init__.py"
            text = source.read_text(encoding="utf-8") if source.is_file() else ""
            return re.search(rf"\b{rest[0]}\b", text) is not None and len(rest) <= 3
    return False


def _missing(text: str) -> set[str]:
    modules = {dotted for dotted in _DOTTED.findall(text) if not _is_there(dotted)}
    files = {file for file in _FILE.findall(text) if not (ROOT / file).exists()}
    return modules | {file for file in files if not file.startswith(_IN_THE_WHEEL)}


def test_every_module_and_file_that_a_text_names_exists() -> None:
    missing = {
        f"{name}: {one}"
        for name in _tracked()
        for one in _missing((ROOT / name).read_text(encoding="utf-8", errors="ignore"))
    }

    assert missing == set()


def test_a_name_that_no_longer_exists_is_found() -> None:
    assert _missing('lazy_import("campaign.store.nowhere")') == {"campaign.store.nowhere"}
    assert _missing("see `campaign/web/nowhere.py`") == {"campaign/web/nowhere.py"}
    assert _missing("campaign.store.db.engine.Database and campaign/web/app.py") == set()


_ENDPOINT = re.compile(r"""url_for\(\s*['"](?:[\w.]+\.)?(\w+)\.(\w+)['"]""")
_TEMPLATE = re.compile(
    r"""(?:render_template\(|\{%-? (?:extends|include|from|import))\s*['"]([\w./-]+)['"]"""
)
#: Pages name templates from the top, mails from their own folder.
_TEMPLATE_FOLDERS = (ROOT / "templates", ROOT / "templates/email")
#: The blueprint of Flask-Security.
_FOREIGN = {"security"}


def test_every_endpoint_and_template_that_is_named_exists() -> None:
    """In templates and views; a name that was left behind fails only when its page is opened."""
    web = "".join(path.read_text() for path in (ROOT / "campaign/web").rglob("*.py"))
    blueprints = set(re.findall(r'Blueprint\(\s*"(\w+)"', web)) | _FOREIGN
    views = set(re.findall(r"^def (\w+)\(", web, re.M)) | set(re.findall(r'endpoint="(\w+)"', web))
    texts = {path: path.read_text() for path in (ROOT / "templates").rglob("*") if path.is_file()}
    texts |= {path: path.read_text() for path in (ROOT / "campaign/web").rglob("*.py")}

    missing = {
        f"{path.relative_to(ROOT)}: {blueprint}.{view}"
        for path, text in texts.items()
        for blueprint, view in _ENDPOINT.findall(text)
        if blueprint not in blueprints or (view not in views and blueprint not in _FOREIGN)
    }
    missing |= {
        f"{path.relative_to(ROOT)}: {name}"
        for path, text in texts.items()
        for name in _TEMPLATE.findall(text)
        if not any((folder / name).is_file() for folder in _TEMPLATE_FOLDERS)
    }

    assert missing == set()
