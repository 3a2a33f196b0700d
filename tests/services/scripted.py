"""A server of raw bytes: what it sends for a request is a list of pieces, pauses and an end."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

#: bytes are sent, a float is a pause in seconds, None closes the connection
Piece = bytes | float | None
Play = Callable[[bytes], Iterable[Piece]]


class ScriptedServer:
    """Answers every request of every connection with what ``play`` makes of the request's head.

    ``greeting`` is sent to each connection before anything is read from it. ``sent`` counts bytes.
    """

    def __init__(self, play: Play, greeting: Iterable[Piece] = ()) -> None:
        self._play = play
        self._greeting = list(greeting)
        self.sent = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.at = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = f"http://{self.at}"
        self.seen: list[bytes] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client = self._listener.accept()[0]
                self._open.append(client)
                threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        with suppress(OSError), client:
            self._say(client, self._greeting)
            while head := _head(client):
                self.seen.append(head)
                if not self._say(client, self._play(head)):
                    return

    def _say(self, client: socket.socket, pieces: Iterable[Piece]) -> bool:
        for piece in pieces:
            if piece is None:
                return False
            if isinstance(piece, float):
                time.sleep(piece)
            else:
                client.sendall(piece)
                self.sent += len(piece)
        return True

    def stop(self) -> None:
        """Close the listener and what is open."""
        self._listener.close()
        for client in self._open:
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)


def _head(client: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = client.recv(65536)
        if not piece:
            return b""
        data += piece
    return data


def dribble(data: bytes, pause: float = 0.1, most: int = 300) -> list[Piece]:
    """Return ``data`` byte by byte with pauses; after ``most`` bytes the rest comes at once, so that tests end."""
    pieces: list[Piece] = []
    for byte in data[:most]:
        pieces += [bytes([byte]), pause]
    return [*pieces, data[most:]]
