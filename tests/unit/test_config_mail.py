from pathlib import Path

import pytest

from tests.unit.test_config import faults


@pytest.mark.parametrize(
    ("environment", "wrong"),
    [
        ({"SMTP_HOST": "mail"}, "SMTP_FROM"),
        (
            {"SMTP_HOST": "mail", "SMTP_FROM": "shop@example.com", "SMTP_USERNAME": "me"},
            "SMTP_PASSWORD",
        ),
        ({"SMTP_SECURITY": "none", "SMTP_PASSWORD": "secret"}, "SMTP_PASSWORD"),
        ({"SMTP_FROM": "The shop <shop@example.com>"}, "SMTP_FROM"),
    ],
)
def test_what_no_mail_could_be_sent_with_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environment: dict[str, str], wrong: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert set(faults(monkeypatch, **environment)) == {wrong}
