from typing import Annotated

from pydantic import Field

from orderwright.api.wire.body import Page
from orderwright.api.wire.numbers import AS_WRITTEN_HERE
from orderwright.application.queries.list_orders import LIMIT_MAX, SKIP_MAX

Limit = Annotated[int, Field(ge=1, le=LIMIT_MAX), AS_WRITTEN_HERE]
Skip = Annotated[int, Field(ge=0, le=SKIP_MAX), AS_WRITTEN_HERE]


class Skipping(Page):
    skip: Skip = 0
    limit: Limit = 20
