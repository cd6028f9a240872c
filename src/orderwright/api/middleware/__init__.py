"""What happens to every request, whatever becomes of it. Pure ASGI, outermost first: see `install`."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from fastapi import FastAPI

from orderwright.api.middleware.access_log import AccessLog
from orderwright.api.middleware.always_answered import AlwaysAnswered
from orderwright.api.middleware.body_limit import BodyLimit
from orderwright.api.middleware.chosen_version import ChosenVersion
from orderwright.api.middleware.correlation_id import CorrelationId
from orderwright.api.middleware.cors import allow_origins
from orderwright.api.middleware.deadline import Deadline
from orderwright.api.middleware.draining import Draining
from orderwright.api.middleware.head_as_get import HeadAsGet
from orderwright.api.middleware.last_resort import LastResort
from orderwright.api.middleware.single_headers import SingleHeaders
from orderwright.api.middleware.standard_headers import StandardHeaders
from orderwright.api.middleware.trusted_proxies import TrustedProxies
from orderwright.api.uploads import FORM_BYTES_MAX, is_upload


def install(
    app: FastAPI,
    *,
    new_id: Callable[[], str],
    is_draining: Callable[[], bool],
    passing_on_deadline: Callable[[], AbstractContextManager[None]],
    max_body_bytes: int,
    max_file_bytes: int,
    only_https: bool,
    trusted_proxies: Sequence[str] = (),
    cors_origins: Sequence[str] = (),
) -> None:
    # The last one added sees a request first.
    app.add_middleware(Deadline, passing_on=passing_on_deadline)
    app.add_middleware(
        BodyLimit,
        max_bytes_of=lambda scope: (
            max_file_bytes + FORM_BYTES_MAX if is_upload(scope) else max_body_bytes
        ),
    )
    app.add_middleware(Draining, is_draining=is_draining)
    app.add_middleware(ChosenVersion)
    app.add_middleware(SingleHeaders)
    app.add_middleware(LastResort)
    app.add_middleware(HeadAsGet)
    if cors_origins:  # outside of LastResort: a page may read any error
        allow_origins(app, cors_origins)
    app.add_middleware(StandardHeaders, only_https=only_https)
    app.add_middleware(AccessLog)
    app.add_middleware(CorrelationId, new_id=new_id)
    if trusted_proxies:
        app.add_middleware(TrustedProxies, networks=trusted_proxies)
    app.add_middleware(AlwaysAnswered, only_https=only_https)
