"""What `deploy/` ships fits the toolkit: commands, settings, metrics, paths; and is well-formed."""

import json
import re
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path

import click
import pytest
import yaml

from campaign import cli
from campaign.settings import Settings, read, require_safe
from tests.deploy import files
from tests.web.whole_site import make_site

#: Settings whose names in the environment are not those of their fields.
_OTHERWISE = {"env": "CAMPAIGN_ENV", "home": "CAMPAIGN_HOME", "campaign_paths": "CAMPAIGN_PATH"}
SETTINGS = {_OTHERWISE.get(field.name, field.name.upper()) for field in fields(Settings)}
METRICS_TOKEN = "a-token-of-the-tests"


def test_every_command_is_one_with_its_options() -> None:
    lines = files.commands()

    assert len(lines) > 10
    with click.Context(cli.cli) as context:
        for words in lines:
            command: click.Command | None = cli.cli
            rest = list(words)
            while isinstance(command, click.Group) and rest:
                command = command.get_command(context, rest.pop(0))
            assert command is not None, words
            known = {option for parameter in command.params for option in parameter.opts}
            assert {word for word in rest if word.startswith("--")} <= known, words


def test_the_example_names_only_settings_and_all_that_production_needs(tmp_path: Path) -> None:
    example = files.example()
    filled = {
        **example,
        "SECRET_KEY": "kJ8vQ2mX7pL4nR9tW3yB6cF1dG5hZ0sA",
        "CAMPAIGN_HOME": str(tmp_path),
    }

    settings = require_safe(read(filled, working_directory=tmp_path))

    assert set(example) - SETTINGS == {"POSTGRES_PASSWORD"}
    assert len(settings.mail_servers) == 1
    assert settings.updates_from != settings.mail_from
    with pytest.raises(Exception, match="SECRET_KEY"):
        require_safe(read({**filled, "SECRET_KEY": ""}, working_directory=tmp_path))


def test_compose_uses_names_that_the_example_gives_and_settings_that_exist() -> None:
    text = files.text("compose.yaml")
    used = set(re.findall(r"\$\{([A-Z_]+)", text))

    assert used <= set(files.example())
    for service in files.compose()["services"].values():
        if service["image"] == "campaign":
            assert set(service["environment"]) <= SETTINGS


def test_compose_refers_only_to_what_it_defines() -> None:
    compose = files.compose()
    services = compose["services"]

    assert {services[name]["deploy"]["replicas"] for name in ("web", "worker")} == {2}
    for name, service in services.items():
        assert set(service.get("depends_on", ())) <= set(services), name
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source.startswith("./") or source in compose["volumes"], name
        waits = service.get("depends_on", {})
        for other, how in waits.items() if isinstance(waits, dict) else ():
            if how["condition"] == "service_healthy":
                assert "test" in services[other]["healthcheck"], (name, other)


def test_kubernetes_refers_only_to_what_it_defines() -> None:
    objects = files.kubernetes()
    claims = {
        each["metadata"]["name"] for each in objects if each["kind"] == "PersistentVolumeClaim"
    }
    [config] = [each for each in objects if each["kind"] == "ConfigMap"]

    assert set(config["data"]) <= SETTINGS
    assert set(files.pods()) == {
        "campaign-web", "campaign-worker", "campaign-refresh", "campaign-doctor", "campaign-backup"
    }  # fmt: skip
    for name, pod in files.pods().items():
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        used = {volume["persistentVolumeClaim"]["claimName"] for volume in volumes.values()}
        assert used <= claims, name
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        for container in pod["containers"]:
            assert {mount["name"] for mount in container["volumeMounts"]} <= set(volumes), name


def test_the_image_copies_what_exists_and_runs_as_nobody_special() -> None:
    text = files.text("Dockerfile")
    sources = [
        word
        for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.M)
        for word in line.split()
    ]
    allowed = re.findall(r"^!(\S+)$", files.text("Dockerfile.dockerignore"), re.M)

    assert sorted(sources) == sorted(allowed)
    assert all((files.ROOT / source).exists() for source in sources)
    last = text.rpartition("\nFROM ")[2]
    assert re.search(r"^USER campaign$", last, re.M)
    assert "HEALTHCHECK" in last
    assert "fonts-noto-cjk" in last


@pytest.fixture(scope="module")
def unit_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units, with a command that is there."""
    folder = tmp_path_factory.mktemp("units")
    for path in files.units():
        there = path.read_text().replace("/opt/campaign/bin/campaign", "/bin/true")
        (folder / path.name).write_text(there)
    return folder


def test_systemd_accepts_every_unit(unit_folder: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze")
    names = [
        str(path).replace("@.", "@1.") if "@" in path.name else str(path)
        for path in sorted(unit_folder.iterdir())
    ]
    # An instance is named by a link to its template.
    (unit_folder / "campaign-worker@1.service").symlink_to("campaign-worker@.service")

    ran = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *names],
        capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin:/usr/sbin"},
    )  # fmt: skip

    ours = [line for line in ran.stderr.splitlines() if "campaign" in line]
    assert ours == []


def test_units_wait_for_the_database_for_as_long_as_it_is_away() -> None:
    for name in ("campaign-web.service", "campaign-worker@.service"):
        unit = files.text(f"systemd/{name}")
        assert "StartLimitIntervalSec=0" in unit
        assert "Restart=always" in unit
        assert "RestartSec=5" in unit


def test_each_timer_has_its_service() -> None:
    names = {path.name for path in files.units()}
    timers = {name for name in names if name.endswith(".timer")}

    assert timers == {f"campaign-{name}.timer" for name in ("refresh", "backup", "doctor")}
    assert {name.replace(".timer", ".service") for name in timers} <= names


def metric_names(tmp_path: Path) -> set[str]:
    """Return the names of all samples that `/metrics` may have."""
    site = make_site(tmp_path, metrics_token=METRICS_TOKEN)
    shown = site.client.get("/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"}).text
    names = set()
    for name, kind in re.findall(r"^# TYPE (\w+) (\w+)$", shown, re.M):
        names |= {f"{name}_bucket"} if kind == "histogram" else {name}
    return names


def test_rules_and_dashboard_name_only_metrics_that_exist(tmp_path: Path) -> None:
    rules = yaml.safe_load(files.text("prometheus/alerts.yaml"))["groups"][0]["rules"]
    dashboard = json.loads(files.text("prometheus/grafana-dashboard.json"))
    expressions = [rule["expr"] for rule in rules] + [
        target["expr"] for panel in dashboard["panels"] for target in panel["targets"]
    ]
    without_labels = [re.sub(r"\{[^}]*\}|\bby \([^)]*\)", "", text) for text in expressions]

    used = {name for text in without_labels for name in re.findall(r"\bcampaign_\w+", text)}

    assert len(used) > 8
    assert used <= metric_names(tmp_path)
    for rule in rules:
        assert set(rule["annotations"]) == {"summary", "action"}


def test_prometheus_accepts_the_rules() -> None:
    if shutil.which("promtool") is None:
        pytest.skip("no promtool")

    ran = subprocess.run(
        ["promtool", "check", "rules", str(files.DEPLOY / "prometheus" / "alerts.yaml")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert ran.returncode == 0, ran.stderr


def test_caddy_accepts_its_file(tmp_path: Path) -> None:
    caddy = shutil.which("caddy")
    if caddy is None:
        pytest.skip("no caddy")
    version = subprocess.run([caddy, "version"], capture_output=True, text=True, check=True).stdout
    text = files.text("Caddyfile")
    if tuple(map(int, re.findall(r"\d+", version)[:2])) < (2, 8):
        text = text.replace("log_skip", "skip_log")  # its former name
    (tmp_path / "Caddyfile").write_text(text)

    ran = subprocess.run(
        [caddy, "validate", "--adapter", "caddyfile", "--config", str(tmp_path / "Caddyfile")],
        capture_output=True, text=True, check=False,
        env={"BASE_URL": files.example()["BASE_URL"], "HOME": str(tmp_path)},
    )  # fmt: skip

    assert ran.returncode == 0, ran.stderr
