"""RSA keys that are made in the background.

Making a key takes about as long as importing what a certificate needs, or as making the key of the certificate
that is signed next, and OpenSSL does it without Python's lock: threads make keys side by side.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BITS = 2048  # Sprig's size for the keys of certificates


class KeyInMaking:
    """A key that a thread is making, from the start of this object on."""

    def __init__(self) -> None:
        from threading import Thread

        self._made: Any = None
        self._problem: Exception | None = None
        self._thread = Thread(target=self._make, daemon=True)
        self._thread.start()

    def _make(self) -> None:
        try:
            from cryptography.hazmat.primitives.asymmetric import rsa

            self._made = rsa.generate_private_key(65537, BITS)
        except Exception as problem:  # handed to whoever waits for the key
            self._problem = problem

    def result(self) -> Any:
        """Wait for the key and return it."""
        self._thread.join()
        if self._problem is not None:
            raise self._problem
        return self._made
