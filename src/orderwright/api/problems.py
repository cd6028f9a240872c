"""What is wrong with a request, as the wire says it: one shape for every error of every path."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from orderwright.api.error_catalogue import TITLES
from orderwright.api.media_types import JSON, PROBLEM_JSON, prefers_problem_json
from orderwright.domain.interfaces.requests import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """`facts` are members for programs beside `detail`, the sentence for people."""

    status: int
    code: str
    detail: str
    facts: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def members(self, correlation_id: str | None) -> dict[str, object]:
        return {
            "error": TITLES[self.status],
            "detail": self.detail,
            "code": self.code,
            **self.facts,
            "correlation_id": correlation_id,
        }


class Refused(HTTPException):
    """A refusal by the edge itself, before any use case is asked."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.status, problem.detail, dict(problem.headers))
        self.problem = problem


def refuse(status: int, code: str, detail: str, **facts: object) -> Refused:
    return Refused(Problem(status=status, code=code, detail=detail, facts=facts))


def answer_to(request: Request, problem: Problem) -> Answer:
    """In the form the client asked for: plain JSON, or RFC 9457."""
    members = problem.members(correlation_id_of(request.scope))
    media_type = JSON
    if prefers_problem_json(request.headers.getlist("accept")):
        media_type = PROBLEM_JSON
        members = {
            "type": f"urn:orderwright:error:{problem.code}",
            "title": members["error"],
            "status": problem.status,
            **members,
        }
    body = json.dumps(members, ensure_ascii=False, separators=(",", ":"), default=str).encode()
    return Answer(problem.status, {"content-type": media_type, **problem.headers}, body)


def response_to(request: Request, problem: Problem) -> Response:
    answer = answer_to(request, problem)
    return Response(answer.body, answer.status, dict(answer.headers))


def correlation_id_of(scope: Scope) -> str | None:
    state: dict[str, Any] = scope.get("state", {})
    return state.get("correlation_id")
