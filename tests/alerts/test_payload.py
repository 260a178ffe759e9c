"""A body is taken apart into single records, or refused with a sentence that says what is expected."""

import json

import pytest

from shared.alerts.errors import BadPayload
from shared.alerts.payload import MAX_BYTES, MAX_DEPTH, MAX_RECORDS, read_records

A = {"id": "a"}
B = {"id": "b", "value": ["not a collection: it has an id"]}
EXPORTED = {"category": "RiskyUsers", "properties": A, "records": ["nor is this"]}


def lines(*records: object, end: str = "\n") -> bytes:
    return "".join(json.dumps(record) + end for record in records).encode()


@pytest.mark.parametrize(
    ("body", "records"),
    [
        (lines(A), [A]),
        (lines(B), [B]),
        (lines(EXPORTED), [EXPORTED]),
        (lines({"value": [A, B]}), [A, B]),
        (lines({"@odata.context": "x", "value": A}), [A]),
        (lines({"records": [A, B]}), [A, B]),
        (lines([A, B]), [A, B]),
        (lines([{"records": [A]}, {"records": [B]}]), [A, B]),
        (lines(A, B), [A, B]),
        (lines(A, B, end="\r\n\r\n"), [A, B]),
        (lines({"records": [A]}, {"records": [B]}), [A, B]),
        (b"\xef\xbb\xbf" + lines(A), [A]),
        (json.dumps({"value": [A]}, indent=2).encode(), [A]),
        (json.dumps({"id": "a\u2028b"}, ensure_ascii=False).encode() + b"\n" + lines(A), [{"id": "a\u2028b"}, A]),
        (lines({"value": []}), []),
        (lines({"value": None}), []),
        (lines([]), []),
        (lines({}), [{}]),
    ],
)
def test_every_envelope_is_taken_apart(body: bytes, records: list[object]) -> None:
    assert read_records(body) == records


@pytest.mark.parametrize("odd", [3, "text", None, [A]])
def test_what_is_no_object_does_not_fail_the_objects_beside_it(odd: object) -> None:
    assert read_records(lines({"value": [odd, A]})) == [odd, A]


def test_a_broken_line_does_not_fail_the_lines_beside_it() -> None:
    assert read_records(lines(A) + b'{"id": "cut o') == [A, '{"id": "cut o']


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not JSON"),
        (b" \n ", "not JSON"),
        (b"<alert/>", "not JSON"),
        (b'{"id": "a"', "not JSON"),
        (b'{"value": [\n{"id": "a"},\n', "holds no JSON object"),
        (b'{\n"id": "a",\n', "not JSON"),
        (b'"text"', "holds no JSON object"),
        (b"3", "holds no JSON object"),
        (b"null", "holds no JSON object"),
        (b"[1, 2]", "holds no JSON object"),
        (b'{"value": "text"}', "holds no JSON object"),
        (b'{"records": 3}', "holds no JSON object"),
        (b'\xff\xfe{\x00"\x00', "not UTF-8"),
        (b'{"id": ' + b"1" * 5000 + b"}", "not JSON"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(BadPayload, match=reason):
        read_records(body)


def test_a_body_holds_so_many_records_and_no_more() -> None:
    assert len(read_records(lines([A] * MAX_RECORDS))) == MAX_RECORDS
    with pytest.raises(BadPayload, match=f"{MAX_RECORDS + 1} records: send at most {MAX_RECORDS}"):
        read_records(lines({"value": [A] * (MAX_RECORDS + 1)}))
    with pytest.raises(BadPayload, match=f"at most {MAX_RECORDS}"):
        read_records(lines(*[{"records": [A, A]}] * (MAX_RECORDS // 2), A))


def test_a_body_has_so_many_bytes_and_no_more() -> None:
    with pytest.raises(BadPayload, match=f"send at most {MAX_BYTES}"):
        read_records(b" " * MAX_BYTES + b"{")
    assert read_records(b" " * (MAX_BYTES - 2) + b"{}") == [{}]


def test_a_body_is_so_deep_and_no_deeper() -> None:
    deepest = MAX_DEPTH - 1
    assert read_records(b'{"id": ' + b"[" * (deepest - 1) + b"]" * (deepest - 1) + b"}")
    with pytest.raises(BadPayload, match="nested too deeply"):
        read_records(b'{"id": ' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}")
