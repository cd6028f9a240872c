"""Settings of the payment gateway, and what they have to look like."""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from typing import Final, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings

from orderwright.config_addresses import is_unheard_by_others

# It moves money: shorter ones can be guessed.
PAYMENT_KEY_CHARS_MIN: Final = 32

_VISIBLE: Final = re.compile(r"[!-~]+")

_STRIPE_KEYS: Final = ("sk_", "rk_")

_PREFIX: Final = "whsec_"
# While a secret is changed the old one is good as well.
_SECRETS_MAX: Final = 2
# What Standard Webhooks asks of a key.
_KEY_BYTES_MIN, _KEY_BYTES_MAX = 24, 64


class PaymentSettings(BaseSettings):
    """Field order matters: each is checked against those above it."""

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
    payment_sweep_seconds: float = Field(
        1.0,
        gt=0,
        le=3600,
        description="How often a process with background work looks for payment operations that the "
        "gateway has to be asked for again.",
    )

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

    @property
    def webhook_secrets(self) -> list[str]:
        """All that the payment gateway may sign its webhooks with."""
        return webhook_secrets_in(self.payment_webhook_secret)


def check_api_url(url: str | None, provider: object) -> None:
    """Raises: ValueError."""
    if url is None:
        _check_that_it_may_be_missing(provider, "http")
    elif not is_unheard_by_others(url):
        raise ValueError(
            "must be https://host/path, or http:// on this machine, with nothing behind the path"
        )


def check_api_key(key: SecretStr | None, provider: object) -> None:
    """Raises: ValueError."""
    if key is None:
        _check_that_it_may_be_missing(provider, "http", "stripe")
    elif len(key.get_secret_value()) < PAYMENT_KEY_CHARS_MIN:
        raise ValueError(f"must have at least {PAYMENT_KEY_CHARS_MIN} characters")
    elif not _VISIBLE.fullmatch(key.get_secret_value()):
        raise ValueError("must consist of visible ASCII characters: it is sent in a header")
    elif provider == "stripe" and not key.get_secret_value().startswith(_STRIPE_KEYS):
        raise ValueError("must be a secret or restricted key of Stripe: sk_... or rk_...")


def _check_that_it_may_be_missing(provider: object, *needed_by: str) -> None:
    if provider in needed_by:
        raise ValueError(f"is required by PAYMENT_PROVIDER={provider}")


def webhook_secrets_in(setting: SecretStr | None) -> list[str]:
    text = "" if setting is None else setting.get_secret_value()
    return [each.strip() for each in text.split(",") if each.strip()]


def check_webhook_secrets(setting: SecretStr | None, provider: object) -> None:
    """Stripe takes a secret as it is written, Standard Webhooks what it stands for.

    Raises: ValueError.
    """
    secrets = webhook_secrets_in(setting)
    if len(secrets) > _SECRETS_MAX:
        raise ValueError(f"must be at most {_SECRETS_MAX} secrets")
    if not all(each.startswith(_PREFIX) for each in secrets):
        raise ValueError(f"must begin with {_PREFIX}")
    if provider != "stripe" and not all(map(_is_key, secrets)):
        raise ValueError(
            f"must have {_KEY_BYTES_MIN} to {_KEY_BYTES_MAX} bytes in base64 after {_PREFIX}"
        )


def _is_key(secret: str) -> bool:
    try:
        key = b64decode(secret.removeprefix(_PREFIX), validate=True)
    except NotBase64:
        return False
    return _KEY_BYTES_MIN <= len(key) <= _KEY_BYTES_MAX
