from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Final, Literal

import aiosmtplib

from orderwright.domain.interfaces.mailer import Mail, MailRefused, MailServerUnavailable
from orderwright.infrastructure.external_services.mail_message import message_of

Security = Literal["tls", "starttls", "none"]
# https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1: from here on it is no use to try again.
_FOR_GOOD: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    host: str
    port: int
    security: Security
    timeout_s: float
    username: str | None = None
    password: str | None = None


class SmtpMailer:
    """A connection a mail: they are few, and a kept one would be closed by the server meanwhile."""

    def __init__(self, server: SmtpServer, sender: str, now: Callable[[], datetime]) -> None:
        self._server = server
        self._sender = sender
        self._now = now

    async def send(self, mail: Mail) -> None:
        message = message_of(mail, self._sender)
        message["Date"] = format_datetime(self._now())
        with _in_domain_words():
            await aiosmtplib.send(
                message,
                hostname=self._server.host,
                port=self._server.port,
                username=self._server.username,
                password=self._server.password,
                timeout=self._server.timeout_s,
                use_tls=self._server.security == "tls",
                start_tls=self._server.security == "starttls",
            )


@contextmanager
def _in_domain_words() -> Iterator[None]:
    """What the server said stays inside: it may repeat addresses."""
    try:
        yield
    except aiosmtplib.SMTPRecipientsRefused as refused:
        raise _answered(max(each.code for each in refused.recipients)) from refused
    except aiosmtplib.SMTPAuthenticationError as refused:
        # Wrong credentials are mended by people, and then the mail is to be sent after all.
        raise MailServerUnavailable("the mail server does not accept the login") from refused
    except aiosmtplib.SMTPDataError as refused:
        raise _answered(refused.code) from refused
    except aiosmtplib.SMTPResponseException as refused:
        # So is what is said before the mail was looked at: a machine that is blocked, a sender.
        raise MailServerUnavailable(f"the mail server refuses us with {refused.code}") from refused
    except (aiosmtplib.SMTPException, OSError) as failed:
        raise MailServerUnavailable("the mail server cannot be reached") from failed


def _answered(code: int) -> MailRefused | MailServerUnavailable:
    if code >= _FOR_GOOD:
        return MailRefused(f"the mail server refused the mail with {code}")
    return MailServerUnavailable(f"the mail server answered {code}")
