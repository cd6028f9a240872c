"""What can be wrong, in kinds; concrete errors live beside the code that raises them.

    DomainError
    ├── NotFound            no such thing
    ├── Conflict            the thing's present state does not allow it
    │   └── InProgress      somebody is doing it right now: ask again shortly
    ├── Rejected            the request makes no sense, in any state
    ├── Unauthenticated     who are you?
    ├── Forbidden           not for you
    ├── PreconditionFailed  the caller looked at an older version
    ├── TooManyRequests     too often: wait
    └── Unavailable         not now, through no fault of the request

Each concrete error has a stable `code` that clients may rely on. What the number on the wire is,
the edge decides.
"""

from typing import ClassVar


class DomainError(Exception):
    """A refusal in words: `detail` is one sentence for people, `facts` are members for programs."""

    code: ClassVar[str] = "domain_error"

    def __init__(self, detail: str, **facts: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.facts = facts


class NotFound(DomainError):
    code = "not_found"


class Conflict(DomainError):
    code = "conflict"


class InProgress(Conflict):
    code = "in_progress"

    def __init__(self, detail: str, *, retry_after_s: int = 1, **facts: object) -> None:
        super().__init__(detail, **facts)
        self.retry_after_s = retry_after_s


class Rejected(DomainError):
    code = "rejected"


class Unauthenticated(DomainError):
    code = "unauthenticated"


class Forbidden(DomainError):
    code = "forbidden"


class PreconditionFailed(DomainError):
    code = "precondition_failed"


class TooManyRequests(DomainError):
    code = "too_many_requests"

    def __init__(self, detail: str, *, retry_after_s: int, **facts: object) -> None:
        super().__init__(detail, **facts)
        self.retry_after_s = retry_after_s


class Unavailable(DomainError):
    code = "unavailable"

    def __init__(self, detail: str, *, retry_after_s: int = 1, **facts: object) -> None:
        super().__init__(detail, **facts)
        self.retry_after_s = retry_after_s
