import pytest

from orderwright.domain.interfaces.mailer import Mail, MailRefused, MailText
from orderwright.infrastructure.external_services.mail_message import message_of

TEXT = MailText(subject="Hello", text="Hello\n", html="<p>Hello</p>")


@pytest.mark.parametrize("to", ["ada@example.com", '"a b"@example.com', "a+b@sub.example.com"])
def test_a_mail_goes_to_the_address_it_is_for(to: str) -> None:
    message = message_of(Mail(id="1", to=to, content=TEXT), "shop@example.com")

    assert [each.addr_spec for each in message["To"].addresses] == [to]


@pytest.mark.parametrize(
    "to",
    [
        "ada(bob)@example.com",
        "ada,bob@example.com",
        "ada<bob@example.com>",
        "ada@example.com;bob@example.com",
        "undisclosed:;",
        "ada@example.com\nBcc: bob@example.com",
    ],
)
def test_what_a_mail_server_would_read_as_the_address_of_another_is_refused(to: str) -> None:
    with pytest.raises(MailRefused):
        message_of(Mail(id="1", to=to, content=TEXT), "shop@example.com")
