"""Errors as the documentation shows them; `problems` writes them."""

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from orderwright.api.media_types import PROBLEM_JSON


class FaultJson(BaseModel):
    """One thing that is wrong with a request, and where in it (RFC 6901)."""

    pointer: str = Field(examples=["/items/0/quantity"])
    message: str
    code: str
    location: str = Field(alias="in", examples=["body", "query", "path", "header"])


class ErrorJson(BaseModel):
    """What every error says. Some say more, such as `current_status`, `allowed` or `retryable`."""

    model_config = ConfigDict(extra="allow")

    error: str = Field(examples=["Conflict"])
    detail: str = Field(description="one sentence for people")
    code: str = Field(description="for programs; never changes", examples=["out_of_stock"])
    correlation_id: str | None
    errors: list[FaultJson] | None = Field(None, description="with `validation_error` only")


# The same with the members of RFC 9457, for those who accept it.
_PROBLEM: Final = {
    PROBLEM_JSON: {
        "schema": {
            "allOf": [
                {"$ref": "#/components/schemas/ErrorJson"},
                {
                    "type": "object",
                    "properties": {
                        "type": {
                            "type": "string",
                            "examples": ["urn:orderwright:error:out_of_stock"],
                        },
                        "title": {"type": "string"},
                        "status": {"type": "integer"},
                    },
                    "required": ["type", "title", "status"],
                },
            ]
        }
    }
}
ERROR_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {
        "model": ErrorJson,
        "description": "The request cannot be served as it is",
        "content": _PROBLEM,
    },
    "5XX": {
        "model": ErrorJson,
        "description": "It may be served later; nothing was changed",
        "content": _PROBLEM,
    },
}
