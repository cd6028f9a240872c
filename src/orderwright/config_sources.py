"""Where settings come from besides the environment: secret files, and secrets made on first use."""

import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource
from pydantic_settings.sources import DotEnvSettingsSource, EnvSettingsSource

# Marks a secret made for development, so that it is recognised wherever it is copied to.
DEVELOPMENT_SECRET_PREFIX = "dev-"  # noqa: S105 - a prefix, not a secret
# Never a secret: a file that is larger was named by mistake, and would be read into memory.
SECRET_FILE_BYTES_MAX = 64 * 1024


class Unreadable:
    """Stands in for a value that could not be had, until validation reports the problem."""

    def __init__(self, problem: str) -> None:
        self.problem = problem


class _WholeSource(PydanticBaseSettingsSource):
    """A source that answers for all its fields at once."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        raise NotImplementedError((field_name, field))  # pragma: no cover - __call__ never asks


class SecretFiles(_WholeSource):
    """`NAME_FILE` beside every secret `NAME`, as container platforms mount them.

    The environment wins over `.env`; naming both `NAME` and `NAME_FILE` in one place is a fault,
    because either could be the one that was meant.
    """

    def __init__(
        self,
        settings_cls: type[BaseSettings],
        environment: EnvSettingsSource,
        dotenv: DotEnvSettingsSource,
    ) -> None:
        super().__init__(settings_cls)
        self._places = (environment.env_vars, dotenv.env_vars)

    def __call__(self) -> dict[str, Any]:
        found = {name: self._secret(name) for name in secret_names(self.settings_cls)}
        return {name: value for name, value in found.items() if value is not None}

    def _secret(self, name: str) -> str | Unreadable | None:
        for place in self._places:
            path = place.get(f"{name}_file")
            if path and place.get(name):
                upper = name.upper()
                return Unreadable(f"{upper} and {upper}_FILE are both set: keep one")
            if path:
                return _read_secret(Path(path), f"{name.upper()}_FILE")
            if place.get(name):
                return None
        return None


class GeneratedSecrets(_WholeSource):
    """In development, a secret nobody set is made once and kept in `DATA_DIR/secrets`."""

    required = ("jwt_secret", "api_secret_key")

    def __call__(self) -> dict[str, Any]:
        if self._so_far("environment") != "development":
            return {}
        directory = Path(str(self._so_far("data_dir"))).expanduser() / "secrets"
        missing = [name for name in self.required if name not in self.current_state]
        return {name: generated_secret(directory / name, name.upper()) for name in missing}

    def _so_far(self, name: str) -> object:
        default = self.settings_cls.model_fields[name].default
        return self.current_state.get(name, default)


def secret_names(settings_cls: type[BaseSettings]) -> Iterator[str]:
    for name, field in settings_cls.model_fields.items():
        if field.annotation in (SecretStr, SecretStr | None):
            yield name


def origins(
    settings_cls: type[BaseSettings], *, env_file: Path | str | None = ".env"
) -> Mapping[str, str]:
    """Name the place each setting that is not a default comes from, as of now."""
    environment = EnvSettingsSource(settings_cls)
    dotenv = DotEnvSettingsSource(settings_cls, env_file=env_file)
    files = SecretFiles(settings_cls, environment, dotenv)
    generated = GeneratedSecrets(settings_cls)
    found: dict[str, str] = {}
    values: dict[str, Any] = {}
    for place, source in {
        "file": files,
        "environment": environment,
        ".env": dotenv,
        "generated": generated,
    }.items():
        source._set_current_state(values)  # noqa: SLF001 - how pydantic-settings itself does it
        values = source() | values
        found |= {name: place for name in values if name not in found}
    return found


def generated_secret(path: Path, name: str) -> str | Unreadable:
    """Read the secret kept at `path`, making it first if need be; of two at once, one wins."""
    try:
        if not path.exists():
            write_once(path, DEVELOPMENT_SECRET_PREFIX + secrets.token_urlsafe(32))
        return _read_secret(path, name)
    except OSError:
        return Unreadable(f"{name} is not set, and DATA_DIR cannot keep a generated one")


def write_once(path: Path, text: str) -> None:
    """Create a private file, whole or not at all; leave the one that is there.

    A hard link either appears with all its content or fails because another process was first,
    which renaming (replaces) and exclusive creation (readable while empty) do not give.
    """
    make_private_directory(path.parent.parent)
    make_private_directory(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        with suppress(FileExistsError):
            os.link(name, path)
    finally:
        Path(name).unlink()


def make_private_directory(path: Path) -> None:
    # One level at a time: `parents=True` would give the directories above the default mode.
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=0o700, exist_ok=True)


def _read_secret(path: Path, name: str) -> str | Unreadable:
    try:
        with path.expanduser().open("rb") as file:
            content = file.read(SECRET_FILE_BYTES_MAX + 1)
        if len(content) > SECRET_FILE_BYTES_MAX:
            return Unreadable(f"{name} names a file too large to be a secret")
        return content.decode().strip()
    except OSError as error:
        return Unreadable(f"{name} names a file that cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        return Unreadable(f"{name} names a file that is not UTF-8 text")
