"""README, guides and type stub match the module."""

import ast
import contextlib
import io
import pathlib
import re

import livegate
import livegate.aio
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


class StubTest(ClientTest):
    def test_the_stub_lists_exactly_the_public_names(self):
        stubs = classes_and_functions("__init__.pyi")
        public = {name for name in livegate.__all__ if not name.startswith("_")}
        self.assertEqual(set(stubs) - {"Actions", "Terms"}, public)
        for name in public:
            self.assertTrue(getattr(livegate, name).__doc__, name)

    def test_the_stubs_list_exactly_the_methods(self):
        for module, stub, names in (
            (livegate, "__init__.pyi", ("Connection", "Reconnecting")),
            (livegate.aio, "aio.pyi", ("Connection",)),
        ):
            for name in names:
                there = {method for method in vars(getattr(module, name)) if not method.startswith("_")}
                self.assertEqual(methods(classes_and_functions(stub)[name]), there, name)

    def test_the_stubs_list_every_action(self):
        actions = {name for name in dir(self.connect()) if not name.startswith("_")}
        for stub in ("__init__.pyi", "aio.pyi"):
            described = methods(classes_and_functions(stub)["Actions"])
            self.assertEqual(described, actions - set(vars(livegate.Connection)))


def classes_and_functions(stub):
    body = ast.parse((ROOT / "python" / "livegate" / stub).read_text(encoding="utf-8")).body
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name: node for node in body if isinstance(node, kinds)}


def methods(described):
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in described.body if isinstance(node, kinds) and not node.name.startswith("_")}
