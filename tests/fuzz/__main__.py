"""`python -m tests.fuzz --examples 200`: every operation of every version in earnest, right, wrong and
in chains, on both databases."""

import argparse
import asyncio
import re
import tempfile
from pathlib import Path

from devtools.embedded_postgres import EmbeddedPostgres
from orderwright.api.documents import DOCUMENTS
from orderwright.infrastructure.database import migrate
from tests.fuzz.fuzzer import Fuzzed, fuzz
from tests.server_process import ServerProcess


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=200)
    chosen = parser.parse_args()
    if not all(_fuzz_both(chosen.examples)):
        raise SystemExit(1)


def _fuzz_both(examples: int) -> list[bool]:
    with tempfile.TemporaryDirectory() as directory, EmbeddedPostgres() as postgres:
        urls = {
            "sqlite": f"sqlite+aiosqlite:///{directory}/fuzz.db",
            "postgresql": postgres.url(),
        }
        return [
            asyncio.run(_fuzz(name, url, Path(directory) / name, version, examples))
            for name, url in urls.items()
            for version in DOCUMENTS
        ]


async def _fuzz(name: str, url: str, directory: Path, version: str, examples: int) -> bool:
    directory.mkdir(exist_ok=True)
    await migrate.upgrade(url)
    async with ServerProcess(url, directory, "--demo") as server:
        fuzzed = await fuzz(server, directory, version=version, examples=examples)
    _tell(f"{version} on {name}", fuzzed)
    return fuzzed.passed


def _tell(what: str, fuzzed: Fuzzed) -> None:
    """All of it where something failed; how many cases there were, and whether the phases passed."""
    told = re.search(r"Test Phases:.*", fuzzed.output, re.DOTALL)
    print(f"=== {what}", told[0] if fuzzed.passed and told else fuzzed.output, sep="\n")  # noqa: T201


if __name__ == "__main__":
    main()
