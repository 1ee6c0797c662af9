"""Self-test of tools/mutants, on a made-up project of one file."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]

CODE = "two = 1 + 1\nthree = two + 1\nunused = 0\n"
TABLE = r"""
import os
mode = os.environ.get("MODE", "")
def check(name, text, skip=""):
    return {"name": name, "command": ["python3", "-B", "-c", text], "environment": {"LEAST": "1"},
            "skip": skip}
BUILD = ["python3", "-B", "-c", "compile(open('code.py').read(), 'code.py', 'exec')"]
TESTS = [
    check("two", "import code_of; assert code_of.two == 2"),
    check("three", "import os, code_of\nassert code_of.three > int(os.environ['LEAST']), 'small'"),
    check("gpu", "print('SKIPPED: no device'); exit(77)" if mode == "no device" else
                 "import code_of; assert code_of.unused == 0"),
    check("data", "exit(1)", "there is no data"),
][:{"no gpu": 2, "no data": 3, "wrong": 3}.get(mode, 4)]
if mode == "wrong": TESTS.append(check("wrong", "exit('is always wrong')"))
MUTANTS = [
    ("sum", "code.py", "1 + 1", "1 + 2", "two is three"),
    ("difference", "code.py", "two + 1", "two - 1", "three is one"),
    ("crash", "code.py", "three =", "import os; os.abort(); three =", "nothing ends well"),
    ("endless", "code.py", "two =", "while True: pass\ntwo =", "nothing ends"),
    ("unnoticed", "code.py", "unused = 0", "unused = 1", "nobody looks"),
    ("grammar", "code.py", "two = 1", "two = = 1", "no Python"),
]
if mode == "stale":
    MUTANTS += [("gone", "code.py", "four", "five", "is not there"),
                ("often", "code.py", "two", "2", "is there twice"),
                ("no file", "other.py", "a", "b", "has no file")]
"""


class Mutants(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name) / "project"
        (self.root / "tools").mkdir(parents=True)
        (self.root / "tools/mutants_list.py").write_text(TABLE)
        (self.root / "code.py").write_text(CODE)
        (self.root / "code_of.py").write_text("exec(open('code.py').read())\n")
        (self.root / ".gitignore").write_text("build/\n__pycache__/\n")
        subprocess.run(["git", "init", "-q"], cwd=self.root, check=True)

    def call(self, *arguments, mode="no data"):
        self.run_ = subprocess.run(
            [sys.executable, "-B", ROOT / "tools/mutants", "--root", self.root, "--timeout", "2",
             *arguments], capture_output=True, text=True, timeout=50, check=False,
            env={**os.environ, "MODE": mode})
        return self.run_.returncode

    def results(self):
        """Results and catching tests by mutant, of --json."""
        rows = json.loads(self.run_.stdout)["mutants"]
        return {row["name"]: (row["result"], row["by"]) for row in rows}

    def test_caught(self):
        status = self.call("sum", "difference", "crash", "endless", "--json")
        self.assertEqual(status, 0, self.run_.stderr)
        self.assertEqual(self.results(), {"sum": ("caught", "two"), "crash": ("caught", "two"),
                                          "difference": ("caught", "three"),
                                          "endless": ("caught", "two")})
        self.assertIn("passed: three", self.run_.stderr)
        self.assertIn("difference: caught by three: AssertionError: small", self.run_.stderr)
        self.assertIn("crash: caught by two: error: ended by signal 6", self.run_.stderr)
        self.assertIn("endless: caught by two: took longer than 2 s", self.run_.stderr)

    def test_survivors_fail(self):
        self.assertEqual(self.call("sum", "unnoticed", mode="no gpu"), 1)
        self.assertIn("unnoticed: SURVIVED: nobody looks (code.py)", self.run_.stderr)
        self.assertIn("1 caught, 1 survived", self.run_.stdout)
        self.assertEqual(self.call("unnoticed"), 0)

    def test_what_only_a_skipped_test_notices_is_not_caught(self):
        self.assertEqual(self.call("sum", "unnoticed", mode="no device"), 0)
        self.assertIn("SKIPPED: gpu: no device", self.run_.stderr)
        self.assertIn("unnoticed: SKIPPED: no test caught it without gpu, data", self.run_.stderr)
        self.assertIn("1 caught, 0 survived, 1 skipped", self.run_.stdout)
        self.assertEqual(self.call("unnoticed", mode="no device"), 77)
        self.assertEqual(self.call("sum", mode=""), 0)
        self.assertIn("SKIPPED: data: there is no data", self.run_.stderr)

    def test_mutants_have_to_compile(self):
        self.assertEqual(self.call("grammar"), 1)
        self.assertIn("grammar: DOES NOT COMPILE", self.run_.stderr)

    def test_stale_texts_fail_whatever_was_chosen(self):
        self.assertEqual(self.call("sum", mode="stale"), 1)
        for words in ("gone: STALE: 'four' occurs 0 times in code.py",
                      "often: STALE: 'two' occurs 2 times", "no file: STALE: there is no other.py",
                      "sum: caught"):
            self.assertIn(words, self.run_.stderr)

    def test_the_unbroken_copy_has_to_pass(self):
        self.assertEqual(self.call("sum", mode="wrong"), 1)
        self.assertIn("wrong fails on the unbroken copy:\nis always wrong", self.run_.stderr)

    def test_the_tree_is_left_alone_and_the_copy_follows_it(self):
        self.assertEqual(self.call("sum"), 0)
        copy = self.root / "build/mutants/tree"
        self.assertEqual((self.root / "code.py").read_text(), CODE)
        self.assertEqual((copy / "code.py").read_text(), CODE)
        before = (copy / "code_of.py").stat().st_mtime_ns
        (copy / "code.py").write_text("left broken")
        (self.root / "added.py").write_text("")
        self.assertEqual(self.call("sum"), 0)
        self.assertTrue((copy / "added.py").exists())
        self.assertEqual((copy / "code_of.py").stat().st_mtime_ns, before)
        (self.root / "added.py").unlink()
        self.assertEqual(self.call("sum"), 0)
        self.assertFalse((copy / "added.py").exists())

    def test_selection(self):
        self.assertEqual(self.call("--list"), 0)
        self.assertRegex(self.run_.stdout, r"(?m)^sum +two is three \(code.py\)$")
        self.assertEqual(self.call("--count", "2", "--json", mode="no data"), 0)
        self.assertEqual(list(self.results()), ["sum", "endless"])
        drawn = []
        for _ in range(2):
            self.call("--count", "2", "--seed", "3", "--json")
            drawn.append(list(self.results()))
        self.assertEqual(drawn[0], drawn[1])
        self.assertEqual(len(drawn[0]), 2)
        self.assertEqual(self.call("--all", "--json"), 1)
        self.assertEqual(len(self.results()), 6)

    def test_wrong_use(self):
        for arguments in (["nobody"], ["--count", "0"], ["--table", "none.py"]):
            self.assertEqual(self.call(*arguments), 2, arguments)


class OwnList(unittest.TestCase):
    def test_every_text_occurs_once(self):
        listed = subprocess.run([sys.executable, "-B", ROOT / "tools/mutants", "--list", "--json"],
                                capture_output=True, text=True, timeout=50, check=True)
        mutants = json.loads(listed.stdout)["mutants"]
        self.assertGreaterEqual(len(mutants), 25)
        for mutant in mutants:
            text = (ROOT / mutant["file"]).read_text()
            self.assertEqual(text.count(mutant["old"]), 1, mutant["name"])
            self.assertNotEqual(mutant["old"], mutant["new"])


if __name__ == "__main__":
    unittest.main()
