"""Mails through a real mail server, and what is made of its refusals."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from devtools.ports import free_port
from orderwright.domain.interfaces.mailer import (
    Mail,
    MailRefused,
    MailServerUnavailable,
    MailText,
)
from orderwright.infrastructure.external_services.mail_smtp import SmtpMailer, SmtpServer
from tests.smtp_server import LOCALHOST, Mailbox, smtp_server

TEXT = MailText("Grüße", "Grüner Tee\n", "<p>Grüner Tee</p>\n")
MAIL = Mail(id="event-7", to="ada@example.org", content=TEXT)
# Longer than any of them takes; the one that hangs is given less.
PATIENT_S = 30.0


def server_at(port: int, *, timeout_s: float = PATIENT_S) -> SmtpServer:
    return SmtpServer(host=LOCALHOST, port=port, security="none", timeout_s=timeout_s)


def mailer_of(server: SmtpServer) -> SmtpMailer:
    return SmtpMailer(server, "shop@example.com", lambda: datetime(2026, 3, 1, 12, tzinfo=UTC))


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with smtp_server() as mailbox:
        yield mailbox


async def test_a_mail_arrives_whole(mailbox: Mailbox) -> None:
    await mailer_of(server_at(mailbox.port)).send(MAIL)
    (got,) = mailbox.got
    assert [got[name] for name in ("From", "To", "Subject", "Message-ID", "Auto-Submitted")] == [
        "shop@example.com",
        "ada@example.org",
        "Grüße",
        "<event-7@example.com>",
        "auto-generated",
    ]
    assert got["Date"] == "Sun, 01 Mar 2026 12:00:00 +0000"
    bodies = [part.get_content().replace("\r\n", "\n") for part in got.iter_parts()]
    assert bodies == ["Grüner Tee\n", "<p>Grüner Tee</p>\n"]


async def test_addresses_may_have_letters_of_any_language(mailbox: Mailbox) -> None:
    await mailer_of(server_at(mailbox.port)).send(replace(MAIL, to="jörg@example.org"))
    assert [got["To"] for got in mailbox.got] == ["jörg@example.org"]


@pytest.mark.parametrize("answer", ["550 no such user", "554 spam"])
async def test_what_the_server_refuses_for_good_is_refused(mailbox: Mailbox, answer: str) -> None:
    mailbox.answer_to_recipient = answer
    with pytest.raises(MailRefused, match=answer[:3]) as refused:
        await mailer_of(server_at(mailbox.port)).send(MAIL)
    assert "user" not in refused.value.detail
    mailbox.answer_to_recipient, mailbox.answer_to_data = "250 OK", answer
    with pytest.raises(MailRefused, match=answer[:3]):
        await mailer_of(server_at(mailbox.port)).send(MAIL)
    assert mailbox.got == []


async def test_what_the_server_cannot_take_now_is_to_be_sent_again(mailbox: Mailbox) -> None:
    mailbox.answer_to_recipient = "451 greylisted"
    with pytest.raises(MailServerUnavailable):
        await mailer_of(server_at(mailbox.port)).send(MAIL)


async def test_a_server_that_refuses_the_sender_is_to_be_asked_again(mailbox: Mailbox) -> None:
    mailbox.answer_to_sender = "554 we do not know you"
    with pytest.raises(MailServerUnavailable, match="554"):
        await mailer_of(server_at(mailbox.port)).send(MAIL)
    assert mailbox.got == []


async def test_a_server_that_is_not_there_is_to_be_asked_again() -> None:
    with pytest.raises(MailServerUnavailable):
        await mailer_of(server_at(free_port())).send(MAIL)


async def test_a_server_that_says_nothing_is_not_waited_for() -> None:
    with socket.create_server((LOCALHOST, 0)) as silent:
        mailer = mailer_of(server_at(silent.getsockname()[1], timeout_s=0.1))
        with pytest.raises(MailServerUnavailable):
            await mailer.send(MAIL)


async def test_nothing_is_sent_in_the_clear_to_a_server_without_tls(mailbox: Mailbox) -> None:
    server = replace(server_at(mailbox.port), security="starttls")
    with pytest.raises(MailServerUnavailable):
        await mailer_of(server).send(MAIL)
    assert mailbox.got == []


@pytest.mark.parametrize(
    "mail",
    [
        replace(MAIL, to="ada@example.org\nBcc: eve@example.org"),
        replace(MAIL, content=replace(TEXT, subject="two\nlines")),
    ],
)
async def test_what_no_mail_can_say_is_refused(mailbox: Mailbox, mail: Mail) -> None:
    with pytest.raises(MailRefused):
        await mailer_of(server_at(mailbox.port)).send(mail)
    assert mailbox.got == []
