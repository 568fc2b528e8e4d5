"""A quotation mark that nobody closes swallows no row: it is read, or the file is refused."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlab import ingest
from cxlab.codebook import Table
from cxlab.ingest import IngestError

TEXTS = st.sampled_from(
    ["fine", "slow, dear", 'a 5" pipe', "two\nlines", "one, two\nthree, four\nfive", "", 'so "so"']
)
HEAD = "id,date,nps,comment,plan\n"


def written(comments: list[str]) -> list[str]:
    """Write a record an answer, as a survey tool does."""
    out = []
    for n, comment in enumerate(comments):
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\n").writerow(
            [f"R{n:03}", f"2025-03-{n % 28 + 1:02}", n % 11, comment, "basic"]
        )
        out.append(stream.getvalue())
    return out


def read(folder, text: str) -> ingest.Grid:
    (folder / "s.csv").write_text(text, encoding="utf-8", newline="")
    return ingest.look(folder / "s.csv", Table(files=("s.csv",)))


def outcome(folder, text: str) -> tuple[set[str], int]:
    """Give the ids read, or the line the file is refused for."""
    try:
        return {value.strip('"') for value in read(folder, text).cells["0"]}, 0
    except IngestError as refused:
        return set(), refused.line


@settings(max_examples=150, deadline=None)
@given(comments=st.lists(TEXTS, min_size=3, max_size=30), data=st.data())
def test_wherever_quotes_are_planted_no_other_record_is_lost(comments, data, tmp_path_factory):
    records = written(comments)
    hit = data.draw(st.sets(st.integers(0, len(records) - 1), min_size=0, max_size=2))
    for at in hit:
        place = data.draw(st.integers(0, len(records[at]) - 1))
        records[at] = f'{records[at][:place]}"{records[at][place:]}'
    first = {at: 2 + "".join(records[:at]).count("\n") for at in hit}
    ends = {at: first[at] + records[at].count("\n") for at in hit}
    ids, line = outcome(tmp_path_factory.getbasetemp(), HEAD + "".join(records))
    named = any(first[at] <= line < ends[at] for at in hit)
    assert named or {f"R{n:03}" for n in range(len(records)) if n not in hit} <= ids


@pytest.mark.parametrize(
    ("planted", "says"),
    [
        ('R1,2025-01-07,6,"open', "line 3: a quotation mark .* so that lines 4 to 6 would run"),
        ('R1,"2025-01-07,6,open', "line 3: .* lines 4 to 6"),
        ('"R1,2025-01-07,6,open', "line 3: .* lines 4 to 6"),
        ('R1,2025-01-07,6,"5"" wide""', "line 3: .* lines 4 to 6"),
    ],
)
@pytest.mark.parametrize("closing", ['R4,2025-01-09,2,stray end"', 'R4,2025-01-09,2,"proper"'])
def test_the_line_where_the_mark_opens_is_named(tmp_path, planted, says, closing):
    rows = [f"R{n},2025-01-0{n + 1},{n},fine" for n in range(8)]
    rows[1], rows[4] = planted, closing
    with pytest.raises(IngestError, match=says):
        read(tmp_path, "\n".join(["id,date,nps,comment", *rows]))


@pytest.mark.parametrize("head", ['"id,nps,comment', 'id,nps,"comment', 'id,nps,"comment""'])
@pytest.mark.parametrize("end", ["", '"'])
def test_a_header_swallows_no_row(tmp_path, head, end):
    rows = [f"R{n},{n},fine{end if n == 2 else ''}" for n in range(8)]
    with pytest.raises(IngestError, match="line 1: a quotation mark is opened here"):
        read(tmp_path, "\n".join([head, *rows]))


def test_true_line_breaks_are_read_in_two_columns_too(tmp_path):
    text = 'id,comment\n1,"good, but\nslow, dear"\n2,"a\n\nb"\n3,"x\r\ny"\n4,plain\n'
    grid = read(tmp_path, text)
    assert grid.lines.tolist() == [2, 4, 7, 9]
    assert grid.cells["1"].iloc[1] == "a\n\nb"
    named = read(tmp_path, 'id,"How was it,\nin your words?"\n1,good\n2,bad\n')
    assert named.header.names == ("id", "How was it, in your words?")
