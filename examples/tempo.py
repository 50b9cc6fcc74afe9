"""Sets the tempo and prints its changes, with the standard library only: python3 examples/tempo.py 128 [HOST PORT]"""

import json
import socket
import sys


def ask(file, request):
    """Send one request, and return its answer. Events have no `ok`."""
    file.write(json.dumps(request).encode() + b"\n")
    file.flush()
    while True:
        line = file.readline()
        if not line:
            raise ConnectionError("the gateway closed the connection")
        message = json.loads(line)
        if "ok" in message:
            return message
        print("event", message["event"], message["value"])


def main(bpm, host="127.0.0.1", port="9005"):
    with socket.create_connection((host, int(port)), timeout=10) as connection, connection.makefile("rwb") as file:
        for request in (
            {"action": "subscribe", "topics": [{"event": "tempo"}]},
            {"action": "set_tempo", "bpm": float(bpm)},
            {"action": "get_session_info"},
        ):
            answer = ask(file, request)
            if not answer["ok"]:
                sys.exit("{code}: {error}".format(**answer))
        print("tempo", answer["tempo"])


if __name__ == "__main__":
    main(*sys.argv[1:])
