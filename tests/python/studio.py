"""The studio that tests/it/clients/python.rs opens, and scripted gateways (test double)."""

import ctypes
import json
import os
import pathlib
import socket
import subprocess
import tempfile
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor

import livegate

STUDIO = json.loads(pathlib.Path(os.environ["LIVEGATE_STUDIO"]).read_text())


class ScriptedGateway:
    """Sends `answer(request)` for each line; None sends no answer, and False closes the connection."""

    def __init__(self, answer, port=0):
        self.answer = answer
        self.listener = socket.create_server(("127.0.0.1", port))
        self.address = "127.0.0.1:{}".format(self.listener.getsockname()[1])
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        connection, _ = self.listener.accept()
        with connection, connection.makefile("rb") as lines:
            for line in lines:
                request = json.loads(line)
                answer = self.answer(request)
                if answer is False:
                    return
                if answer is not None:
                    sent = {"id": request["id"], **answer} if "id" in request else answer
                    connection.sendall(json.dumps(sent).encode() + b"\n")

    def close(self):
        self.listener.close()


CLONE_NEWNET = 0x40000000


def with_ports_of_its_own(work):
    """Runs in a thread with its own network namespace, where every port is free."""

    def run():
        try:
            if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "unshare")
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        except OSError as error:
            if "LIVEGATE_REQUIRE_ALL" in os.environ:
                raise
            raise unittest.SkipTest("network namespaces take root and iproute2: {}".format(error)) from error
        work()

    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(run).result()


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
        """Connects over TLS, as the user of a role."""
        known = {"server_name": "localhost", "ca": STUDIO["ca"], **arguments}
        return self.connect(STUDIO["tls"], token=STUDIO["tokens"][role], **known)

    def before(self, answer, **arguments):
        gateway = ScriptedGateway(answer)
        self.addCleanup(gateway.close)
        return self.connect(gateway.address, **arguments)
