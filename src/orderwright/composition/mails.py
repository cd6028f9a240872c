"""Mails to customers: who writes them, and who takes them."""

from __future__ import annotations

from pathlib import Path

from dependency_injector import providers

from orderwright.application.services.order_mails import OrderMails, OrderMailTasks
from orderwright.composition.foundation import Foundation
from orderwright.infrastructure.external_services.mail_folder import FolderMailer
from orderwright.infrastructure.external_services.mail_nowhere import NoMailServer
from orderwright.infrastructure.external_services.mail_smtp import SmtpMailer, SmtpServer
from orderwright.infrastructure.external_services.mail_texts import JinjaMailTemplates


def _mail_folder(data_dir: Path) -> Path:
    return data_dir / "mail"


class MailParts(Foundation):
    mailer = providers.Selector(
        Foundation.config.mail_way,
        smtp=providers.Singleton(
            SmtpMailer,
            providers.Factory(
                SmtpServer,
                host=Foundation.config.smtp_host,
                port=Foundation.config.smtp_port,
                security=Foundation.config.smtp_security,
                username=Foundation.config.smtp_username,
                password=Foundation.config.smtp_password,
                timeout_s=Foundation.config.smtp_timeout_seconds,
            ),
            Foundation.config.smtp_from,
            Foundation.clock.provided.now,
        ),
        folder=providers.Singleton(
            FolderMailer,
            providers.Callable(_mail_folder, Foundation.config.data_dir),
            Foundation.config.smtp_from,
        ),
        none=providers.Singleton(NoMailServer),
    )
    mail_templates = providers.Singleton(JinjaMailTemplates, Foundation.config.app_name)
    order_mails = providers.Singleton(
        OrderMails, Foundation.clock, Foundation.ids, sends=Foundation.config.sends_mail
    )
    order_mail_tasks = providers.Singleton(
        OrderMailTasks,
        Foundation.unit_of_work.provider,
        Foundation.full_order_reader,
        mail_templates,
        mailer,
    )
