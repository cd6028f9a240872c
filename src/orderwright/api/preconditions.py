"""If-Match: act only on the version that was seen (RFC 9110, 13.1.1)."""

import re
from dataclasses import replace
from typing import Annotated, Final

from fastapi import Depends, Header, Request
from pydantic import WithJsonSchema
from pydantic.json_schema import SkipJsonSchema

from orderwright.api.dependencies import provided
from orderwright.api.idempotency import Once, OnceRunner
from orderwright.api.problems import refuse
from orderwright.domain.interfaces.requests import ANY_VERSION, Precondition

_TAG: Final = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_TAGS: Final = re.compile(rf"[ \t,]*{_TAG}(?:[ \t]*,[ \t,]*{_TAG})*[ \t,]*")
# What a client is told to send; white space and empty items of a list are forgiven.
_TOLD: Final = r'^(\*|(W/)?"[!#-~]*"(, (W/)?"[!#-~]*")*)$'
# As this service makes them: a version, and where more than it is shown, a hash of the rest. Weak
# ones never match, for an act must not hit what is merely equivalent.
_OURS: Final = re.compile(r'"(0|[1-9][0-9]{0,18})(?:-[0-9A-Za-z_-]+)?"')


def versions_in(if_match: str) -> frozenset[int]:
    """The versions that the tags stand for; a tag that was never ours stands for none.

    Raises: Refused: it is no list of entity tags.
    """
    if not _TAGS.fullmatch(if_match):
        raise refuse(
            400,
            "malformed_if_match",
            'If-Match is * or a list of quoted entity tags, such as "3"',
        )
    tags = re.findall(_TAG, if_match)
    ours = [match for tag in tags if (match := _OURS.fullmatch(tag))]
    return frozenset(int(match[1]) for match in ours)


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
    return Precondition(versions_in(said))


async def _once_on_what_was_seen(
    once: Once, precondition: Annotated[Precondition, Depends(_precondition)]
) -> OnceRunner:
    return replace(once, context=replace(once.context, precondition=precondition))


# For acts on something that exists, whose use cases check `uow.context.precondition`.
OnceIfMatch = Annotated[OnceRunner, Depends(_once_on_what_was_seen)]
