"""The studio that tests/it/python_client.rs opens, and gateways that are made up."""

import json
import os
import pathlib
import socket
import tempfile
import threading
import unittest

import livegate

STUDIO = json.loads(pathlib.Path(os.environ["LIVEGATE_STUDIO"]).read_text())


class MadeUpGateway:
    """Says to each line what `answer` makes of it; to None it says nothing, and at False it hangs up."""

    def __init__(self, answer):
        self.answer = answer
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:{}".format(self.listener.getsockname()[1])
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        connection, _ = self.listener.accept()
        with connection, connection.makefile("rb") as lines:
            for line in lines:
                answer = self.answer(json.loads(line))
                if answer is False:
                    return
                if answer is not None:
                    connection.sendall(json.dumps(answer).encode() + b"\n")

    def close(self):
        self.listener.close()


class ClientTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state_dir = pathlib.Path(folder.name) / "state"

    def connect(self, address=STUDIO["local"], **arguments):
        connection = livegate.connect(address, state_dir=self.state_dir, **arguments)
        self.addCleanup(connection.close)
        return connection

    def caller(self, role, **arguments):
        """Over TLS, as the user of a role."""
        known = {"server_name": "localhost", "ca": STUDIO["ca"], **arguments}
        return self.connect(STUDIO["tls"], token=STUDIO["tokens"][role], **known)

    def before(self, answer, **arguments):
        gateway = MadeUpGateway(answer)
        self.addCleanup(gateway.close)
        return self.connect(gateway.address, **arguments)
