import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request

import orderwright.api
import orderwright.application
import orderwright.domain
from orderwright.api.error_catalogue import TITLES
from orderwright.api.errors import STATUS_OF, _on_invalid_request, problem_of
from orderwright.api.problems import Problem, answer_to, response_to
from orderwright.domain.entities.order import OrderNotFound
from orderwright.domain.entities.order_lifecycle import IllegalTransition
from orderwright.domain.errors import DomainError, Unauthenticated
from orderwright.domain.interfaces.requests import IdempotencyInProgress
from orderwright.domain.interfaces.unit_of_work import DatabaseBusy

KINDS = {*STATUS_OF}


def concrete_errors() -> list[type[DomainError]]:
    for package in (orderwright.domain, orderwright.application, orderwright.api):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            importlib.import_module(module.name)
    return [each for each in descendants(DomainError) if each.__module__ != DomainError.__module__]


def descendants(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for child in kind.__subclasses__():
        yield child
        yield from descendants(child)


def a_request(**headers: str) -> Request:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": raw, "state": {"correlation_id": "c-1"}})


def test_every_error_of_the_domain_has_a_status_a_title_and_a_code_of_its_own() -> None:
    errors = concrete_errors()

    assert len(errors) > 30
    for error in errors:
        assert any(kind in KINDS for kind in error.__mro__), error
        assert "code" in vars(error), error
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", error.code), error
    codes = [error.code for error in errors]
    assert sorted(codes) == sorted(set(codes))
    assert set(STATUS_OF.values()) <= set(TITLES)


def test_facts_stand_beside_the_three_members_that_are_always_there() -> None:
    refusal = IllegalTransition(
        "a shipped order does not allow to cancel it", current_status="shipped", allowed=["deliver"]
    )

    assert problem_of(refusal).members("c-1") == {
        "error": "Conflict",
        "detail": "a shipped order does not allow to cancel it",
        "code": "illegal_transition",
        "current_status": "shipped",
        "allowed": ["deliver"],
        "correlation_id": "c-1",
    }


def test_what_may_be_tried_again_says_so_and_when() -> None:
    for error, status in [
        (DatabaseBusy("busy", retry_after_s=3), 503),
        (IdempotencyInProgress("wait", retry_after_s=3), 409),
    ]:
        problem = problem_of(error)
        assert problem.status == status
        assert problem.headers == {"retry-after": "3"}
        assert problem.facts["retryable"] is True
    assert "retryable" not in problem_of(OrderNotFound("no order 1")).facts


def test_who_is_unknown_hears_how_to_present_oneself() -> None:
    assert problem_of(Unauthenticated("who?")).headers == {"www-authenticate": "Bearer"}


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("application/problem+json", "application/problem+json"),
        ("text/html, application/problem+json;q=0.8", "application/problem+json"),
        ("application/problem+jsonx", "application/json"),
    ],
)
def test_the_media_type_is_the_one_asked_for(accept: str, media_type: str) -> None:
    problem = Problem(status=404, code="order_not_found", detail="no order 1")

    assert answer_to(a_request(accept=accept), problem).headers["content-type"] == media_type


def test_the_body_is_the_same_text_whatever_language_it_is_in() -> None:
    response = response_to(
        a_request(), Problem(status=404, code="x", detail="pas trouvé", headers={"x-a": "b"})
    )

    assert response.body == (
        '{"error":"Not Found","detail":"pas trouvé","code":"x","correlation_id":"c-1"}'.encode()
    )
    assert response.headers["x-a"] == "b"


async def test_a_thousand_faults_are_told_by_the_first_fifty() -> None:
    fault = {"type": "int_type", "loc": ("body", "a/b", 0), "msg": "no", "input": "secret"}
    error = RequestValidationError([{**fault, "ctx": {"secret": 1}}] * 1000)

    response = await _on_invalid_request(a_request(), error)

    assert bytes(response.body).count(b'"pointer":"/a~1b/0"') == 50
    assert b"secret" not in bytes(response.body)
