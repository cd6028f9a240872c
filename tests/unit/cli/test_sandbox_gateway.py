"""What the sandbox gateway could not work with, it says before it listens."""

from pathlib import Path

import pytest

from orderwright.cli.commands.sandbox_gateway import sandbox_gateway
from orderwright.cli.exit_codes import ExitCode
from orderwright.cli.failures import Failure

URL = "http://127.0.0.1:1/hook"
SECRET = "whsec_" + "Zm9y" * 8


@pytest.mark.parametrize(
    ("url", "secret", "problem"),
    [
        (URL, None, "--webhook-url and --webhook-secret go together"),
        (None, SECRET, "--webhook-url and --webhook-secret go together"),
        ("127.0.0.1:1/hook", SECRET, "--webhook-url must begin with http:// or https://"),
        (URL, "whsec_!!!", "--webhook-secret must have 24 to 64 bytes in base64 after whsec_"),
        (URL, "Zm9y" * 8, "--webhook-secret must begin with whsec_"),
    ],
)
def test_webhooks_that_could_not_be_sent_are_refused(
    url: str | None, secret: str | None, problem: str, tmp_path: Path
) -> None:
    with pytest.raises(Failure) as refused:
        sandbox_gateway(port=0, db=tmp_path / "ledger.db", webhook_url=url, webhook_secret=secret)

    assert (refused.value.detail, refused.value.exit_code) == (problem, ExitCode.USAGE)
    assert not (tmp_path / "ledger.db").exists()


def test_a_file_that_is_no_ledger_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear all, " * 100)

    with pytest.raises(Failure, match=r"cannot keep a ledger in .*letter\.txt") as refused:
        sandbox_gateway(port=0, db=file)

    assert refused.value.exit_code is ExitCode.UNAVAILABLE
    assert file.read_text() == "Dear all, " * 100
