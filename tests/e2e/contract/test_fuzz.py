"""A minute of `make fuzz`: what a generator makes of the document, the service answers as told."""

from pathlib import Path

import pytest

from orderwright.api.documents import DOCUMENTS
from tests.fuzz.fuzzer import fuzz
from tests.server_process import PreloadedServer


@pytest.mark.parametrize("version", DOCUMENTS)
async def test_the_service_answers_what_is_made_of_its_document_as_the_document_says(
    version: str, sqlite_url: str, tmp_path: Path
) -> None:
    async with PreloadedServer(sqlite_url, tmp_path, "--demo") as server:
        fuzzed = await fuzz(
            server,
            tmp_path,
            version=version,
            examples=2 if version == "v1" else 1,  # the others differ from it in few operations
            phases=("examples", "fuzzing", "stateful"),
        )

    assert fuzzed.passed, fuzzed.output
