"""If-Match: act only on the version that was seen (RFC 9110, 13.1.1)."""

import re
from dataclasses import replace
from typing import Annotated, Final

from fastapi import Depends, Header, Request
from pydantic import WithJsonSchema
from pydantic.json_schema import SkipJsonSchema

from orderwright.api.answers import etag
from orderwright.api.dependencies import provided
from orderwright.api.idempotency import Once, OnceRunner
from orderwright.api.order_api import tag_of_order_in_full
from orderwright.api.problems import refuse
from orderwright.api.versions import SECOND, version_of
from orderwright.domain.interfaces.requests import ANY_VERSION, Precondition, Versioned

_TAG: Final = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_TAGS: Final = re.compile(rf"[ \t,]*{_TAG}(?:[ \t]*,[ \t,]*{_TAG})*[ \t,]*")
# What a client is told to send; white space and empty items of a list are forgiven.
_TOLD: Final = r'^(\*|(W/)?"[!#-~]*"(, (W/)?"[!#-~]*")*)$'


def tags_in(if_match: str) -> frozenset[str]:
    """The tags, each as it was said, for they match as a whole or not at all. Weak ones never do: an
    act must not hit what is merely equivalent.

    Raises: Refused: it is no list of entity tags.
    """
    if not _TAGS.fullmatch(if_match):
        raise refuse(
            400,
            "malformed_if_match",
            'If-Match is * or a list of quoted entity tags, such as "3"',
        )
    return frozenset(re.findall(_TAG, if_match))


IfMatch = Annotated[
    Annotated[str, WithJsonSchema({"type": "string", "pattern": _TOLD, "examples": ['"3"']})]
    | SkipJsonSchema[None],
    Header(description="the ETag of what to act on; 412 when it has changed"),
]


async def _precondition(
    request: Request,
    required: Annotated[bool, provided("if_match_is_required")],
    if_match: IfMatch = None,
) -> Precondition:
    # Repeated, a header is one list.
    said = ", ".join(request.headers.getlist("if-match")) if if_match is not None else None
    if said is None and required and request.method == "PATCH":
        raise refuse(
            428,
            "precondition_required",
            "say with If-Match which version is to be changed",
        )
    if said is None or said.strip() == "*":  # whatever there is, if there is anything
        return ANY_VERSION
    return Precondition(tags_in(said), tag_of_order_in_full if _is_second(request) else _plain_tag)


def _is_second(request: Request) -> bool:
    return version_of(request.url.path) is SECOND


async def _plain_tag(thing: Versioned, _uow: object) -> str:
    return etag(thing.version)


async def _once_on_what_was_seen(
    once: Once, precondition: Annotated[Precondition, Depends(_precondition)]
) -> OnceRunner:
    return replace(once, context=replace(once.context, precondition=precondition))


# For acts on something that exists, whose use cases check `uow.context.precondition`.
OnceIfMatch = Annotated[OnceRunner, Depends(_once_on_what_was_seen)]
