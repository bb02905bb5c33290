"""Each signer is handed over, counted and told under the words that they signed."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from campaign import paths
from campaign.congress import dataset
from campaign.congress.dataset import Congress
from campaign.errors import TokenRefused
from campaign.organizing import signed_wordings, updates
from campaign.organizing.packets import packet, petition_book
from campaign.organizing.packets.preview import PacketFilter
from campaign.packs.pack import Pack
from campaign.petition import agreement, mailed_links, retention
from campaign.petition.paper import enter_signatures, paper_row, write_signatures
from campaign.store import models, wordings
from campaign.store.db.engine import Database
from campaign.store.signatures import Signature
from tests.letters.reading import words_of
from tests.organizing.reworded import FIRST, SECOND, edited, gather
from tests.petition.petitioning import KEYRING, NOW, Petition, together

ASKED = "We call on the Congress to end the authority to waive Section 907, and"
LATER = NOW + timedelta(days=3)


@pytest.fixture(scope="module")
def congress() -> Congress:
    return dataset.load(paths.data() / "congress")


@pytest.fixture
def packets(database: Database, congress: Congress, tmp_path: Path) -> Any:
    """What makes the packet of Montana's second district, and returns its text and its page."""

    def made(pack: Pack) -> tuple[str, str]:
        out = tmp_path / "out"
        report = packet.write(
            database, pack, congress, PacketFilter(district="MT-2"), out, actor="tester", now=LATER
        )
        [one] = report.made
        return tuple(  # type: ignore[return-value]
            " ".join(words_of((out / name).read_bytes(), tmp_path).split())
            for name in (one.file, one.summary)
        )

    return made


def test_the_first_signature_under_a_wording_keeps_its_text_and_no_later_one_writes(
    database: Database, tmp_path: Path
) -> None:
    first, second = gather(database, tmp_path)

    with database.reading() as connection:
        known = wordings.of_campaign(connection, first.name)
    for pack, said in ((first, FIRST), (second, SECOND)):
        for language in ("en", "es", "hy"):
            found = known.find(pack.wording_version, language)
            assert found is not None
            texts = pack.text(language)
            assert (found.headline, found.consent) == (texts.headline, texts.consent)
            assert found.paragraphs == tuple(passage.plain for passage in texts.petition)
        english = known.find(pack.wording_version)
        assert english is not None
        assert said in " ".join(english.paragraphs)

    with database.writing() as connection:
        connection.execute(sa.delete(models.wordings))
    Petition(database, second).sign(email="more@example.org")
    with database.reading() as connection:
        assert not connection.execute(sa.select(models.wordings)).all()


def test_a_packet_prints_each_wording_with_its_count_and_its_names_under_it(
    database: Database, packets: Any, tmp_path: Path
) -> None:
    _, second = gather(database, tmp_path)

    told, summary = packets(second)

    assert told.index(FIRST) < told.index(SECOND)
    assert "Wording 1, signed in these words by 3 people." in told
    assert "Wording 2, signed in these words by 2 people." in told
    assert "3 people signed wording 1 and 2 people signed wording 2" in told
    under_first = told.index("Constituents who signed: wording 1")
    under_second = told.index("Constituents who signed: wording 2")
    for early in ("Early, Ada", "Early, Bea", "Early, Cleo"):
        assert under_first < told.index(early) < under_second
    for late in ("Late, Dora", "Late, Eva"):
        assert under_second < told.index(late)
    assert f"Wording 1, signed by 3 people: {ASKED} {FIRST}" in summary
    assert f"Wording 2, signed by 2 people: {ASKED} {SECOND}" in summary


def test_names_under_one_earlier_wording_stand_under_it_and_not_under_todays(
    database: Database, packets: Any, tmp_path: Path
) -> None:
    first = edited(tmp_path / "section-907")
    Petition(database, first).sign_and_confirm()
    today = edited(
        tmp_path / "section-907",
        (FIRST, SECOND),
        ('"No U.S. military aid', '"No U.S. aid'),
    )

    told, summary = packets(today)

    assert FIRST in told
    assert SECOND not in told
    assert today.text().headline not in told
    assert "wording" not in told
    assert first.text().headline in " ".join(summary.split())


def test_a_changed_headline_is_another_wording_and_a_changed_story_is_none(
    database: Database, packets: Any, tmp_path: Path
) -> None:
    Petition(database, edited(tmp_path / "section-907")).sign_and_confirm()
    edited(tmp_path / "section-907", ("## What the law said", "## The law"), file="story.md")
    today = edited(tmp_path / "section-907", ('"No U.S. military aid', '"Stop U.S. military aid'))
    Petition(database, today).sign_and_confirm(first_name="Bea", email="bea@example.org")

    told, _ = packets(today)

    assert told.count("signed in these words by one person") == 2
    # No headline of one wording stands over the names of both.
    assert told.count("Re: Enforce Section 907 Dear") == 1
    assert "Re: Stop" not in told


def test_a_version_without_a_text_on_record_is_listed_as_an_earlier_wording(
    database: Database, packets: Any, tmp_path: Path
) -> None:
    first, _ = gather(database, tmp_path)
    with database.writing() as connection:
        connection.execute(
            sa.update(models.signatures)
            .where(models.signatures.c.first_name.in_(["Dora", "Eva"]))
            .values(wording_version="")
        )

    told, summary = packets(first)

    assert "Signed by 2 people. They signed an earlier wording of the petition, whose text" in told
    assert told.index("Constituents who signed: an earlier wording") < told.index("Late, Dora")
    assert "An earlier wording, signed by 2 people: we do not have its text." in summary

    with database.writing() as connection:
        connection.execute(sa.update(models.signatures).values(wording_version=""))
    told, _ = packets(first)
    assert "For comparison: the petition’s current text." in told
    assert "Signed by 5 people. They signed an earlier wording" in told


def test_signatures_that_bear_the_former_name_of_a_wording_are_under_its_text(
    database: Database, packets: Any, tmp_path: Path
) -> None:
    pack = edited(tmp_path / "section-907")
    Petition(database, pack).sign_and_confirm()
    with database.writing() as connection:
        connection.execute(sa.update(models.signatures).values(wording_version=pack.former_version))

    told, _ = packets(pack)

    assert FIRST in told
    assert "wording" not in told
    with database.reading() as connection:
        assert wordings.count_current(connection, pack).earlier == 0


def test_the_whole_petition_prints_both_wordings_in_every_volume_that_has_both(
    database: Database, congress: Congress, tmp_path: Path
) -> None:
    _, second = gather(database, tmp_path)
    for by in ("", "state"):
        out = tmp_path / f"book-{by}"
        report = petition_book.write(
            database,
            second,
            congress,
            out,
            split_by=by,
            actor="tester",
            now=LATER,
        )
        [volume] = report.volumes
        told = " ".join(words_of((out / volume.file).read_bytes(), tmp_path).split())
        assert report.wordings == 2
        assert told.index(FIRST) < told.index(SECOND)
        assert told.index("Montana: wording 1") < told.index("Early, Ada")
        assert told.index("Early, Cleo") < told.index("Montana: wording 2")
        assert told.index("Montana: wording 2") < told.index("Late, Dora")


def test_a_sheet_signed_before_the_rewording_is_entered_under_the_words_it_held(
    database: Database, congress: Congress, tmp_path: Path
) -> None:
    first, second = gather(database, tmp_path)
    lines = [
        paper_row.parse_signature(
            first_name=name, last_name="Paper", zip="59001", signed_on=day, pack=second,
            congress=congress, now=LATER,
        )
        for name, day in (("Old", "2026-06-16"), ("New", "2026-06-17"), ("Today", ""))
    ]  # fmt: skip

    enter_signatures.enter(database, second, lines, now=LATER, keyring=KEYRING, actor="tester")

    with database.reading() as connection:
        signed = models.signatures.c
        found = dict(
            connection.execute(
                sa.select(signed.first_name, signed.wording_version).where(
                    signed.last_name == "Paper"
                )
            ).all()
        )
        acts = connection.scalars(
            sa.select(models.consents.c.wording_version).where(
                models.consents.c.sentence == write_signatures.SENTENCE
            )
        ).all()
        recorded = wordings.of_campaign(connection, second.name)
    # The first text is recorded under two versions, and a sheet may bear either.
    assert found.pop("Old") in {first.wording_version, first.former_version}
    assert found == {"New": second.wording_version, "Today": second.wording_version}
    texts = [entry.words for entry in map(recorded.find, acts) if entry is not None]
    assert sorted(texts) == sorted(
        wordings.words_of(pack.text("en")) for pack in (first, second, second)
    )


def test_retention_keeps_the_texts_and_counts_nobody_under_them(
    database: Database, tmp_path: Path
) -> None:
    first, second = gather(database, tmp_path)

    retention.purge(database, NOW.replace(year=2030), retention_days=30)

    with database.reading() as connection:
        assert wordings.of_campaign(connection, first.name).find(first.wording_version)
        assert wordings.count_signed(connection, first.name) == ()
        assert wordings.count_current(connection, second) == wordings.WordingCounts(0, 0, 0)


def test_versions_that_differ_in_nothing_that_was_signed_are_one(
    database: Database, tmp_path: Path
) -> None:
    first, _ = gather(database, tmp_path)
    box = edited(tmp_path / "section-907", (SECOND, FIRST), ("Email me updates", "Mail me updates"))
    assert box.wording_version != first.wording_version

    with database.reading() as connection:
        standing = wordings.count_current(connection, box)
        found = signed_wordings.catalog(connection, box)
    assert (standing.current, standing.earlier) == (3, 2)
    assert found.key(box.wording_version) == found.key(first.wording_version)


def test_only_signers_of_an_earlier_wording_who_asked_for_news_are_asked_again(
    database: Database, tmp_path: Path
) -> None:
    _, second = gather(database, tmp_path)
    with database.writing() as connection:
        connection.execute(
            sa.update(models.signatures)
            .where(models.signatures.c.first_name != "Cleo")
            .values(mail_opt_in=True)
        )

    public_id = updates.draft_new_wording(database, second, actor="tester", now=LATER)

    draft = updates.find(database, second.name, public_id)
    assert draft.asks_again
    assert updates.reach(database, draft, LATER).readers == 2


def test_concurrent_agreements_are_recorded_once_and_a_withdrawal_stays(
    database: Database, tmp_path: Path
) -> None:
    gather(database, tmp_path)
    second = edited(tmp_path / "section-907")
    petition = Petition(database, second)
    [ada, bea, *_] = petition.rows()
    tokens = [petition.link("me", signature_id=row.id) for row in (ada, bea)]

    def agree(token: str) -> Signature:
        return agreement.agree(
            database, second, token, version=second.wording_version, now=LATER,
            keyring=KEYRING,
        )  # fmt: skip

    together(8, lambda: agree(tokens[0]))
    mailed_links.withdraw(database, tokens[1], now=LATER, keyring=KEYRING)
    with pytest.raises(TokenRefused):
        agree(tokens[1])

    acts = [(one.signature_id, one.act) for one in petition.consents() if one.act == "agreed"]
    assert acts == [(ada.id, "agreed")]
    versions = {row.first_name: row.wording_version for row in petition.rows()}
    assert versions["Ada"] == second.wording_version != versions["Bea"]
    with database.reading() as connection:
        assert wordings.count_current(connection, second) == wordings.WordingCounts(3, 1, 0)
