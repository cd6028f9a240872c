"""One stream of log lines for our own events and for those of the libraries."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Literal, TextIO

import structlog
from structlog.contextvars import merge_contextvars
from structlog.processors import ExceptionRenderer, JSONRenderer, StackInfoRenderer, TimeStamper
from structlog.stdlib import (
    BoundLogger,
    ExtraAdder,
    LoggerFactory,
    ProcessorFormatter,
    add_log_level,
    add_logger_name,
    filter_by_level,
)
from structlog.typing import Processor

from orderwright.infrastructure.observability.redaction import redact

# They tell at INFO what our own canonical line tells better.
_TALKATIVE = ("alembic", "asyncio", "httpx2", "uvicorn.access")
# uvicorn gives its loggers handlers of their own when it finds none configured.
_KEEPS_HANDLERS = ("uvicorn", "uvicorn.error", "uvicorn.access")


def configure_logging(
    *, level: str, log_format: Literal["json", "console"], stream: TextIO | None = None
) -> None:
    """Send every log line of this process to `stream` (standard output), in one format.

    Safe to call again: the last call wins.
    """
    out = stream or sys.stdout
    structlog.configure(
        processors=[filter_by_level, *_shared(), ProcessorFormatter.wrap_for_formatter],
        wrapper_class=BoundLogger,
        logger_factory=LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[*_shared(), ExtraAdder()],
            processors=[*_last(), _renderer(log_format, out)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    _quieten_libraries()


def _shared() -> list[Processor]:
    return [
        merge_contextvars,
        add_log_level,
        add_logger_name,
        TimeStamper(fmt="iso", utc=True),
        StackInfoRenderer(),
    ]


def _last() -> list[Processor]:
    return [ProcessorFormatter.remove_processors_meta, ExceptionRenderer(), _complete, redact]


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
        return JSONRenderer()
    return structlog.dev.ConsoleRenderer(
        colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


def _quieten_libraries() -> None:
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _KEEPS_HANDLERS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
