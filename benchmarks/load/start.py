from __future__ import annotations

import asyncio
import json
import sys
from typing import Final

from benchmarks.load.job import Job, Outcome

# An answer that does not come must not hold up the whole run.
_PATIENCE_S: Final = 60.0


class LoadFailed(Exception):
    """The generator ended without an outcome; the message is what it said."""


async def load(job: Job) -> Outcome:
    """Have the job done by a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.load"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(job.seconds + _PATIENCE_S):
            told, said = await process.communicate(json.dumps(job.data()).encode())
    except TimeoutError:
        process.kill()
        await process.wait()
        raise LoadFailed("some requests were never answered") from None
    if process.returncode != 0:
        raise LoadFailed(said.decode())
    return Outcome(**json.loads(told))
