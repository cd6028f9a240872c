import csv
import gzip
import json
from pathlib import Path

import pytest

from orderwright.application.importing.csv_rows import CsvFile, Row, UnreadableFile


def opened(path: Path, encoding: str = "utf-8") -> CsvFile:
    return CsvFile(path, encoding=encoding, delimiter=",")


def rows_of(folder: Path, content: bytes, encoding: str = "utf-8") -> list[Row]:
    file = folder / "rows.csv"
    file.write_bytes(content)
    return list(opened(file, encoding))


def test_rows_know_the_line_they_start_on(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, b'a,b\r\n1,2\r\n"x\r\ny",3\r\n\r\n4,5')

    assert [(row.number, list(row.values)) for row in rows] == [
        (2, ["1", "2"]),
        (3, ["x\r\ny", "3"]),
        (6, ["4", "5"]),
    ]


def test_a_gzipped_file_is_read_as_a_plain_one_whatever_its_name(tmp_path: Path) -> None:
    assert rows_of(tmp_path, gzip.compress(b"a\n1\n"))[0].values == ["1"]


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    file = tmp_path / "bom.csv"
    file.write_bytes(b"\xef\xbb\xbfa,b\n1,2\n")

    assert opened(file).header == ["a", "b"]


def test_other_encodings_are_read_when_they_are_named(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, "a\nFürstenberg\n".encode("cp1252"), "cp1252")

    assert rows[0].values == ["Fürstenberg"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (b"1", "unreadable_row"),
        (b"1,2,3", "unreadable_row"),
        (b"1,\x00", "unreadable_row"),
        (b"\xc3\xa9,\x00", "unreadable_row"),
        (b"1,F\xfcrstenberg", "wrong_encoding"),
        (b"1," + b"x" * 200_000, "unreadable_row"),
    ],
)
def test_a_row_that_cannot_be_trusted_says_why_and_the_next_is_read(
    tmp_path: Path, row: bytes, code: str
) -> None:
    bad, good = rows_of(tmp_path, b"a,b\n" + row + b"\n3,4\n")

    assert bad.problem is not None
    assert bad.problem[0] == code
    assert good == Row("rows.csv", 3, ["3", "4"])


def test_a_line_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, b"a,b\n" + b"x," * 2_000_000 + b"\n3,4\n")

    assert all(row.problem for row in rows[:-1])
    assert max(len(row.values) for row in rows) < 600_000
    assert rows[-1].values == ["3", "4"]


def test_a_file_that_breaks_off_says_where(tmp_path: Path) -> None:
    file = tmp_path / "cut.csv.gz"
    whole = gzip.compress(b"a\n" + b"".join(b"%d\n" % number for number in range(50_000)))
    file.write_bytes(whole[: len(whole) // 2])
    reading = iter(opened(file))

    with pytest.raises(UnreadableFile, match=r"^cut\.csv\.gz breaks off at line \d+: "):
        list(reading)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"^none.csv cannot be opened"):
        opened(tmp_path / "none.csv")


def test_bytes_are_counted_as_they_lie_on_the_disk(tmp_path: Path) -> None:
    file = tmp_path / "a.csv.gz"
    file.write_bytes(gzip.compress(b"a\n1\n2\n"))
    reading = opened(file)
    assert len(list(reading)) == 2

    assert reading.bytes_read == reading.size == file.stat().st_size


def test_the_csv_acid_tests_are_read_as_their_authors_expect(shared_data: Path) -> None:
    folder = shared_data / "bad-input" / "csv-spectrum"
    # Of location_coordinates the two files disagree with one another.
    names = sorted(each.stem for each in folder.glob("*.csv") if "location" not in each.stem)
    assert len(names) == 11
    for name in names:
        file = opened(folder / f"{name}.csv")
        found = [dict(zip(file.header, row.values, strict=True)) for row in file]
        expected = json.loads((folder / f"{name}.json").read_text("utf-8"))
        assert found == expected, name


@pytest.mark.parametrize("text", ["plain", 'say "hi"', "a,b", "two\nlines", " spaced "])
def test_what_csv_writes_is_read_back(tmp_path: Path, text: str) -> None:
    with (tmp_path / "b.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["a"], [text]])

    ((value,),) = [row.values for row in opened(tmp_path / "b.csv")]
    assert value == text
