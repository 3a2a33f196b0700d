"""Archives that no tool writes: each oddity of tar and gzip between two ordinary members of a chart.

    python -m tests.chart.odd_archives FOLDER

writes all of them to a folder.
"""

from __future__ import annotations

import gzip
import struct
import sys
import zlib
from collections.abc import Iterable
from pathlib import Path

CHART = b"apiVersion: v2\nname: c\nversion: 1.0.0\n"
USTAR, GNU, V7 = b"ustar\x0000", b"ustar  \0", bytes(8)
END = bytes(1024)


def octal(number: int, width: int = 12) -> bytes:
    return b"%0*o\0" % (width - 1, number)


def base_256(number: int, width: int = 12) -> bytes:
    data = bytearray(number.to_bytes(width, "big", signed=True))
    data[0] |= 0x80
    return bytes(data)


def header(
    name: bytes,
    size: int | bytes = 0,
    kind: bytes = b"0",
    magic: bytes = USTAR,
    checksum: bytes = b"",
    **at: bytes,
) -> bytes:
    """Return a tar header; ``at`` has other bytes by their place: ``at_100=b"..."``."""
    block = bytearray(512)
    fields = {0: name[:100], 100: b"0000644\0", 108: b"0000000\0", 116: b"0000000\0"}
    fields |= {124: octal(size) if isinstance(size, int) else size, 136: octal(0), 156: kind, 257: magic}
    fields |= {int(place.removeprefix("at_")): data for place, data in at.items()}
    for place, data in fields.items():
        block[place : place + len(data)] = data
    block[148:156] = b"        "
    block[148:156] = checksum or b"%06o\0 " % sum(block)
    return bytes(block)


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 512)


def member(name: bytes, data: bytes = b"", kind: bytes = b"0", magic: bytes = USTAR, **at: bytes) -> bytes:
    return header(name, len(data), kind, magic, **at) + padded(data)


def record(key: bytes, value: bytes) -> bytes:
    """Return a PAX record with the length that it has."""
    size = len(key) + len(value) + 3
    digits = len(str(size))
    while len(str(size + digits)) != digits:
        digits += 1
    return b"%d %s=%s\n" % (size + digits, key, value)


def pax(*records: bytes, kind: bytes = b"x") -> bytes:
    return member(b"PaxHeaders/x", b"".join(records), kind)


def long_name(name: bytes, kind: bytes = b"L") -> bytes:
    return member(b"././@LongLink", name, kind, GNU)


def old_sparse(data: bytes, size: int, pieces: Iterable[tuple[int, int]], more: bytes = b"\0", **at: bytes) -> bytes:
    entries = b"".join(octal(offset) + octal(length) for offset, length in pieces)
    usual = {"at_386": entries, "at_482": more, "at_483": octal(size)}
    return header(b"c/s", len(data), b"S", GNU, **{**usual, **at})


def sparse_1_0(text: bytes, data: bytes, size: int) -> bytes:
    version = record(b"GNU.sparse.major", b"1"), record(b"GNU.sparse.minor", b"0")
    named = record(b"GNU.sparse.name", b"c/s"), record(b"GNU.sparse.realsize", b"%d" % size)
    return pax(*version, *named) + member(b"c/GNUSparseFile.0/s", padded(text) + data)


def _headers() -> dict[str, bytes]:
    """Headers whose fields are odd."""
    cases = {
        "size negative octal": header(b"c/x", b"-0000000001\0"),
        "size negative base-256": header(b"c/x", base_256(-1)),
        "size base-256": header(b"c/x", base_256(5)) + padded(b"hello"),
        "size base-256 huge": header(b"c/x", base_256(1 << 62)),
        "size base-256 too large": header(b"c/x", base_256(1 << 70)),
        "size octal huge": header(b"c/x", b"777777777777"),
        "size over the limit": header(b"c/x", 104857601),
        "size just the limit": header(b"c/x", 104857600),
        "size not octal": header(b"c/x", b"00000000008\0") + padded(b"hello"),
        "size empty": header(b"c/x", bytes(12)),
        "size spaces": header(b"c/x", b"      5     ") + padded(b"hello"),
        "size with a NUL inside": header(b"c/x", b"5\x009\0\0\0\0\0\0\0\0\0") + padded(b"hello"),
        "size with a space inside": header(b"c/x", b"0 5\0\0\0\0\0\0\0\0\0") + padded(b"hello"),
        "size with underscores": header(b"c/x", b"0_5\0\0\0\0\0\0\0\0\0") + padded(b"hello"),
        "size with a plus": header(b"c/x", b"+5\0\0\0\0\0\0\0\0\0\0") + padded(b"hello"),
        "mode not octal": header(b"c/x", 5, at_100=b"zzzzzzz\0") + padded(b"hello"),
        "mode of a folder": header(b"c/x", 5, at_100=b"0040755\0") + padded(b"hello"),
        "mode of a link": header(b"c/x", 5, at_100=b"0120777\0") + padded(b"hello"),
        "mode base-256": header(b"c/x", 5, at_100=base_256(0o644, 8)) + padded(b"hello"),
        "mode negative": header(b"c/x", 5, at_100=base_256(-1, 8)) + padded(b"hello"),
        "uid not octal": header(b"c/x", 5, at_108=b"9999999\0") + padded(b"hello"),
        "uid negative": header(b"c/x", 5, at_108=base_256(-5, 8)) + padded(b"hello"),
        "gid not octal": header(b"c/x", 5, at_116=b"9999999\0") + padded(b"hello"),
        "time not octal": header(b"c/x", 5, at_136=b"zzzzzzzzzzz\0") + padded(b"hello"),
        "time negative": header(b"c/x", 5, at_136=base_256(-1000)) + padded(b"hello"),
        "time huge": header(b"c/x", 5, at_136=base_256(1 << 60)) + padded(b"hello"),
        "device not octal": header(b"c/x", 5, at_329=b"zzzzzzz\0") + padded(b"hello"),
        "device not octal, v7": header(b"c/x", 5, magic=V7, at_329=b"zzzzzzz\0") + padded(b"hello"),
        "checksum wrong": header(b"c/x", checksum=b"000001\0 "),
        "checksum not a number": header(b"c/x", checksum=b"zzzzzz\0 "),
        "checksum empty": header(b"c/x", checksum=bytes(8)),
        "checksum signed": _signed(b"c/\xff\xfe"),
        "checksum with spaces": _spaced(b"c/x"),
        "v7": member(b"c/x", b"hello", magic=V7),
        "gnu": member(b"c/x", b"hello", magic=GNU),
        "magic odd": member(b"c/x", b"hello", magic=b"ustar!00"),
        "version odd": member(b"c/x", b"hello", magic=b"ustar\0zz"),
        "gnu version odd": member(b"c/x", b"hello", magic=b"ustar zz"),
        "prefix": member(b"x", b"hello", at_345=b"c/deep"),
        "prefix, v7": member(b"c/x", b"hello", magic=V7, at_345=b"c/deep"),
        "prefix, gnu": member(b"c/x", b"hello", magic=GNU, at_345=b"c/deep"),
        "prefix, gnu, not ASCII": member(b"c/x", b"hello", magic=GNU, at_345=b"c/d\xc3\xa9"),
        "prefix, star": member(b"x", b"hello", at_345=b"c/deep", at_508=b"tar\0"),
        "star times bad": member(b"x", b"hello", at_345=b"c/deep", at_476=b"zz", at_508=b"tar\0"),
        "prefix absolute": member(b"x", b"hello", at_345=b"/c/deep"),
        "junk": b"junk" * 300,
        "junk of one block": (b"junk" * 128)[:512],
        "name not UTF-8": member(b"c/\xff\xfe", b"hello"),
        "name full": member(b"c/" + b"x" * 98, b"hello"),
        "name empty": member(b"", b"hello"),
        "name one part": member(b"x", b"hello"),
        "name absolute": member(b"/c/x", b"hello"),
        "name double slash": member(b"c//x", b"hello"),
        "name parent": member(b"c/../x", b"hello"),
        "name parent of the parent": member(b"c/../../x", b"hello"),
        "name dots": member(b"c/..x", b"hello"),
        "name drive": member(b"c/c:/x", b"hello"),
        "name windows": member(b"c\\templates\\x.txt", b"hello"),
        "name windows mixed": member(b"c\\a/b", b"hello"),
        "name windows parent": member(b"c\\..\\..\\x", b"hello"),
        "name with control characters": member(b"c/\x1b[31mx\x07\n", b"hello"),
        "name of the chart file": member(b"Chart.yaml", CHART),
        "name only a dot": member(b"c/.", b"hello"),
        "name ends in a slash": member(b"c/x/", b"hello"),
        "name ends in a slash, old": member(b"c/x/", b"hello", b"\0"),
        "name ends in a slash, v7": member(b"c/x/", b"hello", b"\0", V7),
    }
    for kind in b"\x00123456789ADEGIKLMNSVXZgx@ \xff":
        shown = bytes([kind])
        cases[f"type {shown!r} with data"] = member(b"c/x", b"hello\0", shown)
        cases[f"type {shown!r} without data"] = member(b"c/x", b"", shown, at_157=b"/etc/passwd")
        cases[f"type {shown!r}, gnu"] = member(b"c/x", b"hello\0", shown, GNU)
    for kind in (b"1", b"2", b"3", b"4", b"5", b"6"):
        cases[f"type {kind!r} with a size only"] = header(b"c/x", 5, kind)
        cases[f"type {kind!r} with a negative size"] = header(b"c/x", base_256(-1), kind)
        cases[f"type {kind!r} with a huge size"] = header(b"c/x", 1 << 31, kind)
    return cases


def _signed(name: bytes) -> bytes:
    block = bytearray(header(name, 0))
    block[148:156] = b"        "
    block[148:156] = b"%06o\0 " % sum(b - 256 if b > 127 else b for b in block)
    return bytes(block)


def _spaced(name: bytes) -> bytes:
    block = bytearray(header(name, 0))
    block[148:156] = b"        "
    block[148:156] = (b" %o" % sum(block)).ljust(8, b"\0")
    return bytes(block)


def _pax() -> dict[str, bytes]:
    """PAX headers that are odd, before a member that is not."""
    plain = member(b"c/p", b"hello")
    records = {
        "path": record(b"path", b"c/other"),
        "path empty": record(b"path", b""),
        "path with NUL": record(b"path", b"c/a\0b"),
        "path absolute": record(b"path", b"/etc/x"),
        "path parent": record(b"path", b"c/../../x"),
        "path a folder": record(b"path", b"c/x/"),
        "path not UTF-8": record(b"path", b"c/\xff"),
        "path twice": record(b"path", b"c/one") + record(b"path", b"c/two"),
        "path then empty": record(b"path", b"c/one") + record(b"path", b""),
        "linkpath with NUL": record(b"linkpath", b"a\0b"),
        "uname with NUL": record(b"uname", b"a\0b"),
        "comment with NUL": record(b"comment", b"a\0b"),
        "key with NUL": record(b"com\0ment", b"a"),
        "key unknown": record(b"VENDOR.x", b"y"),
        "key empty": record(b"", b"y"),
        "key with two equals": record(b"a=b", b"y"),
        "no equals": b"9 abcdef\n",
        "no newline": b"12 path=c/xx",
        "no newline but a NUL": b"12 path=c/x\0",
        "length too short": b"5 path=c/x\n",
        "length too long": b"99 path=c/x\n",
        "length zero": b"0 path=c/x\n",
        "length one": b"1 path=c/x\n",
        "length of itself": b"2 \n",
        "length four": b"4 =\n",
        "length five": b"5 a=\n",
        "length negative": b"-11 path=c/x\n",
        "length with a plus": b"+12 path=c/x\n",
        "length with zeros": b"0000000016 path=c/x\n"[:20],
        "length with zeros, right": b"014 path=c/xy\n",
        "length with an underscore": b"1_2 path=c/x\n",
        "length with spaces": b"  12 path=c/x\n",
        "length of letters": b"ab path=c/x\n",
        "length huge": b"9" * 30 + b" path=c/x\n",
        "length over int64": b"9223372036854775808 path=c/x\n",
        "length missing": b" path=c/x\n",
        "no space": b"12path=c/x\n",
        "nothing": b"",
        "only newlines": b"\n\n\n",
        "NULs behind": record(b"path", b"c/x") + bytes(20),
        "junk behind": record(b"path", b"c/x") + b"junk",
        "size": record(b"size", b"5"),
        "size smaller": record(b"size", b"2"),
        "size larger": record(b"size", b"600"),
        "size larger than all": record(b"size", b"60000"),
        "size negative": record(b"size", b"-1"),
        "size not a number": record(b"size", b"five"),
        "size with a space": record(b"size", b" 5"),
        "size with an underscore": record(b"size", b"0_5"),
        "size with a plus": record(b"size", b"+5"),
        "size hexadecimal": record(b"size", b"0x5"),
        "size huge": record(b"size", b"9" * 18),
        "size over int64": record(b"size", b"9" * 20),
        "size empty": record(b"size", b""),
        "size a fraction": record(b"size", b"5.0"),
        "mtime": record(b"mtime", b"1600000000.5"),
        "mtime negative": record(b"mtime", b"-1.5"),
        "mtime bad": record(b"mtime", b"soon"),
        "mtime bad fraction": record(b"mtime", b"1.x"),
        "mtime two dots": record(b"mtime", b"1.2.3"),
        "mtime only a dot": record(b"mtime", b"."),
        "mtime ends in a dot": record(b"mtime", b"5."),
        "mtime exponent": record(b"mtime", b"1e3"),
        "mtime long": record(b"mtime", b"1." + b"5" * 500),
        "mtime huge": record(b"mtime", b"9" * 18),
        "atime bad": record(b"atime", b"x"),
        "ctime bad": record(b"ctime", b"x"),
        "uid bad": record(b"uid", b"x"),
        "uid huge": record(b"uid", b"9" * 18),
        "gid bad": record(b"gid", b"x"),
        "xattr": record(b"SCHILY.xattr.user.a", b"b\0c"),
        "hdrcharset": record(b"hdrcharset", b"BINARY") + record(b"path", b"c/\xff"),
        "hdrcharset unknown": record(b"hdrcharset", b"odd"),
        "many": record(b"comment", b"x") * 20_000,
        "many keys": b"".join(record(b"k%d" % n, b"x") for n in range(20_000)),
        "almost too long": record(b"comment", b"x" * ((1 << 20) - 17)),
        "just long enough": record(b"comment", b"x" * ((1 << 20) - 16)),
        "too long": record(b"comment", b"x" * (1 << 20)),
        "path long": record(b"path", b"c/" + b"x/" * 1500 + b"f"),
        "path longer": record(b"path", b"c/" + b"x" * 200_000),
    }
    cases = {f"pax {name}": pax(data) + plain for name, data in records.items()}
    for name in ("path", "size negative", "length too long", "nothing", "size huge", "mtime bad", "too long", "many"):
        cases[f"pax global {name}"] = pax(records[name], kind=b"g") + plain
    for name in ("path", "size", "length too long"):
        cases[f"pax solaris {name}"] = pax(records[name], kind=b"X") + plain
    for kind in (b"1", b"2", b"5"):
        target = member(b"c/p", b"", kind)
        cases[f"pax size for type {kind!r}"] = pax(records["size larger"]) + target
        cases[f"pax negative size for type {kind!r}"] = pax(records["size negative"]) + target
    cases |= {
        "pax twice": pax(record(b"path", b"c/one")) + pax(record(b"comment", b"x")) + plain,
        "pax before a folder": pax(record(b"path", b"c/f")) + member(b"c/d/", b"", b"5"),
        "pax at the end": pax(record(b"path", b"c/one")),
        "pax before a global one": pax(record(b"path", b"c/one")) + pax(kind=b"g") + plain,
        "pax global named": member(b"c/g", record(b"comment", b"x"), b"g") + plain,
        "pax in gnu": member(b"x", record(b"path", b"c/one"), b"x", GNU) + plain,
        "pax in v7": member(b"x", record(b"path", b"c/one"), b"x", V7) + plain,
        "pax chain": pax(record(b"path", b"c/one")) * 3000 + plain,
        "pax global chain": pax(record(b"path", b"c/one"), kind=b"g") * 3000 + plain,
        "pax for an old file with a slash": pax(record(b"path", b"c/o/")) + member(b"c/p", b"hello", b"\0"),
        "pax of 30 MB": pax(record(b"comment", b"x" * 30_000_000)) + plain,
        "pax global of 30 MB": pax(record(b"comment", b"x" * 30_000_000), kind=b"g") + plain,
        "pax negative header size": header(b"x", base_256(-1), b"x") + plain,
        "pax huge header size": header(b"x", base_256(1 << 40), b"x") + plain,
    }
    return cases


def _gnu() -> dict[str, bytes]:
    """GNU's long names."""
    plain = member(b"c/p", b"hello", magic=GNU)
    return {
        "long name": long_name(b"c/" + b"n" * 200 + b"\0") + plain,
        "long name without NUL": long_name(b"c/" + b"n" * 200) + plain,
        "long name with NUL inside": long_name(b"c/a\0b") + plain,
        "long name empty": long_name(b"") + plain,
        "long name only NUL": long_name(b"\0") + plain,
        "long name absolute": long_name(b"/c/x\0") + plain,
        "long name parent": long_name(b"c/../../x\0") + plain,
        "long name a folder": long_name(b"c/f/\0") + member(b"c/p", b"hello", b"\0", GNU),
        "long name twice": long_name(b"c/one\0") + long_name(b"c/two\0") + plain,
        "long name and link": long_name(b"c/one\0") + long_name(b"/etc/passwd\0", b"K") + member(b"c/l", b"", b"2"),
        "long name chain": long_name(b"c/a\0") * 3000 + plain,
        "long link chain": long_name(b"c/a\0", b"K") * 3000 + plain,
        "long name and pax": long_name(b"c/gnu\0") + pax(record(b"path", b"c/pax")) + plain,
        "long name at the end": long_name(b"c/one\0"),
        "long name of 2 MB": long_name(b"c/" + b"x" * 2_000_000 + b"\0") + plain,
        "long name of 1 MB": long_name(b"c/" + b"x" * ((1 << 20) - 2)) + plain,
        "long name of 1 MB and one": long_name(b"c/" + b"x" * ((1 << 20) - 1)) + plain,
        "long name deep": long_name(b"c/" + b"d/" * 1500 + b"f\0") + plain,
        "long name not UTF-8": long_name(b"c/\xff\xfe\0") + plain,
        "long name in ustar": member(b"l", b"c/one\0", b"L") + plain,
        "long name cut off": header(b"././@LongLink", 100, b"L", GNU) + b"c/one",
        "long name negative": header(b"././@LongLink", base_256(-1), b"L", GNU) + plain,
        "long name for a global header": long_name(b"c/one\0") + pax(record(b"path", b"c/g"), kind=b"g") + plain,
    }


def _sparse() -> dict[str, bytes]:
    data = b"hello"
    map_0_1 = (record(b"GNU.sparse.numblocks", b"1"), record(b"GNU.sparse.map", b"3,5"))
    size = record(b"GNU.sparse.size", b"10")
    cases = {
        "one piece": old_sparse(data, 10, [(3, 5)]) + padded(data),
        "no pieces": old_sparse(b"", 10, []),
        "no pieces but data": old_sparse(data, 10, []) + padded(data),
        "two pieces": old_sparse(data, 20, [(0, 2), (10, 3)]) + padded(data),
        "overlapping": old_sparse(data, 20, [(0, 4), (2, 3)]) + padded(data),
        "out of order": old_sparse(data, 20, [(10, 3), (0, 2)]) + padded(data),
        "beyond the size": old_sparse(data, 4, [(3, 5)]) + padded(data),
        "too little data": old_sparse(data, 20, [(3, 9)]) + padded(data),
        "too much data": old_sparse(data, 20, [(3, 2)]) + padded(data),
        "empty piece": old_sparse(data, 20, [(3, 5), (20, 0)]) + padded(data),
        "broken map": old_sparse(data, 10, [], at_386=b"z" * 96) + padded(data),
        "broken size": old_sparse(data, 10, [(3, 5)], at_483=b"zzz") + padded(data),
        "negative size": old_sparse(data, 10, [(3, 5)], at_483=base_256(-1)) + padded(data),
        "huge size": old_sparse(data, 1 << 33, [(3, 5)], at_483=b"77777777777\0") + padded(data),
        "huge base-256 size": old_sparse(data, 0, [(3, 5)], at_483=base_256(1 << 62)) + padded(data),
        "90 MB of holes": old_sparse(data, 90_000_000, [(3, 5)]) + padded(data),
        "just 100 MB": old_sparse(data, 104857600, [(3, 5)]) + padded(data),
        "negative piece": old_sparse(data, 10, [], at_386=base_256(-1) + octal(5)) + padded(data),
        "overflowing piece": old_sparse(data, 10, [], at_386=base_256((1 << 63) - 1) + octal(5)) + padded(data),
        "more pieces": old_sparse(data, 20, [(0, 1), (2, 1), (4, 1), (6, 1)], b"\1")
        + (octal(8) + octal(1)).ljust(512, b"\0")
        + padded(data),
        "more pieces that are none": old_sparse(data, 20, [(0, 5)], b"\1") + bytes(512) + padded(data),
        "more pieces cut off": old_sparse(data, 20, [(0, 5)], b"\1") + b"cut",
        "more pieces without end": old_sparse(data, 20, [(0, 5)], b"\1") + bytes(504) + (b"\1" * 8) + padded(data),
        "pieces forever": old_sparse(data, 20, [(0, 5)], b"\1") + (bytes(504) + b"\1" * 8) * 2100 + padded(data),
        "in ustar": header(b"c/s", 5, b"S") + padded(data),
        "in star": header(b"c/s", 5, b"S", at_508=b"tar\0") + padded(data),
        "in v7": header(b"c/s", 5, b"S", V7) + padded(data),
        "with a pax size": pax(record(b"size", b"5")) + old_sparse(data, 10, [(3, 5)]) + padded(data),
        "with a pax map": pax(*map_0_1, size) + old_sparse(data, 10, [(3, 5)]) + padded(data),
    }
    cases = {f"sparse old {name}": case for name, case in cases.items()}
    plain = member(b"c/GNUSparseFile.0/s", data)

    def offsets(*pairs: tuple[bytes, bytes]) -> bytes:
        return b"".join(record(b"GNU.sparse.offset", a) + record(b"GNU.sparse.numbytes", b) for a, b in pairs)

    blocks = record(b"GNU.sparse.numblocks", b"1")
    name = record(b"GNU.sparse.name", b"c/s")
    one = {
        "0.0": (size, blocks, offsets((b"3", b"5"))),
        "0.0 out of order": (size, blocks, record(b"GNU.sparse.numbytes", b"5"), record(b"GNU.sparse.offset", b"3")),
        "0.0 offset only": (size, blocks, record(b"GNU.sparse.offset", b"3")),
        "0.0 with a comma": (size, blocks, offsets((b"3,5", b"5"))),
        "0.0 wrong count": (size, record(b"GNU.sparse.numblocks", b"2"), offsets((b"3", b"5"))),
        "0.0 not numbers": (size, blocks, offsets((b"x", b"5"))),
        "0.0 without numblocks": (size, offsets((b"3", b"5"))),
        "0.1": (size, name, *map_0_1),
        "0.1 name empty": (size, record(b"GNU.sparse.name", b""), *map_0_1),
        "0.1 name with NUL": (size, record(b"GNU.sparse.name", b"c/a\0b"), *map_0_1),
        "0.1 name absolute": (size, record(b"GNU.sparse.name", b"/c/s"), *map_0_1),
        "0.1 name parent": (size, record(b"GNU.sparse.name", b"c/../../s"), *map_0_1),
        "0.1 without a size": map_0_1,
        "0.1 negative size": (record(b"GNU.sparse.size", b"-1"), *map_0_1),
        "0.1 broken size": (record(b"GNU.sparse.size", b"x"), *map_0_1),
        "0.1 huge size": (record(b"GNU.sparse.size", b"9" * 15), *map_0_1),
        "0.1 realsize": (record(b"GNU.sparse.realsize", b"10"), *map_0_1),
        "0.1 map empty": (size, blocks, record(b"GNU.sparse.map", b"")),
        "0.1 map odd": (size, blocks, record(b"GNU.sparse.map", b"3,5,6")),
        "0.1 map not numbers": (size, blocks, record(b"GNU.sparse.map", b"a,b")),
        "0.1 map negative": (size, blocks, record(b"GNU.sparse.map", b"-3,5")),
        "0.1 map overlapping": (size, record(b"GNU.sparse.numblocks", b"2"), record(b"GNU.sparse.map", b"0,4,2,1")),
        "0.1 map too long": (size, blocks, record(b"GNU.sparse.map", b"3,50")),
        "0.1 map too short": (size, blocks, record(b"GNU.sparse.map", b"3,2")),
        "0.1 numblocks negative": (size, record(b"GNU.sparse.numblocks", b"-1"), map_0_1[1]),
        "0.1 numblocks huge": (size, record(b"GNU.sparse.numblocks", b"9223372036854775807"), map_0_1[1]),
        "0.1 numblocks zero": (size, record(b"GNU.sparse.numblocks", b"0"), record(b"GNU.sparse.map", b"")),
        "version 0.0 without a map": (size, record(b"GNU.sparse.major", b"0"), record(b"GNU.sparse.minor", b"0")),
        "version 0.1": (size, record(b"GNU.sparse.major", b"0"), record(b"GNU.sparse.minor", b"1"), *map_0_1),
        "version 2.0": (size, record(b"GNU.sparse.major", b"2"), record(b"GNU.sparse.minor", b"0"), *map_0_1),
        "version without minor": (size, record(b"GNU.sparse.major", b"1"), *map_0_1),
    }
    cases |= {f"sparse pax {key}": pax(*records) + plain for key, records in one.items()}
    cases["sparse pax 0.1 for a link"] = pax(size, *map_0_1) + member(b"c/l", b"", b"2")
    cases["sparse pax 0.1 for a folder"] = pax(size, *map_0_1) + member(b"c/l/", b"", b"5")
    texts = {
        "": b"1\n3\n5\n",
        " none": b"0\n",
        " negative count": b"-1\n",
        " not a count": b"x\n",
        " huge count": b"9223372036854775807\n",
        " large count": b"1000000\n3\n5\n",
        " not numbers": b"1\nx\n5\n",
        " too few": b"2\n3\n5\n",
        " without newline": b"1",
        " more text": b"1\n3\n5\nmore",
        " over a block": b"1\n" + b"0" * 600 + b"3\n5\n",
        " empty lines": b"1\n\n\n",
        " with spaces": b"1\n 3\n5\n",
        " beyond the size": b"1\n3\n50\n",
        " overlapping": b"2\n0\n3\n1\n2\n",
        " short": b"1\n3\n2\n",
    }
    cases |= {f"sparse pax 1.0{key}": sparse_1_0(text, data, 10) for key, text in texts.items()}
    cases["sparse pax 1.0 cut off"] = sparse_1_0(b"1\n3\n5\n", data, 10)[:-700]
    cases["sparse pax 1.0 lines forever"] = sparse_1_0(b"1000000\n" + b"0\n" * 700_000, data, 10)
    cases["sparse pax 1.0 without map"] = sparse_1_0(b"", b"", 10)
    return cases


BEGIN, LAST = member(b"c/Chart.yaml", CHART), member(b"c/templates/t.yaml", b"a: 1\n")
ZERO = bytes(512)


def _ends() -> dict[str, bytes]:
    """Whole archives, without their gzip layer, whose parts are missing, doubled or cut off."""
    whole = BEGIN + LAST
    return {
        "end missing": whole,
        "end of one block": whole + ZERO,
        "end of a part of a block": whole + bytes(100),
        "end of one block and a part": whole + bytes(700),
        "end then data": whole + END + b"junk" * 500,
        "end then a member": whole + END + member(b"c/more", b"x"),
        "zero block then a member": BEGIN + ZERO + LAST + END,
        "zero block then junk": BEGIN + ZERO + b"junk" * 500,
        "zero block first": ZERO + whole + END,
        "nothing": b"",
        "only an end": END,
        "only one zero block": ZERO,
        "only a part of a block": b"c/Chart",
        "only zeros of a part": bytes(300),
        "only a folder": member(b"c/", b"", b"5") + END,
        "only a link": member(b"c/l", b"", b"2") + END,
        "only a global header": pax(kind=b"g") + END,
        "only a pax header": pax(record(b"path", b"c/x")) + END,
        "header cut off": whole + header(b"c/x", 5)[:300],
        "data cut off": whole + header(b"c/x", 900) + b"x" * 600,
        "data missing": whole + header(b"c/x", 900),
        "padding cut off": whole + header(b"c/x", 900) + b"x" * 900,
        "padding cut off in the middle": whole + header(b"c/x", 900) + b"x" * 900 + bytes(10),
        "padding not zero": whole + header(b"c/x", 5) + b"hello" + b"x" * 507 + END,
        "a folder's padding cut off": whole + header(b"c/x/", 5, b"5"),
        "pax cut off": whole + pax(record(b"path", b"c/x"))[:600],
        "twice the same": BEGIN + LAST + LAST + END,
        "charts twice": BEGIN + member(b"c/Chart.yaml", CHART.replace(b"1.0.0", b"2.0.0")) + END,
        "without chart": LAST + END,
        "broken after the chart's end": whole + header(b"c/x", checksum=b"000001\0 ") + END,
        "tabs of nothing": whole + b"\t" * 1024,
    }


def _gzips() -> dict[str, bytes]:
    """Whole archives whose gzip layer is odd."""
    plain = BEGIN + LAST + END
    good = gzip.compress(plain, 9, mtime=0)
    body = good[10:-8]
    tail = good[-8:]
    long = gzip.compress(plain + b"x" * 5000, 9, mtime=0)

    def head(flags: int, extra: bytes = b"", magic: bytes = b"\x1f\x8b\x08") -> bytes:
        return magic + bytes([flags]) + b"\0\0\0\0\2\xff" + extra

    crc = struct.pack("<H", zlib.crc32(head(2)) & 0xFFFF)
    return {
        "gzip two members": gzip.compress(BEGIN) + gzip.compress(LAST + END),
        "gzip members of some bytes": b"".join(gzip.compress(plain[n : n + 300]) for n in range(0, len(plain), 300)),
        "gzip empty members": gzip.compress(b"") * 5 + good,
        "gzip of nothing": gzip.compress(b""),
        "gzip many empty members": gzip.compress(b"") * 5000 + good,
        "gzip junk behind": good + b"junk",
        "gzip much junk behind": good + b"junk" * 100,
        "gzip zeros behind": good + bytes(600),
        "gzip half a header behind": good + b"\x1f\x8b\x08\0",
        "gzip broken member behind": good + head(0) + b"\xff\xff\xff",
        "gzip junk after the first half": gzip.compress(BEGIN) + b"junkjunkjunkjunk",
        "gzip a bit of junk after the first half": gzip.compress(BEGIN) + b"junk",
        "gzip checksum wrong": good[:-8] + b"\0\0\0\0" + good[-4:],
        "gzip length wrong": good[:-4] + b"\0\0\0\0",
        "gzip checksum wrong behind more": long[:-8] + b"\0\0\0\0" + long[-4:],
        "gzip checksum wrong in the middle": gzip.compress(BEGIN)[:-8] + bytes(8) + gzip.compress(LAST + END),
        "gzip without trailer": good[:-8],
        "gzip half a trailer": good[:-4],
        "gzip half": good[: len(good) // 2],
        "gzip only a header": good[:10],
        "gzip part of a header": good[:7],
        "gzip one byte": good[:1],
        "gzip empty": b"",
        "gzip method odd": head(0, magic=b"\x1f\x8b\x07") + body + tail,
        "gzip magic odd": head(0, magic=b"\x1f\x8c\x08") + body + tail,
        "gzip name": head(8, b"name\0") + body + tail,
        "gzip long name": head(8, b"n" * 511 + b"\0") + body + tail,
        "gzip longer name": head(8, b"n" * 512 + b"\0") + body + tail,
        "gzip name without end": head(8, b"name"),
        "gzip extra": head(4, b"\4\0abcd") + body + tail,
        "gzip extra cut off": head(4, b"\xff\xffabcd"),
        "gzip comment": head(16, b"Helm\0") + body + tail,
        "gzip header checksum": head(2) + crc + body + tail,
        "gzip header checksum wrong": head(2) + b"\0\0" + body + tail,
        "gzip header checksum missing": head(2),
        "gzip all flags": head(0xE0) + body + tail,
        "gzip text flag": head(1) + body + tail,
        "gzip flipped early": good[:12] + bytes([good[12] ^ 0xFF]) + good[13:],
        "gzip flipped": good[: len(good) // 2] + bytes([good[len(good) // 2] ^ 0xFF]) + good[len(good) // 2 + 1 :],
        "gzip block type 3": head(0) + b"\x07",
        "gzip stored": head(0) + _stored(plain) + tail,
        "gzip stored with a wrong length": head(0) + b"\x01\x10\x00\x00\x00" + plain[:16],
        "gzip bomb": gzip.compress(BEGIN + header(b"c/x", 90_000_000) + bytes(90_000_000 + 512 + 1024), 1),
        "not gzip": plain,
        "a page": b"<!DOCTYPE html><html><body>404</body></html>",
        "zip": b"PK\x03\x04" + bytes(100),
    }


def _stored(data: bytes) -> bytes:
    return b"\x01" + struct.pack("<HH", len(data), ~len(data) & 0xFFFF) + data


def archives() -> dict[str, bytes]:
    """Return all of them by name."""
    parts = _headers() | _pax() | _gnu() | _sparse()
    out = {name: gzip.compress(BEGIN + part + LAST + END, 1, mtime=0) for name, part in parts.items()}
    out |= {name: gzip.compress(part, 9, mtime=0) for name, part in _ends().items()}
    return out | _gzips()


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for number, (name, data) in enumerate(archives().items()):
        (folder / f"{number:03} {name.replace('/', '_')}.tgz").write_bytes(data)


if __name__ == "__main__":
    main()
