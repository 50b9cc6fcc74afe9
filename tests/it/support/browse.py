"""Asks the LAN for gateways by multicast DNS, and prints the first that answers as JSON: port, address, txt. Standard library only."""

import json
import socket
import struct
import sys

GROUP = ("224.0.0.251", 5353)
SERVICE = ["_livegate", "_tcp", "local"]
PTR, SRV, TXT, A = 12, 33, 16, 1
TRIES = 30


def question():
    labels = b"".join(bytes([len(label)]) + label.encode() for label in SERVICE)
    return struct.pack("!6H", 0, 0, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", PTR, 1)


def read_name(packet, at):
    """A name (RFC 1035, 4.1.4) and where it ends."""
    labels, end = [], None
    while packet[at]:
        if packet[at] >= 0xC0:
            end = end or at + 2
            at = struct.unpack_from("!H", packet, at)[0] & 0x3FFF
        else:
            labels.append(packet[at + 1 : at + 1 + packet[at]].decode())
            at += 1 + packet[at]
    return labels, end or at + 1


def records(packet):
    counts = struct.unpack_from("!6H", packet)
    at = 12
    for _ in range(counts[2]):
        at = read_name(packet, at)[1] + 4
    for _ in range(sum(counts[3:])):
        name, at = read_name(packet, at)
        kind, _, _, length = struct.unpack_from("!2HIH", packet, at)
        yield name, kind, at + 10, length
        at += 10 + length


def understand(packet, found):
    for name, kind, at, length in records(packet):
        data = packet[at : at + length]
        if kind == SRV and name[1:] == SERVICE:
            found["port"] = struct.unpack_from("!H", data, 4)[0]
        elif kind == TXT and name[1:] == SERVICE:
            texts, rest = {}, data
            while rest:
                key, _, value = rest[1 : 1 + rest[0]].decode().partition("=")
                texts[key], rest = value, rest[1 + rest[0] :]
            found["txt"] = texts
        elif kind == A:
            found["address"] = socket.inet_ntoa(data)


def main():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("", GROUP[1]))
    joined = struct.pack("!4sI", socket.inet_aton(GROUP[0]), socket.INADDR_ANY)
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, joined)
    sock.settimeout(1)
    found = {}
    for _ in range(TRIES):
        sock.sendto(question(), GROUP)
        try:
            while len(found) < 3:
                understand(sock.recv(9000), found)
            print(json.dumps(found))
            return 0
        except socket.timeout:
            continue
    print("no answer; received %r" % found, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
