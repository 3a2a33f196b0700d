"""A key's packets to those that belong to it, as go-crypto's ``ReadEntity`` reads them.

Anyone can append user ids and subkeys to another's key: only those that the key itself has signed count.
"""

from __future__ import annotations

from steersman.errors import ChartError
from steersman.provenance.packets import SIGNATURE, SUBKEY, USER_ID, InvalidPackets, packets
from steersman.provenance.signature import ALGORITHMS, signatures

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openpgp.composed import SignedPublicKey

_SECRET_SUBKEY = 7


def own_packets(data: bytes, key_id: str) -> bytes:
    """Return the packets of the key with an id (lower-case hex), without what others have signed of its user ids.

    User ids that the key has not signed go as well.

    Raises:
        InvalidPackets: where a subkey has no signature, or no user id is left.
    """
    out: list[bytes] = []
    users = 0
    for tag, whole, own in _groups(data, key_id):
        if tag in (SUBKEY, _SECRET_SUBKEY) and not own:
            raise InvalidPackets("subkey packet not followed by signature")
        if tag == USER_ID and not own:
            continue
        users += tag == USER_ID
        out += [whole, *own]
    if not users:
        raise InvalidPackets("v4 entity without any identities")
    return b"".join(out)


def _groups(data: bytes, key_id: str) -> list[tuple[int, bytes, list[bytes]]]:
    """Return each packet that is not a signature, with its signatures; for a user id, those that the key made."""
    groups: list[tuple[int, bytes, list[bytes]]] = []
    for tag, whole, _body in packets(data):
        if tag != SIGNATURE:
            groups.append((tag, whole, []))
        elif groups and (groups[-1][0] != USER_ID or _issuer(whole) == key_id):
            groups[-1][2].append(whole)
    return groups


def _issuer(packet: bytes) -> str:
    try:
        return next((signature.issuer for signature in signatures(packet)), "")
    except ChartError:
        return ""


def check_bindings(public: SignedPublicKey) -> None:
    """Raise where a user id or a subkey has a signature that does not hold.

    Raises:
        InvalidPackets: with go-crypto's message.
    """
    from steersman.provenance.library import UNSUPPORTED, openpgp

    try:
        public.verify_bindings()
    except openpgp().errors.Error as error:
        if error.code == UNSUPPORTED:
            return  # what such a key signed is refused later
        # the library's errors say which kind of signature it is in their text alone
        what = "subkey signature" if "subkey" in str(error) else "user ID self-signature"
        algorithm = ALGORITHMS.get(next(packets(public.to_bytes()))[2][5], "RSA")
        raise InvalidPackets(f"{what} invalid: openpgp: invalid signature: {algorithm} verification failure") from error
