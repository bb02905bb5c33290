"""No cell runs as a formula, whatever splits the file, and every text comes back as it was."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from campaign.tables.formulas import FORMULA, escape, unescape

#: Texts of what matters to the escape, in any order.
NASTY = st.text(
    st.sampled_from([*FORMULA, "'", ";", ",", '"', "\n", ")", " ", "1", "é"]), max_size=12
)


@given(NASTY)
@example("=1+1;=2+2")
@example("a;+1")
@example('";=1')
@example(';"=1')
@example(';"\'"=1')
@example("'\n=1")
def test_no_cell_is_a_formula_at_any_delimiter(text: str) -> None:
    quoted = escape(text).replace('"', '""').replace("\n", "\r\n")
    line = f'"Ada","{quoted}","Lovelace"\r\n'

    for separator in ",;\t":
        for row in csv.reader(io.StringIO(line, newline=""), delimiter=separator):
            for cell in row:
                # Blanks that some programs drop have nothing live behind them.
                begins = cell.lstrip("\t\r\n")
                assert not begins.startswith(tuple(FORMULA)) or begins.startswith("-)")


@given(st.one_of(NASTY, st.text(max_size=20)))
@example("'\n=1")
@example("'\t'=1")
@example("''=1;''-2")
@example(';"\'"=1')
def test_escaping_is_reversible(text: str) -> None:
    assert unescape(escape(text)) == text


@pytest.mark.parametrize("text", ["Ada", "O'Neil", "a; b", "Thanks ;-)", "x@example.org", ""])
def test_ordinary_text_is_not_escaped(text: str) -> None:
    assert escape(text) == text
