"""Which of the given files hold lines and which are looked things up in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from orderwright.application.importing.mapping import Mapping
from orderwright.domain.errors import Rejected

_ENDINGS: Final = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".txt.gz")


class MissingFile(Rejected):
    code = "missing_file"


@dataclass(frozen=True, slots=True)
class SourceFiles:
    lines: Sequence[Path]
    lookups: dict[str, Path]


def sort_files(paths: Iterable[Path], mapping: Mapping) -> SourceFiles:
    """Files of lines in the order given, a folder's by name; of a folder only what the mapping
    knows by name, when it knows its files by name.

    Raises:
        MissingFile: one is not there, has no role, or is lacking.
    """
    roles = {same_name(lookup.file): role for role, lookup in mapping.lookups.items()}
    lines: list[Path] = []
    lookups: dict[str, Path] = {}
    for path in _expanded(paths, mapping, roles):
        stem = same_name(_stem(path))
        if stem in roles:
            lookups[roles[stem]] = path
        elif mapping.lines is None or stem == same_name(mapping.lines):
            lines.append(path)
        else:
            raise MissingFile(f"the mapping {mapping.name} knows no file {path.name}")
    _check_complete(lines, lookups, mapping)
    return SourceFiles(lines, lookups)


def same_name(name: str) -> str:
    """Names that differ in case and punctuation alone are one: `OrderID`, `order_id`."""
    return "".join(each for each in name.casefold() if each.isalnum())


def _expanded(paths: Iterable[Path], mapping: Mapping, roles: dict[str, str]) -> Iterable[Path]:
    for path in paths:
        if path.is_dir():
            inside = sorted(each for each in path.iterdir() if each.name.endswith(_ENDINGS))
            yield from (each for each in inside if _is_known(each, mapping, roles))
        elif path.is_file():
            yield path
        else:
            raise MissingFile(f"there is no file {path}")


def _is_known(path: Path, mapping: Mapping, roles: dict[str, str]) -> bool:
    return mapping.lines is None or same_name(_stem(path)) in {same_name(mapping.lines), *roles}


def _stem(path: Path) -> str:
    return path.name.split(".", 1)[0]


def _check_complete(lines: list[Path], lookups: dict[str, Path], mapping: Mapping) -> None:
    if not lines:
        raise MissingFile(f"no file of lines for the mapping {mapping.name} is among those given")
    for role, lookup in mapping.lookups.items():
        if role not in lookups and not lookup.optional:
            raise MissingFile(f"the mapping {mapping.name} needs a file {lookup.file} too")
