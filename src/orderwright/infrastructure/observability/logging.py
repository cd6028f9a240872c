"""One stream of log lines for our own events and for those of the libraries."""

import logging
import sys
from collections.abc import Callable, MutableMapping
from contextlib import AbstractContextManager, nullcontext, suppress
from json import JSONEncoder
from typing import Any, Final, Literal, TextIO

import orjson
import structlog
from structlog.contextvars import merge_contextvars
from structlog.processors import ExceptionRenderer, JSONRenderer, StackInfoRenderer, TimeStamper
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name
from structlog.typing import Processor

from orderwright.infrastructure.observability.redaction import redact

# They tell at INFO what our own canonical line tells better. The last is SQLAlchemy's pool, which names
# its log after the class.
_TALKATIVE = (
    "alembic",
    "asyncio",
    "httpx2",
    "uvicorn.access",
    "orderwright.infrastructure.database.fair_pool",
)
# At DEBUG they tell every value that goes into a statement, and every header of an answer: tokens of
# cards, hashes, cookies.
_INDISCREET = ("aiosqlite", "httpcore2")
# uvicorn gives its loggers handlers of their own when it finds none configured.
_KEEPS_HANDLERS = ("uvicorn", "uvicorn.error", "uvicorn.access")

_encode: Final[Callable[[object], str]] = JSONEncoder().encode


def configure_logging(
    *, level: str, log_format: Literal["json", "console"], stream: TextIO | None = None
) -> None:
    """Send every log line of this process to `stream` (standard output), in one format.

    Safe to call again: the last call wins.
    """
    out = stream or sys.stdout
    handler = logging.StreamHandler(out)
    # The handler's own, so that no line gets into another.
    lock = handler.lock or nullcontext()
    renderer = _renderer(log_format, out)
    structlog.configure(
        processors=[merge_contextvars, *_plain(), *_labelled(), renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda name=None: LineWriter(name, out, lock),
        cache_logger_on_first_use=False,
    )
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[merge_contextvars, *_labelled(), ExtraAdder()],
            processors=[ProcessorFormatter.remove_processors_meta, *_plain(), renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    _quieten_libraries()


class LineWriter:
    """Where our own lines end: beside those of the libraries, without a record made of each, which
    would cost as much as all the rest of a line."""

    def __init__(self, name: str | None, out: TextIO, lock: AbstractContextManager[Any]) -> None:
        self.name = name
        self._out = out
        self._lock = lock

    def write(self, line: str) -> None:
        # As every handler has it: that a disk is full is no reason to fail a request.
        with self._lock, suppress(OSError, ValueError):
            self._out.write(line + "\n")
            self._out.flush()

    debug = info = warning = error = critical = write


def _plain() -> list[Processor]:
    """Nothing but text, numbers and what is made of them, without secrets."""
    return [_with_tracebacks, _complete, redact]


def _labelled() -> list[Processor]:
    """What nobody but us can say, and so need not be searched."""
    return [add_log_level, add_logger_name, TimeStamper(fmt="iso", utc=True)]


_tell_stack: Final = StackInfoRenderer()
_tell_exception: Final = ExceptionRenderer()


def _with_tracebacks(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Few lines have any, and only they go through the two that look for them."""
    if "exc_info" in event or "stack_info" in event:
        return _tell_exception(logger, method, _tell_stack(logger, method, event))
    return event


def _complete(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    # Outside a request there is no correlation id, and a reader should see that rather than guess.
    event.setdefault("correlation_id", None)
    # uvicorn repeats its message with terminal colours.
    event.pop("color_message", None)
    return event


def _renderer(log_format: str, out: TextIO) -> Processor:
    if log_format == "json":
        return JSONRenderer(_to_json)
    return structlog.dev.ConsoleRenderer(
        colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


def _to_json(event: object, **_options: object) -> str:
    """Of what `redact` leaves there is nothing that JSON does not have, but for half a surrogate pair
    and numbers of more than 64 bits, which the quick encoder does not take."""
    try:
        return orjson.dumps(event).decode()
    except orjson.JSONEncodeError:
        return _encode(event)


def _quieten_libraries() -> None:
    for name in (*_TALKATIVE, *_INDISCREET):
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _KEEPS_HANDLERS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
