from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from orderwright.domain.entities.order import Order
from orderwright.domain.errors import Conflict, NotFound, Rejected, Unavailable
from orderwright.domain.events.order import AttachmentAdded, AttachmentRemoved

# More papers than any order has.
ATTACHMENTS_MAX: Final = 100


class AttachmentNotFound(NotFound):
    code = "attachment_not_found"


class TooManyAttachments(Conflict):
    code = "too_many_attachments"


class EmptyFile(Rejected):
    code = "empty_file"


class AttachmentUnavailable(Unavailable):
    """The file cannot be reached where it is kept, though the order has it."""

    code = "attachment_unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file that is kept durably under `id` and belongs to nothing yet."""

    id: str
    filename: str
    content_type: str
    size: int
    sha256: str


@dataclass(kw_only=True, eq=False)
class Attachment:
    """A file that belongs to an order; kept under its id, and never changed."""

    id: str
    order_id: int
    filename: str
    content_type: str
    size: int
    sha256: str
    created_at: datetime

    @classmethod
    def add(cls, order: Order, file: StoredFile, *, others: int, now: datetime) -> Attachment:
        """Raises: TooManyAttachments: the order has `others` already."""
        if others >= ATTACHMENTS_MAX:
            raise TooManyAttachments(f"an order has at most {ATTACHMENTS_MAX} attachments")
        order.note(
            AttachmentAdded(
                attachment_id=file.id,
                filename=file.filename,
                content_type=file.content_type,
                size=file.size,
                sha256=file.sha256,
            ),
            now,
        )
        return cls(
            id=file.id,
            order_id=order.id,
            filename=file.filename,
            content_type=file.content_type,
            size=file.size,
            sha256=file.sha256,
            created_at=now,
        )

    def remove(self, order: Order, now: datetime) -> None:
        order.note(AttachmentRemoved(attachment_id=self.id, filename=self.filename), now)
