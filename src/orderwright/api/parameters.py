"""Path and header parameters that several routes share."""

from typing import Annotated

from fastapi import Header, Path
from pydantic.json_schema import SkipJsonSchema

from orderwright.api.wire.numbers import AS_WRITTEN_HERE, INT64_MAX

# Zero and below are well-formed ids of nothing: 404, not 422.
IntId = Annotated[int, Path(ge=-INT64_MAX, le=INT64_MAX), AS_WRITTEN_HERE]
TextId = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9-]+$")]
IfNoneMatch = Annotated[
    str | SkipJsonSchema[None], Header(description="the ETag that the client has")
]
