"""What a desk gets for the first run: a key that works, and something to look at."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from orderwright.application.services.demo import NotADemo
from orderwright.cli.output import say
from orderwright.cli.runtime import acting
from orderwright.domain.errors import Unauthenticated
from orderwright.domain.value_objects.permission import Permission

if TYPE_CHECKING:
    from orderwright.container import Container

KEY_FILE = "dev-api-key"


class StoppedMeanwhile(Exception):
    """The server was told to stop before everything for the first run was ready."""


async def development_key(container: Container, data_dir: Path) -> str:
    """The key kept in the data directory, made anew when the database does not know it."""
    kept = _read(data_dir / KEY_FILE)
    if kept is not None and await _is_known(container, kept):
        return kept
    made = await _make(container)
    _keep(data_dir / KEY_FILE, made)
    return made


async def seed_demo(container: Container, stopped: threading.Event) -> None:
    """Raises: StoppedMeanwhile: the next start goes on where this one left."""

    def stop_in_time(_done: int, _of: int) -> None:
        if stopped.is_set():
            raise StoppedMeanwhile

    try:
        await container.demo_shop().seed(stop_in_time)
    except NotADemo as refusal:
        say(f"No demo data: {refusal.detail}.")


async def _is_known(container: Container, key: str) -> bool:
    try:
        await container.authenticator().identify(key, container.clock().now())
    except Unauthenticated:
        return False
    return True


async def _make(container: Container) -> str:
    from orderwright.application.commands.create_api_key import CreateApiKey, create_api_key

    created = await create_api_key(
        CreateApiKey(name="development", permissions=frozenset({Permission.ADMIN})),
        acting(container),
        ids=container.ids(),
        secrets=container.secret_hasher(),
        now=container.clock().now(),
    )
    return created.text


def _read(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None


def _keep(file: Path, key: str) -> None:
    """Private from its first moment: the mode is part of making it."""
    file.unlink(missing_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        opened.write(key + "\n")
