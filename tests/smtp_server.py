"""A real mail server on this machine that keeps what it gets, or answers as it is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, Final

from aiosmtpd.controller import Controller

from devtools.ports import free_port

LOCALHOST: Final = "127.0.0.1"


class Mailbox:
    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.answer_to_sender = "250 OK"
        self.answer_to_recipient = "250 OK"
        self.answer_to_data = "250 OK"
        self.port = 0

    async def handle_MAIL(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        envelope.mail_from, envelope.mail_options = address, options
        return self.answer_to_sender

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's names
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.answer_to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer_to_recipient

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answer_to_data.startswith("250"):
            message = message_from_bytes(envelope.content, policy=SMTP)
            assert isinstance(message, EmailMessage)
            self.got.append(message)
        return self.answer_to_data


@contextmanager
def smtp_server() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    mailbox.port = free_port()
    controller = Controller(mailbox, hostname=LOCALHOST, port=mailbox.port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
