"""The other end of python.c: starts the real Python for programs that run under Wine. Listens on loopback, for callers with the secret.

Usage: relay.py PREFIX COMMAND...    runs COMMAND with LIVEGATE_RELAY_PORT and LIVEGATE_RELAY_SECRET in its environment
"""

import os
import secrets
import signal
import socket
import struct
import subprocess
import sys
import threading

import paths

SECRET = secrets.token_hex(16)
LENGTH = struct.Struct("<I")
PASSED_ON = ("PYTHON", "LIVEGATE_")


def main():
    prefix, *command = sys.argv[1:]
    os.environ["LIVEGATE_WINE_PREFIX"] = os.path.abspath(prefix)
    listener = socket.create_server(("127.0.0.1", 0))
    os.environ.update(LIVEGATE_RELAY_PORT=str(listener.getsockname()[1]), LIVEGATE_RELAY_SECRET=SECRET)
    threading.Thread(target=serve, args=(listener,), daemon=True).start()
    sys.exit(subprocess.run(command).returncode)


def serve(listener):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=relay, args=(connection,), daemon=True).start()


def relay(connection):
    with connection:
        try:
            run(connection, connection.makefile("rb"))
        except (OSError, EOFError):
            pass


def take(stream, count):
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data


def take_number(stream):
    return LENGTH.unpack(take(stream, 4))[0]


def take_text(stream):
    return take(stream, take_number(stream)).decode("utf-8", "surrogateescape")


def take_texts(stream):
    return [take_text(stream) for _ in range(take_number(stream))]


def run(connection, stream):
    if not secrets.compare_digest(take_text(stream), SECRET):
        return
    folder = paths.linux(take_text(stream))
    arguments = [paths.linux(argument) for argument in take_texts(stream)]
    variables = dict(variable.split("=", 1) for variable in take_texts(stream) if not variable.startswith("="))
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment(variables),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    lock = threading.Lock()
    outputs = [
        threading.Thread(target=pass_output, args=(connection, lock, kind, output), daemon=True)
        for kind, output in ((b"O", process.stdout), (b"E", process.stderr))
    ]
    feeder = threading.Thread(target=pass_input, args=(stream, process), daemon=True)
    for thread in (*outputs, feeder):
        thread.start()
    code = process.wait()
    for thread in outputs:
        thread.join(5)
    with lock:
        connection.sendall(b"X" + LENGTH.pack(4) + struct.pack("<i", code))
    connection.shutdown(socket.SHUT_WR)


def environment(variables):
    """Linux's variables, and those of the caller that Python or livegate reads."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PASSED_ON)}
    passed = {name: value for name, value in variables.items() if name.startswith(PASSED_ON)}
    search = [paths.linux(path) for path in passed.pop("PYTHONPATH", "").split(";") if path]
    kept.update(passed, PYTHONPATH=":".join([os.path.dirname(os.path.abspath(__file__)), *search]))
    kept.pop("LIVEGATE_RELAY_SECRET", None)
    if "USERPROFILE" in variables:
        kept["HOME"] = paths.linux(variables["USERPROFILE"])
    kept["LIVEGATE_WINE_PREFIX"] = os.environ["LIVEGATE_WINE_PREFIX"]
    return kept


def pass_output(connection, lock, kind, output):
    while data := output.read1(32768):
        with lock:
            connection.sendall(kind + LENGTH.pack(len(data)) + data)


def pass_input(stream, process):
    """Until the caller has gone: then the program is ended, as Windows would."""
    try:
        while take(stream, 1) == b"I":
            data = take(stream, take_number(stream))
            try:
                if data:
                    process.stdin.write(data)
                    process.stdin.flush()
                else:
                    process.stdin.close()
            except (BrokenPipeError, ValueError):
                pass
    except (EOFError, OSError):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
