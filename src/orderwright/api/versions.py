"""The versions of the API: which there are, and which one a request means."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from orderwright.api.problems import Refused, refuse


@dataclass(frozen=True, slots=True)
class Version:
    """`spelled` are the values of X-API-Version that mean it."""

    number: str
    path: str
    spelled: re.Pattern[str]

    def means(self, wanted: str) -> bool:
        return self.spelled.fullmatch(wanted) is not None

    def owns(self, path: str) -> bool:
        return path == self.path or path.startswith(self.path + "/")


FIRST: Final = Version("1.0", "/api/v1", re.compile(r"1\.0"))
SECOND: Final = Version("2.0", "/api/v2", re.compile(r"2\.(0|[1-9][0-9]{0,8})"))
VERSIONS: Final = (FIRST, SECOND)
# What a request without a version means, and what answers say that belong to none.
API_VERSION: Final = FIRST.number
# Without a version in the path, the header chooses.
UNVERSIONED: Final = re.compile(r"/api(?P<rest>/orders(/.*)?)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retirement:
    """When a version was deprecated, and when it will end, if that is decided (both in UTC)."""

    deprecated_at: datetime | None = None
    sunset_at: datetime | None = None

    @property
    def state(self) -> Literal["stable", "deprecated"]:
        return "stable" if self.deprecated_at is None else "deprecated"


@dataclass(frozen=True, slots=True)
class Choice:
    """The path to serve, and what to answer as X-API-Version."""

    path: str
    spelled: str


def choose(path: str, wanted: str | None) -> Choice:
    """The header echoes in the answer as it came, where it chose a version.

    Raises: Refused: 400: it names no version, or another one than the path.
    """
    unversioned = UNVERSIONED.fullmatch(path)
    if unversioned is not None:
        version = _named(API_VERSION if wanted is None else wanted)
        return Choice(version.path + unversioned["rest"], wanted or version.number)
    version = version_of(path)
    if version.owns(path) and wanted is not None and _named(wanted) is not version:
        raise _conflict(version)
    return Choice(path, wanted if wanted and version.means(wanted) else version.number)


def _named(wanted: str) -> Version:
    """Raises: Refused."""
    for version in VERSIONS:
        if version.means(wanted):
            return version
    raise refuse(400, "api_version_unknown", "X-API-Version names no version of this API")


def _conflict(version: Version) -> Refused:
    return refuse(
        400,
        "api_version_conflict",
        f"the path says version {version.number} and X-API-Version another one",
    )


def version_of(path: str) -> Version:
    """Which version the address belongs to; the first where it says none."""
    return next((each for each in VERSIONS if each.owns(path)), FIRST)
