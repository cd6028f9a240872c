"""Settings of the files that orders have attached."""

from typing import Annotated, Final, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode

from orderwright.config_addresses import is_unheard_by_others

_TYPES: Final = (
    "application/pdf",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "text/csv",
    "text/plain",
)


class AttachmentSettings(BaseSettings):
    """Field order matters: each is checked against those above it."""

    attachment_storage: Literal["files", "s3"] = Field(
        "files",
        description="Where attachments are kept: `files` in `attachments` in `DATA_DIR`, which all "
        "processes must share, or in an `s3` bucket, of Amazon or compatible.",
    )
    attachment_max_bytes: int = Field(
        25 * 1024 * 1024,
        ge=1024,
        le=1024 * 1024 * 1024,
        description="Largest attachment; more is answered with 413.",
    )
    attachment_types: Annotated[tuple[str, ...], NoDecode] = Field(
        _TYPES,
        description="Media types, separated by commas, that attachments may have.",
        json_schema_extra={"shown_default": f"`{','.join(_TYPES)}`"},
    )
    attachment_s3_endpoint: str | None = Field(
        None,
        description="Address of the S3 service, such as `https://s3.eu-central-1.amazonaws.com`.",
    )
    attachment_s3_region: str = Field(
        "us-east-1", min_length=1, description="Region of the bucket."
    )
    attachment_s3_bucket: str | None = Field(None, description="Name of the bucket.")
    attachment_s3_access_key: str | None = Field(None, description="Access key id for the bucket.")
    attachment_s3_secret_key: SecretStr | None = Field(
        None, description="Secret access key for the bucket."
    )

    @field_validator("attachment_types", mode="before")
    @classmethod
    def _types_from_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(each.strip().lower() for each in value.split(",") if each.strip())
        return value

    @field_validator("attachment_s3_endpoint")
    @classmethod
    def _endpoint_that_nobody_overhears(cls, value: str | None, info: ValidationInfo) -> str | None:
        _check_that_it_is_there(value, info)
        if value is not None and not is_unheard_by_others(value):
            raise ValueError("must be https://host, or http:// on this machine")
        return value and value.rstrip("/")

    @field_validator("attachment_s3_bucket", "attachment_s3_access_key")
    @classmethod
    def _needed_by_s3(cls, value: str | None, info: ValidationInfo) -> str | None:
        _check_that_it_is_there(value, info)
        return value

    @field_validator("attachment_s3_secret_key")
    @classmethod
    def _secret_needed_by_s3(
        cls, value: SecretStr | None, info: ValidationInfo
    ) -> SecretStr | None:
        _check_that_it_is_there(value, info)
        return value


def _check_that_it_is_there(value: object, info: ValidationInfo) -> None:
    if value is None and info.data.get("attachment_storage") == "s3":
        raise ValueError("is required by ATTACHMENT_STORAGE=s3")
