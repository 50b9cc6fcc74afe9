"""The trail verifier: its Ed25519 against RFC 8032's vectors, its notes against a published one."""

import unittest

import signed_notes
import verify_trail

# RFC 8032, section 7.1: public key, message, signature.
VECTORS = (
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
)


class Signatures(unittest.TestCase):
    def test_the_rfcs_signatures_are_good_and_no_others(self):
        for public, message, signature in VECTORS:
            public, message, signature = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
            self.assertTrue(signed_notes.is_signed(public, message, signature))
            self.assertFalse(signed_notes.is_signed(public, message + b"!", signature))
            for index in (0, 31, 32, 63):
                changed = bytearray(signature)
                changed[index] ^= 1
                self.assertFalse(signed_notes.is_signed(public, message, bytes(changed)))
            # The same number plus the group's order would be a second signature.
            scalar = int.from_bytes(signature[32:], "little") + signed_notes.ORDER
            self.assertFalse(signed_notes.is_signed(public, message, signature[:32] + scalar.to_bytes(32, "little")))


class Notes(unittest.TestCase):
    def test_a_published_key_matches_its_name_only(self):
        key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
        self.assertEqual(signed_notes.Key(key).origin, "PeterNeumann")
        for wrong in (key.replace("c7", "c8"), key.replace("Peter", "Pater"), key[:-1], "nothing"):
            with self.assertRaises(signed_notes.Bad):
                signed_notes.Key(wrong)

    def test_a_file_of_notes_is_taken_apart(self):
        note = "log\n%d\nroot\n\n\u2014 log sig\n\u2014 witness sig\n"
        self.assertEqual(signed_notes.notes(note % 1 + note % 2 + "\n" + note % 3), [note % 1, note % 2, note % 3])
        self.assertEqual(signed_notes.notes(""), [])


class Trees(unittest.TestCase):
    def test_the_root_of_zero_and_one_leaves(self):
        tree = verify_trail.Tree()
        self.assertEqual(tree.root().hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        tree.push(b"\x07" * 32)
        self.assertEqual(tree.root(), b"\x07" * 32)


if __name__ == "__main__":
    unittest.main()
