"""Pages that name modules and tests name real ones: decisions, threats, dependencies."""

import ast
import re
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
PAGES.remove(ROOT / "CHANGELOG.md")  # it names what there was
DECISIONS = ROOT / "docs/decisions"
INDEX = DECISIONS / "README.md"
#: A list of what is used, not one decision.
NO_DECISION = {"README.md", "dependencies.md"}
SECTIONS = [
    *("Context", "Decision", "Measured", "Consequences"),
    "What would change our mind",
]


@cache
def names_of_tests(path: Path) -> frozenset[str]:
    """The tests of a file, those of a class as `Class::test`."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            inner = [each for each in node.body if isinstance(each, ast.FunctionDef)]
            found |= {f"{node.name}::{each.name}" for each in inner}
    return frozenset(found)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_and_test_that_a_page_names_is_there(page: Path) -> None:
    named = re.findall(
        r"`((?:campaign|data|templates|tests)/[\w./-]*)(?:::([\w:]+))?`", page.read_text()
    )

    missing = [
        f"{path}::{test}" if test else path
        for path, test in named
        if not (ROOT / path).exists() or (test and test not in names_of_tests(ROOT / path))
    ]

    assert missing == []


def decisions() -> list[Path]:
    return [path for path in sorted(DECISIONS.glob("*.md")) if path.name not in NO_DECISION]


@pytest.mark.parametrize("page", decisions(), ids=lambda page: page.stem)
def test_a_decision_has_its_date_and_its_sections(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert re.match(r"# .+\n\nDecided \d{4}-\d\d-\d\d\.\n\n## Context\n", text)
    parts = re.split(r"^## (.+)\n", text, flags=re.M)
    assert parts[1::2] == SECTIONS
    assert all(body.strip() for body in parts[2::2])
    assert re.search(r"(?i)\d|not measured", parts[parts.index("Measured") + 1])


def test_the_index_has_every_decision_under_its_title() -> None:
    listed = {
        name: title for title, name in re.findall(r"^- \[(.+)\]\((.+)\)$", INDEX.read_text(), re.M)
    }
    titles = {
        path.name: path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
        for path in DECISIONS.glob("*.md")
        if path != INDEX
    }

    assert listed == titles


def rows(page: Path, columns: int) -> list[list[str]]:
    """The rows of a page's first table that has that many columns, without its heading."""
    lines = [line for line in page.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if len(row) == columns][2:]


def test_every_dependency_is_asked_what_it_is_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = [re.split(r"[\[<>=;]", line)[0] for line in project["dependencies"]]

    asked = [row[0] for row in rows(DECISIONS / "dependencies.md", 5)]

    assert sorted(asked) == sorted(declared)


def test_the_module_that_uses_a_dependency_names_it() -> None:
    top_levels: dict[str, set[str]] = {}
    for top_level, names in packages_distributions().items():
        for name in names:
            top_levels.setdefault(re.sub(r"[-_.]+", "-", name).lower(), set()).add(top_level)
    sources = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in (ROOT / "campaign").rglob("*.py")
    }

    for dependency, _, user, *_ in rows(DECISIONS / "dependencies.md", 5):
        packages = top_levels[re.sub(r"[-_.]+", "-", dependency).lower()]
        used = re.compile(rf"""(?:import |from |["(])(?:{"|".join(map(re.escape, packages))})\b""")
        users = [name for name, text in sources.items() if used.search(text)]
        if user == "not imported":
            assert users == [], dependency
        else:
            assert user.strip("`") in users, dependency


def test_every_threat_has_a_module_and_a_test() -> None:
    threats = rows(ROOT / "SECURITY.md", 4)

    assert len(threats) > 50
    for threat, defense, module, test in threats:
        assert threat
        assert defense
        assert re.fullmatch(r"`campaign/[\w/]+\.py`", module), threat
        assert re.fullmatch(r"`tests/[\w/]+\.py::[\w:]+`", test), threat
