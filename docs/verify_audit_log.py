"""Checks an exported audit log without Tollgate. The form is described in audit-log.md.

verify_audit_log.py FILE.jsonl [LAST-HASH]                    a whole export: the chain
verify_audit_log.py FILE.jsonl --proof FILE.proof --key KEY   also a part of one: chain, tree, and the log's signature
"""
import argparse
import base64
import hashlib
import json
import sys

PREFIX, MIDDLE, DASH = b'{"hash":"', b'","record":', "\u2014 "


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


class Tree:
    """The Merkle tree of RFC 6962, of which the roots of the perfect subtrees are kept."""

    def __init__(self):
        self.size, self.roots = 0, []

    def push(self, height, root):
        rest = self.size >> height
        while rest & 1:
            root, rest = sha256(b"\1", self.roots.pop(), root), rest >> 1
        self.roots.append(root)
        self.size += 1 << height

    def root(self):
        whole = self.roots[-1] if self.roots else sha256()
        for left in reversed(self.roots[:-1]):
            whole = sha256(b"\1", left, whole)
        return whole


def checkpoint(note, key):
    """Number of records and root of a signed checkpoint, and whether the signature was checked; raises ValueError where it does not hold."""
    name, key_id, encoded = key.strip().split("+", 2)
    public = base64.b64decode(encoded, validate=True)
    if public[:1] != b"\1" or len(public) != 33 or sha256(name.encode(), b"\n", public)[:4].hex() != key_id:
        raise ValueError("the key is no public key of a log")
    text, _, lines = note.rpartition("\n\n")
    text += "\n"
    of_key = []
    for line in lines.splitlines():
        signer, _, signature = line.removeprefix(DASH).partition(" ")
        signature = base64.b64decode(signature, validate=True)
        if line.startswith(DASH) and signer == name and signature[:4].hex() == key_id:
            of_key.append(signature[4:])
    if not of_key:
        raise ValueError(f"the checkpoint is not signed by {name}")
    origin, size, root = text.splitlines()[:3]
    if origin != name:
        raise ValueError(f"the checkpoint is that of {origin}")
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return int(size), base64.b64decode(root), False
    try:
        for signature in of_key:
            Ed25519PublicKey.from_public_bytes(public[1:]).verify(signature, text.encode())
    except InvalidSignature:
        raise ValueError(f"the signature of {name} does not hold") from None
    return int(size), base64.b64decode(root), True


def records(lines):
    """Hash and body of each line of an export."""
    for number, line in enumerate(lines, 1):
        line, start = line.rstrip(b"\n"), len(PREFIX) + 64
        if not line.startswith(PREFIX) or line[start : start + len(MIDDLE)] != MIDDLE or not line.endswith(b"}"):
            raise ValueError(f"line {number} is no record of an export")
        yield bytes.fromhex(line[len(PREFIX) : start].decode()), line[start + len(MIDDLE) : -1]


def fill(tree, gaps):
    """Puts the subtrees over what is left out next into the tree; the hash of the last record that was left out, or None."""
    if not gaps or gaps[0]["from"] != tree.size + 1:
        return None
    gap = gaps.pop(0)
    for root in gap["subtrees"]:
        room = gap["to"] - tree.size
        if room <= 0:
            break
        aligned = tree.size & -tree.size or 1 << 63
        tree.push(min(aligned.bit_length(), room.bit_length()) - 1, bytes.fromhex(root))
    if tree.size != gap["to"]:
        raise ValueError(f"the proof does not fill the gap from record {gap['from']} to {gap['to']}")
    return bytes.fromhex(gap["hash"])


def verify(lines, gaps=(), size=0):
    """How many records there are, the last hash, and the root over the first `size`; raises ValueError at the first that is not as it was written."""
    gaps, tree, before, count, number, time, root = list(gaps), Tree(), bytes(32), 0, 0, None, None
    for said, body in records(lines):
        count += 1
        skipped = fill(tree, gaps) if number == tree.size else None
        if skipped is not None:
            before, number = skipped, tree.size
        number += 1
        if sha256(before, body) != said:
            raise ValueError(f"record {number}: its hash is not that of its bytes and of the record before")
        record = json.loads(body)
        if record["seq"] != number:
            raise ValueError(f"record {number} says that it is number {record['seq']}")
        if time is not None and record["at"] < time and record["kind"] != "clock":
            raise ValueError(f"record {number} is older than the one before")
        before, time = said, record["at"]
        if size and number > size:
            raise ValueError(f"record {number} came after the checkpoint of {size} records")
        if size:
            tree.push(0, sha256(b"\0", said))
    if size:
        fill(tree, gaps)
        root = tree.root() if tree.size == size and not gaps else None
    return count, before.hex(), root


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("last_hash", nargs="?")
    parser.add_argument("--proof")
    parser.add_argument("--key", help="the public key of the log: a file, or its text")
    given = parser.parse_args()
    if (given.proof is None) != (given.key is None):
        parser.error("--proof and --key go together")
    gaps, size, signed, is_checked = (), 0, None, None
    if given.proof:
        with open(given.proof, encoding="utf-8") as file:
            proof = json.load(file)
        key = given.key
        if "+" not in key:
            with open(key, encoding="utf-8") as file:
                key = file.read()
        gaps = proof["gaps"]
        size, signed, is_checked = checkpoint(proof["checkpoint"], key)
    with open(given.file, "rb") as file:
        count, last, root = verify(file, gaps, size)
    if given.last_hash and last != given.last_hash.lower():
        raise ValueError(f"the last hash is {last}: records were cut off the end, or added")
    if given.proof and root != signed:
        raise ValueError(f"the records do not stand in the log of {size} records that was signed: they were cut off, left out or rewritten")
    if is_checked is False:
        sys.exit(
            f"not checked: chain and tree hold, but the signature of the checkpoint was not checked\n"
            "  mend: pip install cryptography, and run this again"
        )
    what = f"; they stand in the log of {size} records that was signed" if given.proof else ""
    print(f"{count} records, an unbroken chain{what}; last hash {last}")


if __name__ == "__main__":
    try:
        main()
    except (KeyError, TypeError, ValueError) as error:
        sys.exit(f"broken: {error}")
