"""Keyrings of GnuPG (exported, armored, legacy, keybox) to keys. Answers to Helm's ``pkg/provenance``.

The cryptography is rpgp's (the extra ``sign``).
"""

from __future__ import annotations

from steersman.errors import ChartError
from steersman.go.errno import read_error
from steersman.provenance.clearsign import dearmor
from steersman.provenance.library import openpgp
from steersman.provenance.packets import InvalidPackets, keybox, keys, packets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openpgp.composed import SignedPublicKey, SignedSecretKey

_MAX_BYTES = 256 * 1024 * 1024
_VERSION_4 = b"\x04"


class Key:
    """A key with its user ids; ``secret`` is the key that signs, or None for a public key."""

    __slots__ = ("public", "secret")

    def __init__(self, public: SignedPublicKey, secret: SignedSecretKey | None) -> None:
        self.public = public
        self.secret = secret

    @property
    def identities(self) -> list[str]:
        """The user ids."""
        return list(dict.fromkeys(self.public.user_ids))

    @property
    def fingerprint(self) -> str:
        """The primary key's fingerprint in upper-case hex."""
        return str(self.public.fingerprint).upper()


def load_keyring(path: str) -> list[Key]:
    """Return the keys in the keyring at ``path``; those of kinds that are not known are left out.

    Raises:
        ChartError: with Helm's message.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(_MAX_BYTES)
    except OSError as error:
        raise ChartError(read_error(path, error)) from error
    found = keys(_packets(path, data))
    module = openpgp()
    out: list[Key] = []
    problem: Exception | None = None
    for is_secret, data in found:
        try:
            out.append(_key(data, is_secret=is_secret))
        except (module.errors.Error, InvalidPackets) as error:
            problem = error
    if not out and problem is not None:
        is_broken = isinstance(problem, InvalidPackets)
        raise ChartError(str(problem) if is_broken else f"openpgp: unsupported feature: {problem}")
    return out


def _key(data: bytes, *, is_secret: bool) -> Key:
    from steersman.provenance.entity import check_bindings, own_packets

    read = openpgp().composed.SignedSecretKey if is_secret else openpgp().composed.SignedPublicKey
    key = read.from_bytes(data)
    if next(packets(data))[2][:1] == _VERSION_4:
        own = own_packets(data, key.key_id.lower())
        key = key if own == data else read.from_bytes(own)
    public = key.to_public_key() if is_secret else key
    check_bindings(public)
    return Key(public, key if is_secret else None)


def _packets(path: str, data: bytes) -> bytes:
    """Return the packets in a keyring, whatever is around them."""
    if data[8:12] == b"KBXf":
        try:
            return keybox(data)
        except ChartError as error:
            raise ChartError(f"reading keybox {path}: {error}") from error
    text = data.lstrip()
    if text.startswith(b"-----BEGIN PGP "):
        try:
            return _armored(text.split(b"\n"))
        except ChartError as error:
            raise ChartError(f"reading armored keyring {path}: {error}") from error
    return data


def _armored(lines: list[bytes]) -> bytes:
    kind = lines[0].strip().removeprefix(b"-----BEGIN ").removesuffix(b"-----")
    if not any(line.startswith(b"-----END PGP ") for line in lines):
        raise ChartError("unexpected EOF")
    if kind not in (b"PGP PUBLIC KEY BLOCK", b"PGP PRIVATE KEY BLOCK"):
        from steersman.go.quote import quote

        shown = quote(kind.decode("utf-8", "replace"))
        raise ChartError(f"expected a public or private key block, got {shown}")
    found = dearmor(lines[1:])
    if found is None:
        raise ChartError("EOF")
    if not found:
        raise ChartError("no keys found")
    return found


def find_signer(ring: list[Key], name: str) -> Key | None:
    """Return the key that ``name`` names: a user id, or a part of one.

    Raises:
        ChartError: when more than one key has it, with Helm's message.
    """
    candidate: Key | None = None
    is_vague = False
    for key in ring:
        for identity in key.identities:
            if identity == name:
                return key
            if name in identity:
                is_vague = is_vague or candidate is not None
                candidate = key
    if is_vague:
        from steersman.go.quote import quote

        raise ChartError(f"more than one key contain the id {quote(name)}")
    return candidate
