"""A port that leads to another server and makes everything that is sent there wait."""

import socket
import threading
import time
from contextlib import suppress


class SlowLine:
    """Delays each piece that a client sends; while it is held, nothing passes at all."""

    def __init__(self, host, port):
        self._target = host, port
        self._open = threading.Event()
        self._open.set()
        self.delay_seconds = 0.0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def hold(self):
        self._open.clear()

    def let_go(self):
        self._open.set()

    def close(self):
        self.let_go()
        # Closing alone does not wake the thread that accepts.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
            except OSError:
                return
            for way in ((client, server, self._wait), (server, client, self._open.wait)):
                threading.Thread(target=self._pump, args=way, daemon=True).start()

    def _wait(self):
        time.sleep(self.delay_seconds)
        self._open.wait()

    def _pump(self, source, target, wait):
        with suppress(OSError):
            while data := source.recv(65536):
                wait()
                target.sendall(data)
        for side in (source, target):
            with suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)
        source.close()
