"""tools/bench on made-up measurements: which rounds count, what is met, what is said."""

import contextlib
import importlib.machinery
import importlib.util
import io
import json
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
_loader = importlib.machinery.SourceFileLoader("bench", str(ROOT / "tools/bench"))
_spec = importlib.util.spec_from_loader("bench", _loader)
bench = importlib.util.module_from_spec(_spec)
sys.modules["bench"] = bench
_loader.exec_module(bench)


class Fake(bench.Bench):
    """Answers for glint and floor: floor reaches 40 GMAC/s in one variant, 10 in the other."""

    def __init__(self, rates, **options):
        defaults = {"quick": False, "rounds": len(rates), "seconds": 1, "floor_seconds": 1,
                    "glint": pathlib.Path("glint")}
        super().__init__(bench.argparse.Namespace(**{**defaults, **options}))
        self.rates, self.round, self.asked = rates, -1, []

    def say(self, text):
        pass

    def build_floor(self):
        return "floor"

    def call(self, *command):
        if command[0] == "floor":
            self.round += 1  # the first call fills the caches
            lines = [f"{shape} {variant}   7" for _, shape, _, _, _ in bench.SHAPES
                     for variant in ("u 1  10.00", "n 4  40.00")]
            return "# a driver\n" + "\n".join(lines)
        return "{}"

    def glint(self, *arguments):
        self.asked.append(arguments)
        if arguments[0] == "info":
            return {"device": "d", "driver": "v", "version": "0", "es": "3.2"}
        if "--startup" in arguments:
            return {"cold_ms": 1700, "warm_ms": 60, "warm_programs_compiled": 0,
                    "warm_programs_loaded": 4}
        rate = self.rates[max(self.round - 1, 0)]
        return {"gmacs": rate, "median_ms": 3.0, "passes": 7, "layer_share": 0.5}


class Tests(unittest.TestCase):
    def setUp(self):
        self.folder, bench.FOLDER = bench.FOLDER, pathlib.Path("/nonexistent")
        self.addCleanup(setattr, bench, "FOLDER", self.folder)

    def figures(self, fake):
        return {figure.what: figure for figure in fake.figures}

    def test_medians_of_ratios_against_the_best_variant(self):
        fake = Fake([36, 44, 4])  # one round was disturbed
        fake.info = fake.glint("info")
        fake.kernels()
        figures = self.figures(fake)
        self.assertEqual(figures["3x3, 32 to 32, 256x256"].value, 0.9)
        self.assertFalse(figures["3x3, 32 to 32, 256x256"].met())  # at least 1.0
        self.assertTrue(figures["1x1, 64 to 64, 128x128"].met())   # at least 0.9
        self.assertIn("36.0 against 40.0 GMAC/s (n4)", figures["1x1, 64 to 64, 128x128"].detail)
        # 3 ms against the 603,979,776 multiply-accumulates of 3x3 at 40 GMAC/s.
        whole = figures["mobilenet025_160, time against that of 3x3"]
        self.assertAlmostEqual(whole.value, 3 / (603979776 / 40e6), places=6)
        self.assertTrue(whole.met())

    def test_networks_and_starts(self):
        fake = Fake([1])
        fake.info = fake.glint("info")
        fake.networks()
        fake.starts()
        figures = self.figures(fake)
        self.assertEqual(figures["unet_64"].value, 0.5)
        self.assertFalse(figures["unet_64"].met())
        self.assertIsNone(figures["glint info"].met())
        self.assertTrue(figures["zoom2x 320x240, empty caches"].met())      # 2000 ms
        self.assertFalse(figures["mobilenet025_160, empty caches"].met())  # 1600 ms
        self.assertTrue(figures["mobilenet025_160, filled caches"].met())
        quick = Fake([1], quick=True)
        quick.networks()
        self.assertNotIn("wide_deep", self.figures(quick))
        self.assertTrue(any("wide_deep" in line for line in quick.skipped))

    def test_reports(self):
        fake = Fake([40])
        fake.info = fake.glint("info")
        fake.kernels()
        machine = fake.machine()
        for report in (bench.print_table, bench.print_markdown):
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                report(fake, machine, "1.0")
            for words in ("depthwise 3x3", "at least 0.900", "met", "(n4)", "load"):
                self.assertIn(words, out.getvalue())
        json.dumps(fake.samples)

    def test_a_failure_names_the_command(self):
        real = Fake([1])
        with self.assertRaises(bench.Failure) as caught:
            bench.Bench.call(real, sys.executable, "-c", "import sys; sys.exit('no driver')")
        self.assertIn("no driver", str(caught.exception))
        self.assertIn(sys.executable, str(caught.exception))


if __name__ == "__main__":
    unittest.main()
