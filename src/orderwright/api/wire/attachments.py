from orderwright.api.wire.body import Shown, Time


class AttachmentJson(Shown):
    """`sha256` in hexadecimal digits; it is also the ETag of the file."""

    id: str
    filename: str
    content_type: str
    size: int
    sha256: str
    created_at: Time
