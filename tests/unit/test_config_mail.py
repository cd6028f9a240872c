import pytest
from pydantic import ValidationError

from orderwright.config_mail import MailSettings


def load(monkeypatch: pytest.MonkeyPatch, **environment: str) -> MailSettings:
    for name in MailSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return MailSettings()


@pytest.mark.parametrize(
    ("environment", "wrong"),
    [
        ({"SMTP_HOST": "mail"}, "smtp_from"),
        ({"SMTP_HOST": "mail", "SMTP_FROM": "shop@example.com", "SMTP_USERNAME": "me"}, "password"),
        ({"SMTP_SECURITY": "none", "SMTP_PASSWORD": "secret"}, "smtp_password"),
        ({"SMTP_FROM": "The shop <shop@example.com>"}, "smtp_from"),
    ],
)
def test_what_no_mail_could_be_sent_with_is_refused(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], wrong: str
) -> None:
    with pytest.raises(ValidationError, match=wrong):
        load(monkeypatch, **environment)
