"""Who takes the money, and how to reach him."""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from ipaddress import ip_address
from typing import Final, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings

API_KEY_CHARS_MIN: Final = 32
_API_KEY: Final = re.compile(r"[\x21-\x7e]+")
_STRIPE_KEYS: Final = ("sk_", "rk_")
_WEBHOOK_SECRET: Final = "whsec_"  # noqa: S105 - what secrets begin with
# While a secret is changed the old one is good as well.
_WEBHOOK_SECRETS_MAX: Final = 2
# What Standard Webhooks asks of a key.
_WEBHOOK_KEY_BYTES: Final = range(24, 65)


class PaymentSettings(BaseSettings):
    """Field order matters: each is checked against those above it."""

    payment_provider: Literal["sandbox", "stripe"] = Field(
        "sandbox",
        description="Who takes the money: `stripe`, or `sandbox`, which moves none.",
    )
    payment_capture: Literal["automatic", "manual"] = Field(
        "automatic",
        description="`automatic` takes the money when an order is processed; `manual` only has it "
        "authorised, to be captured by request.",
    )
    payment_api_url: str | None = Field(
        None,
        description="Where the gateway is: `https://`, or `http://` on this machine. `stripe` knows by "
        "itself.",
    )
    payment_api_key: SecretStr | None = Field(
        None,
        description=f"What the gateway knows the service by; at least {API_KEY_CHARS_MIN} characters. "
        "`sandbox` needs none.",
    )
    payment_webhook_secret: SecretStr | None = Field(
        None,
        description="`whsec_...`, with which the gateway signs its webhooks; two by a comma while it is "
        "changed. Without it none are taken.",
    )

    @field_validator("payment_api_url")
    @classmethod
    def _an_address_that_nobody_listens_in_on(cls, value: str | None) -> str | None:
        if value is not None and not _is_private_enough(value):
            raise ValueError("must be https://host[/path], or http:// on this machine")
        return value

    @field_validator("payment_api_key")
    @classmethod
    def _a_key_where_one_is_needed(
        cls, value: SecretStr | None, info: ValidationInfo
    ) -> SecretStr | None:
        provider = info.data.get("payment_provider", "sandbox")
        if provider == "sandbox":
            return value
        key = "" if value is None else value.get_secret_value()
        if len(key) < API_KEY_CHARS_MIN or not _API_KEY.fullmatch(key):
            raise ValueError(
                f"must have at least {API_KEY_CHARS_MIN} visible ASCII characters for {provider}"
            )
        if provider == "stripe" and not key.startswith(_STRIPE_KEYS):
            raise ValueError("must be a secret or restricted key of Stripe: sk_... or rk_...")
        return value

    @field_validator("payment_webhook_secret")
    @classmethod
    def _secrets_that_can_sign(
        cls, value: SecretStr | None, info: ValidationInfo
    ) -> SecretStr | None:
        secrets = webhook_secrets_in(value)
        if len(secrets) > _WEBHOOK_SECRETS_MAX:
            raise ValueError(f"must be at most {_WEBHOOK_SECRETS_MAX} secrets")
        if not all(each.startswith(_WEBHOOK_SECRET) for each in secrets):
            raise ValueError("must begin with whsec_")
        if info.data.get("payment_provider") != "stripe" and not all(map(_is_key, secrets)):
            raise ValueError("must have 24 to 64 bytes in base64 after whsec_")
        return value


def webhook_secrets_in(setting: SecretStr | None) -> list[str]:
    text = "" if setting is None else setting.get_secret_value()
    return [each.strip() for each in text.split(",") if each.strip()]


def _is_key(secret: str) -> bool:
    """Stripe takes a secret as it is written; Standard Webhooks takes what it stands for."""
    try:
        return len(b64decode(secret.removeprefix(_WEBHOOK_SECRET), validate=True)) in (
            _WEBHOOK_KEY_BYTES
        )
    except NotBase64:
        return False


def _is_private_enough(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.query or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(host))


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
