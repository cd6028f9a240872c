"""The catalogue of errors and the code agree, in both directions."""

import ast
import json
import pkgutil
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from typer.testing import CliRunner

import orderwright
from orderwright.api import errors
from orderwright.api.error_catalogue import ERRORS, FAULTS, TITLES, ErrorEntry, FaultEntry
from orderwright.api.errors import STATUS_OF
from orderwright.cli.app import app
from orderwright.config import Settings
from orderwright.domain import errors as kinds
from orderwright.domain.errors import DomainError, PreconditionFailed
from orderwright.main import create_app

SOURCE = Path(orderwright.__file__).parent
CATALOGUE = {(entry.status, entry.code) for entry in ERRORS}


def subclasses(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for each in kind.__subclasses__():
        yield each
        yield from subclasses(each)


def raised_by_use_cases() -> set[tuple[int, str]]:
    for module in pkgutil.walk_packages([str(SOURCE)], "orderwright."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            import_module(module.name)
    return {
        (next(STATUS_OF[kind] for kind in each.__mro__ if kind in STATUS_OF), each.code)
        for each in subclasses(DomainError)
        if each.__module__.startswith("orderwright.")
        # The kinds only sort; that a version is another one needs no further word.
        and (each.__module__ != kinds.__name__ or each is PreconditionFailed)
    }


def calls(*names: str) -> Iterator[ast.Call]:
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                if name in names:
                    yield node


def status_of(node: ast.expr) -> int | None:
    if isinstance(node, ast.Constant):
        return int(node.value) if isinstance(node.value, int) else None
    is_named = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    return int(HTTPStatus[node.attr]) if is_named and isinstance(node, ast.Attribute) else None


def refused_by_the_edge() -> set[tuple[int, str]]:
    found = {(status, code) for status, (code, _) in errors._FRAMEWORK.items()}
    for call in calls("refuse", "Problem"):
        named = {each.arg: each.value for each in call.keywords}
        arguments = [*call.args, *(named[name] for name in ("status", "code") if name in named)]
        if len(arguments) < 2:
            continue
        status, code = status_of(arguments[0]), arguments[1]
        if status is not None and isinstance(code, ast.Constant) and isinstance(code.value, str):
            found.add((status, code.value))
    return found | {(400, "bad_request")}  # the framework's refusals for which there is no word


def test_the_catalogue_has_what_the_code_can_say_and_nothing_else() -> None:
    said = raised_by_use_cases() | refused_by_the_edge()

    assert said - CATALOGUE == set()
    assert CATALOGUE - said == set()


# What a schema of pydantic's of this kind can find wrong. What is not here, nobody has thought of.
FOUND_BY_KIND: Mapping[str, tuple[str, ...]] = {
    "bool": ("bool_type", "bool_parsing"),
    "datetime": (
        "datetime_type",
        "datetime_parsing",
        "datetime_from_date_parsing",
        "datetime_object_invalid",
    ),
    "dict": ("dict_type",),
    "enum": ("enum",),
    "int": ("int_type", "int_parsing", "int_parsing_size", "int_from_float"),
    "list": ("list_type",),
    "literal": ("literal_error",),
    "model": ("model_type", "model_attributes_type"),
    "model-fields": ("missing", "extra_forbidden"),
    "str": ("string_type", "string_unicode"),
    # These add nothing of their own; what functions raise is found in the source.
    **dict.fromkeys(
        [
            "any",
            "default",
            "definition-ref",
            "definitions",
            "function-after",
            "function-before",
            "model-field",
            "none",  # beside a text, which a header always is
            "nullable",
            "union",
        ],
        (),
    ),
}
FOUND_BY_BOUND: Mapping[tuple[str, str], str] = {
    ("int", "ge"): "greater_than_equal",
    ("int", "gt"): "greater_than",
    ("int", "le"): "less_than_equal",
    ("list", "min_length"): "too_short",
    ("list", "max_length"): "too_long",
    ("str", "min_length"): "string_too_short",
    ("str", "max_length"): "string_too_long",
    ("str", "pattern"): "string_pattern_mismatch",
}
BOUNDS = {"ge", "gt", "le", "lt", "multiple_of", "min_length", "max_length", "pattern"}


def schemas(part: Any) -> Iterator[Mapping[str, Any]]:
    """The core schemas inside one, itself too."""
    if isinstance(part, Mapping):
        if isinstance(part.get("type"), str) and part["type"] not in ("no-info", "with-info"):
            yield part
        for name, each in part.items():
            if name not in ("serialization", "pydantic_js_functions", "pydantic_js_extra"):
                yield from schemas(each)
    elif isinstance(part, list | tuple):
        for each in part:
            yield from schemas(each)


def read_by_routes() -> Iterator[Any]:
    """The core schema of every body and parameter."""
    app = create_app(Settings.load(env_file=None))
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute):
            body = context.original_route.body_field
            yield from [] if body is None else [body._type_adapter.core_schema]
            for field in fields_of(context.dependant):
                yield field._type_adapter.core_schema


def fields_of(dependant: Any) -> Iterator[Any]:
    yield from (*dependant.query_params, *dependant.path_params, *dependant.header_params)
    for each in dependant.dependencies:
        yield from fields_of(each)


def test_every_code_inside_errors_is_in_the_catalogue_and_no_other() -> None:
    raised = {
        call.args[0].value
        for call in calls("PydanticCustomError", "PydanticKnownError")
        if isinstance(call.args[0], ast.Constant)
    }
    found = {
        code
        for root in read_by_routes()
        for schema in schemas(root)
        for code in (
            *FOUND_BY_KIND[schema["type"]],
            *(FOUND_BY_BOUND[schema["type"], bound] for bound in set(schema) & BOUNDS),
        )
    }

    assert raised | found == {fault.code for fault in FAULTS}
    assert [fault.code for fault in FAULTS] == sorted(fault.code for fault in FAULTS)


def test_codes_are_unique_and_sorted_within_their_status() -> None:
    codes = [entry.code for entry in ERRORS]

    assert len(set(codes)) == len(codes)
    assert [(entry.status, entry.code) for entry in ERRORS] == sorted(CATALOGUE)
    assert {entry.status for entry in ERRORS} == set(TITLES)


def test_what_may_be_retried_is_what_the_wire_calls_retryable() -> None:
    retryable = {entry.code for entry in ERRORS if entry.retryable}
    of_use_cases = {
        each.code
        for each in subclasses(DomainError)
        if issubclass(each, kinds.InProgress | kinds.TooManyRequests | kinds.Unavailable)
        and each.__module__ not in (kinds.__name__, __name__)
    }

    # Only who has a key may ask again there.
    assert of_use_cases - {"commit_unknown"} <= retryable
    assert retryable - of_use_cases <= {"rate_limited", "draining"}


@pytest.mark.parametrize("entry", ERRORS, ids=lambda entry: entry.code)
def test_every_code_is_explained_on_the_command_line(entry: ErrorEntry) -> None:
    told = CliRunner().invoke(app, ["explain", entry.code, "--json"])

    assert told.exit_code == 0
    explained = json.loads(told.stdout)
    assert (explained["code"], explained["status"]) == (entry.code, entry.status)
    assert explained["error"] == TITLES[entry.status]
    assert explained["when"].endswith(".")
    assert explained["remedy"].endswith(".")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.code)
def test_every_code_inside_errors_is_explained_on_the_command_line(fault: FaultEntry) -> None:
    told = CliRunner().invoke(app, ["explain", fault.code, "--json"])

    assert told.exit_code == 0
    explained = json.loads(told.stdout)
    assert (explained["code"], explained["status"]) == (fault.code, 422)
    if fault.code not in {entry.code for entry in ERRORS}:
        assert explained["inside"] == "errors of validation_error"
        assert (explained["when"], explained["remedy"]) == (fault.when, fault.remedy)


def test_without_a_code_all_are_listed() -> None:
    listed = CliRunner().invoke(app, ["explain"]).stdout
    data = json.loads(CliRunner().invoke(app, ["explain", "--json"]).stdout)

    assert all(f"{entry.status}     {entry.code} " in listed for entry in ERRORS)
    assert all(f"errors  {fault.code} " in listed for fault in FAULTS)
    assert [each["code"] for each in data] == [entry.code for entry in (*ERRORS, *FAULTS)]


def test_an_unknown_code_is_a_usage_error_that_names_the_nearest() -> None:
    result = CliRunner().invoke(app, ["explain", "out_of_stok"])

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "did you mean out_of_stock" in result.stderr
