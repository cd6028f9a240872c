"""What a client of one OpenAPI document would trip over in another.

A request that was right has to stay right, and an answer may only be what it could be before:
one comparison, `_misfits`, asked once in each direction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

Json = Mapping[str, Any]

METHODS: Final = ("get", "post", "put", "patch", "delete")
# Bounds by the side on which a smaller or a larger number lets less through.
AT_LEAST: Final = ("minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties")
AT_MOST: Final = ("maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties")
EXACTLY: Final = ("pattern", "format", "multipleOf")


def breaks(old: Json, new: Json) -> list[str]:
    """One sentence for each thing of `old` that a client could rely on and `new` does not keep."""
    return list(_Comparison(old, new).breaks())


class _Comparison:
    def __init__(self, old: Json, new: Json) -> None:
        self._old = old
        self._new = new

    def breaks(self) -> Iterator[str]:
        for path, operations in self._old["paths"].items():
            for method in METHODS:
                if method in operations:
                    name = f"{method.upper()} {path}"
                    now = self._new["paths"].get(path, {}).get(method)
                    yield from self._operation(name, operations[method], now)

    def _operation(self, name: str, old: Json, new: Json | None) -> Iterator[str]:
        if new is None:
            yield f"{name} is gone"
            return
        for member in ("operationId", "x-permission"):
            if old.get(member) != new.get(member):
                yield f"{name}: {member} was {old.get(member)} and is {new.get(member)}"
        yield from self._parameters(name, _parameters(old), _parameters(new))
        yield from self._body(name, old.get("requestBody"), new.get("requestBody"))
        yield from self._answers(name, old["responses"], new["responses"])

    def _parameters(self, name: str, old: Json, new: Json) -> Iterator[str]:
        for key, parameter in new.items():
            if parameter.get("required") and not old.get(key, {}).get("required"):
                yield f"{name}: {key} is needed now"
        for key, parameter in old.items():
            if key not in new:
                yield f"{name}: {key} is gone"
            else:
                yield from self._request(f"{name}: {key}", parameter, new[key])

    def _body(self, name: str, old: Json | None, new: Json | None) -> Iterator[str]:
        if old is None:
            if new is not None and new.get("required"):
                yield f"{name}: a body is needed now"
            return
        if new is None:
            yield f"{name}: the body is gone"
            return
        if new.get("required") and not old.get("required"):
            yield f"{name}: a body is needed now"
        for kind, content in old["content"].items():
            if kind not in new["content"]:
                yield f"{name}: no longer takes {kind}"
            else:
                yield from self._request(f"{name}: body", content, new["content"][kind])

    def _answers(self, name: str, old: Json, new: Json) -> Iterator[str]:
        for status, answer in old.items():
            if status not in new:
                yield f"{name}: answer {status} is gone"
                continue
            here = f"{name}: answer {status}"
            for header in answer.get("headers", {}):
                if header not in new[status].get("headers", {}):
                    yield f"{here}: header {header} is gone"
            for kind, content in answer.get("content", {}).items():
                if kind not in new[status].get("content", {}):
                    yield f"{here}: no longer as {kind}"
                else:
                    yield from self._answer(here, content, new[status]["content"][kind])

    def _request(self, where: str, old: Json, new: Json) -> Iterator[str]:
        misfits = _Misfits(self._old, self._new)
        for what in misfits.of(old.get("schema", {}), new.get("schema", {}), where):
            yield f"{what} is refused now"

    def _answer(self, where: str, old: Json, new: Json) -> Iterator[str]:
        misfits = _Misfits(self._new, self._old)
        for what in misfits.of(new.get("schema", {}), old.get("schema", {}), where):
            yield f"{what} was not to be expected before"


class _Misfits:
    """What the first schema lets through and the second does not."""

    def __init__(self, given_in: Json, taken_in: Json) -> None:
        self._given_in = given_in
        self._taken_in = taken_in
        self._seen: set[tuple[str, str]] = set()

    def of(self, given: Json, taken: Json, where: str) -> Iterator[str]:
        pair = (str(given.get("$ref")), str(taken.get("$ref")))
        if pair != ("None", "None"):
            if pair in self._seen:  # a schema within itself
                return
            self._seen.add(pair)
        given, taken = _resolved(given, self._given_in), _resolved(taken, self._taken_in)
        yield from self._plain(given, taken, where)
        self._seen.discard(pair)

    def _plain(self, given: Json, taken: Json, where: str) -> Iterator[str]:
        choices = _choices(given)
        if choices or _choices(taken):
            yield from self._alternatives(choices or [given], _choices(taken) or [taken], where)
            return
        yield from _kinds(given, taken, where)
        yield from _bounds(given, taken, where)
        yield from self._members(given, taken, where)
        if "items" in taken:
            yield from self.of(given.get("items", {}), taken["items"], f"{where}[]")

    def _alternatives(self, given: list[Json], taken: list[Json], where: str) -> Iterator[str]:
        for number, each in enumerate(given):
            found = [list(self.of(each, other, where)) for other in taken]
            if all(found):
                kind = _resolved(each, self._given_in).get("type", f"alternative {number + 1}")
                yield min(found, key=len)[0] if len(taken) == 1 else f"{where} of {kind}"

    def _members(self, given: Json, taken: Json, where: str) -> Iterator[str]:
        offered, expected = given.get("properties", {}), taken.get("properties", {})
        for name in taken.get("required", ()):
            if name not in given.get("required", ()):
                yield f"{where} without {name}"
        for name, schema in offered.items():
            if name in expected:
                yield from self.of(schema, expected[name], f"{where}.{name}")
            elif taken.get("additionalProperties") is False:
                yield f"{where}.{name}"
        closed = given.get("additionalProperties") is False
        if taken.get("additionalProperties") is False and not closed:
            yield f"{where} with further members"


def _kinds(given: Json, taken: Json, where: str) -> Iterator[str]:
    kinds = _types(taken)
    if kinds and not all(_is_among(kind, kinds) for kind in _types(given) or {"anything"}):
        yield f"{where} of type {'/'.join(sorted(_types(given))) or 'any'}"
    values = _values(taken)
    if values is not None:
        beyond = [value for value in _values(given) or ["anything"] if value not in values]
        if beyond:
            yield f"{where} = {', '.join(map(str, beyond))}"


def _bounds(given: Json, taken: Json, where: str) -> Iterator[str]:
    for name in (*AT_LEAST, *AT_MOST, *EXACTLY):
        if name in taken and not _is_within(name, given.get(name), taken[name]):
            yield f"{where} beyond {name} {taken[name]}"


def _is_within(name: str, given: Any, taken: Any) -> bool:
    if name in EXACTLY or given is None:
        return bool(given == taken)
    return bool(given >= taken) if name in AT_LEAST else bool(given <= taken)


def _is_among(kind: str, kinds: set[str]) -> bool:
    return kind in kinds or (kind == "integer" and "number" in kinds)


def _types(schema: Json) -> set[str]:
    said = schema.get("type", [])
    return {said} if isinstance(said, str) else set(said)


def _values(schema: Json) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _choices(schema: Json) -> list[Json]:
    return list(schema.get("anyOf") or schema.get("oneOf") or ())


def _resolved(schema: Json, document: Json) -> Json:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _parameters(operation: Json) -> dict[str, Json]:
    """By place and name; a parameter of the path is part of the address already."""
    found = operation.get("parameters", ())
    return {f"{each['in']} {each['name']}": each for each in found if each["in"] != "path"}
