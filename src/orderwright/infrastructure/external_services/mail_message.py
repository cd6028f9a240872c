from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from orderwright.domain.interfaces.mailer import Mail, MailRefused


def message_of(mail: Mail, sender: str) -> EmailMessage:
    """Raises: MailRefused: an address or the subject is none that a header can hold."""
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = sender
        message["To"] = mail.to
        message["Subject"] = mail.content.subject
        domain = Address(addr_spec=sender).domain
    except ValueError as wrong:
        raise MailRefused("the mail has an address or a subject that no mail can have") from wrong
    message["Message-ID"] = f"<{mail.id}@{domain}>"
    # Answered by no machine: https://www.rfc-editor.org/rfc/rfc3834
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.content.text)
    message.add_alternative(mail.content.html, subtype="html")
    return message
