"""docs/reference/settings.md, from the Settings class."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from orderwright.config import Settings
from orderwright.config_sources import secret_names
from orderwright.config_time_budget import TimeBudget

_INTRODUCTION = """\
# Settings

Made by `orderwright reference settings` from `src/orderwright/config.py`; do not edit.

Settings are read from the environment, then from `.env` in the working directory. A setting
marked *secret* can also be given as a file: `NAME_FILE` names it. An empty value counts as not
set. `orderwright config show` prints what is in force and where each value comes from. All faults
are reported at once, by name and never by value, and the process exits with code 5.

In development every setting has a value: secrets are generated into `DATA_DIR/secrets`. In
staging and production secrets must be given.
"""
_TIME_BUDGET = """
## Time budget

From `src/orderwright/config_time_budget.py`: how long anything may take, and how much of it there may
be at once. The process does not start when an inner limit is not below the one around it; see
[resilience](../explanation/resilience.md).
"""
_HEAD = """\
| Setting | Meaning | Values | Default |
|---|---|---|---|"""


def settings_reference() -> str:
    budget = TimeBudget.model_fields
    others = {name: field for name, field in Settings.model_fields.items() if name not in budget}
    return "\n".join([_INTRODUCTION, *_table(others), _TIME_BUDGET, *_table(budget)])


def _table(fields: Mapping[str, FieldInfo]) -> Iterator[str]:
    secrets = set(secret_names(Settings))
    yield _HEAD
    for name, field in fields.items():
        yield _row(name, field, is_secret=name in secrets)


def _row(name: str, field: FieldInfo, *, is_secret: bool) -> str:
    meaning = f"{field.description}{' *Secret.*' if is_secret else ''}"
    return f"| `{name.upper()}` | {meaning} | {_values(field)} | {_default(field)} |"


def _values(field: FieldInfo) -> str:
    if get_args(field.annotation) and str(get_origin(field.annotation)) == "typing.Literal":
        return ", ".join(f"`{value}`" for value in get_args(field.annotation))
    limits = {type(limit).__name__: limit for limit in field.metadata}
    low, high = _bound(limits, "Ge", "ge"), _bound(limits, "Le", "le")
    if (above := _bound(limits, "Gt", "gt")) is not None:
        return f"above {above}, up to {high}"
    return f"{low} to {high}" if low is not None else _kind(field)


def _bound(limits: dict[str, Any], kind: str, attribute: str) -> Any:
    return getattr(limits.get(kind), attribute, None)


def _kind(field: FieldInfo) -> str:
    kinds: dict[Any, str] = {bool: "`true`, `false`"}
    return kinds.get(field.annotation, "text")


def _default(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    if isinstance(extra, dict) and "shown_default" in extra:
        return str(extra["shown_default"])
    if field.default is None or isinstance(field.default, SecretStr | dict):
        return "none"
    value = str(field.default).lower() if isinstance(field.default, bool) else field.default
    return f"`{value}`"
