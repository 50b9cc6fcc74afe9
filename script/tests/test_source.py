"""The script's source: syntax and imports that Live's Python supports."""

import ast
import pathlib
import unittest

SOURCE = pathlib.Path(__file__).resolve().parent.parent / "LiveGate"
# Modules that scripts deployed in Live import; Live itself; and hmac and unicodedata, which have fallbacks.
ALLOWED = set(
    """
    socket select threading queue json struct zlib time logging tempfile importlib uuid re traceback hashlib
    os sys io errno inspect collections functools itertools operator math typing binascii heapq bisect unicodedata
    Live hmac
    """.split()
)


def modules():
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text(encoding="ascii")
        yield str(path.relative_to(SOURCE)), text, ast.parse(text, feature_version=(3, 7))


class Source(unittest.TestCase):
    def test_the_source_parses_as_python_3_7(self):
        self.assertGreater(len(list(modules())), 20)
        for name, _, tree in modules():  # parsed with feature_version 3.7, which accepts some newer syntax
            for node in ast.walk(tree):
                self.assertNotIsInstance(node, ast.NamedExpr, name)
                self.assertFalse(isinstance(node, ast.arguments) and node.posonlyargs, name)

    def test_imports_exist_inside_live(self):
        for name, _, tree in modules():
            for node in ast.walk(tree):
                imported = []
                if isinstance(node, ast.Import):
                    imported = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and node.level == 0:
                    imported = [node.module]
                self.assertLessEqual({module.split(".")[0] for module in imported}, ALLOWED, name)

    def test_the_script_neither_sleeps_nor_starts_threads(self):
        for name, _, tree in modules():
            names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
            self.assertFalse(names & {"Thread", "sleep", "start_new_thread"}, name)

    def test_only_the_surface_and_the_host_know_live(self):
        for name, _, tree in modules():
            imports = any(
                alias.name == "Live" for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
            )
            self.assertEqual(imports, name == "surface.py", name)

    def test_every_file_starts_with_its_job(self):
        for name, _, tree in modules():
            self.assertRegex(ast.get_docstring(tree) or "", r"^[A-Z]", name)


if __name__ == "__main__":
    unittest.main()
