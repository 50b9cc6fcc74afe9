"""README, guides and type stub match the module."""

import ast
import contextlib
import io
import pathlib
import re
import unittest

import livegate
from studio import STUDIO, ClientTest

ROOT = pathlib.Path(__file__).parents[2]


# The output of each block, by document. A block that is missing here fails the test.
PRINTED = {
    "python.md": [r"(.|\n)*volume: number, 0 to 1(.|\n)*", r"performer\n128\.0\n"],
}


class DocumentsTest(ClientTest):
    def test_code_blocks_in_the_documents_work(self):
        self.connect().create_midi_clip(track_index=0, scene_index=0, length=4)
        for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
            blocks = re.findall("```python\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
            expected = PRINTED.get(path.name, [])
            self.assertEqual(len(blocks), len(expected), path.name)
            for block, printed in zip(blocks, expected):
                self.assertRegex(self.run_block(block), "^(?:{})$".format(printed))

    def run_block(self, block):
        """Runs a block in a folder with a guest's files, against the studio, and returns its output."""

        def connect(address=None, **arguments):
            if address is None:
                return self.connect()
            return self.connect(STUDIO["tls"], server_name="localhost", **arguments)

        for name, content in [("guest.pin", STUDIO["pin"]), ("guest.token", STUDIO["tokens"]["performer"])]:
            path = self.state_dir.parent / name
            path.touch(mode=0o600)
            path.write_text(content + "\n")
            block = block.replace('"{}"'.format(name), repr(str(path)))
        block = block.replace("timeout=60", "timeout=0.05").replace("livegate.connect(", "connect(")
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(block, {"connect": connect})
        return printed.getvalue()


class StubTest(unittest.TestCase):
    def test_the_stub_lists_exactly_the_public_names(self):
        body = ast.parse((ROOT / "livegate.pyi").read_text()).body
        stubs = {node.name: node for node in body if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
        public = {name for name in vars(livegate) if not name.startswith("_")}
        self.assertEqual(set(stubs), public)
        methods = {node.name for node in stubs["Connection"].body if isinstance(node, ast.FunctionDef)}
        there = {name for name in vars(livegate.Connection) if not name.startswith("_")}
        self.assertEqual({name for name in methods if not name.startswith("_")}, there)
        for name in public:
            self.assertTrue(getattr(livegate, name).__doc__, name)
