from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from orderwright.application.importing.mapping import Mapping
from orderwright.domain.errors import NotFound, Rejected

_READY: Final = resources.files(__package__) / "mappings"


class UnknownMapping(NotFound):
    code = "unknown_mapping"


class BadMapping(Rejected):
    code = "bad_mapping"


def ready_mappings() -> list[str]:
    return sorted(file.name.removesuffix(".toml") for file in _READY.iterdir())


def load_mapping(name_or_path: str | Path) -> Mapping:
    """A ready mapping by its name, or a TOML or YAML file.

    Raises:
        UnknownMapping: neither.
        BadMapping: it says something that no mapping can.
    """
    if str(name_or_path) in ready_mappings():
        return _mapping(tomllib.loads((_READY / f"{name_or_path}.toml").read_text("utf-8")))
    path = Path(name_or_path)
    if not path.is_file():
        known = ", ".join(ready_mappings())
        raise UnknownMapping(f"there is no mapping {name_or_path}: neither a file nor {known}")
    return _mapping(_read(path))


def _read(path: Path) -> Any:
    try:
        text = path.read_text("utf-8")
        return tomllib.loads(text) if path.suffix == ".toml" else yaml.safe_load(text)
    except (tomllib.TOMLDecodeError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadMapping(f"{path.name} cannot be read: {error}") from error


def _mapping(content: Any) -> Mapping:
    try:
        return Mapping.model_validate(content)
    except ValidationError as error:
        faults = [
            {"field": ".".join(map(str, fault["loc"])), "problem": fault["msg"]}
            for fault in error.errors()
        ]
        told = "; ".join(f"{fault['field']}: {fault['problem']}" for fault in faults)
        raise BadMapping(f"the mapping is not usable: {told}", faults=faults) from error
