"""Which database it is, and how to get in."""

from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import Field, SecretStr, field_validator

from orderwright.config_deployment import DeploymentSettings

_SQLITE: Final = "sqlite+aiosqlite:///"
_POSTGRESQL: Final = "postgresql+asyncpg://"


class DatabaseSettings(DeploymentSettings):
    """Field order matters: each is checked against those above it."""

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

    @field_validator("database_url")
    @classmethod
    def _a_database_that_is_supported(cls, value: str) -> str:
        if not value.startswith((_SQLITE, _POSTGRESQL)):
            raise ValueError(f"must begin with {_SQLITE} or {_POSTGRESQL}")
        if value == _SQLITE or ":memory:" in value:
            raise ValueError("must name a file: a database in memory is not shared or durable")
        return value

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


def _sqlite_in(directory: Path) -> str:
    return _SQLITE + quote(str(directory / "orderwright.db"))
