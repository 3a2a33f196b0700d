"""Private keys from a stream of bytes: the same bytes give the same key, with every version of OpenSSL.

OpenSSL makes keys from its own randomness, which cannot be given. The primes are found here: one of 1024 bits takes
about 0.2 s. Changing what is read changes every key that a seed has ever given (test_a_seed_keeps_its_secrets).
"""

from __future__ import annotations

from math import gcd

from steersman.sprig.keys import DSA, ECDSA, RSA_2048, RSA_4096

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Read = Callable[[int], bytes]

_EXPONENT = 65537
_SIEVE_LIMIT = 1 << 16
_WITNESSES = (2, 3, 5, 7, 11, 13, 17, 19)  # for numbers drawn at random, one finds nearly every composite
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def seeded_key(kind: str, read: Read) -> Any:
    """Return the private key of a kind (see ``keys``) that a stream gives.

    Args:
        kind: one of the constants of ``keys``.
        read: returns so many of the next bytes.
    """
    if kind in (RSA_2048, RSA_4096):
        return _rsa(int(kind[4:]), read)
    if kind == DSA:
        return _dsa(read)
    if kind == ECDSA:
        from cryptography.hazmat.primitives.asymmetric import ec

        return ec.derive_private_key(_below(_P256_ORDER, read), ec.SECP256R1())
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(read(32))


def _rsa(bits: int, read: Read) -> Any:
    from cryptography.hazmat.primitives.asymmetric import rsa

    first = _rsa_prime(bits // 2, read)
    second = first
    while second == first:
        second = _rsa_prime(bits // 2, read)
    p, q = max(first, second), min(first, second)
    secret = pow(_EXPONENT, -1, (p - 1) * (q - 1) // gcd(p - 1, q - 1))
    numbers = rsa.RSAPrivateNumbers(
        *(p, q, secret, secret % (p - 1), secret % (q - 1), pow(q, -1, p)), rsa.RSAPublicNumbers(_EXPONENT, p * q)
    )
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)


def _rsa_prime(bits: int, read: Read) -> int:
    top = 0b11 << bits - 2  # the product of two such primes has twice their bits
    while True:
        prime = _next_prime(_number(bits, read) | top | 1, 2, bits)
        if prime and prime % _EXPONENT != 1:
            return prime


def _dsa(read: Read) -> Any:
    from cryptography.hazmat.primitives.asymmetric import dsa

    q = 0
    while not q:
        q = _next_prime(_number(256, read) | 1 << 255 | 1, 2, 256)
    p = 0
    while not p:
        drawn = _number(2048, read) | 0b11 << 2046
        p = _next_prime(drawn - drawn % (2 * q) + 1, 2 * q, 2048)
    g = pow(2, (p - 1) // q, p)
    x = _below(q, read)
    public = dsa.DSAPublicNumbers(pow(g, x, p), dsa.DSAParameterNumbers(p, q, g))
    return dsa.DSAPrivateNumbers(x, public).private_key()


def _number(bits: int, read: Read) -> int:
    return int.from_bytes(read(bits // 8), "big")


def _below(limit: int, read: Read) -> int:
    """Return a number from 1 to ``limit`` - 1, as good as uniform: 64 bits more than needed are drawn."""
    return int.from_bytes(read(limit.bit_length() // 8 + 8), "big") % (limit - 1) + 1


def _next_prime(start: int, step: int, bits: int) -> int:
    """Return the first prime of ``bits`` bits among ``start``, ``start + step`` …; 0 where none is near."""
    window = 8 * bits
    is_open = bytearray(b"\1") * window
    for prime in _small_primes():
        if step % prime:
            first = -start * pow(step, -1, prime) % prime
            is_open[first::prime] = bytes(len(range(first, window, prime)))
    at = is_open.find(1)
    while at >= 0:
        number = start + at * step
        if number.bit_length() != bits:
            return 0
        if _is_prime(number):
            return number
        at = is_open.find(1, at + 1)
    return 0


def _small_primes() -> list[int]:
    is_open = bytearray(b"\1") * _SIEVE_LIMIT
    for number in range(2, int(_SIEVE_LIMIT**0.5) + 1):
        if is_open[number]:
            is_open[number * number :: number] = bytes(len(range(number * number, _SIEVE_LIMIT, number)))
    return [number for number in range(2, _SIEVE_LIMIT) if is_open[number]]


def _is_prime(number: int) -> bool:
    """Return whether an odd number passes Miller and Rabin's test for all witnesses."""
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for witness in _WITNESSES:
        power = pow(witness, odd, number)
        if power in (1, number - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True
