"""Where the service runs, and what it says there: other settings are checked against this."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode

from orderwright.infrastructure.crash_points import CrashAction, parse_crash_points

Environment = Literal["development", "staging", "production"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
LogFormat = Literal["json", "console"]


def is_deployed(known: dict[str, Any]) -> bool:
    """By what is `known` of the settings: whether this is more than somebody's desk."""
    return known.get("environment") in ("staging", "production")


class DeploymentSettings(BaseSettings):
    """Field order matters: each is checked against those above it."""

    app_name: str = Field(
        "Orderwright",
        min_length=1,
        max_length=80,
        description="Title of the API and its documentation.",
    )
    environment: Environment = Field(
        "development",
        description="`staging` and `production` refuse whatever is only safe on a desk.",
    )
    debug: bool = Field(
        False, description="Log everything there is to know; refused outside development."
    )
    data_dir: Path = Field(
        Path("./var"), description="Directory of the SQLite file and development secrets."
    )
    log_level: LogLevel = Field(
        default_factory=lambda known: "DEBUG" if known.get("debug") else "INFO",
        description="Least important level that is written.",
        json_schema_extra={"shown_default": "`INFO`, or `DEBUG` with `DEBUG=true`"},
    )
    log_format: LogFormat = Field(
        default_factory=lambda known: "json" if is_deployed(known) else "console",
        description="`json` for machines, `console` for eyes.",
        json_schema_extra={"shown_default": "`console` in development, else `json`"},
    )
    crash_points: Annotated[dict[str, CrashAction], NoDecode] = Field(
        default={},
        description="`name:action[,...]` with `kill`, `raise` or `hang`: "
        "fails on purpose there; refused in staging and production.",
    )

    @field_validator("debug")
    @classmethod
    def _stays_on_the_desk(cls, value: bool, info: ValidationInfo) -> bool:  # noqa: FBT001
        if value and is_deployed(info.data):
            raise ValueError("is refused outside development")
        return value

    @field_validator("data_dir")
    @classmethod
    def _a_place_that_does_not_move_with_the_working_directory(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("log_level", mode="before")
    @classmethod
    def _levels_in_any_case(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("crash_points", mode="before")
    @classmethod
    def _crash_points_from_text(cls, value: object, info: ValidationInfo) -> object:
        points = _known_crash_points(value) if isinstance(value, str) else value
        if points and is_deployed(info.data):
            raise ValueError("is refused outside development")
        return points

    @property
    def is_development(self) -> bool:
        return self.environment == "development"


def _known_crash_points(text: str) -> dict[str, CrashAction]:
    try:
        return parse_crash_points(text)
    except ValueError:  # its words repeat the value
        problem = "must read name:action[,name:action...] with crash points and actions that exist"
        raise ValueError(problem) from None
