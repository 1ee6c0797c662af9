"""The command on OpenGL ES. Skipped where there is no driver."""

import json
import unittest

import fixtures
from fixtures import GlintTest, label_model, picture, size_of, zoom_model


class Gpu(GlintTest):
    def setUp(self):
        super().setUp()
        result = self.glint("info")
        if result.returncode != 0:
            self.skipTest(result.stderr.strip())
        self.model = zoom_model(self.folder / "m.glint")

    def test_info(self):
        report = self.json("info")
        self.assertTrue(report["self_test_passed"])
        self.assertTrue(report["devices"])
        usable = next(d for d in report["devices"] if d["usable"])
        self.assertEqual(self.json("info", "--device", usable["index"])["device"], usable["device"])
        self.assertEqual(self.json("info", "--draw-buffers", 2)["limits"]["draw_buffers"], 2)
        error = self.json("info", "--device", "no such device", status=1)
        self.assertIn("no such device", error["error"])

    def test_tiles_change_nothing(self):
        for width, height in ((133, 70), (64, 200)):
            png = picture(self.folder / "p.png", width, height)
            results = set()
            for tile in (32, 33, 50, 1024):
                out = self.folder / f"{tile}.png"
                report = self.json("run", self.model, png, "-o", out, "--tile", tile, "--check",
                                   "--repeat", 1)
                self.assertEqual(report["tiles"] > 1, tile < 1024)
                self.assertTrue(report["agree"])
                self.assertEqual(report["checked_values"], 4 * width * height)
                self.assertEqual(size_of(out), (2 * width, 2 * height))
                results.add(out.read_bytes())
            out = self.folder / "reference.png"
            self.done("run", self.model, png, "-o", out, "--backend", "reference")
            results.add(out.read_bytes())
            self.assertEqual(len(results), 1)

    def test_placements_and_draw_buffers_change_nothing(self):
        png = picture(self.folder / "p.png", 41, 29)
        results = set()
        for flags in (("--placement", "inline"), ("--placement", "uniform"),
                      ("--placement", "texture"), ("--draw-buffers", 1), ("--no-cache",)):
            out = self.folder / "o.png"
            self.done("run", self.model, png, "-o", out, "--check", *flags)
            results.add(out.read_bytes())
        self.assertEqual(len(results), 1)

    def test_report(self):
        png = picture(self.folder / "p.png", 100, 60)
        text = self.done("run", self.model, png, "-o", self.folder / "o.png", "--compare",
                         self.folder / "c.png", "--check")
        for words in ("100x60 -> 200x120", "GPU and reference agree on all 24,000 values",
                      "all on the GPU", "ms a frame", "first result"):
            self.assertIn(words, text)
        report = self.json("run", self.model, png)
        self.assertEqual([layer["backend"] for layer in report["layers"]], ["hardware"] * 2)

    def test_labels_equal_those_of_the_reference(self):
        model = label_model(self.folder / "l.glint")
        png = picture(self.folder / "p.png", 16, 16)
        gpu = self.json("run", model, png, "--check")
        self.assertEqual(gpu["labels"],
                         self.json("run", model, png, "--backend", "reference")["labels"])

    def test_verify(self):
        folder = fixtures.ROOT.parent / "shared/data/akida/v2"
        if not folder.is_dir():
            folder = fixtures.ROOT / "tests/data"
        report = self.json("verify", folder)
        self.assertEqual(report["failed"], 0, [v for v in report["vectors"] if v["verdict"] == "failed"])
        self.assertGreater(report["passed"], 0)
        for vector in report["vectors"]:
            self.assertEqual(vector["verdict"] == "skipped", bool(vector.get("detail")))

    def test_bench(self):
        keys = ("device", "gmacs", "macs", "median_ms", "p10_ms", "p90_ms", "compile_ms", "passes",
                "programs")
        report = self.json("bench", self.model, "--size", "64x48")
        for row in (report, *report["layers"]):
            for key in keys:
                self.assertIn(key, row)
        self.assertEqual(report["macs"], 48 * 64 * (54 + 96))
        for spec, macs in (("Conv2D,k=3,in=8,out=8,size=16,stride=2", 9 * 64 * 256),
                           ("DepthwiseConv2D,k=3,in=8,size=16", 9 * 8 * 256),
                           ("Conv2DTranspose,k=3,in=4,out=4,size=16", 9 * 16 * 64),
                           ("InputConv2D,in=3,out=8,size=16,placement=inline", 27 * 8 * 256),
                           ("Dense1D,in=64,out=10", 640),
                           ("InputConvolutional,in=3,out=4,size=16,stride=2", 27 * 4 * 256),
                           ("Convolutional,in=8,out=8,size=16", 9 * 64 * 256),
                           ("SeparableConvolutional,in=8,out=8,size=16", (9 * 8 + 64) * 256),
                           ("FullyConnected,in=64,out=10", 640)):
            with self.subTest(spec=spec):
                report = self.json("bench", "--layer", spec)
                self.assertEqual(report["macs"], macs)
                for key in keys:
                    self.assertIn(key, report)

        report = self.json("bench", self.model, "--size", "64x48", "--seconds", 0.1)
        self.assertIn("a flush", report["timed"])
        self.assertAlmostEqual(report["layers_ms"], sum(r["median_ms"] for r in report["layers"]),
                               delta=0.9 * report["layers_ms"])
        self.assertGreater(report["layer_share"], 0)

    def test_bench_of_a_description(self):
        layers = [{"name": "i", "type": "InputData", "params": {"input_shape": [8, 8, 4], "input_bits": 8}},
                  {"name": "c", "type": "Conv2D", "inbounds": ["i"],
                   "params": {"filters": 8, "kernel_size": 3}}]
        path = self.folder / "d.json"
        path.write_text(json.dumps({"format": 1, "random": {"seed": 1}, "layers": layers}))
        report = self.json("bench", path, "--seconds", 0.1)
        self.assertEqual([row["name"] for row in report["layers"]], ["i (InputData)", "c (Conv2D)"])
        self.assertIn("not timed", report["layers"][0]["device"])
        self.assertEqual(report["macs"], 9 * 32 * 64)

    def test_trace(self):
        path = self.folder / "t.json"
        report = self.json("bench", self.model, "--size", "32x32", "--trace", path)
        trace = json.loads(path.read_text())
        self.assertEqual(report["events"], len(trace["traceEvents"]))
        self.assertEqual(report["timing"], trace["otherData"]["timing"])
        spans = [e for e in trace["traceEvents"] if e["ph"] == "X"]
        for span in spans:
            self.assertGreaterEqual(span["dur"], 0)
        frames = [e for e in spans if e["cat"] == "frame"]
        self.assertGreater(len(frames), 5)
        for category, name in (("draw", "first"), ("draw", "up"), ("upload", "upload first"),
                               ("read-back", "read back up")):
            steps = [e for e in spans if e["cat"] == category and e["name"] == name]
            self.assertEqual(len(steps), len(frames), name)
            for step, frame in zip(steps, frames):  # each within its frame
                self.assertLessEqual(frame["ts"], step["ts"])
                self.assertLessEqual(step["ts"] + step["dur"], frame["ts"] + frame["dur"])
        waits = [e for e in spans if e["cat"] in ("wait", "gpu")]
        self.assertEqual(len(waits), 2 * len(frames))
        self.assertTrue([e for e in spans if e["cat"] == "compile"])
        error = self.json("bench", self.model, "--trace", self.folder / "none" / "t.json", status=1)
        self.assertIn("none/t.json", error["error"])

    def test_tune(self):
        cache = self.folder / "cache"
        report = self.json("bench", self.model, "--size", "16x16", "--tune", "--cache", cache,
                           "--seconds", 20)
        self.assertEqual([row["layers"] for row in report["layers"]], ["first", "up"])
        for row in report["layers"]:
            for key in ("rules", "rules_ms", "chosen", "chosen_ms"):
                self.assertTrue(row[key], key)
        kept = list(cache.glob("*.tuned.json"))
        self.assertEqual([str(path) for path in kept], [report["kept"]] if report["kept"] else [])
        for size in ("16x16", "24x8"):
            again = self.json("bench", self.model, "--size", size, "--cache", cache, "--seconds", 0.1)
            self.assertEqual(again["tuned"], bool(kept))
        if not kept:  # the rules were as fast
            return
        forced = self.json("bench", self.model, "--cache", cache, "--placement", "uniform",
                           "--seconds", 0.1)
        self.assertFalse(forced["tuned"])
        png = picture(self.folder / "p.png", 40, 30)
        self.assertTrue(self.json("run", self.model, png, "--cache", cache, "--check")["agree"])
        kept[0].write_text(kept[0].read_text()[:-20])
        damaged = self.json("bench", self.model, "--cache", cache, "--seconds", 0.1)
        self.assertFalse(damaged["tuned"])

    def test_tune_wrong_use(self):
        for flags in (("--placement", "inline"), ("--texels", "rgba8"), ("--no-cache",),
                      ("--backend", "reference"), ("--trace", "t.json")):
            result = self.glint("bench", self.model, "--tune", *flags)
            self.assertEqual(result.returncode, 2, flags)

    def test_startup(self):
        report = self.json("bench", "--startup", self.model, "--size", "32x32")
        self.assertGreater(report["cold_ms"], 0)
        self.assertGreater(report["warm_ms"], 0)
        self.assertGreater(report["warm_programs_compiled"] + report["warm_programs_loaded"], 0)
        if self.json("info")["limits"]["program_binary"]:
            self.assertEqual(report["warm_programs_compiled"], 0)

    def test_event_networks_and_counts_equal_the_reference(self):
        net = fixtures.event_model(self.folder / "net.glint")
        recording = fixtures.evt2(self.folder / "a.raw",
                                  [(i * 30, i * 7 % 8, i * 5 % 6, i // 3 % 2) for i in range(400)])
        expected = self.json("events", net, recording, "--backend", "reference")["spikes"]
        for es in ("2", "3"):
            report = self.json("events", net, recording, "--check", "--count-on-gpu", "--es", es)
            self.assertEqual(report["spikes"], expected)
            self.assertEqual(report["checked_values"], 3 * len(expected))


if __name__ == "__main__":
    fixtures.main()
