"""Configuration at the command line: shown without secrets, refused all at once."""

import json
import stat

from orderwright.cli.exit_codes import ExitCode
from tests.integration.cli.conftest import CommandLine


def test_settings_are_shown_with_their_sources_and_without_secrets(
    on_empty_desk: CommandLine,
) -> None:
    shown = on_empty_desk("config", "show", "--json", LOG_LEVEL="debug").json

    assert shown["LOG_LEVEL"] == {"value": "DEBUG", "source": "environment"}
    assert shown["JWT_SECRET"] == {"value": "[hidden]", "source": "generated"}
    assert shown["MAX_BODY_BYTES"] == {"value": 1048576, "source": "default"}


def test_every_fault_is_told_at_once(on_empty_desk: CommandLine) -> None:
    ran = on_empty_desk(
        "serve", ENVIRONMENT="production", DEBUG="true", DATABASE_POOL_SIZE="c4n4ry"
    )

    assert ran.exit_code == ExitCode.UNAVAILABLE
    assert [
        name
        for name in ("DEBUG", "DATABASE_POOL_SIZE", "JWT_SECRET", "API_SECRET_KEY")
        if name not in ran.err
    ] == []
    assert "c4n4ry" not in ran.err
    assert ran.out == ""
    assert not on_empty_desk.data_dir.exists()


def test_with_json_the_faults_are_json(on_empty_desk: CommandLine) -> None:
    ran = on_empty_desk("config", "show", "--json", LOG_FORMAT="xml")

    told = json.loads(ran.err)
    assert told["code"] == "bad_configuration"
    assert [fault["name"] for fault in told["faults"]] == ["LOG_FORMAT"]


def test_the_contract_can_be_printed_without_a_database(on_empty_desk: CommandLine) -> None:
    contract = on_empty_desk("openapi").json

    assert "/api/v1/orders" in contract["paths"]
    assert not list(on_empty_desk.data_dir.glob("*.db"))


def test_doctor_finds_a_new_desk_in_order(on_empty_desk: CommandLine) -> None:
    on_empty_desk("db", "upgrade")

    ran = on_empty_desk("doctor", "--json")

    assert {check["name"]: check["status"] for check in ran.json["checks"]}.items() >= {
        "python": "ok",
        "configuration": "ok",
        "data directory": "ok",
        "secret files": "ok",
        "database": "ok",
        "schema": "ok",
    }.items()


def test_doctor_names_each_fault_with_its_fix(on_empty_desk: CommandLine) -> None:
    on_empty_desk("config", "show")
    exposed = on_empty_desk.data_dir / "secrets" / "jwt_secret"
    exposed.chmod(0o644)

    ran = on_empty_desk("doctor", DATABASE_URL="postgresql+asyncpg://shop@127.0.0.1:9/orders")

    assert ran.exit_code == ExitCode.VIOLATIONS
    assert f"fix: chmod 600 {exposed}" in ran.out
    assert "FAIL  database" in ran.out
    assert stat.S_IMODE(exposed.stat().st_mode) == 0o644


def test_doctor_says_what_is_wrong_with_the_configuration(on_empty_desk: CommandLine) -> None:
    ran = on_empty_desk("doctor", LOG_FORMAT="xml")

    assert ran.exit_code == ExitCode.VIOLATIONS
    assert "LOG_FORMAT" in ran.out
