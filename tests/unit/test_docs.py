"""What the documents point at is there, and what they show works."""

import re
from pathlib import Path

import pytest

from orderwright.application.importing.load_mapping import load_mapping

REPOSITORY = Path(__file__).parents[2]
DOCUMENTS = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)[^)]*\)")
SOURCE_FILE = re.compile(r"`((?:src|tests)/[\w/.-]+\.\w+)`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: str(file.relative_to(REPOSITORY)))
def test_every_link_and_every_file_that_is_named_exists(document: Path) -> None:
    text = document.read_text("utf-8")

    links = [document.parent / target for target in LINK.findall(text)]
    named = [REPOSITORY / path for path in SOURCE_FILE.findall(text)]
    assert [str(path) for path in (*links, *named) if not path.exists()] == []


def test_the_mapping_of_the_how_to_can_be_used(tmp_path: Path) -> None:
    how_to = (REPOSITORY / "docs/how-to/import-orders.md").read_text("utf-8")
    (shown,) = re.findall(r"```toml\n(.*?)```", how_to, re.DOTALL)
    file = tmp_path / "my-shop.toml"
    file.write_text(shown, "utf-8")

    assert load_mapping(file).charges["VERSAND"].label == "Versand"


def test_every_decision_is_listed() -> None:
    decisions = REPOSITORY / "docs/adr"
    listed = set(LINK.findall((decisions / "README.md").read_text("utf-8")))

    assert listed == {file.name for file in decisions.glob("0*.md")}
