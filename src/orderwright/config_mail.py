"""Settings of the mails to customers."""

from typing import Final, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings

MailWay = Literal["smtp", "folder", "none"]

_SENDER: Final = "orders@localhost"


class MailSettings(BaseSettings):
    """Field order matters: each is checked against those above it."""

    smtp_host: str | None = Field(
        None,
        description="Mail server through which customers hear of their orders. Without one mails are "
        "written to `mail` in `DATA_DIR` in development, and not at all elsewhere.",
    )
    smtp_port: int = Field(587, ge=1, le=65_535, description="Port of the mail server.")
    smtp_security: Literal["tls", "starttls", "none"] = Field(
        "starttls",
        description="`tls` from the first byte (usual on port 465), `starttls`, or `none`, which is "
        "refused with a password.",
    )
    smtp_username: str | None = Field(
        None, description="Login at the mail server, if it wants one."
    )
    smtp_password: SecretStr | None = Field(None, description="Password for `SMTP_USERNAME`.")
    smtp_timeout_seconds: float = Field(
        20.0, gt=0, le=120, description="How long each step of handing over a mail may take."
    )
    smtp_from: str = Field(
        _SENDER,
        validate_default=True,
        pattern=r"^[^@\s<>]+@[^@\s<>]+$",
        description="Address that mails come from; required with `SMTP_HOST`.",
    )

    @field_validator("smtp_password")
    @classmethod
    def _password_that_nobody_overhears(
        cls, value: SecretStr | None, info: ValidationInfo
    ) -> SecretStr | None:
        if value is not None and info.data.get("smtp_security") == "none":
            raise ValueError("would be sent in the clear: set SMTP_SECURITY to tls or starttls")
        if value is None and info.data.get("smtp_username") is not None:
            raise ValueError("is required by SMTP_USERNAME")
        return value

    @field_validator("smtp_from")
    @classmethod
    def _sender_that_exists(cls, value: str, info: ValidationInfo) -> str:
        if value == _SENDER and info.data.get("smtp_host") is not None:
            raise ValueError("is required by SMTP_HOST")
        return value
