"""`python -m tests.fuzz --examples 200`: every operation in earnest, right, wrong and in chains."""

import argparse
import asyncio
import tempfile
from pathlib import Path

from orderwright.infrastructure.database import migrate
from tests.fuzz.fuzzer import fuzz
from tests.server_process import ServerProcess


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=200)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(_fuzz(Path(directory), chosen.examples))


async def _fuzz(directory: Path, examples: int) -> None:
    url = f"sqlite+aiosqlite:///{directory}/fuzz.db"
    await migrate.upgrade(url)
    async with ServerProcess(url, directory, "--demo") as server:
        fuzzed = await fuzz(server, directory, examples=examples)
    print(fuzzed.output)  # noqa: T201 - its output is what it prints
    if not fuzzed.passed:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
