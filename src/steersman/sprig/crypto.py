"""Passwords, ciphers and keys. Answers to Sprig's ``crypto.go``, with ``certificates``.

The libraries behind it are imported where they are used: they are heavy, and few charts need them.
"""

from __future__ import annotations

from steersman.go import errors as go_errors
from steersman.go.base64 import decode_base64
from steersman.go.values import decode, encode
from steersman.sprig.context import begin_key, random_bytes
from steersman.sprig.keys import DSA, ECDSA, ED25519, RSA_4096

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from steersman.sprig.context import Context

# bcrypt.DefaultCost of golang.org/x/crypto
_BCRYPT_COST = 10
_BCRYPT_LETTERS = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
)
_MASTER_SEED = b"com.lyndir.masterpassword"
_PASSWORDS = {
    "maximum": "anoxxxxxxxxxxxxxxxxx axxxxxxxxxxxxxxxxxno",
    "long": (
        "CvcvnoCvcvCvcv CvcvCvcvnoCvcv CvcvCvcvCvcvno CvccnoCvcvCvcv CvccCvcvnoCvcv CvccCvcvCvcvno CvcvnoCvccCvcv "
        "CvcvCvccnoCvcv CvcvCvccCvcvno CvcvnoCvcvCvcc CvcvCvcvnoCvcc CvcvCvcvCvccno CvccnoCvccCvcv CvccCvccnoCvcv "
        "CvccCvccCvcvno CvcvnoCvccCvcc CvcvCvccnoCvcc CvcvCvccCvccno CvccnoCvcvCvcc CvccCvcvnoCvcc CvccCvcvCvccno"
    ),
    "medium": "CvcnoCvc CvcCvcno",
    "short": "Cvcn",
    "basic": "aaanaaan aannaaan aaannaaa",
    "pin": "nnnn",
}
_PASSWORD_CHARACTERS = {
    "V": "AEIOU",
    "C": "BCDFGHJKLMNPQRSTVWXYZ",
    "v": "aeiou",
    "c": "bcdfghjklmnpqrstvwxyz",
    "A": "AEIOUBCDFGHJKLMNPQRSTVWXYZ",
    "a": "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
    "n": "0123456789",
    "o": "@&%?,=[]_:-+*$#!'^~;()/.",
    "x": "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
}


def bcrypt(context: Context | None, text: str) -> str:
    """Hash a password with bcrypt."""
    password = encode(text)
    if len(password) > 72:
        return "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes"
    from binascii import b2a_base64

    import bcrypt as library

    salt = b2a_base64(random_bytes(context, 16), newline=False).rstrip(b"=").translate(_BCRYPT_LETTERS)
    return library.hashpw(password, b"$2a$%d$%s" % (_BCRYPT_COST, salt)).decode("ascii")


def htpasswd(context: Context | None, user: str, password: str) -> str:
    """Return a line of an htpasswd file."""
    if ":" in user:
        return f"invalid username: {user}"
    return f"{user}:{bcrypt(context, password)}"


def derive_password(counter: int, kind: str, password: str, user: str, site: str) -> str:
    """Return the password of the Master Password scheme."""
    templates = _PASSWORDS.get(kind, "").split()
    if not templates:
        return f"cannot find password template {kind}"
    import hashlib
    import hmac

    name, place = encode(user), encode(site)
    salt = _MASTER_SEED + len(name).to_bytes(4, "big") + name
    key = hashlib.scrypt(encode(password), salt=salt, n=32768, r=8, p=2, dklen=64, maxmem=128 * 1024 * 1024)
    message = _MASTER_SEED + len(place).to_bytes(4, "big") + place + int(counter).to_bytes(4, "big")
    seed = hmac.digest(key, message, "sha256")
    template = templates[seed[0] % len(templates)]
    letters = [_PASSWORD_CHARACTERS[letter] for letter in template]
    return "".join([chars[seed[at] % len(chars)] for at, chars in enumerate(letters, 1)])


def _aes(password: str, vector: bytes) -> Any:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    return Cipher(algorithms.AES(encode(password)[:32].ljust(32, b"\0")), modes.CBC(vector))


def encrypt_aes(context: Context | None, password: str, text: str) -> str:
    """Encrypt with AES-256 in CBC mode, the initialisation vector in front, as base64."""
    if not text:
        return ""
    from binascii import b2a_base64

    data = encode(text)
    padding = 16 - len(data) % 16
    vector = random_bytes(context, 16)
    worker = _aes(password, vector).encryptor()
    sealed = worker.update(data + bytes([padding]) * padding) + worker.finalize()
    return b2a_base64(vector + sealed, newline=False).decode("ascii")


def decrypt_aes(password: str, text: str) -> str:
    """Decrypt what ``encryptAES`` made."""
    if not text:
        return ""
    data, problem = decode_base64(text)
    if problem:
        raise go_errors.CallError(problem)
    if len(data) < 16:
        raise go_errors.CallError(f"runtime error: slice bounds out of range [:16] with capacity {len(data)}")
    if len(data) % 16:
        raise go_errors.CallError("crypto/cipher: input not full blocks")
    if len(data) == 16:
        raise go_errors.CallError("runtime error: index out of range [-1]")
    worker = _aes(password, data[:16]).decryptor()
    opened: bytes = worker.update(data[16:]) + worker.finalize()
    end = len(opened) - opened[-1]
    if end < 0:
        raise go_errors.CallError(f"runtime error: slice bounds out of range [:{end}]")
    return decode(opened[:end])


# Keys

_KINDS_OF_KEYS = {"": RSA_4096, "rsa": RSA_4096, "dsa": DSA, "ecdsa": ECDSA, "ed25519": ED25519}


def generate_private_key(context: Context | None, kind: str) -> str:
    """Return a new private key as PEM."""
    known = _KINDS_OF_KEYS.get(kind)
    return key_pem(begin_key(context, known)()) if known else f"Unknown type {kind}"


def key_pem(key: Any) -> str:
    """Write a key as PEM, in the form OpenSSL has had for its kind; others as PKCS #8."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    form = PrivateFormat.PKCS8 if isinstance(key, Ed25519PrivateKey) else PrivateFormat.TraditionalOpenSSL
    data: bytes = key.private_bytes(Encoding.PEM, form, NoEncryption())
    return data.decode("ascii")


def load_key(pem: str) -> Any:
    """Read a private key from PEM.

    Raises:
        CallError: in Sprig's words.
    """
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    kind = pem_kind(pem)
    if not kind:
        raise go_errors.CallError("no PEM data in input")
    if kind != "PRIVATE KEY":
        if not kind.endswith(" PRIVATE KEY"):
            raise go_errors.CallError(f"no private key data in PEM block of type {kind}")
        if kind.removesuffix(" PRIVATE KEY") not in ("RSA", "EC", "DSA"):
            raise go_errors.CallError(f"invalid private key type {kind.removesuffix(' PRIVATE KEY')}")
    try:
        return load_pem_private_key(encode(pem), None)
    except (ValueError, TypeError) as err:
        if kind == "PRIVATE KEY":
            raise go_errors.CallError(f"decoding PEM as PKCS#8: {err}") from err
        raise go_errors.CallError(f"parsing {kind.removesuffix(' PRIVATE KEY')} private key from PEM: {err}") from err


def pem_kind(text: str) -> str:
    """Return the kind of the first PEM block in a text, or ``""``."""
    start = 0
    while True:
        start = text.find("-----BEGIN ", start)
        if start < 0:
            return ""
        end = text.find("-----", start + 11)
        kind = text[start + 11 : end] if end > 0 else ""
        if kind and "\n" not in kind and f"-----END {kind}-----" in text[end:]:
            return kind
        start += 11
