"""Private keys by their kind, and keys that are made in the background.

Making a key takes about as long as importing what a certificate needs, or as making the key of the certificate
that is signed next, and OpenSSL does it without Python's lock: threads make keys side by side.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

RSA_2048 = "rsa-2048"  # Sprig's size for the keys of certificates
RSA_4096 = "rsa-4096"
DSA = "dsa"
ECDSA = "ecdsa"
ED25519 = "ed25519"


def new_key(kind: str) -> Any:
    """Return a new private key of a kind (see the constants above) from OpenSSL."""
    from cryptography.hazmat.primitives.asymmetric import rsa

    if kind in (RSA_2048, RSA_4096):
        return rsa.generate_private_key(65537, int(kind[4:]))
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519

    if kind == DSA:
        return dsa.generate_private_key(2048)
    if kind == ECDSA:
        return ec.generate_private_key(ec.SECP256R1())
    return ed25519.Ed25519PrivateKey.generate()


class KeyInMaking:
    """A key that a thread is making, from the start of this object on; ``make`` returns it."""

    def __init__(self, make: Callable[[], Any]) -> None:
        from steersman.runtime.parallel import Thread

        self._make_key = make
        self._made: Any = None
        self._problem: Exception | None = None
        self._thread = Thread(self._make)
        self._thread.start()

    def _make(self) -> None:
        try:
            self._made = self._make_key()
        except Exception as problem:  # handed to whoever waits for the key
            self._problem = problem

    def result(self) -> Any:
        """Wait for the key and return it."""
        self._thread.join()
        if self._problem is not None:
            raise self._problem
        return self._made
