"""Every setting the service has, read from the environment, then `.env`, and checked as a whole."""

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.sources import DotEnvSettingsSource, EnvSettingsSource

from orderwright.config_faults import BadConfiguration, Fault, faults_in
from orderwright.config_sources import (
    DEVELOPMENT_SECRET_PREFIX,
    GeneratedSecrets,
    SecretFiles,
    Unreadable,
)
from orderwright.infrastructure.crash_points import CrashAction, parse_crash_points

# What HMAC-SHA256 wants: a shorter key is the weakest part of every token signed with it.
SECRET_BYTES_MIN = 32

Environment = Literal["development", "staging", "production"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
LogFormat = Literal["json", "console"]

_SQLITE = "sqlite+aiosqlite:///"
_POSTGRESQL = "postgresql+asyncpg://"


class Settings(BaseSettings):
    """Immutable, valid as a whole, and handed on as plain values: nobody looks them up later.

    Field order matters: a field's check and default may look at the fields above it.
    """

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        env_file=".env",
        env_file_encoding="utf-8",
        env_nested_delimiter="__",
        # `NAME=` in a compose file means "not set", not "set to nothing".
        env_ignore_empty=True,
        validate_default=True,
        hide_input_in_errors=True,
    )

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
    database_url: str = Field(
        default_factory=lambda known: _sqlite_in(known["data_dir"]),
        repr=False,
        description=f"`{_SQLITE}/path/file.db` or `{_POSTGRESQL}user@host:5432/name`.",
        json_schema_extra={"shown_default": "`orderwright.db` (SQLite) in `DATA_DIR`"},
    )
    database_password: SecretStr | None = Field(
        None, description="Password for `DATABASE_URL`, to keep it out of the URL."
    )
    database_pool_size: int = Field(
        5, ge=1, le=100, description="Connections a process keeps to the database."
    )
    database_pool_timeout_seconds: float = Field(
        5.0, gt=0, le=300, description="How long a request waits for a free connection."
    )
    jwt_secret: SecretStr = Field(
        SecretStr(""),
        description=f"Signs access tokens; at least {SECRET_BYTES_MIN} bytes.",
        json_schema_extra={"shown_default": "generated in development"},
    )
    api_secret_key: SecretStr = Field(
        SecretStr(""),
        description=f"Keys the hashes of API keys; at least {SECRET_BYTES_MIN} bytes.",
        json_schema_extra={"shown_default": "generated in development"},
    )
    payment_provider: Literal["sandbox"] = Field(
        "sandbox", description="Who takes the money; `sandbox` moves none."
    )
    access_token_minutes: int = Field(15, ge=1, le=1440, description="Life of an access token.")
    refresh_token_days: int = Field(30, ge=1, le=365, description="Life of a refresh token.")
    idempotency_lease_seconds: float = Field(
        15.0,
        gt=0,
        le=3600,
        description="How long an interrupted request keeps its key from being taken over by a retry.",
    )
    max_body_bytes: int = Field(
        1024 * 1024,
        ge=1024,
        le=25 * 1024 * 1024,
        description="Largest request body; more is answered with 413.",
    )
    background_work: bool = Field(
        True, description="Run queued tasks in the server process (`serve --no-background`: no)."
    )
    task_lease_seconds: float = Field(
        15.0,
        gt=0,
        le=3600,
        description="How long a silent worker keeps a task; must exceed one gateway call (10 s).",
    )
    task_poll_seconds: float = Field(
        0.5, gt=0, le=60, description="How often an idle worker looks for tasks."
    )
    task_retries_max: int = Field(
        3, ge=0, le=100, description="How often a failing task is tried again before it is dead."
    )
    task_retry_seconds: float = Field(
        60.0, gt=0, le=86_400, description="How long a failed task waits before it is tried again."
    )
    shutdown_grace_seconds: int = Field(
        8, ge=1, le=300, description="How long running requests may take to finish on SIGTERM."
    )
    log_level: LogLevel = Field(
        default_factory=lambda known: "DEBUG" if known.get("debug") else "INFO",
        description="Least important level that is written.",
        json_schema_extra={"shown_default": "`INFO`, or `DEBUG` with `DEBUG=true`"},
    )
    log_format: LogFormat = Field(
        default_factory=lambda known: "json" if _deployed(known) else "console",
        description="`json` for machines, `console` for eyes.",
        json_schema_extra={"shown_default": "`console` in development, else `json`"},
    )
    crash_points: Annotated[dict[str, CrashAction], NoDecode] = Field(
        default={},
        description="`name:action[,...]` with `kill`, `raise` or `hang`: "
        "fails on purpose there; refused in staging and production.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is fixed
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        files = SecretFiles(
            settings_cls,
            cast("EnvSettingsSource", env_settings),
            cast("DotEnvSettingsSource", dotenv_settings),
        )
        generated = GeneratedSecrets(settings_cls)
        # Files come first only so that a name set both ways is seen; see SecretFiles.
        return init_settings, files, env_settings, dotenv_settings, generated

    @field_validator("*", mode="before")
    @classmethod
    def _report_what_a_source_could_not_read(cls, value: object) -> object:
        if isinstance(value, Unreadable):
            raise ValueError(value.problem)  # noqa: TRY004 - pydantic collects ValueErrors only
        return value

    @field_validator("debug")
    @classmethod
    def _debug_stays_on_the_desk(cls, value: bool, info: ValidationInfo) -> bool:  # noqa: FBT001
        if value and _deployed(info.data):
            raise ValueError("is refused outside development")
        return value

    @field_validator("data_dir")
    @classmethod
    def _a_place_that_does_not_move_with_the_working_directory(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("database_url")
    @classmethod
    def _a_database_that_is_supported(cls, value: str) -> str:
        if not value.startswith((_SQLITE, _POSTGRESQL)):
            raise ValueError(f"must begin with {_SQLITE} or {_POSTGRESQL}")
        if value == _SQLITE or ":memory:" in value:
            raise ValueError("must name a file: a database in memory is not shared or durable")
        return value

    @field_validator("jwt_secret", "api_secret_key")
    @classmethod
    def _a_secret_worth_its_name(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        secret = value.get_secret_value()
        if not secret:
            raise ValueError("is required (itself or as a file named by the same name + _FILE)")
        if len(secret.encode()) < SECRET_BYTES_MIN:
            raise ValueError(f"must have at least {SECRET_BYTES_MIN} bytes")
        if secret.startswith(DEVELOPMENT_SECRET_PREFIX) and _deployed(info.data):
            raise ValueError("was generated for development: make one of its own")
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _levels_in_any_case(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("crash_points", mode="before")
    @classmethod
    def _crash_points_from_text(cls, value: object, info: ValidationInfo) -> object:
        points = _known_crash_points(value) if isinstance(value, str) else value
        if points and _deployed(info.data):
            raise ValueError("is refused outside development")
        return points

    @property
    def database_dsn(self) -> str:
        """`database_url` with `database_password` in its place: for the driver, not for logs."""
        if self.database_password is None or self.uses_sqlite:
            return self.database_url
        parts = urlsplit(self.database_url)
        user, _, host = parts.netloc.rpartition("@")
        password = quote(self.database_password.get_secret_value(), safe="")
        return urlunsplit(parts._replace(netloc=f"{user.split(':')[0]}:{password}@{host}"))

    @property
    def uses_sqlite(self) -> bool:
        return self.database_url.startswith(_SQLITE)

    @property
    def is_development(self) -> bool:
        return self.environment == "development"

    @classmethod
    def load(cls, *, env_file: Path | str | None = ".env", **overrides: Any) -> Self:
        """Read the settings from where they are.

        Raises:
            BadConfiguration: naming everything that is wrong, all at once.
        """
        try:
            return cls(**{"_env_file": env_file, **overrides})
        except ValidationError as error:
            raise BadConfiguration(list(faults_in(error))) from None
        except UnicodeDecodeError:
            raise BadConfiguration([Fault(".env", "is not UTF-8 text")]) from None


@cache
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings.load()


def _deployed(known: dict[str, Any]) -> bool:
    return known.get("environment") in ("staging", "production")


def _sqlite_in(directory: Path) -> str:
    return _SQLITE + quote(str(directory / "orderwright.db"))


def _known_crash_points(text: str) -> dict[str, CrashAction]:
    try:
        return parse_crash_points(text)
    except ValueError:  # its words repeat the value
        problem = "must read name:action[,name:action...] with crash points and actions that exist"
        raise ValueError(problem) from None
