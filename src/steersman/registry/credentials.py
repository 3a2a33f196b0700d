"""Credentials for registries: the ``config.json`` files of Helm and Docker, and credential helpers.

Answers to oras-go's ``credentials``. The file is shared with Helm: fields that are not known stay as they are.
"""

from __future__ import annotations

import os

from steersman.errors import AuthError
from steersman.go.errno import errno_text, path_error
from steersman.record import Record
from steersman.runtime.programs import find_program, run_program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

DOCKER_HUB = "https://index.docker.io/v1/"
_NO_USER = "<token>"  # docker: the user's name under which helpers keep an identity token
_NOT_FOUND = "credentials not found in native keychain"
_HELPER_SECONDS = 60.0


class _NotStored(AuthError):
    """A helper that has no credential for the address: docker's protocol has a text for that."""


class Credential(Record):
    """A user and password, or a token that is exchanged for others (``refresh_token``) or used as it is."""

    username: str = ""
    password: str = ""
    refresh_token: str = ""
    access_token: str = ""

    def __bool__(self) -> bool:
        return bool(self.username or self.password or self.refresh_token or self.access_token)


_MOST_BYTES = 64 << 20  # of a file; a device may be endless


class InvalidConfig(AuthError):
    """A config.json that cannot be read."""

    # helm: the file is read before there is a command that could fail (test_a_broken_store_of_credentials)
    is_logged = True


def server_address(host: str) -> str:
    """Return the name that a registry's credentials are kept under."""
    return DOCKER_HUB if host in ("docker.io", "registry-1.docker.io") else host


class Store:
    """Credentials in one config.json, or with the helpers that it names.

    Raises:
        InvalidConfig: when the file is there and cannot be read.
    """

    def __init__(self, path: str, environ: Mapping[str, str]) -> None:
        self._path = path
        self._environ = environ
        self._content = _read(path)
        auths = self._content.get("auths")
        self._auths: dict[str, Any] = dict(auths) if isinstance(auths, dict) else {}
        helpers = self._content.get("credHelpers")
        self._helpers: dict[str, Any] = helpers if isinstance(helpers, dict) else {}
        self._store = str(self._content.get("credsStore") or "")
        self._detected = ""
        if not (self._store or self._helpers or self._auths):
            self._detected = _default_helper(environ)

    def get(self, address: str) -> Credential:
        """Return the credential for the registry at ``address``, an empty one where there is none.

        Raises:
            AuthError: when the file or the helper gives something else.
        """
        helper = self._helper(address)
        if helper:
            return self._ask(helper, address)
        tree = self._auths.get(address)
        if tree is None:
            tree = next((value for key, value in self._auths.items() if _hostname(key) == address), None)
        return Credential() if tree is None else _credential(tree)

    def put(self, address: str, credential: Credential) -> None:
        """Keep ``credential`` for ``address``.

        Raises:
            AuthError: when it cannot be kept.
        """
        helper = self._helper(address)
        if helper:
            self._tell(helper, address, credential)
            if self._detected:
                self._store = self._detected
                self._change(lambda content, _auths: content.update(credsStore=self._detected))
            return
        if ":" in credential.username:
            raise AuthError("bad credential format: colons(:) are not allowed in username")
        self._change(lambda _content, auths: auths.update({address: _auth_config(credential)}))

    def delete(self, address: str) -> None:
        """Forget the credential for ``address``.

        Raises:
            AuthError: when the helper or the file refuses.
        """
        helper = self._helper(address)
        if helper:
            _run(helper, "erase", address, self._environ)
        elif address in self._auths:
            self._change(lambda _content, auths: auths.pop(address, None))

    def _helper(self, address: str) -> str:
        return str(self._helpers.get(address) or "") or self._store or self._detected

    def _ask(self, helper: str, address: str) -> Credential:
        try:
            text = _run(helper, "get", address, self._environ)
        except _NotStored:
            return Credential()
        from steersman.go.errors import JSONError
        from steersman.go.json import loads

        try:
            tree = loads(text)
        except JSONError as error:
            raise AuthError(str(error)) from error
        tree = tree if isinstance(tree, dict) else {}
        user, secret = str(tree.get("Username") or ""), str(tree.get("Secret") or "")
        return Credential(refresh_token=secret) if user == _NO_USER else Credential(user, secret)

    def _tell(self, helper: str, address: str, credential: Credential) -> None:
        from steersman.go.json import dumps_ordered

        user, secret = credential.username, credential.password
        if credential.refresh_token:
            user, secret = _NO_USER, credential.refresh_token
        tree = {"ServerURL": address, "Username": user, "Secret": secret}
        _run(helper, "store", dumps_ordered(tree, indent=""), self._environ)

    def _change(self, change: Any) -> None:
        """Read the file again under its folder's lock, change it, write it aside and put it in its place."""
        from steersman.runtime.files import Locked, make_folders, rewrite

        try:
            folder = os.path.dirname(self._path) or "."
            try:
                make_folders(folder, 0o700)
            except OSError as error:
                reason = f"mkdir {error.filename}: {errno_text(error)}"
                raise AuthError(f"failed to make directory {folder}: {reason}") from error
            with Locked(folder):
                content = _read(self._path)
                auths = content.get("auths")
                auths = dict(auths) if isinstance(auths, dict) else {}
                change(content, auths)
                self._auths = auths
                content["auths"] = {key: auths[key] for key in sorted(auths)}
                self._content = {key: content[key] for key in sorted(content)}
                text = _dump(self._content)
                rewrite(self._path, text.encode("utf-8", "surrogateescape"), 0o600, keeps_mode=False, is_synced=True)
        except (OSError, TimeoutError) as error:
            raise AuthError(f"failed to save config file: {error}") from error


class Stores:
    """Helm's store, and Docker's for what Helm's does not know. Changes go to Helm's."""

    def __init__(self, path: str, environ: Mapping[str, str]) -> None:
        self._first = Store(path, environ)
        self._docker: Store | None = None
        folder = environ.get("DOCKER_CONFIG", "") or (
            os.path.join(environ["HOME"], ".docker") if environ.get("HOME") else ""
        )
        if folder:
            try:
                self._docker = Store(os.path.join(folder, "config.json"), environ)
            except InvalidConfig:
                self._docker = None  # helm: a config.json of Docker's that cannot be read is as if it were not there

    def get(self, address: str) -> Credential:
        """Return the credential for ``address``, an empty one where there is none."""
        try:
            found = self._first.get(address)
            if not found and self._docker is not None:
                found = self._docker.get(address)
        except AuthError as error:
            raise AuthError(f"failed to resolve credential: {error}") from error
        return found

    def put(self, address: str, credential: Credential) -> None:
        """Keep ``credential`` for ``address``."""
        self._first.put(address, credential)

    def delete(self, address: str) -> None:
        """Forget the credential for ``address``."""
        self._first.delete(address)


def check_config(path: str) -> None:
    """Raise where the file at ``path`` is there and is not a configuration.

    Raises:
        InvalidConfig: with Helm's message.
    """
    _read(path)


def _read(path: str) -> dict[str, Any]:
    from steersman.go.errors import JSONError
    from steersman.go.json import loads_prefix

    try:
        with open(path, "rb") as file:
            text = file.read(_MOST_BYTES).decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return {}
    except IsADirectoryError as error:
        reason = path_error("read", path, error)
        raise InvalidConfig(f"failed to decode config file {path}: invalid config format: {reason}") from error
    except OSError as error:
        raise InvalidConfig(f"failed to open config file at {path}: {path_error('open', path, error)}") from error
    if not text.strip():
        return {}
    try:
        # go: a Decoder reads one value and leaves what comes behind it alone
        tree, _end = loads_prefix(text)
    except JSONError as error:
        reason = "unexpected EOF" if error.is_cut else str(error)
        raise InvalidConfig(f"failed to decode config file {path}: invalid config format: {reason}") from error
    if tree is None:
        return {}
    if not isinstance(tree, dict):
        from steersman.values.files import json_shape

        raise InvalidConfig(
            f"failed to decode config file {path}: invalid config format: "
            f"json: cannot unmarshal {json_shape(tree)} into Go value of type map[string]jsontext.Value"
        )
    _check_fields(tree)
    return tree


def _check_fields(tree: dict[str, Any]) -> None:
    fields = {
        "credsStore": ("creds store", str, "string"),
        "credHelpers": ("cred helpers", dict, "map[string]string"),
        "auths": ("auths", dict, "map[string]jsontext.Value"),
    }
    from steersman.go.json import field_place, pointer_token
    from steersman.values.files import json_shape

    def refuse(shown: str, value: Any, place: str, go_type: str) -> InvalidConfig:
        problem = f"json: cannot unmarshal {json_shape(value)} into {place} of type {go_type}"
        return InvalidConfig(f"failed to unmarshal {shown} field: invalid config format: {problem}")

    for name, (shown, kind, go_type) in fields.items():
        value = tree.get(name)
        if value is not None and not isinstance(value, kind):
            raise refuse(shown, value, "Go value", go_type)
    helpers: dict[str, Any] = tree.get("credHelpers") or {}
    for key, helper in helpers.items():
        if helper is not None and not isinstance(helper, str):
            raise refuse("cred helpers", helper, field_place(f".{pointer_token(key)}"), "string")


def _dump(tree: dict[str, Any]) -> str:
    from steersman.go.json import dumps_ordered

    return dumps_ordered(tree, indent="\t")


def _credential(tree: Any) -> Credential:
    tree = tree if isinstance(tree, dict) else {}
    user, password = str(tree.get("username") or ""), str(tree.get("password") or "")
    encoded = str(tree.get("auth") or "")
    if encoded:
        from steersman.go.base64 import decode_base64

        data, problem = decode_base64(encoded)
        if problem:
            raise AuthError(f"failed to decode auth field: invalid config format: {problem}")
        text = data.decode("utf-8", "surrogateescape")
        user, colon, password = text.partition(":")
        if not colon:
            raise AuthError(
                "failed to decode auth field: invalid config format: "
                "it does not conform the base64(username:password) format"
            )
    return Credential(user, password, str(tree.get("identitytoken") or ""), str(tree.get("registrytoken") or ""))


def _auth_config(credential: Credential) -> dict[str, str]:
    import binascii

    out: dict[str, str] = {}
    if credential.username or credential.password:
        text = f"{credential.username}:{credential.password}".encode("utf-8", "surrogateescape")
        out["auth"] = binascii.b2a_base64(text, newline=False).decode()
    if credential.refresh_token:
        out["identitytoken"] = credential.refresh_token
    if credential.access_token:
        out["registrytoken"] = credential.access_token
    return out


def _hostname(address: str) -> str:
    return address.removeprefix("http://").removeprefix("https://").partition("/")[0]


def _default_helper(environ: Mapping[str, str]) -> str:
    """Return the helper of this platform where it is installed, as Docker does."""
    import sys

    if sys.platform == "darwin":
        name = "osxkeychain"
    elif sys.platform == "win32":
        name = "wincred"
    else:
        name = "pass" if find_program("pass", environ) else "secretservice"
    return name if find_program(f"docker-credential-{name}", environ) else ""


def _run(helper: str, verb: str, text: str, environ: Mapping[str, str]) -> str:
    """Run a credential helper and return what it prints.

    Raises:
        AuthError: with what the helper says.
    """
    import subprocess

    name = f"docker-credential-{helper}"
    program = find_program(name, environ) if os.path.basename(name) == name else None
    if program is None:
        from steersman.go.quote import quote

        raise AuthError(f"exec: {quote(name)}: executable file not found in $PATH")
    try:
        done = run_program(
            [program, verb], input=text.encode(), stdout=subprocess.PIPE, timeout=_HELPER_SECONDS, env=dict(environ)
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AuthError(f"{name}: {error}") from error
    said = done.stdout.decode("utf-8", "replace")
    if done.returncode and said.strip() == _NOT_FOUND:
        raise _NotStored(_NOT_FOUND)
    if done.returncode:
        raise AuthError(said.strip() or f"exit status {done.returncode}")
    return said
