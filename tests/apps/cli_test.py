"""The command without OpenGL: help, errors, exit statuses, and the reference backend."""

import json
import struct
import unittest

import fixtures
from fixtures import GlintTest, label_model, picture, size_of, zoom_model

COMMANDS = ("info", "run", "stream", "learn", "events", "summary", "layers", "verify", "bench",
            "shaders")


class Use(GlintTest):
    def test_version_and_help(self):
        self.assertRegex(self.done("--version"), r"^glint \d+\.\d+\.\d+\n$")
        for text in (self.done("--help"), self.done("help")):
            for command in COMMANDS:
                self.assertIn(command, text)

    def test_each_command_has_help_with_an_example(self):
        for command in COMMANDS:
            for text in (self.done(command, "-h"), self.done("help", command)):
                self.assertIn("Example", text)
                self.assertIn("--json", text)

    def test_wrong_use(self):
        model = zoom_model(self.folder / "m.glint")
        png = picture(self.folder / "p.png", 16, 16)
        for arguments in (
                (), ("nonsense",), ("help", "nonsense"), ("run",), ("run", model), ("run", model, png, "--nonsense"),
                ("run", model, png, "-o", "a.gif"), ("run", model, png, "--tile", "1"),
                ("run", model, png, "--check", "--backend", "reference"),
                ("summary", model, "--size", "12x"), ("summary", model, "--backend", "tpu"),
                ("bench",), ("bench", "--layer", "Conv9D"), ("bench", "--layer", "Conv2D,k=x"),
                ("bench", "--layer", "Conv2D,q=3"), ("bench", model, "--layer", "Conv2D"),
                ("shaders", model), ("run", model, png, "--cache", "a", "--no-cache")):
            with self.subTest(arguments=arguments):
                self.fails(*arguments, status=2)
        self.fails("info", "--es", "4", status=2, words=["legal: 2, 3"])

    def test_no_driver_is_explained(self):
        model = zoom_model(self.folder / "m.glint")
        png = picture(self.folder / "p.png", 16, 16)
        nowhere = str(self.folder / "libEGL-missing.so")
        for arguments in (("info",), ("run", model, png), ("bench", model), ("verify", model)):
            with self.subTest(arguments=arguments):
                self.fails(*arguments, GLINT_EGL_LIBRARY=nowhere, words=["libegl1", nowhere])
        for arguments in (("summary", model), ("shaders", model, "--out", self.folder / "s"),
                          ("run", model, png, "--backend", "reference")):
            with self.subTest(arguments=arguments):
                result = self.glint(*arguments, GLINT_EGL_LIBRARY=nowhere)
                self.assertEqual(result.returncode, 0, result.stderr)


class Errors(GlintTest):
    def setUp(self):
        super().setUp()
        self.model = zoom_model(self.folder / "m.glint")
        self.png = picture(self.folder / "p.png", 20, 16)

    def run_fails(self, model, png, *words):
        self.fails("run", model, png, "--backend", "reference", words=words)

    def test_pictures(self):
        self.run_fails(self.model, self.folder / "none.png", self.folder / "none.png")
        self.run_fails(self.model, picture(self.folder / "s.png", 8, 8), "8x8", "too small", "16x16")
        self.run_fails(self.model, picture(self.folder / "l.png", 4097, 16, 1), "too large", "4096")
        cut = self.folder / "cut.png"
        cut.write_bytes(self.png.read_bytes()[:-40])
        self.run_fails(self.model, cut, cut, "truncated")
        other = self.folder / "text.png"
        other.write_text("not a picture")
        self.run_fails(self.model, other, other, "neither a PNG nor a JPEG")

    def test_models(self):
        self.run_fails(self.folder / "none.glint", self.png, "none.glint")
        bad = self.folder / "bad.glint"
        whole = self.model.read_bytes()
        for contents in (b"", whole[:5], whole[:100], whole[:-1], whole + b"x", b"\xff" * 64):
            bad.write_bytes(contents)
            with self.subTest(length=len(contents)):
                self.run_fails(bad, self.png, bad)
        bad.write_bytes(whole.replace(b'Conv2DTranspose', b'Conv2DTransparent'[:15]))
        self.run_fails(bad, self.png, bad, "up")

    def test_outputs(self):
        self.fails("run", self.model, self.png, "-o", self.folder / "no" / "a.png",
                   words=["does not exist"])
        self.fails("run", label_model(self.folder / "l.glint"), self.png, "-o",
                   self.folder / "a.png", "--backend", "reference", words=["makes numbers"])

    def test_json_errors_are_json(self):
        error = self.json("summary", self.folder / "none.glint", status=1)
        self.assertIn("none.glint", error["error"])

    def test_vectors(self):
        self.fails("verify", self.folder / "nowhere", words=["nowhere"])
        empty = self.folder / "empty"
        empty.mkdir()
        result = self.glint("verify", "--backend", "reference", empty)
        self.assertEqual(result.returncode, 1)
        self.assertIn("0 passed, 0 failed, 0 skipped", result.stdout)


class Reference(GlintTest):
    def setUp(self):
        super().setUp()
        self.model = zoom_model(self.folder / "m.glint")

    def test_pictures_are_doubled(self):
        for width, height, channels in ((16, 16, 1), (37, 21, 3), (150, 131, 4), (40, 17, 2)):
            png = picture(self.folder / "p.png", width, height, channels)
            out = self.folder / "o.png"
            report = self.json("run", self.model, png, "-o", out, "--compare",
                               self.folder / "c.png", "--backend", "reference")
            self.assertEqual(size_of(out), (2 * width, 2 * height))
            self.assertEqual(report["output_size"], f"{2 * width}x{2 * height}")
            self.assertGreater(report["frame_ms"], 0)

    def test_labels(self):
        png = picture(self.folder / "p.png", 48, 32)
        result = self.glint("run", label_model(self.folder / "l.glint"), png, "--backend",
                            "reference", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("resized", result.stderr)
        labels = json.loads(result.stdout)["labels"]
        self.assertEqual(len(labels), 5)
        scores = [label["score"] for label in labels]
        self.assertEqual(scores, sorted(scores, reverse=True))

    def test_numbers_in_and_out(self):
        npy, out = self.folder / "a.npy", self.folder / "b.npy"
        header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (2, 18, 20, 1), }\n"
        npy.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
                        + bytes(i % 256 for i in range(720)))
        report = self.json("run", self.model, npy, "-o", out, "--backend", "reference")
        self.assertEqual(report["outputs"]["up"], "int8 [2, 36, 40, 1]")
        self.assertEqual(len(out.read_bytes()) % 64, 2 * 36 * 40 % 64)
        tensors = self.folder / "a.safetensors"
        fixtures.safetensors(tensors, {"in/first": ("U8", [1, 18, 20, 1], bytes(360))}, {})
        self.done("run", self.model, tensors, "-o", self.folder / "b.safetensors", "--backend",
                  "reference")
        self.fails("run", label_model(self.folder / "l.glint"), npy, "--backend", "reference",
                   words=["[18, 20, 1]", "[16, 16, 3]"])

    def test_summary(self):
        text = self.done("summary", self.model, "--ranges", "--size", "50x40")
        for word in ("first (InputConv2D)", "[40, 50, 6]", "(4, 4, 6, 1)", "Hardware", "|sum| <="):
            self.assertIn(word, text)
        report = self.json("summary", self.model)
        self.assertEqual([layer["name"] for layer in report["layers"]], ["first", "up"])
        self.assertEqual(report["macs"], 32 * 32 * (54 + 96))
        self.assertEqual({layer["backend"] for layer in report["layers"]}, {"Hardware"})
        report = self.json("summary", self.model, "--backend", "reference")
        self.assertEqual({layer["backend"] for layer in report["layers"]}, {"Software"})

    def test_layers(self):
        report = {layer["type"]: layer for layer in self.json("layers")["layers"]}
        self.assertEqual(report["Conv2D"]["es2"], "exact")
        self.assertEqual(report["Dequantizer"]["es3"], "host edge")
        text = self.done("layers")
        for kind in report:
            self.assertIn(kind, text)
        page = fixtures.ROOT / "docs/layers.md"
        self.assertEqual(self.done("layers", "--markdown"), page.read_text(),
                         f"stale; glint layers --markdown > {page}")

    def test_shaders(self):
        out = self.folder / "shaders"
        report = self.json("shaders", self.model, "--out", out, "--draw-buffers", "1")
        self.assertEqual(report, json.loads((out / "manifest.json").read_text()))
        for program in report["programs"]:
            self.assertIn("#version 300 es", (out / program["file"]).read_text())
            self.assertEqual(program["targets"], 1)
        files = {program["file"] for program in report["programs"]}
        self.assertTrue(all(draw["program"] in files for draw in report["draws"]))
        again = self.folder / "again"
        self.done("shaders", self.model, "--out", again, "--draw-buffers", "1")
        for file in files:
            self.assertEqual((out / file).read_bytes(), (again / file).read_bytes())

    def test_bench(self):
        report = self.json("bench", "--layer", "Conv2D,k=3,in=4,out=4,size=16", "--backend",
                           "reference")
        self.assertEqual(report["macs"], 9 * 4 * 4 * 256)
        self.assertGreater(report["gmacs"], 0)
        self.assertLessEqual(report["p10_ms"], report["p90_ms"])

    def test_verify(self):
        report = self.json("verify", "--backend", "reference", fixtures.ROOT / "tests/data")
        self.assertEqual(report["failed"], 0)
        self.assertGreater(report["passed"], 0)
        vector = next((fixtures.ROOT / "tests/data").rglob("*.safetensors"))
        damaged = self.folder / "damaged.safetensors"
        damaged.write_bytes(vector.read_bytes()[:-1])
        result = self.glint("verify", "--backend", "reference", vector, damaged)
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"FAILED  {damaged}", result.stdout)
        self.assertIn("1 passed, 1 failed, 0 skipped", result.stdout)

    def test_verify_learning(self):
        folder = fixtures.ROOT.parent / "shared/data/akida/learning"
        if not folder.is_dir():
            self.skipTest(f"{folder} is not here")
        report = self.json("verify", "--backend", "reference", folder)
        self.assertEqual((report["passed"], report["failed"], report["skipped"]), (3, 0, 0))
        self.assertEqual({vector["type"] for vector in report["vectors"]}, {"AkidaUnsupervised"})
        vector = sorted(folder.glob("*.safetensors"))[0]
        other = self.folder / "other.safetensors"
        other.write_bytes(vector.read_bytes().replace(b'num_weights\\": 22', b'num_weights\\": 21'))
        result = self.glint("verify", "--backend", "reference", other)
        self.assertEqual(result.returncode, 1)
        self.assertIn("weights_init", result.stdout)


if __name__ == "__main__":
    fixtures.main()
