"""Input that broke other programs: lists kept beside the repository, and a few made-up lines that take
the same ways through the code where the lists are absent."""

import gzip
import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Expectation = Literal["accept", "reject", "either"]


@dataclass(frozen=True, slots=True)
class RawJson:
    name: str
    expect: Expectation
    body: bytes


@dataclass(frozen=True, slots=True)
class Corpus:
    """`texts` by the list they come from; bytes where it is no UTF-8."""

    bodies: list[RawJson]
    texts: dict[str, list[str | bytes]]

    @classmethod
    def made_up(cls) -> "Corpus":
        bodies = [
            RawJson("an empty list", "accept", b"[]"),
            RawJson("a large number", "either", b"[1e9999]"),
            RawJson("half a list", "reject", b"[1,"),
            RawJson("a comment", "reject", b'{"a": 1 /* b */}'),
            RawJson("latin-1", "reject", b'["\xe9"]'),
            RawJson("half a pair", "either", b'["\\ud800"]'),
            RawJson("very deep", "either", b"[" * 100_000),
        ]
        texts: list[str | bytes] = [
            "",
            " ",
            "null",
            "\0",
            "a\r\nb",
            "' OR 1=1 --",
            "%s%n%x",
            "=cmd|' /C calc'!A0",
            "\ud800",
            "\ufdd0\uffff",
            "\u202edcba",
            "e\u0301" * 300,
            "\U0001f468\u200d\U0001f469",
            "9" * 400,
            b"\xff\xfe",
            b"\xc0\x80",
        ]
        return cls(bodies, {"made-up": texts})

    @classmethod
    def shared(cls, directory: Path) -> "Corpus":
        with gzip.open(directory / "json-parsing.jsonl.gz", "rt") as lines:
            bodies = [
                RawJson(each["name"], each["expect"], b64decode(each["base64"]))
                for each in map(json.loads, lines)
            ]
        lines_of_fuzz = (directory / "fuzz-strings.jsonl").read_text().splitlines()
        fuzz = [json.loads(line) for line in lines_of_fuzz]
        formats = json.loads((directory / "string-formats.json").read_text())
        return cls(
            bodies,
            {
                "naughty-strings": json.loads((directory / "naughty-strings.json").read_text()),
                "fuzz-strings": [
                    each["text"] if "text" in each else b64decode(each["base64"]) for each in fuzz
                ],
                "string-formats": list(_strings(formats)),
            },
        )


def _strings(formats: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    for cases in formats.values():
        yield from (case["data"] for case in cases if isinstance(case["data"], str))
