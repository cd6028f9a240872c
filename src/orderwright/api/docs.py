"""The page on which people try the API out: Swagger UI, from files that are installed with us."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Final

# By name in the page: the OpenAPI document to show. The first is shown unless another is asked for.
DOCUMENTS: Final[Mapping[str, str]] = {"v1": "/openapi/v1.json", "v2": "/openapi/v2.json"}

_PACKAGE: Final = "fastapi_swagger"
_MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
}
_PAGE: Final = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="{favicon-32x32.png}">
<link rel="stylesheet" href="{swagger-ui.css}">
</head>
<body>
<nav class="wrapper">{links}</nav>
<div id="swagger-ui" data-document="{document}"></div>
<script src="{swagger-ui-bundle.js}"></script>
<script src="{start.js}"></script>
</body>
</html>
"""
# A file of its own, so that the page needs no inline script. Without `validatorUrl: null` the page
# would send the document to a server of strangers.
_START: Final = """\
"use strict";
const place = document.getElementById("swagger-ui");
SwaggerUIBundle({
  url: place.dataset.document,
  domNode: place,
  deepLinking: true,
  displayRequestDuration: true,
  validatorUrl: null,
});
"""


@dataclass(frozen=True, slots=True)
class File:
    content: bytes
    compressed: bytes
    media_type: str
    digest: str

    @classmethod
    def of(cls, name: str, content: bytes) -> "File":
        return cls(
            content=content,
            compressed=gzip.compress(content, mtime=0),
            media_type=_MEDIA_TYPES[Path(name).suffix],
            digest=hashlib.sha256(content).hexdigest()[:16],
        )


@cache
def files() -> Mapping[str, File]:
    """Everything the page loads. The first time takes a tenth of a second: not on the event loop."""
    directory = _installed_at()
    installed = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
    contents = {name: (directory / name).read_bytes() for name in installed}
    contents["start.js"] = _START.encode()
    return {name: File.of(name, content) for name, content in contents.items()}


def page(title: str, shown: str) -> str:
    """Whatever it names is on this server; addresses change with the content, to be cached for ever."""
    parts = {f"{{{name}}}": f"docs/{name}?v={file.digest}" for name, file in files().items()}
    parts |= {
        "{title}": escape(title),
        "{document}": escape(DOCUMENTS[shown].removeprefix("/")),
        "{links}": " ".join(f'<a href="docs?document={name}">{name}</a>' for name in DOCUMENTS),
    }
    text = _PAGE
    for place, part in parts.items():
        text = text.replace(place, part)
    return text


def _installed_at() -> Path:
    # Importing it would load its own idea of an application, and take a third of a second.
    spec = find_spec(_PACKAGE)
    assert spec is not None  # noqa: S101 - a dependency
    assert spec.origin is not None  # noqa: S101 - it has an __init__.py
    return Path(spec.origin).parent / "resources"
