"""What holds for the code as a whole: its floors, its documentation, its independence."""

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "campaign"
MODULES = sorted(PACKAGE.rglob("*.py"))


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def test_a_package_imports_only_from_the_floors_below() -> None:
    lint = Path(sys.executable).with_name("lint-imports")

    checked = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("package", ["cli"])
def test_cli_and_web_never_meet(package: str) -> None:
    """They are neighbors: `serve` names the application by a string alone."""
    for module in (PACKAGE / package).rglob("*.py"):
        assert not re.search(r"^\s*(from|import) campaign\.web", module.read_text(), re.M), module


def test_what_few_requests_need_is_loaded_when_it_is_used() -> None:
    """A library that every process carries for a few costs a quarter of its memory."""
    heavy = [*("alembic", "docx", "icalendar", "lxml", "pikepdf", "psycopg", "pyarrow")]
    heavy += ["python_calamine", "typst", "xlsxwriter"]
    script = f"import sys, campaign.web.app; print(*sorted({{*{heavy}}} & {{*sys.modules}}))"

    told = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert told.stdout.split() == []


def public_definitions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
                        yield inner


def overrides(node: ast.FunctionDef | ast.ClassDef) -> bool:
    """True for a method that a base class documents: those of argparse-like frameworks."""
    return node.name in {
        *("list_commands", "get_command", "format_commands", "convert", "fold", "fold_binary"),
        *("getattr", "getitem", "is_safe_attribute", "process_bind_param", "process_result_value"),
        *("format_response", "getreply", "validate", "pre_validate", "process_formdata", "filter"),
    }


def test_every_public_function_and_class_has_a_docstring() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in MODULES
        for node in public_definitions(ast.parse(path.read_text()))
        if ast.get_docstring(node) is None and not overrides(node)
    ]

    assert bare == []


def test_every_module_says_what_it_is() -> None:
    bare = [
        str(path.relative_to(ROOT))
        for path in MODULES
        if path.stat().st_size and ast.get_docstring(ast.parse(path.read_text())) is None
    ]

    assert bare == []


def test_no_drawer_for_what_has_no_name() -> None:
    unnamed = {"utils.py", "util.py", "helpers.py", "helper.py", "misc.py", "common.py"}

    assert [path for path in MODULES if path.name in unnamed] == []


def test_the_project_needs_nothing_outside_its_own_folder() -> None:
    """A user has only the clone, so no file may point beside it or at one machine."""
    own = Path(__file__).resolve()
    elsewhere = re.compile(r"\.\./shared|(?<![\w.])/(?:work|root|home/\w+)/")
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked()
        if path != own and path.suffix in {".py", ".toml", ".md", ".html", ".txt", ".typ", ""}
        for match in elsewhere.finditer(path.read_text(encoding="utf-8", errors="ignore"))
    ]

    assert found == []


def test_every_import_is_a_declared_dependency() -> None:
    """What is imported but arrives only through another package breaks when that one changes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {
        re.split(r"[\[><=;]", line)[0].lower().replace("-", "_")
        for line in (*project["dependencies"], *project["optional-dependencies"]["parquet"])
    }
    named_otherwise = {
        "PIL": "pillow",
        "yaml": "pyyaml",
        "dkim": "dkimpy",
        "dns": "dnspython",
        "dotenv": "python_dotenv",
        "fontTools": "fonttools",
        "markdown_it": "markdown_it_py",
        "docx": "python_docx",
        "flufl": "flufl.bounce",
        "argon2": "argon2_cffi",
        "scourgify": "usaddress_scourgify",
    }
    imported = {
        (node.module or "").split(".")[0] if isinstance(node, ast.ImportFrom) else name
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [alias.name.split(".")[0] for alias in node.names]
            if isinstance(node, ast.Import)
            else [""]
        )
    }
    foreign = imported - set(sys.stdlib_module_names) - {"campaign", ""}

    assert {named_otherwise.get(name, name.lower()) for name in foreign} <= declared


def test_the_environment_is_read_in_one_place() -> None:
    readers = [
        str(path.relative_to(PACKAGE))
        for path in MODULES
        if re.search(r"os\.environ|os\.getenv", path.read_text())
    ]

    assert readers == ["settings.py"]


#: Where a day is read from what is no instant: most cells of a table have no time zone.
DAYS_OF_NO_INSTANT = {"tables/dates.py", "tables/workbook_reader.py"}


def days_without_a_place(tree: ast.Module) -> Iterator[int]:
    """Yield the lines on which an instant becomes a day, or a day an instant, of no named place."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        whole = ast.unparse(node)
        is_day_of_time = node.func.attr == "date" and not node.args
        is_midnight = node.func.attr == "combine" and "time()" in whole
        is_today = node.func.attr in {"today", "utcnow", "utcfromtimestamp"} and whole.startswith(
            ("date.", "datetime.")
        )
        if is_day_of_time or is_midnight or is_today:
            yield node.lineno


def test_an_instant_becomes_a_day_only_where_a_place_is_named() -> None:
    """The day in UTC is nobody's: `campaign.civil_time` asks for the place."""
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in MODULES
        if path.relative_to(PACKAGE).as_posix() not in {"civil_time.py", *DAYS_OF_NO_INSTANT}
        for line in days_without_a_place(ast.parse(path.read_text()))
    ]

    assert found == []


def test_no_page_prints_a_time_without_its_place() -> None:
    """`local_time` and `local_day` take the place; the audit says UTC in its heading."""
    found = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "templates").rglob("*")
        if path.suffix in {".html", ".txt", ".xml"}
        and path.name != "audit.html"
        and re.search(r"strftime|_at\|day\b", path.read_text(encoding="utf-8"))
    ]

    assert found == []


def lazy_names(tree: ast.Module) -> Iterator[tuple[set[tuple[str, str]], set[tuple[str, str]]]]:
    """Yield the (name, module) pairs of both branches of each `if TYPE_CHECKING: ... else: ...`."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            continue
        seen_by_types: set[tuple[str, str]] = set()
        for line in node.body:
            if isinstance(line, ast.Import):
                seen_by_types |= {(alias.asname or alias.name, alias.name) for alias in line.names}
            elif isinstance(line, ast.ImportFrom):
                seen_by_types |= {
                    (alias.asname or alias.name, f"{line.module}.{alias.name}")
                    for alias in line.names
                }
        loaded = {
            (ast.unparse(line.targets[0]), str(ast.literal_eval(line.value.args[0])))
            for line in node.orelse
            if isinstance(line, ast.Assign) and isinstance(line.value, ast.Call)
        }
        if node.orelse:
            yield seen_by_types, loaded


def test_what_is_imported_lazily_is_what_the_type_checker_sees() -> None:
    """A module that moved, or a name that changed, would fail only where it is first used."""
    pairs = [pair for path in MODULES for pair in lazy_names(ast.parse(path.read_text()))]

    assert len(pairs) > 5
    assert [loaded - typed for typed, loaded in pairs if loaded - typed] == []
    for module in {module for _, loaded in pairs for _, module in loaded}:
        assert importlib.util.find_spec(module) is not None, module


def _private_names(tree: ast.Module) -> set[str]:
    """The names with one leading underscore that a module defines, at any level."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names.add(node.attr)
    return {name for name in names if re.match(r"_[^_]", name)}


def _is_own(node: ast.expr) -> bool:
    """True for `self`, `cls` and `super()`, whose names are the module's own."""
    if isinstance(node, ast.Call):
        node = node.func
    return isinstance(node, ast.Name) and node.id in {"self", "cls", "super"}


def private_uses(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and name of each underscored name of another module or object."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("campaign"):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.Attribute) and not _is_own(node.value):
            names = [node.attr]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            if called.endswith("attr"):  # getattr, setattr, monkeypatch.setattr
                texts = [one.value for one in node.args if isinstance(one, ast.Constant)]
                names = [text.rpartition(".")[2] for text in texts if isinstance(text, str)]
        for name in names:
            if name.startswith("_") and isinstance(node, ast.expr | ast.stmt):
                yield node.lineno, name


def test_no_test_reaches_into_private_names() -> None:
    """What a test has to know about a module is its interface, and bears a public name."""
    defined = {name for path in MODULES for name in _private_names(ast.parse(path.read_text()))}
    found = []
    for path in sorted((ROOT / "tests").rglob("*.py")):
        tree = ast.parse(path.read_text())
        own = _private_names(tree)
        found += [
            f"{path.relative_to(ROOT)}:{line} {name}"
            for line, name in private_uses(tree)
            if name in defined - own
        ]

    assert found == []


def test_a_private_name_in_a_test_is_found() -> None:
    written = """
from campaign.cli.serve import _follow
monkeypatch.setattr(serve, "_GRACE_S", 1)
monkeypatch.setattr("campaign.cli.serve._follow", 1)
database._engine.dispose()
self._kept = 1
"""

    names = sorted(name for _, name in private_uses(ast.parse(written)))

    assert names == ["_GRACE_S", "_engine", "_follow", "_follow"]


def test_each_migration_follows_the_one_before_it() -> None:
    """Two patches that took the same number leave a database that cannot be upgraded."""
    files = sorted((PACKAGE / "store/migrations/versions").glob("[0-9]*.py"))
    numbers = [path.name.partition("_")[0] for path in files]

    assert numbers == [f"{number:04}" for number in range(1, len(files) + 1)]
    for path, number in zip(files, numbers, strict=True):
        text = path.read_text()
        assert f'\nrevision = "{number}"' in text, path.name
        before = f'"{int(number) - 1:04}"' if number != "0001" else "None"
        assert f"\ndown_revision = {before}" in text, path.name


#: Its endpoints are labels of documented metrics.
NAMED_OTHERWISE = {"campaign/web/petition/widget.py": "embed"}


def test_a_blueprint_bears_the_name_of_its_module() -> None:
    """So an endpoint names the file that answers it; a folder of templates has the same name."""
    found = {
        str(path.relative_to(ROOT)): name
        for path in (PACKAGE / "web").rglob("*.py")
        for name in re.findall(r'Blueprint\("(\w+)", __name__', path.read_text())
        if name not in {path.stem, path.stem.removesuffix("_page"), path.parent.name}
    }

    assert found == NAMED_OTHERWISE


#: A module that is longer has more than one noun.
MAX_LINES = 400


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in MODULES
        if (lines := len(path.read_text().splitlines())) > MAX_LINES
    }

    assert long == {}
