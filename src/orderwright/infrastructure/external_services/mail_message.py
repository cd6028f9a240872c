from __future__ import annotations

from email.headerregistry import Address, AddressHeader
from email.message import EmailMessage
from email.policy import SMTP

from orderwright.domain.interfaces.mailer import Mail, MailRefused


def message_of(mail: Mail, sender: str) -> EmailMessage:
    """Raises: MailRefused: an address or the subject is none that a header can hold."""
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = sender
        message["To"] = mail.to
        _check_is_one(mail.to, message["To"])
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


def _check_is_one(address: str, header: AddressHeader) -> None:
    """`a(b)@c`, `a,b@c` and `a<b@c>` are read in headers as the address of somebody else.

    Raises: ValueError.
    """
    if [each.addr_spec for each in header.addresses] != [address]:
        raise ValueError("this is no address, or more than one")
