"""Settings of the work that goes on behind the requests."""

from importlib.util import find_spec
from typing import Final, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings

_REDIS: Final = ("redis://", "rediss://")
_BROKERS: Final = (*_REDIS, "amqp://", "amqps://")


class TaskSettings(BaseSettings):
    """Field order matters: each is checked against those above it."""

    redis_url: SecretStr | None = Field(
        None,
        description="`redis://[user:password@]host:6379/0` or `rediss://...`: what processes share, "
        "such as rate limits; without it each keeps its own.",
    )
    celery_broker_url: SecretStr | None = Field(
        None,
        description="Broker of `TASK_BACKEND=celery`: `redis://...`, or `amqp://...` for RabbitMQ.",
        json_schema_extra={"shown_default": "`REDIS_URL`"},
    )
    task_backend: Literal["embedded", "arq", "celery"] = Field(
        "embedded",
        description="Who runs queued tasks: the server itself and `orderwright worker`, or workers of "
        "ARQ or Celery.",
    )
    task_poll_seconds: float = Field(
        0.5, gt=0, le=60, description="How often an idle worker looks for tasks."
    )
    task_time_limit_seconds: float = Field(
        300.0, gt=0, le=86_400, description="How long one attempt at a task may take."
    )
    task_retries_max: int = Field(
        3, ge=0, le=100, description="How often a failing task is tried again before it is dead."
    )
    task_retry_seconds: float = Field(
        60.0, gt=0, le=86_400, description="How long a failed task waits before it is tried again."
    )
    worker_metrics_port: int | None = Field(
        None,
        ge=0,
        le=65_535,
        description="Where `orderwright worker`, `orderwright scheduler` and a worker of ARQ show what "
        "they count, at `/metrics`; 0 takes a free port, which the log names. Without it, nowhere.",
    )
    worker_metrics_host: str = Field(
        "127.0.0.1",
        description="The address that goes with `WORKER_METRICS_PORT`. Whoever reaches it may read: it "
        "asks for no token.",
    )

    @field_validator("redis_url")
    @classmethod
    def _a_redis_that_can_be_asked(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        if not value.get_secret_value().startswith(_REDIS):
            raise ValueError("must begin with redis:// or rediss://")
        if find_spec("redis") is None:
            raise ValueError("needs the package redis: pip install 'orderwright[redis]'")
        return value

    @field_validator("celery_broker_url")
    @classmethod
    def _a_broker_that_celery_knows(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(_BROKERS):
            raise ValueError("must begin with redis://, rediss://, amqp:// or amqps://")
        return value

    @field_validator("task_backend")
    @classmethod
    def _a_backend_that_is_there(cls, value: str, info: ValidationInfo) -> str:
        if value == "embedded":
            return value
        if find_spec(value) is None:
            raise ValueError(f"needs the package {value}: pip install 'orderwright[{value}]'")
        # One that is missing has a fault of its own.
        known = [info.data.get(name, "") for name in ("redis_url", "celery_broker_url")]
        if value == "arq" and known[0] is None:
            raise ValueError("needs REDIS_URL")
        if known == [None, None]:
            raise ValueError("needs CELERY_BROKER_URL or REDIS_URL")
        return value

    @property
    def celery_broker(self) -> str | None:
        broker = self.celery_broker_url or self.redis_url
        return None if broker is None else broker.get_secret_value()
