"""What nobody sends who means well: bodies and headers that are wrong in every way that we know of.

In each is `hunter2`, which no answer may echo.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field

MANY = 1_000_000
TEN_MEGABYTES = 10 * 2**20


@dataclass(frozen=True)
class Hostile:
    """A body, where it is sent, and what it is answered with."""

    name: str
    body: bytes
    status: int = 400
    path: str = "/products"
    headers: dict[str, str] = field(default_factory=dict)
    in_chunks: bool = False


def of_product(value: bytes) -> bytes:
    """A product whose code is that text of JSON."""
    return b'{"name": "hunter2", "sku": ' + value + b"}"


def nested(opening: bytes, closing: bytes, depth: int) -> bytes:
    """So deep."""
    return of_product(opening * depth + closing * depth)


def lines(line: bytes, count: int, name: bytes = b"lines") -> bytes:
    """A quote of so many lines."""
    return b'{"customer_id": "hunter2", "' + name + b'": [' + b",".join([line] * count) + b"]}"


TEXTS = {
    "nothing": b"",
    "spaces": b" " * 1000,
    "spaces without end": b" " * 1_900_000,
    "no JSON": b"{hunter2}",
    "half of it": b'{"name": "hunter2", "sku"',
    "an open text": b'{"name": "hunter2',
    "two values": b'{} "hunter2"',
    "two objects": b'{"name": "hunter2"}{"name": "hunter2"}',
    "JSON Lines": b'{"name": "hunter2"}\n{"name": "hunter2"}\n',
    "closes the array that it stands in": b'{"name": "hunter2"}], [{}',
    "an array": b'["hunter2"]',
    "a text": b'"hunter2"',
    "a number": b"2",
    "null": b"null",
    "a comment": b'{"name": "hunter2" /* hunter2 */}',
    "a comma too many": b'{"name": "hunter2",}',
    "single quotes": b"{'name': 'hunter2'}",
    "no quotes": b"{name: hunter2}",
    "a form": b"name=hunter2&sku=s",
    "XML": b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>hunter2 &e;</a>',
    "a part of a form": b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nhunter2\r\n--x--\r\n',
    "a byte order mark": b'\xef\xbb\xbf{"name": "hunter2", "sku": "s"}',
    "a line break in a text": b'{"name": "hunter2\n", "sku": "s"}',
    "a control character": b'{"name": "hunter2\x01", "sku": "s"}',
    "a NUL as it is": b'{"name": "hunter2\x00", "sku": "s"}',
    "an escape that is none": b'{"name": "hunter2 \\x41", "sku": "s"}',
    "half an escape": b'{"name": "hunter2 \\u00", "sku": "s"}',
    "the same name twice": b'{"name": "hunter2", "name": "hunter2"}',
    "the same name twice within": b'{"name": {"hunter2": 1, "hunter2": 2}}',
    "the same name twice, once escaped": b'{"name": "hunter2", "n\\u0061me": "hunter2", "sku": "s"}',
    "a name 100,000 times": b'{"hunter2": 1' + b',"a":1' * 100_000 + b"}",
}
"""What is no JSON, or none that everybody reads alike."""


def numbers() -> list[Hostile]:
    """Numbers that are none, or that two readers could read differently."""
    wrong = {
        "NaN": b"NaN",
        "Infinity": b"Infinity",
        "less than nothing": b"-Infinity",
        "a fraction": b"1.10",
        "1e400": b"1e400",
        "a small 1e-400": b"1e-400",
        "a zero before": b"007",
        "a plus before": b"+7",
        "hexadecimal": b"0x7",
        "an exponent without end": b"1e" + b"9" * 10_000,
        "10,000 digits": b"9" * 10_000,
        "a million digits": b"9" * 1_000_000,
        "10,000 digits after the point": b"0." + b"9" * 10_000,
    }
    return [Hostile(name, of_product(value)) for name, value in wrong.items()]


def charsets() -> list[Hostile]:
    """Bytes that are not what they are said to be."""
    plain = '{"name": "hunter2", "sku": "s"}'
    return [
        Hostile("not UTF-8", b'{"name": "hunter2\xff"}'),
        Hostile("too long a form of UTF-8", b'{"name": "hunter2\xc0\xaf"}'),
        Hostile("a surrogate in UTF-8", b'{"name": "hunter2\xed\xa0\x80"}'),
        Hostile("Latin 1", '{"name": "hunter2 é"}'.encode("latin-1"), headers={"Content-Type": "text/plain"}),
        Hostile("UTF-16", plain.encode("utf-16"), headers={"Content-Type": "application/json; charset=utf-16"}),
        Hostile("UTF-32", plain.encode("utf-32")),
        Hostile(
            "UTF-7", '{"name": "hunter2 é"}'.encode("utf-7"), 422, headers={"Content-Type": "text/json; charset=utf-7"}
        ),
        Hostile("EBCDIC", plain.encode("cp500"), headers={"Content-Type": "application/json; charset=cp500"}),
        Hostile("packed", gzip.compress(b"x" * TEN_MEGABYTES + b"hunter2"), headers={"Content-Encoding": "gzip"}),
    ]


def shapes() -> list[Hostile]:
    """JSON that is too deep, too much, or too large."""
    return [
        Hostile("too deep", nested(b"[", b"]", 40)),
        Hostile("deep", nested(b"[", b"]", 100_000)),
        Hostile("deep and open", of_product(b"[" * 100_000)),
        Hostile("200,000 deep", nested(b"[", b"]", 200_000), 413),
        Hostile("objects 200,000 deep", nested(b'{"a":', b"}", 200_000), 413),
        Hostile("wide and deep", nested(b"[[[[],[]],", b"]", 15)),
        Hostile("10 MB", b'{"name": "hunter2", "sku": "' + b"x" * TEN_MEGABYTES + b'"}', 413),
        Hostile("10 MB in pieces", b'{"sku": "' + b"x" * TEN_MEGABYTES + b'", "name": "hunter2"}', 413, in_chunks=True),
        Hostile("10 MB of four bytes each", ('"hunter2' + "\U0001f600" * (TEN_MEGABYTES // 4) + '"').encode(), 413),
        Hostile("wide characters", of_product(b'"' + "\U0001f600".encode() * 450_000 + b'"'), 422),
        Hostile("escapes", of_product(b'"' + b"\\u0041" * 300_000 + b'"'), 422),
        Hostile("a million lines", lines(b"{}", MANY), 413, "/quotes"),
        Hostile("a million lines of one byte", lines(b"0", MANY - 100_000), 413, "/quotes"),
        Hostile("many empty lines", lines(b"{}", 90_000), 413, "/quotes"),
        Hostile("6,000 lines", lines(b'{"hunter2": "1"}', 6_000), 422, "/quotes"),
        Hostile("1,000 fields", json.dumps({f"hunter2 {n}": n for n in range(1_000)}).encode(), 422),
        Hostile("100,000 fields", json.dumps({f"hunter2{n}": 0 for n in range(100_000)}).encode()),
        Hostile("a million open arrays", of_product(b"[" + b"[]," * 500_000 + b"[]]"), 413),
    ]


def values() -> list[Hostile]:
    """JSON as it should be, with values that nothing can hold."""
    wrong = {
        "a lone surrogate": b'"\\ud800"',
        "surrogates the wrong way round": b'"\\udc00\\ud800"',
        "a NUL": b'"\\u0000"',
        "a number for a text": b"5",
        "null for a text": b"null",
        "true for a text": b"true",
        "an object for a text": b'{"$ne": "hunter2"}',
        "an array for a text": b'["hunter2"]',
        "an empty text": b'""',
        "a long text": b'"' + b"s" * 51 + b'"',
        "a very long text": b'"' + b"s" * 1_900_000 + b'"',
    }
    return [
        *(Hostile(name, of_product(value), 422) for name, value in wrong.items()),
        Hostile("an unknown field", b'{"name": "hunter2", "sku": "s", "hunter2": 1}', 422),
        Hostile("a field of the language", b'{"name": "hunter2", "sku": "s", "__class__": "hunter2"}', 422),
        Hostile("a field missing", b'{"name": "hunter2"}', 422),
        Hostile("no such choice", b'{"name": "name", "sku": "s", "kind": "hunter2"}', 422),
        Hostile(
            "a password of a megabyte", b'{"login": "hunter2", "password": "' + b"x" * 2**20 + b'"}', 413, "/sessions"
        ),
        Hostile("no password", b'{"login": "hunter2", "password": null}', 422, "/sessions"),
        Hostile("a login of a surrogate", b'{"login": "\\ud800", "password": "hunter2"}', 422, "/sessions"),
        Hostile("a key of 10,000 characters", of_product(b'"s"'), 422, headers={"Idempotency-Key": "hunter2" * 2_000}),
        Hostile("a version of 10,000 digits", b'{"name": "hunter2"}', 422, "/products/hunter2/change"),
    ]


BODIES = [*(Hostile(name, body) for name, body in TEXTS.items()), *numbers(), *charsets(), *shapes(), *values()]
