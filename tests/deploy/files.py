"""The files of `deploy/`, and the commands of the toolkit that they run."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def text(name: str) -> str:
    """Return the text of a file in `deploy/`."""
    return (DEPLOY / name).read_text(encoding="utf-8")


def compose() -> dict[str, Any]:
    """Return compose.yaml with its merges applied."""
    loaded: dict[str, Any] = yaml.safe_load(text("compose.yaml"))
    return loaded


def kubernetes() -> list[dict[str, Any]]:
    """Return the objects of kubernetes.yaml."""
    return list(yaml.safe_load_all(text("kubernetes.yaml")))


def pods() -> dict[str, dict[str, Any]]:
    """Return the pod of each deployment and job of kubernetes.yaml, by its name."""
    found = {}
    for each in kubernetes():
        spec = each.get("spec", {})
        template = spec.get("jobTemplate", {}).get("spec", spec).get("template")
        if template:
            found[each["metadata"]["name"]] = template["spec"]
    return found


def example() -> dict[str, str]:
    """Return the names and values of .env.example."""
    rows = re.findall(r"^([A-Z_]+)=(.*)$", text(".env.example"), re.M)
    return dict(rows)


def units() -> list[Path]:
    """Return the files of systemd."""
    return sorted((DEPLOY / "systemd").iterdir())


def commands() -> list[list[str]]:
    """Return every command line of `campaign` in the files, as words after the command."""
    found = [service["command"] for service in compose()["services"].values() if is_ours(service)]
    for pod in pods().values():
        for container in (*pod.get("initContainers", ()), *pod["containers"]):
            if "command" not in container:
                found.append(container["args"])
    joined = "\n".join(path.read_text() for path in units())
    for line in re.findall(r"/opt/campaign/bin/campaign ([a-z][^\n\"']*)", joined):
        found.append(line.split())
    found.append(re.findall(r'"([^"]+)"', text("Dockerfile").rpartition("CMD [")[2]))
    return found


def is_ours(service: dict[str, Any]) -> bool:
    """True for a service that runs this toolkit with a command of its own."""
    return service["image"] == "campaign" and "command" in service
