"""The catalogue: the generated file and page match the running actions."""

import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from LiveGate import catalog, reference
from LiveGate.registry import ACTIONS

SCRIPT = pathlib.Path(__file__).resolve().parent.parent
CATALOG = SCRIPT / "LiveGate" / "catalog.json"
REFERENCE = SCRIPT.parent / "docs" / "actions.md"
ENVELOPE = "action id expect deadline_ms once coalesce live dry_run token expires_at_ms guard batch subscribe cancel lane caller".split()


class Catalog(unittest.TestCase):
    def setUp(self):
        self.text = CATALOG.read_bytes()
        self.entries = json.loads(self.text)["actions"]

    def test_the_file_equals_the_modules_output_without_live(self):
        program = "import sys, runpy; sys.modules['Live'] = None; runpy.run_module('LiveGate', run_name='__main__')"
        printed = subprocess.run([sys.executable, "-c", program], cwd=str(SCRIPT), stdout=subprocess.PIPE, check=True)
        self.assertEqual(printed.stdout, self.text, "run `python3 -m LiveGate > LiveGate/catalog.json` in script/")

    def test_each_entry_has_a_line_of_its_own(self):
        lines = self.text.decode("ascii").split("\n")
        self.assertEqual((lines[0], lines[-2:]), ('{"format": 1, "actions": [', ["]}", ""]))
        for line, entry in zip(lines[1:-2], self.entries):
            self.assertEqual(line.rstrip(","), json.dumps(entry, sort_keys=True))

    def test_the_digests_are_those_of_the_files_bytes(self):
        self.assertEqual(catalog.sha256(), hashlib.sha256(self.text).hexdigest())
        line = self.text.split(b"\n")[1].rstrip(b",")
        self.assertEqual(catalog.digests()["ping"], hashlib.sha256(line).hexdigest()[:16])

    def test_the_reference_page_equals_the_modules_output(self):
        self.assertEqual(REFERENCE.read_text(encoding="ascii"), reference.text(), "see its first paragraph")

    def test_every_action_is_on_the_reference_page(self):
        page = REFERENCE.read_text(encoding="ascii")
        for entry in self.entries:
            self.assertEqual(page.count("### %s\n" % entry["name"]), 1, entry["name"])

    def test_changes_declare_their_targets(self):
        for entry in self.entries:
            self.assertEqual("read" in entry["access"], entry["touches"] == {}, entry["name"])

    def test_parameter_names_never_clash_with_envelope_keys(self):
        for entry in self.entries:
            self.assertFalse({parameter["name"] for parameter in entry["params"]} & set(ENVELOPE), entry["name"])

    def test_only_optional_parameters_have_valid_defaults(self):
        for entry in self.entries:
            for parameter in entry["params"]:
                self.assertFalse(parameter["required"] and "default" in parameter, entry["name"])
                self.assertIsNotNone(parameter.get("default", "absent"))
            defaults = {parameter["name"]: parameter["default"] for parameter in entry["params"] if "default" in parameter}
            required = {parameter["name"]: _some(parameter) for parameter in entry["params"] if parameter["required"]}
            ACTIONS[entry["name"]].check(dict(required, **defaults))

    def test_every_index_has_its_name(self):
        for entry in self.entries:
            for parameter in entry["params"]:
                if parameter["name"].endswith("_index"):
                    self.assertEqual((parameter["type"], parameter["minimum"]), ("integer", 0))

    def test_the_source_digest_is_that_of_the_files(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "b.py").write_bytes(b"b")
            (root / "a").mkdir()
            (root / "a" / "c.py").write_bytes(b"c")
            (root / "settings.json").write_bytes(b"{}")
            lines = "".join(
                "%s  %s\n" % (hashlib.sha256(content).hexdigest(), path) for path, content in (("a/c.py", b"c"), ("b.py", b"b"))
            )
            self.assertEqual(catalog.source_sha256(folder), hashlib.sha256(lines.encode("ascii")).hexdigest())
            (root / "b.py").write_bytes(b"B")
            self.assertNotEqual(catalog.source_sha256(folder), hashlib.sha256(lines.encode("ascii")).hexdigest())

    def test_the_words_are_sentences(self):
        for entry in self.entries:
            self.assertRegex(entry["doc"], re.compile(r"^[A-Z][ -~\n]+\.$"), entry["name"])


def _some(parameter):
    if parameter["type"] == "array":
        return []
    if parameter["type"] == "boolean":
        return True
    return "x" if parameter["type"] == "string" else parameter.get("enum", [parameter.get("minimum", 1)])[0] or 1


if __name__ == "__main__":
    unittest.main()
