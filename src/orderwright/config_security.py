"""Secrets, who is believed, and how often anybody may ask."""

import re
from typing import Annotated, Final

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import NoDecode

from orderwright.config_addresses import is_some_network
from orderwright.config_deployment import DeploymentSettings, is_deployed
from orderwright.config_sources import DEVELOPMENT_SECRET_PREFIX
from orderwright.domain.value_objects.rate import Rate

# What HMAC-SHA256 wants: a shorter key is the weakest part of every token signed with it.
SECRET_BYTES_MIN: Final = 32

# Read from text by `_from_commas`.
CommaSeparated = Annotated[tuple[str, ...], NoDecode]

# As browsers write them, or they would never match: lower case, and no default port.
_ORIGIN = re.compile(
    r"(http://(?!.*:80$)|https://(?!.*:443$))([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?"
)


class SecuritySettings(DeploymentSettings):
    """Field order matters: each is checked against those above it."""

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
    metrics_token: SecretStr | None = Field(
        None,
        description="What who reads `/metrics` shows as a bearer token; without it all may read.",
    )
    access_token_minutes: int = Field(15, ge=1, le=1440, description="Life of an access token.")
    refresh_token_days: int = Field(30, ge=1, le=365, description="Life of a refresh token.")
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

    @field_validator("jwt_secret", "api_secret_key")
    @classmethod
    def _a_secret_worth_its_name(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        secret = value.get_secret_value()
        if not secret:
            raise ValueError("is required (itself or as a file named by the same name + _FILE)")
        if len(secret.encode()) < SECRET_BYTES_MIN:
            raise ValueError(f"must have at least {SECRET_BYTES_MIN} bytes")
        if secret.startswith(DEVELOPMENT_SECRET_PREFIX) and is_deployed(info.data):
            raise ValueError("was generated for development: make one of its own")
        return value

    @field_validator("jwt_former_secrets")
    @classmethod
    def _former_secrets_worth_their_name(cls, value: SecretStr | None) -> SecretStr | None:
        if any(len(each.encode()) < SECRET_BYTES_MIN for each in _each_of(value)):
            raise ValueError(f"must have at least {SECRET_BYTES_MIN} bytes each")
        return value

    @field_validator("rate_limit_default", "rate_limit_token")
    @classmethod
    def _a_rate(cls, value: str) -> str:
        Rate.parse(value)
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
        if "*" in value and is_deployed(info.data):
            raise ValueError("must name every origin: * is refused outside development")
        if not all(each == "*" or _ORIGIN.fullmatch(each) for each in value):
            raise ValueError("must be origins such as https://shop.example, without a path")
        return value

    @property
    def jwt_secrets(self) -> list[str]:
        """All that tokens may be signed with; the first signs."""
        return [self.jwt_secret.get_secret_value(), *_each_of(self.jwt_former_secrets)]

    @property
    def api_secret_keys(self) -> list[str]:
        """All that secrets may be sealed under; the first seals."""
        return [self.api_secret_key.get_secret_value(), *_each_of(self.api_former_secret_keys)]


def _each_of(secrets: SecretStr | None) -> list[str]:
    text = "" if secrets is None else secrets.get_secret_value()
    return [part.strip() for part in text.split(",") if part.strip()]
