from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult, Delete
from sqlalchemy.ext.asyncio import AsyncSession


async def deleted(session: AsyncSession, statement: Delete) -> int:
    """How many rows went."""
    result = await session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", result).rowcount
