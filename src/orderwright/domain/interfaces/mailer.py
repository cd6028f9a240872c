from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from orderwright.domain.errors import Rejected, Unavailable


class MailRefused(Rejected):
    """For good: the same mail will not be taken later either."""

    code = "mail_refused"


class MailServerUnavailable(Unavailable):
    code = "mail_server_unavailable"


@dataclass(frozen=True, slots=True)
class MailText:
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """`id` stays the same however often the mail is sent, so that who gets it twice can tell."""

    id: str
    to: str
    content: MailText


class MailTemplates(Protocol):
    def write(self, template: str, facts: Mapping[str, object]) -> MailText: ...


class Mailer(Protocol):
    async def send(self, mail: Mail) -> None:
        """Hand it over to whoever delivers it.

        Raises:
            MailRefused: never try again.
            MailServerUnavailable: try again; perhaps it was taken all the same.
        """
        ...
