"""`python -m devtools.anti_patterns`: what no linter looks for, and this house does without.

Each rule has places where it is broken for a reason; they are named here, with the reason.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).parents[1] / "src" / "orderwright"
_LINES_MAX: Final = 400
# The container's own `call`, which makes another provider, and not that of what is provided.
_NOT_THEIRS: Final = re.compile(r"\.provided\.call\b(?!\()")
_CHANGES: Final = frozenset(
    [
        "add",
        "append",
        "clear",
        "discard",
        "extend",
        "insert",
        "pop",
        "popitem",
        "remove",
        "setdefault",
        "update",
    ]
)

ALLOWED: Final[Mapping[str, Mapping[str, str]]] = {
    "gather": {
        "api/event_stream.py": "the two ways in which a client ends",
        "application/services/event_handover.py": "one for each consumer, which are parts of us",
        "application/services/underway.py": "no more are begun than there is room for",
        "application/services/webhook_sending.py": "as many as were asked for in this round",
        "infrastructure/concurrency/batcher.py": "its workers; a chunk of one group",
        "infrastructure/concurrency/process_pool.py": "its own jobs, which are bounded",
        "infrastructure/concurrency/running.py": "services to stop, which are parts of us",
        "infrastructure/system/readiness.py": "one for each check of this service",
        "sandbox_gateway/webhooks.py": "a stranger for tests, who tells of what was just asked",
    },
    "queue": {
        "infrastructure/concurrency/actor.py": "a semaphore is the bound, which a sentinel passes",
        "infrastructure/concurrency/thread_pool.py": "a semaphore is the bound",
    },
    "pool": {
        "api/routes/docs.py": "once a process: its files are kept",
        "api/routes/metrics.py": "asked every few seconds by one who measures",
        "infrastructure/concurrency/process_pool.py": "it is the pool; and once, at its end",
        "infrastructure/external_services/attachment_files.py": "puts away though the pool is full",
        "infrastructure/external_services/mail_folder.py": "mails of development, one at a time",
        "infrastructure/messaging/celery_queue.py": "one thread, as the library is not for several",
    },
    "environment": {
        "cli/serving/sandbox.py": "tells a process that it starts",
        "cli/serving/server.py": "tells a process that it starts",
        "infrastructure/observability/metrics.py": "the name is the library's, which reads it itself",
    },
}


@dataclass(frozen=True, slots=True)
class Finding:
    rule: str
    line: int


def findings(source: str) -> Iterator[Finding]:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for rule, breaks in _RULES.items():
            if breaks(node):
                yield Finding(rule, _line_of(node))
    yield from (Finding("global", line) for line in _changed_globals(tree))
    for number, line in enumerate(source.splitlines(), start=1):
        if _NOT_THEIRS.search(line):
            yield Finding("provided", number)
    if source.count("\n") > _LINES_MAX:
        yield Finding("size", _LINES_MAX)


def findings_in(package: Path) -> list[str]:
    """Those that are not allowed where they are."""
    return [
        f"{module}:{found.line}: {found.rule}"
        for path in sorted(package.rglob("*.py"))
        if "migrations" not in path.parts
        for module in [path.relative_to(package).as_posix()]
        for found in findings(path.read_text("utf-8"))
        if module not in ALLOWED.get(found.rule, {})
    ]


def _line_of(node: ast.AST) -> int:
    line: int = getattr(node, "lineno", 1)
    return line


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return str(getattr(node.func, "attr", getattr(node.func, "id", "")))


def _gathers_any_number(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and _called(node) == "gather"
        and any(isinstance(each, ast.Starred) for each in node.args)
    )


def _queues_without_bound(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and _called(node).endswith("Queue")
        and not (node.args or node.keywords)
        and _called(node)[0].isupper()
    )


def _takes_another_pool(node: ast.AST) -> bool:
    pools = ("ThreadPoolExecutor", "ProcessPoolExecutor", "to_thread", "run_in_executor", "Pool")
    return _called(node) in (*pools, "run_in_threadpool")


def _reads_the_environment(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr in ("environ", "getenv")
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
    )


_RULES: Final[Mapping[str, Callable[[ast.AST], bool]]] = {
    "gather": _gathers_any_number,
    "queue": _queues_without_bound,
    "pool": _takes_another_pool,
    "environment": _reads_the_environment,
}


def _changed_globals(tree: ast.Module) -> Iterator[int]:
    """Lines in functions that change what a module holds for all who use it."""
    names = {name.id for each in tree.body for name in _targets(each)}
    for function in _outermost_functions(tree):
        nodes = list(ast.walk(function))
        own = {each.arg for each in nodes if isinstance(each, ast.arg)}
        own |= {name.id for each in nodes for name in _targets(each)}
        for node in nodes:
            if isinstance(node, ast.Global) or _changed(node) in names - own:
                yield _line_of(node)


def _outermost_functions(tree: ast.Module | ast.ClassDef) -> Iterator[ast.AST]:
    for each in tree.body:
        if isinstance(each, ast.ClassDef):
            yield from _outermost_functions(each)
        elif isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            yield each


def _targets(node: ast.AST) -> list[ast.Name]:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [each for each in targets if isinstance(each, ast.Name)]


def _changed(node: ast.AST) -> str:
    """The name of what is changed in place, if something is."""
    inside: ast.AST | None = None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        inside = node.func.value if node.func.attr in _CHANGES else None
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        inside = node.value
    return inside.id if isinstance(inside, ast.Name) else ""


if __name__ == "__main__":
    told = findings_in(PACKAGE)
    print("\n".join(told))
    sys.exit(bool(told))
