"""What reaches the log: one line an event, complete, and without secrets."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Literal

import aiosqlite
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from structlog.contextvars import bound_contextvars

from orderwright.infrastructure.observability.logging import configure_logging
from orderwright.infrastructure.observability.redaction import (
    _CONTROL,
    _HARMLESS,
    _SECRET_TEXT,
    REDACTED,
    clean_text,
    names_a_secret,
)


class Log:
    """A configured log and what was written to it."""

    def __init__(self, log_format: Literal["json", "console"], level: str = "INFO") -> None:
        self._stream = io.StringIO()
        configure_logging(level=level, log_format=log_format, stream=self._stream)
        self.logger = structlog.stdlib.get_logger("tests")

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


def _fail_loudly(log: Log, message: str) -> None:
    error = RuntimeError(message)
    log.logger.error("it.broke", exc_info=error)


@pytest.fixture(autouse=True)
def _logging_is_put_back() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_a_line_says_what_when_how_bad_and_in_which_request() -> None:
    log = Log("json")

    with bound_contextvars(correlation_id="abc-1", order_id=7):
        log.logger.info("order.placed", total="30.50")

    (line,) = log.lines
    moment = datetime.fromisoformat(line.pop("timestamp"))
    assert moment.tzinfo == UTC
    assert line == {
        "event": "order.placed",
        "level": "info",
        "logger": "tests",
        "correlation_id": "abc-1",
        "order_id": 7,
        "total": "30.50",
    }


def test_a_line_outside_any_request_has_a_correlation_id_of_nothing() -> None:
    log = Log("json")

    log.logger.info("server.started")

    assert log.lines[0]["correlation_id"] is None


def test_lines_of_libraries_look_like_our_own() -> None:
    log = Log("json")

    with bound_contextvars(correlation_id="abc-2"):
        logging.getLogger("uvicorn.error").warning("listening on %s", 8000, extra={"port": 8000})

    (line,) = log.lines
    assert line["event"] == "listening on 8000"
    assert line["level"] == "warning"
    assert line["port"] == 8000
    assert line["correlation_id"] == "abc-2"


def test_less_important_lines_than_the_level_are_not_written() -> None:
    log = Log("json", level="WARNING")

    log.logger.info("too.small")
    logging.getLogger("library").info("too small")

    assert log.text == ""


async def test_debugging_does_not_tell_what_goes_into_the_database() -> None:
    log = Log("json", level="DEBUG")

    async with aiosqlite.connect(":memory:") as database:
        await database.execute("SELECT ?", ("tok_visa",))

    assert log.text == ""


def test_configuring_twice_writes_each_line_once() -> None:
    Log("json")
    log = Log("json")

    log.logger.info("once")

    assert len(log.lines) == 1


def test_an_exception_is_one_json_line_with_its_traceback() -> None:
    log = Log("json")

    _fail_loudly(log, "first\nsecond")

    (line,) = log.lines
    assert "RuntimeError: first" in line["exception"]


@pytest.mark.parametrize("log_format", ["json", "console"])
@pytest.mark.parametrize("forged", ["\n", "\r\n", "\u2028", "\x85", "\x1b[2K\r", "\x0b", "\x00"])
def test_a_client_cannot_forge_a_line(log_format: Literal["json", "console"], forged: str) -> None:
    log = Log(log_format)
    lie = f"x{forged}2026-01-01T00:00:00Z [info] order.paid"

    log.logger.info(lie, note=lie, **{f"k{forged}": [lie]})
    _fail_loudly(log, lie)

    assert not [line for line in log.text.splitlines() if line.startswith("2026-01-01")]
    assert "\x1b[2K" not in log.text
    assert "\x00" not in log.text


CANARY = "c4n4ry-value-that-must-not-appear"


@pytest.mark.parametrize("log_format", ["json", "console"])
@pytest.mark.parametrize(
    "key",
    [
        "password",
        "new_password",
        "jwt_secret",
        "API_SECRET_KEY",
        "access_token",
        "refreshToken",
        "Authorization",
        "X-Api-Key",
        "set-cookie",
        "email",
        "customer_email",
        "shipping_address",
    ],
)
def test_a_value_with_a_secret_name_is_not_written(
    log_format: Literal["json", "console"], key: str
) -> None:
    log = Log(log_format)

    log.logger.info("seen", **{key: CANARY}, nested={"deep": [{key: {"value": CANARY}}]})
    logging.getLogger("library").warning("seen", extra={key: CANARY})

    assert CANARY not in log.text
    assert log.text.count(REDACTED) == 3


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {CANARY}",
        f"authorization=basic {CANARY}",
        f"postgresql+asyncpg://shop:{CANARY}@db:5432/orders is down",
        f"GET /x?access_token={CANARY}&page=2",
        f'{{"password": "{CANARY}"}}',
        f"JWT_SECRET={CANARY}",
        f"key ow_{CANARY}",
        f"token eyJhbGciOiJIUzI1NiJ9.eyJzdWIi{CANARY}.{CANARY}",
        f"mail to {CANARY}@example.com bounced",
    ],
)
def test_a_secret_inside_a_text_is_not_written(text: str) -> None:
    log = Log("json")

    log.logger.info(text, note=text, items=[text])
    _fail_loudly(log, text)

    assert CANARY not in log.text
    assert log.text.count(REDACTED) >= 4


def test_ordinary_names_and_texts_are_left_alone() -> None:
    assert [
        key for key in ("order_id", "token_type", "key", "emails_sent") if names_a_secret(key)
    ] == []
    assert clean_text("order 7 placed by user 3 at 10:30, total 30.50") == (
        "order 7 placed by user 3 at 10:30, total 30.50"
    )


def test_an_object_is_written_as_its_text_and_searched_like_one() -> None:
    class Login:
        def __str__(self) -> str:
            return f"password={CANARY}"

    log = Log("json")

    log.logger.info("seen", login=Login())

    assert log.lines[0]["login"] == f"password={REDACTED}"


def test_a_structure_that_contains_itself_ends() -> None:
    log = Log("json")
    endless: list[object] = []
    endless.append(endless)

    log.logger.info("seen", endless=endless)

    assert len(log.lines) == 1


def test_a_huge_text_is_cut_and_says_so() -> None:
    assert clean_text("a" * 60_000).endswith("a... (56000 more characters)")


@given(st.from_regex(_HARMLESS, fullmatch=True))
def test_what_is_let_through_unsearched_has_nothing_to_find(text: str) -> None:
    assert _SECRET_TEXT.search(text) is None
    assert _CONTROL.search(text) is None


def test_a_log_that_cannot_be_written_fails_nobody() -> None:
    log = Log("json")
    log._stream.close()

    log.logger.info("unheard")
