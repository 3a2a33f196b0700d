"""A key and an archive to a provenance file. Answers to ``Signatory.ClearSign`` of Helm's ``pkg/provenance``."""

from __future__ import annotations

from steersman.errors import ChartError
from steersman.provenance import clearsign, message
from steersman.provenance.keyring import Key
from steersman.provenance.library import openpgp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_GNU = 101  # how GnuPG says that the secret part of a key is not there


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
        protection = key.secret.primary_secret_s2k()
        is_locked = protection.usage_id != 0
        kind = protection.string_to_key
        # go: of a key that is somewhere else (a card) only the signature fails (test_keys_that_are_stubs)
        self._is_stub = is_locked and kind is not None and kind.type_id == _GNU
        if self._is_stub:
            return
        passphrase = ask(next((i for i in key.identities if i), "Unknown"), is_locked)
        self._passphrase = passphrase if is_locked else None
        self._sign(b"")  # report a wrong passphrase before anything is written

    def clear_sign(self, archive: bytes, name: str, metadata: bytes) -> bytes:
        """Return the provenance file for ``archive``, a file called ``name``; ``metadata`` is YAML.

        Raises:
            ChartError: when the key cannot sign.
        """
        if self._is_stub:
            problem = "openpgp: s2k GNU dummy key: dummy key found"
            raise ChartError(f"failed to either sign or armor message block: {problem}")
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
