"""The architecture page says what the code is: its floors, arrows, rooms and modules."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "campaign"
PAGE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
#: In the diagram the modules that lie directly in `campaign` are one box.
GROUND = "modules"

Graph = dict[str, set[str]]


def packages() -> set[str]:
    return {path.parent.name for path in PACKAGE.glob("*/__init__.py")}


def imported(path: Path) -> set[str]:
    """The packages, or `modules`, that a file imports from `campaign`."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    inside = {name.split(".")[1] for name in names if name.startswith("campaign.")}
    return {name if name in packages() else GROUND for name in inside}


@cache
def imports() -> Graph:
    graph: Graph = {package: set() for package in packages()}
    for package in graph:
        for path in (PACKAGE / package).rglob("*.py"):
            graph[package] |= imported(path)
        graph[package].discard(package)
    return graph | {GROUND: set()}


def reachable(graph: Graph, start: str) -> set[str]:
    found: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += graph[name]
    return found


def without_shortcuts(graph: Graph) -> Graph:
    """The arrows that no longer way replaces (the transitive reduction)."""
    return {
        name: {
            target
            for target in targets
            if not any(target in reachable(graph, other) for other in targets - {target})
        }
        for name, targets in graph.items()
    }


def drawn() -> tuple[list[set[str]], Graph]:
    """The floors of the diagram, from top to bottom, and its arrows."""
    [diagram] = re.findall(r"```mermaid\n(.+?)```", PAGE, re.S)
    floors = [
        set(re.findall(r"^ {8}(\w+)$", body, re.M))
        for body in re.findall(r"subgraph .+?\n(.+?)\n    end", diagram, re.S)
    ]
    graph: Graph = {name: set() for floor in floors for name in floor}
    for source, target in re.findall(r"^ {4}(\w+) --> (\w+)$", diagram, re.M):
        graph[source].add(target)
    return floors, graph


def test_the_arrows_of_the_diagram_are_the_imports() -> None:
    _, arrows = drawn()

    assert arrows == without_shortcuts(imports())


def test_the_floors_of_the_diagram_are_those_of_the_contract() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    [layers] = [each["layers"] for each in config["contracts"] if each["type"] == "layers"]
    *upper, ground = [set(re.split(r" [|:] ", layer)) for layer in layers]
    floors, _ = drawn()

    assert floors[:-1] == upper
    assert floors[-1] == {GROUND, *(ground & packages())}
    assert ground - packages() == modules()


def modules() -> set[str]:
    return {path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__"}


def test_the_page_names_every_module_that_everybody_may_use() -> None:
    [sentence] = re.findall(r"^Modules that everybody may use: (.+?)\. ", PAGE, re.M | re.S)

    assert set(re.findall(r"`(\w+)`", sentence)) == modules()


def test_the_page_names_every_room() -> None:
    rows = re.findall(r"^\| (`[\w/]+`(?:, `[\w/]+`)*) \| .+ \|$", PAGE, re.M)
    named = {room for row in rows for room in re.findall(r"`([\w/]+)`", row)}
    rooms = {
        path.parent.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*/__init__.py")
        if path.parent.name != "versions"
    }

    assert named == rooms
