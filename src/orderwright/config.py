"""Every setting the service has, read from the environment, then `.env`, and checked as a whole."""

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.sources import DotEnvSettingsSource, EnvSettingsSource

from orderwright.config_addresses import is_some_network
from orderwright.config_attachments import AttachmentSettings
from orderwright.config_events import EventSettings
from orderwright.config_faults import BadConfiguration, Fault, faults_in
from orderwright.config_mail import MailSettings, MailWay
from orderwright.config_payments import (
    PAYMENT_KEY_CHARS_MIN,
    check_api_key,
    check_api_url,
    check_webhook_secrets,
    webhook_secrets_in,
)
from orderwright.config_sources import (
    DEVELOPMENT_SECRET_PREFIX,
    GeneratedSecrets,
    SecretFiles,
    Unreadable,
)
from orderwright.config_tasks import TaskSettings
from orderwright.config_time_budget import TimeBudget
from orderwright.config_webhooks import WebhookSettings
from orderwright.domain.value_objects.rate import Rate
from orderwright.infrastructure.crash_points import CrashAction, parse_crash_points

# What HMAC-SHA256 wants: a shorter key is the weakest part of every token signed with it.
SECRET_BYTES_MIN = 32

Environment = Literal["development", "staging", "production"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
LogFormat = Literal["json", "console"]

# Read from text by `_from_commas`.
CommaSeparated = Annotated[tuple[str, ...], NoDecode]

_SQLITE = "sqlite+aiosqlite:///"
_POSTGRESQL = "postgresql+asyncpg://"
# As browsers write them, or they would never match: lower case, and no default port.
_ORIGIN = re.compile(
    r"(http://(?!.*:80$)|https://(?!.*:443$))([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?"
)


class Settings(
    TimeBudget, MailSettings, EventSettings, WebhookSettings, TaskSettings, AttachmentSettings
):
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
    placement_queue_size: int = Field(
        2_000,
        ge=1,
        le=100_000,
        description="Orders that may wait to be placed in a process; one more is answered 503.",
    )
    placement_batch_max: int = Field(
        256, ge=1, le=1_000, description="Orders placed in one transaction at the most."
    )
    placement_workers: int = Field(
        1, ge=1, le=4, description="Groups of orders that a process places at the same time."
    )
    jwt_secret: SecretStr = Field(
        SecretStr(""),
        description=f"Signs access tokens; at least {SECRET_BYTES_MIN} bytes.",
        json_schema_extra={"shown_default": "generated in development"},
    )
    jwt_former_secrets: SecretStr | None = Field(
        None,
        description="Secrets that signed access tokens before `JWT_SECRET`, by commas: their tokens "
        "stay good until they expire.",
    )
    api_secret_key: SecretStr = Field(
        SecretStr(""),
        description="Keys the hashes of API keys and seals the secrets of webhooks; at least "
        f"{SECRET_BYTES_MIN} bytes.",
        json_schema_extra={"shown_default": "generated in development"},
    )
    api_former_secret_keys: SecretStr | None = Field(
        None,
        description="What `API_SECRET_KEY` was before, by commas: opens the secrets of webhooks that "
        "were sealed under it.",
    )
    webhook_allow_local: bool = Field(
        default_factory=lambda known: known.get("environment") == "development",
        description="Send webhooks to `http://` too, to any port, and to addresses of this machine and "
        "its network, so that `orderwright webhooks listen` hears them; refused outside development.",
        json_schema_extra={"shown_default": "`true` in development"},
    )
    payment_provider: Literal["sandbox", "http", "stripe"] = Field(
        "sandbox",
        description="Who takes the money; `sandbox` moves none, and says so at each start in production.",
    )
    payment_api_url: str | None = Field(
        None,
        description="Where the gateway is; `https://...`, or `http://...` on this machine. Needed by "
        "`http`; `stripe` knows by itself.",
    )
    payment_api_key: SecretStr | None = Field(
        None,
        description="What the gateway knows us by; at least "
        f"{PAYMENT_KEY_CHARS_MIN} characters. Needed by `http` and `stripe`.",
    )
    payment_key_lifetime_hours: int = Field(
        24,
        ge=1,
        le=8760,
        description="How long the gateway surely does not carry out an `Idempotency-Key` again "
        "(`http`).",
    )
    payment_capture: Literal["automatic", "manual"] = Field(
        "automatic",
        description="`automatic` takes the money when an order is processed; `manual` only has it "
        "authorised, to be captured by request.",
    )
    payment_webhook_secret: SecretStr | None = Field(
        None,
        description="`whsec_...`, with which the gateway signs its webhooks; two by a comma while it is "
        "changed. Without it none are taken.",
    )
    metrics_token: SecretStr | None = Field(
        None,
        description="What who reads `/metrics` shows as a bearer token; without it all may read.",
    )
    access_token_minutes: int = Field(15, ge=1, le=1440, description="Life of an access token.")
    refresh_token_days: int = Field(30, ge=1, le=365, description="Life of a refresh token.")
    idempotency_key_hours: int = Field(
        24, ge=1, le=8760, description="How long a repeated request gets its first answer again."
    )
    require_if_match: bool = Field(
        False, description="Refuse (428) to change a thing without `If-Match`."
    )
    api_v1_deprecated_at: datetime | None = Field(
        None,
        description="Since when the order routes of version 1 are deprecated: a date or time, in "
        "UTC unless it says otherwise. Answers say so, and who calls them is counted.",
    )
    api_v1_sunset_at: datetime | None = Field(
        None, description="When version 1 ends; after `API_V1_DEPRECATED_AT`."
    )
    housekeeping_interval_seconds: float = Field(
        600.0,
        gt=0,
        le=86_400,
        description="How often a process with background work deletes what has expired.",
    )
    rate_limit_enabled: bool = Field(True, description="Limit how often a caller may ask.")
    rate_limit_default: str = Field(
        "100/minute",
        description="Lists of orders a user, an API key or an unknown address may ask for; "
        "`<number>/<second, minute, hour or day>`.",
    )
    rate_limit_token: str = Field(
        "10/minute",
        description="Sign-ins, refreshes and sign-outs from one address, in the same form.",
    )
    trusted_proxies: CommaSeparated = Field(
        (),
        description="Addresses and networks, separated by commas, whose `X-Forwarded-For` and "
        "`X-Forwarded-Proto` are believed.",
    )
    cors_origins: CommaSeparated = Field(
        (),
        description="Origins, separated by commas, whose pages may call the API from a browser: "
        "`https://shop.example`; `*` for all is refused in staging and production.",
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
    low_stock_units: int = Field(
        0,
        ge=0,
        le=1_000_000,
        description="With so many units or fewer available after an adjustment, `stock.low` is logged.",
    )
    order_expiry_minutes: int = Field(
        60,
        ge=1,
        le=10_000_000,
        description="How long an order may stay pending before it is cancelled and its stock released.",
    )
    order_expiry_sweep_seconds: float = Field(
        10.0,
        gt=0,
        le=3600,
        description="How often a process with background work looks for such orders.",
    )
    payment_sweep_seconds: float = Field(
        1.0,
        gt=0,
        le=3600,
        description="How often a process with background work looks for payment operations that the "
        "gateway has to be asked for again.",
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

    @field_validator("debug", "webhook_allow_local")
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

    @field_validator("jwt_former_secrets")
    @classmethod
    def _former_secrets_worth_their_name(cls, value: SecretStr | None) -> SecretStr | None:
        if any(len(each.encode()) < SECRET_BYTES_MIN for each in _each_of(value)):
            raise ValueError(f"must have at least {SECRET_BYTES_MIN} bytes each")
        return value

    @field_validator("payment_webhook_secret")
    @classmethod
    def _webhook_secrets_that_can_sign(
        cls, value: SecretStr | None, info: ValidationInfo
    ) -> SecretStr | None:
        check_webhook_secrets(value, info.data.get("payment_provider"))
        return value

    @field_validator("payment_api_url")
    @classmethod
    def _a_gateway_that_can_be_asked(cls, value: str | None, info: ValidationInfo) -> str | None:
        check_api_url(value, info.data.get("payment_provider"))
        return value

    @field_validator("payment_api_key")
    @classmethod
    def _a_key_worth_money(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        check_api_key(value, info.data.get("payment_provider"))
        return value

    @field_validator("rate_limit_default", "rate_limit_token")
    @classmethod
    def _a_rate(cls, value: str) -> str:
        Rate.parse(value)
        return value

    @field_validator("api_v1_deprecated_at", "api_v1_sunset_at")
    @classmethod
    def _in_utc(cls, value: datetime | None) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)

    @field_validator("api_v1_sunset_at")
    @classmethod
    def _a_notice_before_the_end(
        cls, value: datetime | None, info: ValidationInfo
    ) -> datetime | None:
        deprecated_at = info.data.get("api_v1_deprecated_at")
        if value is not None and (deprecated_at is None or value <= deprecated_at):
            raise ValueError("must be after API_V1_DEPRECATED_AT")
        return value

    @field_validator("trusted_proxies", "cors_origins", mode="before")
    @classmethod
    def _from_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies_that_are_named(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(map(is_some_network, value)):
            raise ValueError("must be addresses or networks such as 10.0.0.0/8, and not everything")
        return value

    @field_validator("cors_origins")
    @classmethod
    def _origins_as_browsers_send_them(
        cls, value: tuple[str, ...], info: ValidationInfo
    ) -> tuple[str, ...]:
        if "*" in value and _deployed(info.data):
            raise ValueError("must name every origin: * is refused outside development")
        if not all(each == "*" or _ORIGIN.fullmatch(each) for each in value):
            raise ValueError("must be origins such as https://shop.example, without a path")
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
    def jwt_secrets(self) -> list[str]:
        """All that tokens may be signed with; the first signs."""
        return [self.jwt_secret.get_secret_value(), *_each_of(self.jwt_former_secrets)]

    @property
    def api_secret_keys(self) -> list[str]:
        """All that secrets may be sealed under; the first seals."""
        return [self.api_secret_key.get_secret_value(), *_each_of(self.api_former_secret_keys)]

    @property
    def webhook_secrets(self) -> list[str]:
        """All that the payment gateway may sign its webhooks with."""
        return webhook_secrets_in(self.payment_webhook_secret)

    @property
    def uses_sqlite(self) -> bool:
        return self.database_url.startswith(_SQLITE)

    @property
    def mail_way(self) -> MailWay:
        """How mails leave the service."""
        if self.smtp_host is not None:
            return "smtp"
        return "folder" if self.is_development else "none"

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


def _each_of(secrets: SecretStr | None) -> list[str]:
    text = "" if secrets is None else secrets.get_secret_value()
    return [part.strip() for part in text.split(",") if part.strip()]


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
