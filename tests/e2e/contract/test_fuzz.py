"""A minute of `make fuzz`: what a generator makes of the document, the service answers as told."""

from pathlib import Path

from tests.fuzz.fuzzer import fuzz
from tests.server_process import ServerProcess


async def test_the_service_answers_what_is_made_of_its_document_as_the_document_says(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with ServerProcess(sqlite_url, tmp_path, "--demo") as server:
        fuzzed = await fuzz(
            server, tmp_path, examples=3, phases=("examples", "fuzzing", "stateful")
        )

    assert fuzzed.passed, fuzzed.output
