from __future__ import annotations

import asyncio
from pathlib import Path

from orderwright.domain.interfaces.mailer import Mail
from orderwright.infrastructure.external_services.mail_message import message_of


class FolderMailer:
    """For development: each mail becomes a file that mail programs open. Sent again, it is replaced."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    async def send(self, mail: Mail) -> None:
        content = message_of(mail, self._sender).as_bytes()
        await asyncio.to_thread(self._write, f"{mail.id}.eml", content)

    def _write(self, name: str, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        unfinished = self._folder / f".{name}"
        unfinished.write_bytes(content)
        unfinished.replace(self._folder / name)
