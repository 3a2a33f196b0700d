"""A proxy in front of a server that cuts connections in the middle of what a client sends."""

from __future__ import annotations

import socket
import threading


class CuttingProxy:
    """Passes connections on to ``port`` of this machine.

    Attributes:
        after: bytes from a client after which its connection is cut.
        left: how many connections are still to be cut; -1 cuts all.
    """

    def __init__(self, port: int, after: int) -> None:
        self.after, self.left = after, 0
        self._target = port
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            threading.Thread(target=self._pass_on, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(server, client, False), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, is_client: bool) -> None:
        count = 0
        try:
            while piece := source.recv(65536):
                count += len(piece)
                if is_client and count > self.after and self._is_to_cut():
                    break
                sink.sendall(piece)
        except OSError:
            pass  # the other direction was cut
        for side in (source, sink):
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        source.close()

    def _is_to_cut(self) -> bool:
        with self._lock:
            if not self.left:
                return False
            self.left -= self.left > 0
            return True

    def stop(self) -> None:
        """Take no more connections."""
        self._listener.close()
