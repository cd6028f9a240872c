"""Settings: safe by default on a desk, strict anywhere else, and never printed by value."""

import concurrent.futures
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orderwright.config import Settings
from orderwright.config_faults import BadConfiguration
from orderwright.config_payments import PAYMENT_KEY_CHARS_MIN
from orderwright.config_security import SECRET_BYTES_MIN
from orderwright.config_sources import DEVELOPMENT_SECRET_PREFIX, origins
from tests.deployed import DEPLOYED

GOOD_SECRET = "g" * SECRET_BYTES_MIN


@pytest.fixture(autouse=True)
def _an_empty_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting in the environment, no `.env`, and nowhere to write but a fresh directory."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(f"{name.upper()}_FILE", raising=False)
    monkeypatch.chdir(tmp_path)


def load(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return Settings.load()


def faults(monkeypatch: pytest.MonkeyPatch, **environment: str) -> dict[str, str]:
    with pytest.raises(BadConfiguration) as caught:
        load(monkeypatch, **environment)
    return {fault.name: fault.problem for fault in caught.value.faults}


def test_development_needs_nothing(tmp_path: Path) -> None:
    settings = Settings.load()

    assert settings.environment == "development"
    assert settings.data_dir == tmp_path / "var"
    assert settings.database_dsn == f"sqlite+aiosqlite:///{tmp_path}/var/orderwright.db"
    assert settings.log_format == "console"
    assert settings.payment_provider == "sandbox"
    assert settings.max_body_bytes == 1024 * 1024


def test_settings_cannot_be_changed() -> None:
    settings = Settings.load()

    with pytest.raises(ValueError, match="frozen"):
        settings.debug = True


def test_a_path_with_signs_that_mean_something_in_a_url_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load(monkeypatch, DATA_DIR=str(tmp_path / "100% mine?"))

    assert settings.database_dsn.endswith("/100%25%20mine%3F/orderwright.db")


def test_secrets_are_made_once_and_kept_privately(tmp_path: Path) -> None:
    first, second = Settings.load(), Settings.load()

    assert first.jwt_secret == second.jwt_secret
    assert first.api_secret_key == second.api_secret_key
    assert first.jwt_secret != first.api_secret_key
    kept = sorted((tmp_path / "var" / "secrets").iterdir())
    assert [file.name for file in kept] == ["api_secret_key", "jwt_secret"]
    assert [stat.S_IMODE(file.stat().st_mode) for file in kept] == [0o600, 0o600]
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700


def test_processes_that_start_at_once_agree_on_the_secrets(tmp_path: Path) -> None:
    program = (
        "from orderwright.config import Settings;"
        "print(Settings.load().jwt_secret.get_secret_value())"
    )

    def start(_: int) -> str:
        command = [sys.executable, "-c", program]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    with concurrent.futures.ThreadPoolExecutor() as pool:
        seen = set(pool.map(start, range(6)))

    assert len(seen) == 1
    assert len(list((tmp_path / "var" / "secrets").iterdir())) == 2


def test_nothing_is_generated_for_a_deployment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = faults(monkeypatch, ENVIRONMENT="production")

    assert sorted(found) == ["API_SECRET_KEY", "JWT_SECRET"]
    assert not (tmp_path / "var").exists()


def test_a_data_directory_that_cannot_be_written_is_a_fault_and_not_a_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()

    found = faults(monkeypatch, DATA_DIR=str(tmp_path / "file"))

    assert sorted(found) == ["API_SECRET_KEY", "JWT_SECRET"]
    assert "DATA_DIR" in found["JWT_SECRET"]


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_a_deployment_with_its_own_secrets_starts(
    environment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load(monkeypatch, **DEPLOYED | {"ENVIRONMENT": environment})

    assert settings.log_format == "json"
    assert not settings.is_development


@pytest.mark.parametrize("environment", ["staging", "production"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "true"),
        ("CRASH_POINTS", "place.before_commit:kill"),
        ("JWT_SECRET", DEVELOPMENT_SECRET_PREFIX + GOOD_SECRET),
        ("JWT_SECRET", "s" * (SECRET_BYTES_MIN - 1)),
        ("API_SECRET_KEY", "s" * (SECRET_BYTES_MIN - 1)),
        ("JWT_SECRET", ""),
    ],
)
def test_a_deployment_refuses_what_is_only_safe_on_a_desk(
    environment: str, name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsafe = DEPLOYED | {"ENVIRONMENT": environment, name: value}

    assert list(faults(monkeypatch, **unsafe)) == [name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENVIRONMENT", "prod"),
        ("PAYMENT_PROVIDER", "cash"),
        ("WEBHOOK_RETRY_SECONDS", ","),
        ("WEBHOOK_RETRY_SECONDS", "5,-1"),
        ("WEBHOOK_PORTS", "443,65536"),
        ("DATABASE_URL", "mysql://shop@db/orders"),
        ("DATABASE_URL", "postgresql://shop@db/orders"),
        ("DATABASE_URL", "sqlite+aiosqlite:///:memory:"),
        ("DATABASE_URL", "sqlite+aiosqlite:///"),
        ("DATABASE_POOL_SIZE", "0"),
        ("DATABASE_POOL_SIZE", "101"),
        ("DATABASE_POOL_TIMEOUT_SECONDS", "nan"),
        ("MAX_BODY_BYTES", "many"),
        ("LOG_LEVEL", "LOUD"),
        ("LOG_FORMAT", "xml"),
        ("CRASH_POINTS", "place.before_commit"),
        ("CRASH_POINTS", "place.before_commit:explode"),
        ("CRASH_POINTS", "place.somewhere_else:kill"),
    ],
)
def test_a_value_that_means_nothing_is_refused_by_name(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = {} if name == "ENVIRONMENT" else {"ENVIRONMENT": "development"}

    assert name in faults(monkeypatch, **others, **{name: value})


@pytest.mark.parametrize(
    "url",
    [
        "https://gateway.example",
        "https://gateway.example:8443/v1/",
        "http://localhost:8090",
        "http://127.0.0.1:8090/pay",
        "http://127.3.2.1",
        "http://[::1]:8090",
    ],
)
def test_a_gateway_is_reached_by_https_or_on_this_machine(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load(monkeypatch, **DEPLOYED | {"PAYMENT_API_URL": url}).payment_api_url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://gateway.example",
        "http://192.168.0.7",
        "http://localhost.example",
        "http://127.0.0.1@gateway.example",
        "https://user:password@gateway.example",
        "https://gateway.example/?key=1",
        "https://gateway.example/#pay",
        "https://gateway.example:port",
        "https:///v1",
        "https://gateway.example/v1\n",
        "https://gateway .example",
        "https://gateway\x7f.example",
        "ftp://127.0.0.1",
        "gateway.example",
    ],
)
def test_no_key_is_sent_where_others_could_hear_it(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(faults(monkeypatch, PAYMENT_API_URL=url)) == ["PAYMENT_API_URL"]


def test_a_gateway_needs_an_address_and_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults(monkeypatch, PAYMENT_PROVIDER="http") == {
        "PAYMENT_API_URL": "is required by PAYMENT_PROVIDER=http",
        "PAYMENT_API_KEY": "is required by PAYMENT_PROVIDER=http",
    }
    assert faults(monkeypatch, PAYMENT_PROVIDER="stripe") == {
        "PAYMENT_API_KEY": "is required by PAYMENT_PROVIDER=stripe",
    }


@pytest.mark.parametrize("prefix", ["sk_live_", "sk_test_", "rk_live_", "rk_test_"])
def test_stripe_needs_a_key_of_its_own_and_no_address(
    prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = prefix + "k" * PAYMENT_KEY_CHARS_MIN
    settings = load(monkeypatch, PAYMENT_PROVIDER="stripe", PAYMENT_API_KEY=key)

    assert (settings.payment_provider, settings.payment_api_url) == ("stripe", None)


def test_a_publishable_key_of_stripe_moves_no_money(monkeypatch: pytest.MonkeyPatch) -> None:
    key = "pk_live_" + "k" * PAYMENT_KEY_CHARS_MIN

    assert faults(monkeypatch, PAYMENT_PROVIDER="stripe", PAYMENT_API_KEY=key) == {
        "PAYMENT_API_KEY": "must be a secret or restricted key of Stripe: sk_... or rk_..."
    }


def test_a_secret_of_stripe_is_taken_as_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(
        monkeypatch,
        PAYMENT_PROVIDER="stripe",
        PAYMENT_API_KEY="sk_test_" + "k" * PAYMENT_KEY_CHARS_MIN,
        PAYMENT_WEBHOOK_SECRET="whsec_short",
    )

    assert settings.webhook_secrets == ["whsec_short"]


def test_a_key_that_moves_money_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    short = DEPLOYED | {"PAYMENT_API_KEY": "p" * (PAYMENT_KEY_CHARS_MIN - 1)}

    assert faults(monkeypatch, **short) == {"PAYMENT_API_KEY": "must have at least 32 characters"}


@pytest.mark.parametrize("end", [" ", "\n", "\t", "é", "\x7f"])
def test_a_key_that_no_header_can_carry_is_refused(
    end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = DEPLOYED | {"PAYMENT_API_KEY": "p" * PAYMENT_KEY_CHARS_MIN + end}

    assert faults(monkeypatch, **key) == {
        "PAYMENT_API_KEY": "must consist of visible ASCII characters: it is sent in a header"
    }


def test_all_faults_are_told_at_once_and_no_value_is(monkeypatch: pytest.MonkeyPatch) -> None:
    canary = "c4n4ry"
    bad = {
        "ENVIRONMENT": "production",
        "DEBUG": "1",
        "DATABASE_URL": f"mysql://shop:{canary}@db/orders",
        "DATABASE_POOL_SIZE": canary,
        "JWT_SECRET": canary,
        "PAYMENT_PROVIDER": canary,
        "PAYMENT_API_URL": f"http://{canary}.example",
        "PAYMENT_API_KEY": canary,
        "API_SECRET_KEY_FILE": f"/no/such/{canary}",
        "LOG_LEVEL": canary,
        "CRASH_POINTS": canary,
    }
    for name, value in bad.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(BadConfiguration) as caught:
        Settings.load()

    assert sorted(fault.name for fault in caught.value.faults) == sorted(
        {name.removesuffix("_FILE") for name in bad} - {"ENVIRONMENT"}
    )
    assert canary not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_default_that_hangs_on_a_bad_value_is_not_a_fault_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = faults(monkeypatch, DATABASE_POOL_SIZE="x")

    assert sorted(found) == ["DATABASE_POOL_SIZE"]


@pytest.mark.parametrize("name", ["JWT_SECRET", "API_SECRET_KEY", "DATABASE_PASSWORD"])
def test_a_secret_can_come_from_a_file(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text(f"{GOOD_SECRET}\n")

    settings = load(monkeypatch, **{f"{name}_FILE": str(tmp_path / "secret")})

    assert getattr(settings, name.lower()).get_secret_value() == GOOD_SECRET


def test_a_secret_given_twice_in_one_place_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text(GOOD_SECRET)

    found = faults(monkeypatch, JWT_SECRET=GOOD_SECRET, JWT_SECRET_FILE=str(tmp_path / "secret"))

    assert found == {"JWT_SECRET": "JWT_SECRET and JWT_SECRET_FILE are both set: keep one"}


@pytest.mark.parametrize(
    "content", [b"\xff\xfe" * SECRET_BYTES_MIN, b"x" * 100_000, b"", b"short\n"]
)
def test_a_file_that_holds_no_secret_is_refused(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_bytes(content)

    assert list(faults(monkeypatch, JWT_SECRET_FILE=str(tmp_path / "secret"))) == ["JWT_SECRET"]


def test_the_environment_wins_over_a_secret_file_named_in_dotenv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("JWT_SECRET_FILE=elsewhere\nAPP_NAME=Shop\n")

    settings = load(monkeypatch, JWT_SECRET=GOOD_SECRET)

    assert settings.jwt_secret.get_secret_value() == GOOD_SECRET
    assert settings.app_name == "Shop"


def test_a_dotenv_that_is_not_text_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"APP_NAME=\xff\xff\n")

    with pytest.raises(BadConfiguration, match="UTF-8"):
        Settings.load()


def test_a_name_without_a_value_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, DATABASE_URL="", DATABASE_POOL_SIZE="")

    assert settings.uses_sqlite
    assert settings.database_pool_size == 5


def test_the_database_password_reaches_the_driver_and_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = load(
        monkeypatch,
        DATABASE_URL="postgresql+asyncpg://shop:0ld-one@db:5432/orders?ssl=require",
        DATABASE_PASSWORD="p@ss/word",
    )

    assert settings.database_dsn == (
        "postgresql+asyncpg://shop:p%40ss%2Fword@db:5432/orders?ssl=require"
    )
    assert "p@ss" not in repr(settings)
    assert "0ld-one" not in repr(settings)


def test_debugging_logs_everything_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.load().log_level == "INFO"
    assert load(monkeypatch, DEBUG="true").log_level == "DEBUG"
    assert load(monkeypatch, LOG_LEVEL="error").log_level == "ERROR"


def test_crash_points_are_read_as_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, CRASH_POINTS="place.before_commit:kill, pay.after_record:hang")

    assert settings.crash_points == {"place.before_commit": "kill", "pay.after_record": "hang"}


def test_each_value_knows_where_it_came_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("APP_NAME=Shop\nLOG_LEVEL=DEBUG\n")
    (tmp_path / "secret").write_text(GOOD_SECRET)
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    monkeypatch.setenv("DATABASE_PASSWORD_FILE", str(tmp_path / "secret"))

    assert origins(Settings) == {
        "app_name": ".env",
        "log_level": "environment",
        "database_password": "file",
        "jwt_secret": "generated",
        "api_secret_key": "generated",
    }


def test_the_environment_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    before = dict(os.environ)

    load(monkeypatch)

    assert dict(os.environ) == before


@pytest.mark.parametrize("name", ["RATE_LIMIT_DEFAULT", "RATE_LIMIT_TOKEN"])
@pytest.mark.parametrize("rate", ["often", "100", "0/minute", "1/fortnight", "1e9/second"])
def test_a_rate_must_be_one(monkeypatch: pytest.MonkeyPatch, name: str, rate: str) -> None:
    assert faults(monkeypatch, **{name: rate}) == {
        name: "must read <1 to 1000000>/<unit>, such as 100/minute (second, minute, hour, day)"
    }


def test_limits_are_on_unless_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings.load()

    assert settings.rate_limit_enabled
    assert (settings.rate_limit_default, settings.rate_limit_token) == ("100/minute", "10/minute")
    assert not load(monkeypatch, RATE_LIMIT_ENABLED="false").rate_limit_enabled


def test_the_address_of_redis_is_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, REDIS_URL="redis://ada:hunter2@cache:6379/0")

    assert settings.redis_url is not None
    assert settings.redis_url.get_secret_value() == "redis://ada:hunter2@cache:6379/0"
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize("url", ["http://hunter2@cache", "cache:6379", "unix:///run/hunter2"])
def test_redis_is_spoken_to_in_its_own_tongue(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert faults(monkeypatch, REDIS_URL=url) == {
        "REDIS_URL": "must begin with redis:// or rediss://"
    }


@pytest.mark.parametrize(
    ("backend", "urls", "problem"),
    [
        ("arq", {}, "needs REDIS_URL"),
        ("arq", {"CELERY_BROKER_URL": "amqp://broker"}, "needs REDIS_URL"),
        ("celery", {}, "needs CELERY_BROKER_URL or REDIS_URL"),
    ],
)
def test_a_task_backend_needs_its_broker(
    backend: str, urls: dict[str, str], problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert faults(monkeypatch, TASK_BACKEND=backend, **urls) == {"TASK_BACKEND": problem}


def test_redis_needs_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orderwright.config_tasks.find_spec", lambda _name: None)

    assert faults(monkeypatch, REDIS_URL="redis://cache:6379") == {
        "REDIS_URL": "needs the package redis: pip install 'orderwright[redis]'"
    }


def test_proxies_are_addresses_and_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, TRUSTED_PROXIES="10.0.0.7, 192.168.0.0/16 ,2001:db8::/32,")

    assert settings.trusted_proxies == ("10.0.0.7", "192.168.0.0/16", "2001:db8::/32")
    assert Settings.model_fields["trusted_proxies"].default == ()


@pytest.mark.parametrize(
    "proxies", ["*", "0.0.0.0/0", "::/0", "proxy.internal", "10.0.0.1/8", "10.0.0.1,*", "10.0.0"]
)
def test_nobody_is_trusted_by_accident(monkeypatch: pytest.MonkeyPatch, proxies: str) -> None:
    assert faults(monkeypatch, TRUSTED_PROXIES=proxies) == {
        "TRUSTED_PROXIES": "must be addresses or networks such as 10.0.0.0/8, and not everything"
    }


def test_origins_are_named_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    origins = "https://shop.example, http://localhost:5173,https://[2001:db8::1]:8443"

    assert load(monkeypatch, CORS_ORIGINS=origins).cors_origins == (
        "https://shop.example",
        "http://localhost:5173",
        "https://[2001:db8::1]:8443",
    )


@pytest.mark.parametrize(
    "origin",
    [
        "shop.example",
        "https://shop.example/",
        "https://*.example",
        "null",
        "ftp://shop.example",
        "https://SHOP.example",
        "https://shop.example:443",
        "http://shop.example:80",
        "https://ada@shop.example",
        "https://shop.example?x",
        "https://a.test,*.b.test",
    ],
)
def test_what_no_browser_would_send_as_its_origin_is_refused(
    monkeypatch: pytest.MonkeyPatch, origin: str
) -> None:
    assert faults(monkeypatch, CORS_ORIGINS=origin) == {
        "CORS_ORIGINS": "must be origins such as https://shop.example, without a path"
    }


def test_all_origins_are_for_the_desk_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch, CORS_ORIGINS="*").cors_origins == ("*",)
    assert faults(monkeypatch, **DEPLOYED, CORS_ORIGINS="*") == {
        "CORS_ORIGINS": "must name every origin: * is refused outside development"
    }


def test_a_version_ends_after_it_was_deprecated(monkeypatch: pytest.MonkeyPatch) -> None:
    found = faults(
        monkeypatch,
        API_V1_DEPRECATED_AT="2026-11-01T00:00:00Z",
        API_V1_SUNSET_AT="2026-10-01T00:00:00Z",
    )

    assert found == {"API_V1_SUNSET_AT": "must be after API_V1_DEPRECATED_AT"}


def test_a_date_without_a_zone_is_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    deprecated_at = load(monkeypatch, API_V1_DEPRECATED_AT="2026-11-01").api_v1_deprecated_at

    assert deprecated_at == datetime(2026, 11, 1, tzinfo=UTC)


def test_former_secrets_are_as_long_as_the_present_one(monkeypatch: pytest.MonkeyPatch) -> None:
    former = f"{GOOD_SECRET}, {'f' * SECRET_BYTES_MIN}"

    settings = load(monkeypatch, JWT_SECRET="n" * SECRET_BYTES_MIN, JWT_FORMER_SECRETS=former)

    assert settings.jwt_secrets == ["n" * 32, "g" * 32, "f" * 32]
    assert GOOD_SECRET not in repr(settings)
    found = faults(monkeypatch, JWT_FORMER_SECRETS=f"{GOOD_SECRET},short")
    assert found == {"JWT_FORMER_SECRETS": f"must have at least {SECRET_BYTES_MIN} bytes each"}


WEBHOOK_SECRET = "whsec_" + "Zm9y" * 8  # 24 bytes


@pytest.mark.parametrize(
    ("value", "secrets"),
    [
        ("", []),
        (WEBHOOK_SECRET, [WEBHOOK_SECRET]),
        (f"{WEBHOOK_SECRET}, {WEBHOOK_SECRET}AAAA", [WEBHOOK_SECRET, f"{WEBHOOK_SECRET}AAAA"]),
    ],
)
def test_a_gateway_signs_with_one_secret_or_two(
    value: str, secrets: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load(monkeypatch, PAYMENT_WEBHOOK_SECRET=value)

    assert settings.webhook_secrets == secrets
    assert WEBHOOK_SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("Zm9y" * 8, "must begin with whsec_"),
        ("whsec_" + "Zm9y" * 7, "must have 24 to 64 bytes in base64 after whsec_"),
        ("whsec_" + "Zm9y" * 22, "must have 24 to 64 bytes in base64 after whsec_"),
        ("whsec_" + "Zm9y" * 8 + "*", "must have 24 to 64 bytes in base64 after whsec_"),
        (",".join([WEBHOOK_SECRET] * 3), "must be at most 2 secrets"),
    ],
)
def test_a_secret_that_no_gateway_could_sign_with_is_refused(
    value: str, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert faults(monkeypatch, PAYMENT_WEBHOOK_SECRET=value) == {"PAYMENT_WEBHOOK_SECRET": problem}
