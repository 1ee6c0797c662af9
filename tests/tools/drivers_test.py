"""Self-test of tools/drivers and tools/conformance, with made-up packages and a made-up glint."""

import base64
import dataclasses
import hashlib
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import zipfile

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import gl_drivers  # noqa: E402


def call(script, *arguments, **environment):
    return subprocess.run([sys.executable, "-B", ROOT / "tools" / script, *map(str, arguments)],
                          capture_output=True, text=True, timeout=50, check=False,
                          env={**os.environ, **environment})


class Temporary(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)


def unpack(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


class Packages(Temporary):
    def setUp(self):
        super().setUp()
        before = gl_drivers.FOLDER
        gl_drivers.FOLDER = self.folder / "drivers"
        self.addCleanup(setattr, gl_drivers, "FOLDER", before)
        archive = self.folder / "made.zip"
        with zipfile.ZipFile(archive, "w") as out:
            out.writestr("libEGL.so", "egl")
            out.writestr("libGLESv2.so", "gles")
        digest = base64.b64encode(hashlib.sha256(archive.read_bytes()).digest()).decode()
        copy = f"import shutil; shutil.copy({str(archive)!r}, '.')"
        self.package = gl_drivers.Package(
            "made", "made-up==1", "copier", (sys.executable, "-c", copy), f"sha256-{digest}", 1,
            ("libEGL.so", "libGLESv2.so"), unpack)
        if os.uname().machine != "x86_64":
            self.skipTest("packages are for x86-64")

    def refused(self, *words, **changes):
        package = dataclasses.replace(self.package, **changes)
        with self.assertRaises(gl_drivers.Missing) as caught:
            package.fetch()
        self.assertFalse(package.there())
        for word in words:
            self.assertIn(word, str(caught.exception))
            self.assertIn(word, package.reason())
        self.assertEqual([p.name for p in gl_drivers.FOLDER.iterdir()], ["made.failed"])

    def test_fetched_once(self):
        self.assertFalse(self.package.there())
        self.assertIn("call tools/drivers", self.package.reason())
        self.package.fetch()
        self.assertTrue(self.package.there())
        self.assertEqual((self.package.path() / "libEGL.so").read_text(), "egl")
        self.assertEqual([p.name for p in gl_drivers.FOLDER.iterdir()], ["made"])

    def test_another_pin_or_a_lost_file_is_fetched_again(self):
        self.package.fetch()
        self.assertFalse(dataclasses.replace(self.package, source="made-up==2").there())
        (self.package.path() / "libGLESv2.so").unlink()
        self.assertFalse(self.package.there())
        self.package.fetch()
        self.assertTrue(self.package.there())

    def test_failures_name_their_reason(self):
        self.refused("hash", "sha256-AAAA", digest="sha256-AAAA")
        self.refused("libOther.so", files=("libOther.so",))
        self.refused("no-such-command", command=("no-such-command",))
        offline = "print('error: offline today'); print('see the log'); exit(1)"
        self.refused("copier", "offline today", command=(sys.executable, "-c", offline))
        self.package.fetch()
        self.assertFalse((gl_drivers.FOLDER / "made.failed").exists())


class Selection(Temporary):
    def test_names(self):
        result = call("drivers", "--list", "--json")
        self.assertIn(result.returncode, (0, 1), result.stderr)
        rows = json.loads(result.stdout)["drivers"]
        self.assertEqual([row["name"] for row in rows], [d.name for d in gl_drivers.DRIVERS])
        for row in rows:
            self.assertEqual(row["here"], not row["reason"])
            self.assertEqual(row["here"], bool(row["environment"]))
            self.assertLessEqual(set(row["environment"]), set(gl_drivers.SELECTORS))

    def test_what_is_not_here_is_skipped_with_the_reason(self):
        for arguments, status in ((("--run", "swiftshader", "true"), 77),
                                  (("--env", "swiftshader"), 1)):
            result = call("drivers", *arguments, GLINT_DRIVERS=str(self.folder))
            self.assertEqual(result.returncode, status)
            self.assertIn("kaleido==0.2.1 is not fetched", result.stdout + result.stderr)
        result = call("conformance", "swiftshader", "--glint", sys.executable,
                      GLINT_DRIVERS=str(self.folder))
        self.assertEqual(result.returncode, 77)
        self.assertIn("SKIPPED: swiftshader", result.stderr)

    def test_wrong_use(self):
        for arguments in (("drivers", "--env", "none"), ("drivers", "--run", "none", "true"),
                          ("drivers", "--run", "softpipe"), ("conformance", "none"),
                          ("conformance", "--glint", self.folder / "none")):
            self.assertEqual(call(*arguments).returncode, 2, arguments)


FAKE_GLINT = """
import json, os, sys
mode = os.environ["FAKE"]
if "GALLIUM_DRIVER" in os.environ: sys.exit("another driver is selected, too")
es = sys.argv[sys.argv.index("--es") + 1]
if es == "2":
    print("--es: not yet", "Run with --help", sep="\\n", file=sys.stderr)
    sys.exit(2)
if sys.argv[1] == "info":
    if mode == "self-test":
        print("driver chatter", "glint: error: codes: 1, expected 2", sep="\\n", file=sys.stderr)
        print("{}")
        sys.exit(1)
    device = "llvmpipe" if mode == "renderer" else "Google SwiftShader"
    print(json.dumps({"device": device, "driver": "OpenGL ES 3.0 SwiftShader 4.1.0.7", "es": "3.0",
                      "limits": {"draw_buffers": 8}, "workarounds": []}))
    sys.exit(0)
if mode == "crash": os.abort()
paths = [a for a in sys.argv[2:] if a.endswith(".safetensors")]
verdicts = ["failed" if mode == "wrong" and i == 0 else "passed" for i in range(len(paths))]
vectors = [{"path": p, "verdict": v, "detail": "3 is 4" if v == "failed" else ""}
           for p, v in zip(paths, verdicts)]
print(json.dumps({"passed": verdicts.count("passed"), "failed": verdicts.count("failed"),
                  "skipped": 0, "values": 7, "vectors": vectors}))
sys.exit(1 if "failed" in verdicts else 0)
"""


class Conformance(Temporary):
    def setUp(self):
        super().setUp()
        self.glint = self.folder / "glint"
        self.glint.write_text(f"#!{sys.executable}\n{FAKE_GLINT}")
        self.glint.chmod(0o755)
        package = self.folder / "drivers/swiftshader"
        package.mkdir(parents=True)
        (package / "SOURCE").write_text(gl_drivers.SWIFTSHADER.stamp())
        for name in gl_drivers.SWIFTSHADER.files:
            (package / name).touch()

    def conformance(self, mode, *arguments):
        return call("conformance", "swiftshader", "--glint", self.glint, "--vectors",
                    ROOT / "tests/data", *arguments, FAKE=mode, GALLIUM_DRIVER="zink",
                    GLINT_DRIVERS=str(self.folder / "drivers"))

    def test_equal(self):
        result = self.conformance("equal")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"swiftshader +Google SwiftShader +SwiftShader 4.1.0.7 "
                                        r"+3.0 +8 +2 +0 +0 +[0-9.]+ +equal")
        self.assertIn("refused: swiftshader, OpenGL ES 2: --es: not yet", result.stdout)
        result = self.conformance("equal", "--json", "--draw-buffers", "1,4")
        runs = json.loads(result.stdout)["runs"]
        self.assertEqual([(run["es"], run["draw_buffers"], run["result"]) for run in runs],
                         [(3, 1, "equal"), (3, 4, "equal"), (2, 1, "refused"), (2, 4, "refused")])

    def test_whatever_is_wrong_is_a_failure_and_named(self):
        for mode, words in (("wrong", "3 is 4"), ("self-test", "codes: 1, expected 2"),
                            ("renderer", "the renderer is 'llvmpipe'"), ("crash", "signal 6")):
            result = self.conformance(mode)
            self.assertEqual(result.returncode, 1, mode)
            self.assertIn("failed: swiftshader, OpenGL ES 3: ", result.stdout)
            self.assertIn(words, result.stdout)

    def test_nothing_ran(self):
        self.assertEqual(self.conformance("equal", "--es", "2").returncode, 77)


if __name__ == "__main__":
    unittest.main()
