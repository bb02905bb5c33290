"""The files around the code: what CI runs, what the hooks run, how the glossary is kept."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


def loaded(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_continuous_integration_runs_the_script_that_anyone_can_run() -> None:
    workflow = loaded(ROOT / ".github/workflows/ci.yml")

    [job] = workflow["jobs"].values()
    assert [step["run"] for step in job["steps"] if "run" in step][-1] == ".ci/run"
    assert workflow["permissions"] == {"contents": "read"}


def test_continuous_integration_tries_the_oldest_python_that_is_supported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    [job] = loaded(ROOT / ".github/workflows/ci.yml")["jobs"].values()

    assert f">={job['strategy']['matrix']['python'][0]}" == project["requires-python"]


@pytest.mark.parametrize("form", [path for path in FORMS if path.name != "config.yml"])
def test_an_issue_form_asks_fields_of_their_own_names(form: Path) -> None:
    """GitHub refuses a form without a name and a description, or with an id that comes twice."""
    asked = loaded(form)

    assert asked["name"]
    assert asked["description"]
    ids = [field["id"] for field in asked["body"] if field["type"] != "markdown"]
    assert len(ids) == len(set(ids)) > 0
    assert all(
        field["type"] == "markdown" or field["attributes"]["label"] for field in asked["body"]
    )


def test_hooks_run_the_tools_that_lint_runs() -> None:
    [local] = loaded(ROOT / ".pre-commit-config.yaml")["repos"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    [recipe] = re.findall(r"^lint:.*\n((?:\t.*\n)+)", makefile, re.M)
    lint = set(re.findall(r"\$\(BIN\)/([\w-]+)", recipe))
    hooks = {hook["entry"].removeprefix(".venv/bin/").split()[0] for hook in local["hooks"]}

    assert local["repo"] == "local"
    assert hooks == lint


def test_the_glossary_is_in_order_and_defines_each_term_once() -> None:
    text = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    sections = re.split(r"^## .+$", text, flags=re.M)[1:]
    terms = [re.findall(r"^\*\*(.+?)\*\*: ", section, re.M) for section in sections]
    entries = re.findall(r"^\*\*.+?(?=\n\n|\Z)", text.strip(), re.M | re.S)
    every = [term for section in terms for term in section]

    assert len(every) == len(set(every)) == len(entries) > 60
    for section in terms:
        assert section == sorted(section, key=lambda term: re.sub(r"\W", " ", term).casefold())
    for entry in entries:
        assert entry.endswith("."), entry
        assert not re.search(r"[a-z)]\. [A-Z]", entry), f"more than one sentence: {entry}"
