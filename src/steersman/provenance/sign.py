"""A key and an archive to a provenance file. Answers to ``Signatory.ClearSign`` of Helm's ``pkg/provenance``."""

from __future__ import annotations

from steersman.errors import ChartError
from steersman.provenance import clearsign, message
from steersman.provenance.keyring import Key, openpgp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Signer:
    """A key that is ready to sign.

    Args:
        key: the key that ``find_signer`` found.
        ask: is asked for the passphrase of the key with a user id, and told whether it is locked.

    Raises:
        ChartError: when there is no such key, or the passphrase is wrong.
    """

    def __init__(self, key: Key | None, ask: Callable[[str, bool], str]) -> None:
        if key is None:
            raise ChartError("private key not found")
        if key.secret is None:
            raise ChartError("provided key is not a private key. Try providing a keyring with secret keys")
        self._key: Key = key
        self._passphrase: str | None = None
        is_locked = key.secret.primary_secret_s2k().usage_id != 0
        passphrase = ask(next((i for i in key.identities if i), "Unknown"), is_locked)
        self._passphrase = passphrase if is_locked else None
        self._sign(b"")  # a wrong passphrase is told of before anything is written

    def clear_sign(self, archive: bytes, name: str, metadata: bytes) -> bytes:
        """Return the provenance file for ``archive``, a file called ``name``; ``metadata`` is YAML.

        Raises:
            ChartError: when the key cannot sign.
        """
        text = message.message(metadata, name, archive)
        return clearsign.encode(text, self._sign(clearsign.signed_bytes(text)))

    def _sign(self, data: bytes) -> bytes:
        from random import SystemRandom

        module = openpgp()
        try:
            made = module.composed.DetachedSignature.sign_text_data(
                SystemRandom(), self._key.secret, self._passphrase, "sha512", data
            )
        except module.errors.Error as error:
            is_locked = self._passphrase is not None
            problem = "openpgp: invalid data: private key checksum failure" if is_locked else str(error)
            raise ChartError(problem) from error
        return bytes(made.to_bytes())
