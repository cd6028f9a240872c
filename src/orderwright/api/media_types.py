"""What a client takes for an answer (RFC 9110, 12.5.1)."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

JSON: Final = "application/json"
PROBLEM_JSON: Final = "application/problem+json"
JSONS: Final = (JSON, PROBLEM_JSON)
_QUALITY: Final = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")


def accepted(headers: Iterable[str]) -> Mapping[str, float]:
    """Media ranges with their quality. Who says nothing takes anything."""
    ranges = dict(_range(each) for each in ",".join(headers).lower().split(",") if each.strip())
    return ranges or {"*/*": 1.0}


def _range(text: str) -> tuple[str, float]:
    media_range, *parameters = (part.strip() for part in text.split(";"))
    weights = [each.removeprefix("q=") for each in parameters if each.startswith("q=")]
    quality = weights[-1] if weights and _QUALITY.fullmatch(weights[-1]) else "1"
    return media_range, float(quality)


def quality_of(media_type: str, accepted: Mapping[str, float]) -> float:
    """The most specific range decides; 0 is a refusal."""
    for media_range in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
        if media_range in accepted:
            return accepted[media_range]
    return 0.0


@lru_cache(maxsize=64)  # most clients say one of a few things
def takes_any(headers: tuple[str, ...], media_types: tuple[str, ...]) -> bool:
    ranges = accepted(headers)
    return any(quality_of(each, ranges) > 0 for each in media_types)


def takes_gzip(headers: Iterable[str]) -> bool:
    """By Accept-Encoding (RFC 9110, 12.5.3); who says nothing gets it as it is."""
    ranges = accepted(headers)
    return ranges.get("gzip", ranges.get("*", 0.0)) > 0


def prefers_problem_json(headers: Iterable[str]) -> bool:
    """By name and not less than plain JSON, or as the only one of both."""
    ranges = accepted(headers)
    plain, problem = quality_of(JSON, ranges), quality_of(PROBLEM_JSON, ranges)
    return problem > 0 and (plain == 0 or (PROBLEM_JSON in ranges and problem >= plain))
