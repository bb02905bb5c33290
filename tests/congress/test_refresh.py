"""A refresh puts new data in force whole, or leaves everything as it was."""

import os
import pickle
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from campaign import paths
from campaign.congress import dataset, upstream, upstream_files
from campaign.congress.dataset import Congress
from campaign.congress.places import FIPS_STATES, ZipCode
from campaign.congress.refresh import refresh
from campaign.congress.routing import route_zip
from campaign.errors import DatasetInvalid, InvalidInput
from tests.congress import full_upstream
from tests.congress.relationship_file import census_file, census_row

SHIPPED = paths.data() / "congress"
TODAY = date(2026, 11, 24)
NEXT_DAY = date(2027, 1, 10)
CENSUS_120 = "tab20_cd12020_zcta520_natl.txt"

Spoil = Callable[[bytes], bytes]


class FileServer:
    """Serves a folder as upstream does; `spoil` changes a file's body on its way out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spoil: dict[str, Spoil] = {}
        self.missing: set[str] = set()
        self.promise_whole = True
        self.last_modified = "Wed, 01 Jul 2026 12:00:00 GMT"
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                """Stay silent."""

            def do_GET(self) -> None:
                owner.answer(self)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = self.folder / request.path.rsplit("/", 1)[-1]
        if not path.is_file() or path.name in self.missing:
            request.send_error(404)
            return
        body = path.read_bytes()
        sent = self.spoil[path.stem](body) if path.stem in self.spoil else body
        request.send_response(200)
        if self.promise_whole:
            request.send_header("Content-Length", str(len(body)))
        if self.last_modified:
            request.send_header("Last-Modified", self.last_modified)
        request.end_headers()
        request.wfile.write(sent)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module", autouse=True)
def _parsed_once() -> Iterator[None]:
    """Parse each text of upstream's once: most of a refresh's time, and no part of these tests."""
    parse = upstream_files.parse
    parsed: dict[bytes, bytes] = {}

    def load(content: bytes) -> Any:
        if content not in parsed:
            parsed[content] = pickle.dumps(parse(content))
        return pickle.loads(parsed[content])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upstream_files, "parse", load)
        yield


@pytest.fixture(scope="module")
def full_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up upstream of full size; read it, do not change it."""
    return full_upstream.write(tmp_path_factory.mktemp("full"))


@pytest.fixture(scope="module")
def settings(full_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Congress:
    """The full made-up upstream as data in force, of some weeks before it is fetched again."""
    home = tmp_path_factory.mktemp("in-force")
    shipped = dataset.load(SHIPPED)
    day = date(2026, 6, 20)
    return dataset.load(refresh(str(full_folder), home, shipped, today=TODAY, as_of=day).folder)


@pytest.fixture
def file_server(full_folder: Path) -> Iterator[FileServer]:
    """A server of the full made-up upstream."""
    server = FileServer(full_folder)
    yield server
    server.close()


def state_of(home: Path) -> dict[str, bytes]:
    """Every file under the folder of refreshed data, with its content."""
    return {
        str(path.relative_to(home)): path.read_bytes()
        for path in sorted(home.rglob("*"))
        if path.is_file()
    }


def test_a_folder_is_put_in_force(full_folder: Path, tmp_path: Path, shipped: Congress) -> None:
    done = refresh(str(full_folder), tmp_path, shipped, today=TODAY)
    now = dataset.load_current(SHIPPED, tmp_path)

    assert now.folder == done.folder
    assert now.meta.as_of == date(2026, 7, 1)
    assert [term.seat.id for term in now.members["Q000000"].terms] == ["AK-S2"]
    # The ZIP tables are those in use before: the source had none.
    assert now.zip_districts == shipped.zip_districts
    assert now.meta.crosswalk_congress == 119
    assert "zcta_cd119.csv" in {source.file for source in now.meta.sources}


def test_an_address_is_put_in_force_as_of_the_day_the_server_says(
    file_server: FileServer, tmp_path: Path, shipped: Congress
) -> None:
    fetched: list[str] = []
    refresh(file_server.url, tmp_path, shipped, today=TODAY, progress=fetched.append)
    now = dataset.load_current(SHIPPED, tmp_path)

    assert now.meta.as_of == date(2026, 7, 1)
    assert fetched == list(upstream.FILES)
    assert {source.origin for source in now.meta.sources if source.file.endswith(".yaml")} == {
        file_server.url
    }


def test_without_the_servers_word_the_data_is_of_today(
    file_server: FileServer, tmp_path: Path, shipped: Congress
) -> None:
    file_server.last_modified = ""

    refresh(file_server.url, tmp_path, shipped, today=TODAY)
    assert dataset.load_current(SHIPPED, tmp_path).meta.as_of == TODAY


def cut_in_half(body: bytes) -> bytes:
    return body[: len(body) // 2]


def cut_at_a_line(body: bytes) -> bytes:
    return body[: body.index(b"\n", len(body) // 2) + 1]


def few_records(body: bytes) -> bytes:
    """Leave whole records away: what is left is sound YAML."""
    return body[: body.index(b"\n- id:", len(body) // 2) + 1]


@pytest.mark.parametrize("name", upstream.FILES)
@pytest.mark.parametrize(
    "spoil",
    [cut_in_half, cut_at_a_line, lambda _: b"", lambda _: b"<html>Not here</html>\n"],
    ids=["half", "half-at-a-line", "empty", "html"],
)
def test_a_file_that_is_not_whole_changes_nothing(
    file_server: FileServer, tmp_path: Path, shipped: Congress, spoil: Spoil, name: str
) -> None:
    file_server.spoil = {name: spoil}
    file_server.promise_whole = False

    with pytest.raises(DatasetInvalid):
        refresh(file_server.url, tmp_path, shipped, today=TODAY)
    assert list(tmp_path.iterdir()) == []


def test_a_body_shorter_than_promised_changes_nothing(
    file_server: FileServer, tmp_path: Path, shipped: Congress
) -> None:
    file_server.spoil = {upstream.FILES[-1]: lambda whole: whole[: whole.rindex(b"\n- ") + 1]}

    with pytest.raises(DatasetInvalid, match="could not be fetched whole"):
        refresh(file_server.url, tmp_path, shipped, today=TODAY)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["legislators-current", "legislators-district-offices"])
def test_a_sound_file_with_records_missing_changes_nothing(
    file_server: FileServer, tmp_path: Path, shipped: Congress, name: str
) -> None:
    file_server.spoil = {name: few_records}
    file_server.promise_whole = False

    with pytest.raises(DatasetInvalid) as refused:
        refresh(file_server.url, tmp_path, shipped, today=TODAY)
    assert refused.value.problems
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_changes_nothing(
    file_server: FileServer, tmp_path: Path, shipped: Congress
) -> None:
    file_server.folder = tmp_path / "nothing"

    with pytest.raises(DatasetInvalid, match="answered 404"):
        refresh(file_server.url, tmp_path / "home", shipped, today=TODAY)
    assert list((tmp_path / "home").iterdir()) == []


def test_a_server_that_is_not_there_changes_nothing(tmp_path: Path, shipped: Congress) -> None:
    with pytest.raises(DatasetInvalid, match="could not be fetched whole"):
        refresh("http://127.0.0.1:9", tmp_path, shipped, today=TODAY)
    assert list(tmp_path.iterdir()) == []


def test_older_data_than_that_in_force_is_refused(
    full_folder: Path, tmp_path: Path, shipped: Congress
) -> None:
    with pytest.raises(DatasetInvalid) as refused:
        refresh(str(full_folder), tmp_path, shipped, today=TODAY, as_of=date(2026, 1, 5))
    assert refused.value.problems == ("the new data is of 2026-01-05, before the 2026-06-15",)


def test_the_folder_in_force_before_is_kept_and_older_ones_go(
    full_folder: Path, tmp_path: Path, shipped: Congress
) -> None:
    folders = [
        refresh(str(full_folder), tmp_path, shipped, today=TODAY, as_of=date(2026, 7, day)).folder
        for day in (1, 2, 3)
    ]

    assert dataset.current_folder(tmp_path) == folders[2]
    assert {path for path in tmp_path.iterdir() if path.is_dir()} == set(folders[1:])


def test_what_a_killed_refresh_left_goes_after_a_day(
    full_folder: Path, tmp_path: Path, shipped: Congress
) -> None:
    for name, age_s in ((".staging-old", 90_000), (".staging-running", 60)):
        (tmp_path / name).mkdir()
        then = time.time() - age_s
        os.utime(tmp_path / name, (then, then))

    refresh(str(full_folder), tmp_path, shipped, today=TODAY)

    assert not (tmp_path / ".staging-old").exists()
    assert (tmp_path / ".staging-running").exists()


def test_a_failure_after_a_success_leaves_every_byte(
    full_folder: Path, tmp_path: Path, shipped: Congress
) -> None:
    refresh(str(full_folder), tmp_path, shipped, today=TODAY)
    before = state_of(tmp_path)

    with pytest.raises(DatasetInvalid):
        refresh(str(tmp_path / "no-such-folder"), tmp_path, shipped, today=TODAY)
    assert state_of(tmp_path) == before


def test_readers_see_the_old_tables_or_the_new(
    full_folder: Path, tmp_path: Path, shipped: Congress
) -> None:
    """While the pointer is swapped over and over, every load is a whole one."""
    refresh(str(full_folder), tmp_path, shipped, today=TODAY, as_of=date(2026, 7, 1))
    done = threading.Event()
    seen: list[date] = []

    def read() -> None:
        while not done.is_set():
            seen.append(dataset.load_current(SHIPPED, tmp_path).meta.as_of)
            done.wait(0.02)

    reader = threading.Thread(target=read)
    reader.start()
    for day in (2, 3):
        refresh(str(full_folder), tmp_path, shipped, today=TODAY, as_of=date(2026, 7, day))
    done.set()
    reader.join()

    assert seen == sorted(seen)
    assert shipped.meta.as_of not in seen


def test_a_folder_that_cannot_be_written_is_said(
    full_folder: Path, tmp_path: Path, shipped: Congress
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    with pytest.raises(DatasetInvalid, match="cannot be written"):
        refresh(str(full_folder), tmp_path / "file" / "congress", shipped, today=TODAY)


def test_the_next_congress_keeps_the_old_lines_where_they_did_not_change(
    tmp_path: Path, shipped: Congress
) -> None:
    day = date(2027, 1, 10)
    source = full_upstream.write(tmp_path / "next", as_of=day, congress=120)

    refresh(str(source), tmp_path / "home", shipped, today=day)
    now = dataset.load_current(SHIPPED, tmp_path / "home")

    assert (now.meta.congress, now.meta.crosswalk_congress) == (120, 119)
    assert now.meta.valid_until == date(2029, 1, 3)
    assert route_zip(now, ZipCode("59001"), day).certainty == "certain"
    redrawn = route_zip(now, ZipCode("75201"), day)
    assert (redrawn.need, len(redrawn.members)) == ("street", 2)


@pytest.fixture(scope="module")
def next_folder(tmp_path_factory: pytest.TempPathFactory, shipped: Congress) -> Path:
    """A made-up upstream of the 120th Congress, and the Census Bureau's file of its districts."""
    folder = full_upstream.write(
        tmp_path_factory.mktemp("next"), as_of=date(2027, 1, 10), congress=120
    )
    codes = {state: code for code, state in FIPS_STATES.items()}
    rows = [
        census_row(f"{codes[district.state]}{district.number:02}", five, 1_000 + place)
        for five, districts in shipped.zip_districts.items()
        for place, district in enumerate(districts)
    ]
    (folder / CENSUS_120).write_bytes(census_file(rows, 120))
    return folder


@pytest.fixture
def next_server(next_folder: Path) -> Iterator[FileServer]:
    """A server of both, in which the file of districts can be spoiled."""
    server = FileServer(next_folder)
    server.last_modified = "Sun, 10 Jan 2027 17:00:00 GMT"
    server.promise_whole = False
    yield server
    server.close()


def test_the_districts_of_a_new_congress_are_fetched_when_they_appear(
    next_server: FileServer, tmp_path: Path, shipped: Congress
) -> None:
    url = next_server.url
    done = refresh(url, tmp_path, shipped, today=NEXT_DAY, zip_districts_url=f"{url}/cd-sld/")

    now = dataset.load_current(SHIPPED, tmp_path)
    assert (now.meta.congress, now.meta.crosswalk_congress) == (120, 120)
    assert now.zip_folder == now.folder == done.folder
    # The made-up file has the most land in what was the last district before.
    assert [str(one) for one in now.zip_districts["90210"]] == ["CA-36", "CA-32", "CA-30"]
    assert f"{url}/cd-sld/{CENSUS_120}" in {source.origin for source in now.meta.sources}

    # The next refresh has them and asks no more.
    next_server.spoil = {Path(CENSUS_120).stem: lambda _: b""}
    again = refresh(url, tmp_path, now, today=NEXT_DAY, zip_districts_url=f"{url}/cd-sld")
    assert again.built.meta.crosswalk_congress == 120
    assert not any("district lines" in note for note in again.built.notes)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda whole: whole[: len(whole) // 2], "cut short"),
        (lambda whole: whole[: whole.index(b"\n", len(whole) // 2) + 1], "lacks"),
        (lambda _: b"<html>Not here</html>\n", "column"),
        (lambda whole: whole.replace(b"GEOID_CD", b"GEOID_SLDU", 1), "column"),
        (lambda whole: whole.replace(b"CD120", b"CD119"), "lines of the 119th Congress"),
        (lambda _: b"", "cut short"),
        (None, "answered 404"),
    ],
    ids=["truncated", "cut-at-a-line", "html", "wrong-columns", "other-congress", "empty", "none"],
)
def test_a_bad_file_of_districts_keeps_the_old_ones_and_lets_new_members_in(
    next_server: FileServer, tmp_path: Path, shipped: Congress, spoil: Spoil | None, why: str
) -> None:
    url = next_server.url
    if spoil is not None:
        next_server.spoil = {Path(CENSUS_120).stem: spoil}
    else:
        next_server.missing = {CENSUS_120}

    refresh(url, tmp_path, shipped, today=NEXT_DAY, zip_districts_url=url)

    now = dataset.load_current(SHIPPED, tmp_path)
    assert (now.meta.congress, now.meta.crosswalk_congress) == (120, 119)
    assert now.zip_districts == shipped.zip_districts
    [note] = [note for note in now.meta.notes if "district lines" in note]
    assert note.startswith("ZIPs keep the district lines of the 119th Congress: ")
    assert why in note


# -- who is missing --------------------------------------------------------------------------------


def records(body: bytes) -> list[bytes]:
    """The records of a list in YAML, each with its line ends."""
    first, *others = body.split(b"\n- ")
    return [first + b"\n", *(b"- " + record.rstrip(b"\n") + b"\n" for record in others)]


@pytest.mark.parametrize("kept", [0.5, 0.9, 0.991, 0.993, 0.995, 0.997, 0.999])
def test_a_members_file_cut_at_a_record_is_refused_by_name(
    file_server: FileServer, tmp_path: Path, settings: Congress, kept: float
) -> None:
    whole = records((file_server.folder / "legislators-current.yaml").read_bytes())
    left = int(len(whole) * kept)
    file_server.spoil = {"legislators-current": lambda _: b"".join(whole[:left])}
    file_server.promise_whole = False

    with pytest.raises(DatasetInvalid, match="Members are missing") as refused:
        refresh(file_server.url, tmp_path, settings, today=TODAY)

    missing = len(whole) - left
    listed = [problem for problem in refused.value.problems if "(Q" in problem]
    assert len(listed) == min(missing, 20)
    assert list(tmp_path.iterdir()) == []


def test_a_members_file_cut_within_a_record_is_refused(
    file_server: FileServer, tmp_path: Path, settings: Congress
) -> None:
    file_server.spoil = {"legislators-current": lambda body: body[: body.rindex(b"  terms:")]}
    file_server.promise_whole = False

    with pytest.raises(DatasetInvalid) as refused:
        refresh(file_server.url, tmp_path, settings, today=TODAY)

    [named, why, *_] = refused.value.problems
    last = (file_server.folder / "legislators-current.yaml").read_bytes().rsplit(b"bioguide: ")[-1]
    assert last[:7].decode() in named
    assert "no 'terms'" in why


@pytest.mark.parametrize("kept", [0.9, 0.98])
@pytest.mark.parametrize("name", upstream.FILES[1:])
def test_other_files_cut_at_a_record_are_refused(
    file_server: FileServer, tmp_path: Path, settings: Congress, name: str, kept: float
) -> None:
    body = (file_server.folder / f"{name}.yaml").read_bytes()
    if name == "committee-membership-current":
        whole = [b"HS" + part for part in body.split(b"\nHS")]
        whole = [whole[0][2:] + b"\n", *(part.rstrip(b"\n") + b"\n" for part in whole[1:])]
        # A few committees without members are within what may happen.
        kept = min(kept, 0.96)
    else:
        whole = records(body)
    file_server.spoil = {name: lambda _: b"".join(whole[: int(len(whole) * kept)])}
    file_server.promise_whole = False

    with pytest.raises(DatasetInvalid) as refused:
        refresh(file_server.url, tmp_path, settings, today=TODAY)
    assert refused.value.problems
    assert list(tmp_path.iterdir()) == []


def test_who_is_missing_can_be_accepted_by_id(
    file_server: FileServer, tmp_path: Path, settings: Congress
) -> None:
    whole = records((file_server.folder / "legislators-current.yaml").read_bytes())
    file_server.spoil = {"legislators-current": lambda _: b"".join(whole[:-1])}
    file_server.promise_whole = False
    last = whole[-1].split(b"bioguide: ")[1][:7].decode()

    refresh(file_server.url, tmp_path, settings, today=TODAY, accept_missing={last})

    assert last not in dataset.load_current(SHIPPED, tmp_path).members


@pytest.mark.parametrize(("end", "is_taken"), [("2026-06-28", True), ("2031-01-03", False)])
def test_upstreams_file_of_those_who_left_says_whose_term_ended(
    full_folder: Path, tmp_path: Path, settings: Congress, end: str, is_taken: bool
) -> None:
    folder = Path(shutil.copytree(full_folder, tmp_path / "upstream"))
    path = folder / "legislators-current.yaml"
    whole = records(path.read_bytes())
    path.write_bytes(b"".join(whole[:-1]))
    ended = re.sub(rb"end: '[0-9-]+'", f"end: '{end}'".encode(), whole[-1])
    (folder / "legislators-historical.yaml").write_bytes(whole[0] + ended)
    home = tmp_path / "home"

    if is_taken:
        refresh(str(folder), home, settings, today=TODAY)
    else:
        with pytest.raises(DatasetInvalid, match="Members are missing"):
            refresh(str(folder), home, settings, today=TODAY)

    now = dataset.load_current(SHIPPED, home)
    assert (now.folder.parent == home) is is_taken


def test_an_empty_list_of_who_sits_on_committees_comes_into_force_with_a_note(
    file_server: FileServer, tmp_path: Path, settings: Congress
) -> None:
    file_server.spoil = {"committee-membership-current": lambda _: b"{}\n"}
    file_server.promise_whole = False

    refresh(file_server.url, tmp_path, settings, today=TODAY)

    now = dataset.load_current(SHIPPED, tmp_path)
    assert not any(member.memberships for member in now.members.values())
    assert any("start of a Congress" in note for note in now.meta.notes)


def test_a_day_to_come_is_refused(full_folder: Path, shipped: Congress, tmp_path: Path) -> None:
    tomorrow = TODAY + timedelta(days=1)

    with pytest.raises(InvalidInput, match="still to come"):
        refresh(str(full_folder), tmp_path / "home", shipped, today=TODAY, as_of=tomorrow)

    assert not (tmp_path / "home").exists()
