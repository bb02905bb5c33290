"""The wheel is the product: it holds all that it needs and runs away from the checkout."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    built = subprocess.run([*build, str(ROOT)], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    [path] = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `campaign` command of a fresh environment that has the wheel and our dependencies."""
    home = tmp_path_factory.mktemp("fresh") / "venv"
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--offline", "--no-deps"]
    subprocess.run([*install, "--python", str(python), str(wheel)], check=True)
    # Dependencies are lent, by a path alone: Python follows no .pth file inside a lent folder, and
    # so not the one by which the checkout is installed here.
    fresh = next((home / "lib").glob("python*")) / "site-packages"
    (fresh / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin" / "campaign"


def from_root(*command: str | Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in `/`, in an environment that knows nothing of the checkout."""
    return subprocess.run(
        command,
        cwd="/",
        env={"HOME": str(home), "PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_holds_what_the_code_reads(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())

    for needed in (
        "campaign/templates/_layout/base.html",
        "campaign/templates/email/confirm/body.html",
        "campaign/data/congress/meta.json",
        "campaign/data/campaigns/section-907/campaign.toml",
        "campaign/store/migrations/env.py",
        "campaign/web/static/campaign.css",
    ):
        assert needed in names
    for pattern in ("/templates/letters/", "/data/fonts/", "/migrations/versions/"):
        assert [name for name in names if pattern in name], pattern
    tracked = subprocess.run(
        ["git", "ls-files", "campaign", "templates", "data"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    expected = {
        name if name.startswith("campaign/") else f"campaign/{name}" for name in tracked if name
    }
    assert expected <= names, "tracked files that the wheel leaves out"


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".db"))]
    assert {name.split("/")[0].split("-")[0] for name in names} == {"campaign", "campaign_toolkit"}


def test_the_installed_command_looks_up_a_zip_from_another_folder(
    installed: Path, tmp_path: Path
) -> None:
    where = from_root(
        installed.parent / "python",
        "-c",
        "import campaign; print(campaign.__file__)",
        home=tmp_path,
    )
    looked_up = from_root(installed, "lookup", "59001", "--json", home=tmp_path)

    assert Path(where.stdout.strip()).is_relative_to(installed.parent.parent)
    assert looked_up.returncode == 0, looked_up.stderr
    assert '"MT-' in looked_up.stdout


def test_the_installed_site_sets_up_its_database_and_answers(
    installed: Path, tmp_path: Path
) -> None:
    """Templates, migrations, static files and data are found inside the package."""
    probe = (
        "from campaign.settings import read\n"
        "from campaign.store.db.engine import Database\n"
        "from campaign.web.app import create_app\n"
        f"told = read({{'CAMPAIGN_ENV': 'development', 'CAMPAIGN_HOME': {str(tmp_path)!r}}})\n"
        "Database(told.database_url).upgrade()\n"
        "client = create_app(told).test_client()\n"
        "page = client.get('/c/section-907/')\n"
        "assert page.status_code == 200, page.status_code\n"
        "assert client.get('/readyz').status_code == 200\n"
    )

    ran = from_root(installed.parent / "python", "-c", probe, home=tmp_path)

    assert ran.returncode == 0, ran.stderr


def test_the_installed_command_prints_a_letter(installed: Path, tmp_path: Path) -> None:
    """Fonts and the letter's Typst template come along."""
    ran = from_root(
        installed,
        *("letter", "section-907", "--zip", "59001", "--name", "Ada Example"),
        *("--address", "1 Example Street, Absarokee, MT 59001", "--out", str(tmp_path / "l.pdf")),
        home=tmp_path,
    )

    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "l.pdf").read_bytes().startswith(b"%PDF-")
