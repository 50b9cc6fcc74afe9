"""The cryptography of the handshake, with and without the module hmac."""

import unittest
from unittest import mock

from LiveGate import handshake
from LiveGate.errors import Violation

# RFC 4231, test cases 1, 2 and 6.
VECTORS = (
    (b"\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    (
        b"\xaa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
)


class Hmac(unittest.TestCase):
    def check(self):
        for key, message, digest in VECTORS:
            self.assertEqual(handshake.hmac_sha256(key, message).hex(), digest)
        self.assertTrue(handshake.same(b"ab", b"ab"))
        for other in (b"ac", b"bb", b"abc", b"a", b""):
            self.assertFalse(handshake.same(b"ab", other))

    def test_the_module_hmac_is_used(self):
        self.check()

    def test_the_fallback_matches_the_standard_hmac(self):
        with mock.patch.object(handshake, "hmac", None):
            self.check()

    def test_the_exchange_is_byte_exact(self):
        exchange = handshake.Handshake(bytes(range(32)), "127.0.0.1:9004", nonce=b"\x01" * 32)
        self.assertEqual(exchange.challenge(), b'{"livegate": 1, "nonce": "%s"}\n' % (b"01" * 32))
        proof = b'{"nonce": "%s", "mac": "cde9afeb13ea10055072a7ca48e4b6d4f0bafd240dd94433e762452c03da6cb5"}'
        self.assertEqual(
            exchange.answer(proof % (b"02" * 32), {"protocol": 1}),
            b'{"ok": true, "mac": "c2f9c43340e0611540a2358cf77f1ce479a7b88d0b62ec44c2ac4fec6cf899a8", "protocol": 1}\n',
        )
        with self.assertRaises(Violation):
            exchange.answer(proof % (b"03" * 32), {})


if __name__ == "__main__":
    unittest.main()
