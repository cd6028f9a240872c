"""Writes the document of each version to where releases are held to it: `make openapi`.

A difference that breaks clients is refused. FORCE=1 freezes it all the same, which is right
only for what no release has carried yet.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from devtools.openapi_breaks import breaks
from orderwright.api.documents import DOCUMENTS, document_of
from orderwright.config import Settings
from orderwright.main import create_app

if TYPE_CHECKING:
    from collections.abc import Mapping

FROZEN: Final = Path(__file__).parents[1] / "docs" / "reference" / "openapi"


def served() -> dict[str, dict[str, Any]]:
    """The document of each version, by its name."""
    app = create_app(Settings.load(env_file=None))
    return {name: document_of(app, name) for name in DOCUMENTS}


def frozen(name: str) -> dict[str, Any] | None:
    """None before the first freeze."""
    file = _file(name)
    document: dict[str, Any] | None = json.loads(file.read_text()) if file.exists() else None
    return document


def freeze(documents: Mapping[str, Mapping[str, Any]]) -> None:
    FROZEN.mkdir(parents=True, exist_ok=True)
    for name, document in documents.items():
        # A member a line, for differences to be read; indentation would be a third of the file.
        _file(name).write_text(json.dumps(document, indent=0, sort_keys=True) + "\n")


def _file(name: str) -> Path:
    return FROZEN / f"{name}.json"


def main() -> int:
    documents = served()
    broken = [
        f"{name}: {sentence}"
        for name, document in documents.items()
        for sentence in breaks(frozen(name) or document, document)
    ]
    print(*broken, sep="\n", end="\n" if broken else "")
    if broken and not os.environ.get("FORCE"):
        print(f"{len(broken)} differences would break clients: nothing is frozen", file=sys.stderr)
        return 1
    freeze(documents)
    return 0


if __name__ == "__main__":
    sys.exit(main())
