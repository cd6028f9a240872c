"""Requests made of the served document by Schemathesis, right ones and wrong ones, alone and in
chains; every answer is held against the document."""

import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.server_process import ServerProcess

PHASES: Final = ("examples", "coverage", "fuzzing", "stateful")
_ROOT: Final = Path(__file__).parents[2]
_SETUP: Final = Path(__file__).with_name("schemathesis.toml")


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """`output` is what Schemathesis tells people, each failure with a request to repeat it."""

    passed: bool
    output: str


async def fuzz(
    server: ServerProcess,
    directory: Path,
    *,
    version: str,
    examples: int,
    phases: Sequence[str] = PHASES,
) -> Fuzzed:
    """By the document of one version of the API."""
    key = await server.api_key()
    async with server.client(key) as client:
        own_id = (await client.get("/me")).json()["id"]
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "schemathesis.cli", "--config-file", str(_SETUP), "run"],
        f"{server.url}/openapi/{version}.json",
        *["--checks", "all", "--exclude-checks", "positive_data_acceptance"],
        *["--exclude-path", "/api/v1/events/stream"],  # whose answer never ends
        *[
            "--phases",
            ",".join(phases),
            "--max-examples",
            str(examples),
            "--header",
            f"Authorization: Bearer {key}",
        ],
        env={**os.environ, "PYTHONPATH": str(_ROOT), "ORDERWRIGHT_FUZZ_KEY": str(own_id)},
        cwd=directory,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return Fuzzed(process.returncode == 0, output.decode())
