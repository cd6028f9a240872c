"""`config show` tells everything but secrets."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from orderwright.cli.commands.config import HIDDEN, printable, without_password
from orderwright.config import Settings

SECRET = "s3cr3t-" * 6


def test_no_secret_is_printed(tmp_path: Path) -> None:
    settings = Settings.load(
        env_file=None,
        data_dir=tmp_path,
        database_url=f"postgresql+asyncpg://shop:{SECRET}@db/orders?password={SECRET}",
        database_password=SecretStr(SECRET),
        jwt_secret=SecretStr(SECRET),
        api_secret_key=SecretStr(SECRET),
    )

    shown = printable(settings)

    assert SECRET not in str(shown)
    assert shown["jwt_secret"] == HIDDEN
    assert shown["database_password"] == HIDDEN
    assert shown["database_url"] == f"postgresql+asyncpg://shop:{HIDDEN}@db/orders?{HIDDEN}"
    assert list(shown) == list(Settings.model_fields)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql+asyncpg://shop@db:5432/orders", "postgresql+asyncpg://shop@db:5432/orders"),
        (
            "postgresql+asyncpg://shop:p@ss@db/orders",
            f"postgresql+asyncpg://shop:{HIDDEN}@db/orders",
        ),
        ("postgresql+asyncpg://db:5432/orders", "postgresql+asyncpg://db:5432/orders"),
        ("sqlite+aiosqlite:////var/lib/o.db", "sqlite+aiosqlite:////var/lib/o.db"),
    ],
)
def test_a_url_is_shown_without_its_password(url: str, expected: str) -> None:
    assert without_password(url) == expected
