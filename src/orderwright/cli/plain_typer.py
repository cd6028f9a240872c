"""Typer as we use it: plain text, because drawing boxes takes longer than most commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer


def group(help_text: str) -> typer.Typer:
    """Commands under a common name."""
    app = _plain(help=help_text, no_args_is_help=True)
    # With a callback even a single command keeps its name: `demo seed`, not `demo`.
    app.callback()(_nothing)
    return app


def single(command: Callable[..., Any]) -> typer.Typer:
    """A command that stands alone."""
    app = _plain()
    app.command()(command)
    return app


def _plain(**options: Any) -> typer.Typer:
    return typer.Typer(
        rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False, **options
    )


def _nothing() -> None:
    pass
