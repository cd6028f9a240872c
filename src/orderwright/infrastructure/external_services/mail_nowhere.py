from __future__ import annotations

from orderwright.domain.interfaces.mailer import Mail, MailServerUnavailable


class NoMailServer:
    """For mails that were promised while there was a mail server, and wait for the next."""

    async def send(self, _mail: Mail) -> None:
        raise MailServerUnavailable("no mail server is set")
