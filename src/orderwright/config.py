"""Every setting the service has, read from the environment, then `.env`, and checked as a whole."""

from functools import cache
from pathlib import Path
from typing import Any, Self, cast

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.sources import DotEnvSettingsSource, EnvSettingsSource

from orderwright.config_attachments import AttachmentSettings
from orderwright.config_database import DatabaseSettings
from orderwright.config_events import EventSettings
from orderwright.config_faults import BadConfiguration, Fault, faults_in
from orderwright.config_mail import MailSettings, MailWay
from orderwright.config_orders import OrderSettings
from orderwright.config_payments import PaymentSettings
from orderwright.config_security import SecuritySettings
from orderwright.config_sources import GeneratedSecrets, SecretFiles, Unreadable
from orderwright.config_tasks import TaskSettings
from orderwright.config_time_budget import TimeBudget
from orderwright.config_webhooks import WebhookSettings


# Shown, and read, the last of them first.
class Settings(
    TimeBudget,
    MailSettings,
    EventSettings,
    WebhookSettings,
    TaskSettings,
    AttachmentSettings,
    PaymentSettings,
    OrderSettings,
    SecuritySettings,
    DatabaseSettings,
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

    housekeeping_interval_seconds: float = Field(
        600.0,
        gt=0,
        le=86_400,
        description="How often a process with background work deletes what has expired.",
    )
    background_work: bool = Field(
        True, description="Run queued tasks in the server process (`serve --no-background`: no)."
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

    @property
    def mail_way(self) -> MailWay:
        """How mails leave the service."""
        if self.smtp_host is not None:
            return "smtp"
        return "folder" if self.is_development else "none"

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
