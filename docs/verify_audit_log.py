"""Checks an exported audit log without Tollgate: verify_audit_log.py FILE.jsonl [LAST-HASH]. The form is described in audit-log.md."""
import hashlib
import json
import sys

PREFIX, MIDDLE = b'{"hash":"', b'","record":'


def verify(lines):
    """The number of records and the last hash; raises ValueError at the first record that is not as it was written."""
    before, number, time = bytes(32), 0, None
    for line in lines:
        number += 1
        line = line.rstrip(b"\n")
        start = len(PREFIX) + 64
        if not line.startswith(PREFIX) or line[start : start + len(MIDDLE)] != MIDDLE or not line.endswith(b"}"):
            raise ValueError(f"line {number} is no record of an export")
        said, body = bytes.fromhex(line[len(PREFIX) : start].decode()), line[start + len(MIDDLE) : -1]
        if hashlib.sha256(before + body).digest() != said:
            raise ValueError(f"record {number}: its hash is not that of its bytes and of the record before")
        record = json.loads(body)
        if record["seq"] != number:
            raise ValueError(f"record {number} says that it is number {record['seq']}")
        if time is not None and record["at"] < time and record["kind"] != "clock":
            raise ValueError(f"record {number} is older than the one before")
        before, time = said, record["at"]
    return number, before.hex()


if __name__ == "__main__":
    try:
        with open(sys.argv[1], "rb") as file:
            count, last = verify(file)
        if len(sys.argv) > 2 and last != sys.argv[2].lower():
            raise ValueError(f"the last hash is {last}: records were cut off the end, or added")
    except ValueError as error:
        sys.exit(f"broken: {error}")
    print(f"{count} records, an unbroken chain; last hash {last}")
