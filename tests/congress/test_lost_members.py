"""Whoever held a seat and is gone from the new files has left by a sign, or is named as lost."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.congress import dataset
from campaign.congress.build import ZipTables, build_from
from campaign.congress.dataset import Congress
from campaign.congress.lost_members import ended_terms, missing_members
from campaign.congress.tables import ZIP_TABLES, encode
from campaign.congress.upstream import FILES
from tests.congress import full_upstream

BEFORE, AFTER = date(2026, 6, 15), date(2026, 7, 1)

Files = dict[str, Any]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """A made-up upstream of four small states."""
    folder = tmp_path_factory.mktemp("small")
    full_upstream.write(folder, states=("MT", "WY", "RI", "PR"))
    return {name: yaml.safe_load((folder / f"{name}.yaml").read_bytes()) for name in FILES}


def read(files: Files, on_date: date, root: Path) -> tuple[Congress, frozenset[str]]:
    """The Congress that such files make, without ZIPs, and whom the other files still name."""
    contents = {
        name: yaml.dump(content, Dumper=yaml.CSafeDumper).encode()
        for name, content in files.items()
    }
    no_zips = ZipTables(119, {table: encode(table, ()) for table in ZIP_TABLES}, ())
    folder = Path(tempfile.mkdtemp(dir=root))
    built = build_from(
        contents, folder, as_of=on_date, zips=lambda _: no_zips, known={}, origin="example"
    )
    return dataset.load(folder), built.strangers


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


@pytest.fixture(scope="module")
def current(files: Files, root: Path) -> Congress:
    return read(files, BEFORE, root)[0]


def without(files: Files, ids: set[str], *names: str) -> Files:
    """The same files, some of them without these members."""
    fewer = dict(files)
    for name in names:
        if name == "committee-membership-current":
            fewer[name] = {
                code: [slot for slot in slots if slot["bioguide"] not in ids]
                for code, slots in files[name].items()
            }
        else:
            fewer[name] = [entry for entry in files[name] if entry["id"]["bioguide"] not in ids]
    return fewer


def ids_of(files: Files) -> list[str]:
    return [entry["id"]["bioguide"] for entry in files["legislators-current"]]


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_whoever_is_gone_from_the_members_file_alone_is_lost(
    files: Files, current: Congress, root: Path, data: st.DataObject
) -> None:
    gone = data.draw(st.sets(st.sampled_from(ids_of(files)), max_size=len(ids_of(files)) - 1))

    new, strangers = read(without(files, gone, "legislators-current"), AFTER, root)

    assert {one.bioguide for one in missing_members(current, new, strangers)} == gone


def test_a_file_cut_at_any_record_loses_the_last_by_name(
    files: Files, current: Congress, root: Path
) -> None:
    every = ids_of(files)
    for kept in range(1, len(every) + 1):
        cut = files | {"legislators-current": files["legislators-current"][:kept]}

        new, strangers = read(cut, AFTER, root)

        lost = {one.bioguide for one in missing_members(current, new, strangers)}
        assert lost == set(every[kept:])


def test_whom_no_file_names_any_more_has_left(files: Files, current: Congress, root: Path) -> None:
    gone = set(ids_of(files)[:2])

    new, strangers = read(
        without(
            files,
            gone,
            "legislators-current",
            "legislators-district-offices",
            "legislators-social-media",
            "committee-membership-current",
        ),
        AFTER,
        root,
    )

    assert missing_members(current, new, strangers) == ()


def test_a_new_member_whom_no_other_file_ever_named_is_lost(files: Files, root: Path) -> None:
    newest = ids_of(files)[-1]
    bare = without(
        files,
        {newest},
        "legislators-district-offices",
        "legislators-social-media",
        "committee-membership-current",
    )
    before, _ = read(bare, BEFORE, root)

    new, strangers = read(without(bare, {newest}, "legislators-current"), AFTER, root)

    assert [one.bioguide for one in missing_members(before, new, strangers)] == [newest]


def test_a_successor_or_an_ended_term_is_a_sign(
    files: Files, current: Congress, root: Path
) -> None:
    first, second, *others = files["legislators-current"]
    follower = {
        **first,
        "id": {"bioguide": "R000001"},
        "terms": [{**first["terms"][-1], "start": "2026-06-20"}],
    }
    ended = {**second, "terms": [{**second["terms"][-1], "end": "2026-06-25"}]}

    new, strangers = read(files | {"legislators-current": [follower, ended, *others]}, AFTER, root)

    assert missing_members(current, new, strangers) == ()


def test_a_term_that_was_to_end_by_election_has_ended(files: Files, root: Path) -> None:
    first, *others = files["legislators-current"]
    expected = {**first["terms"][-1], "end": "2026-06-30", "end-type": "special-election"}
    before, _ = read(
        files | {"legislators-current": [{**first, "terms": [expected]}, *others]}, BEFORE, root
    )

    new, strangers = read(files | {"legislators-current": others}, AFTER, root)

    assert missing_members(before, new, strangers) == ()


def test_a_member_who_lost_the_last_term_is_lost(
    files: Files, current: Congress, root: Path
) -> None:
    first, *others = files["legislators-current"]
    earlier = {**first["terms"][-1], "start": "2019-01-03", "end": "2025-01-03"}

    new, strangers = read(
        files | {"legislators-current": [{**first, "terms": [earlier]}, *others]}, AFTER, root
    )

    lost = missing_members(current, new, strangers)
    assert [one.bioguide for one in lost] == [first["id"]["bioguide"]]


def test_a_term_that_ended_is_read_from_the_file_of_those_who_left() -> None:
    content = (
        b"- id:\n    bioguide: A000001\n  terms:\n  - end: '2025-01-03'\n  - end: '2026-06-20'\n"
        b"- id:\n    bioguide: B000002\n  terms: []\n"
        b"- id:\n    bioguide: C000003\n  terms:\n  - end: '2026-06-21'\n"
        b"- nonsense: [A000001\n"
    )

    assert ended_terms(content, ["A000001", "B000002"]) == {"A000001": date(2026, 6, 20)}
    assert ended_terms(b"<html>", ["A000001"]) == {}
    assert ended_terms(b"", ["A000001"]) == {}
