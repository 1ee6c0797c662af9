"""`glint learn` and what it leaves, by the reference; on OpenGL ES where there is a driver."""

import pathlib
import shutil
import unittest

import fixtures
from fixtures import GlintTest, event_model, label_model, picture

MODEL = fixtures.ROOT / "assets/models/digit_features.glint"
DIGITS = fixtures.ROOT / "assets/digits"
REFERENCE = ("--backend", "reference")


class Learn(GlintTest):
    def folders(self, *names, count=6):
        """The first pictures of some digits, in folders of their own."""
        for name in names:
            target = self.folder / name
            target.mkdir(exist_ok=True)
            for png in sorted((DIGITS / name).iterdir())[:count]:
                shutil.copy(png, target)
        return [self.folder / name for name in names]

    def learn(self, *folders, flags=(), model=MODEL, name="learned.glint"):
        return self.json("learn", model, *folders, "-o", self.folder / name, *flags)


class Reference(Learn):
    def test_the_demo_reaches_its_figure(self):
        report = self.learn(*sorted(DIGITS.iterdir()), flags=("--held-out", "0.667", *REFERENCE))
        self.assertEqual(report["classes"], ["6", "7", "8", "9"])
        self.assertEqual((report["learned"], report["held_out"]), (80, 160))
        points = {point["examples"]: point for point in report["points"]}
        self.assertEqual(list(points), [1, 2, 5, 10, 20])
        self.assertGreaterEqual(points[20]["accuracy"], 0.95 * points[20]["nearest_neighbour"])
        self.assertGreater(points[20]["accuracy"], 0.8)
        plot = pathlib.Path(report["plot"])
        self.assertEqual(plot, self.folder / "learned.png")
        self.assertEqual(fixtures.size_of(plot), (640, 400))

    def test_a_picture_is_named(self):
        folders = self.folders("6", "8")
        report = self.learn(*folders, flags=("--held-out", 0, *REFERENCE))
        self.assertEqual(report["points"], [])
        self.assertFalse((self.folder / "learned.png").exists())
        for name in ("6", "8"):
            run = self.json("run", self.folder / "learned.glint", self.folder / name / "001.png", *REFERENCE)
            self.assertEqual([label["label"] for label in run["labels"]][0], name)
            self.assertEqual(len(run["labels"]), 2)
            # Its own neuron has all of its ones.
            self.assertEqual(run["labels"][0]["score"], report["num_weights"])
        summary = self.done("summary", self.folder / "learned.glint", *REFERENCE)
        self.assertIn("whatever is learned", self.done("summary", self.folder / "learned.glint", "--ranges"))
        self.assertIn("Learning Summary", summary)

    def test_the_same_again_is_the_same(self):
        folders = self.folders("7", "9")
        for name in ("a.glint", "b.glint"):
            self.learn(*folders, flags=REFERENCE, name=name)
        self.learn(*folders, flags=("--seed", 5, *REFERENCE), name="c.glint")
        a, b, c = ((self.folder / f"{name}.glint").read_bytes() for name in "abc")
        self.assertEqual(a, b)
        self.assertNotEqual(a, c)

    def test_more_classes_later(self):
        six, seven = self.folders("6", "7")
        first = self.learn(six, flags=REFERENCE, name="first.glint")
        second = self.learn(seven, flags=REFERENCE, model=self.folder / "first.glint", name="second.glint")
        self.assertEqual(first["classes"], ["6"])
        self.assertEqual(second["classes"], ["6", "7"])
        # A class that is known has learned more; the figures are of this folder's pictures.
        again = self.learn(six, flags=REFERENCE, model=self.folder / "second.glint", name="again.glint")
        self.assertEqual((again["classes"], again["learned"], again["held_out"]), (["6", "7"], 4, 2))
        self.assertEqual(again["neurons_per_class"], second["neurons_per_class"])
        for name in ("6", "7"):
            run = self.json("run", self.folder / "second.glint", self.folder / name / "000.png", *REFERENCE)
            self.assertEqual(run["labels"][0]["label"], name)
        self.fails("learn", self.folder / "first.glint", seven, "-o", self.folder / "x.glint",
                   "--neurons", 3, status=2, words=["--neurons"])
        self.fails("learn", self.folder / "first.glint", seven, "-o", self.folder / "x.glint",
                   "--competition", 0, status=2, words=["--competition"])

    def test_pictures_of_any_size_and_number(self):
        wide, tall = self.folder / "wide", self.folder / "tall"
        for folder, size, count in ((wide, (90, 31), 1), (tall, (40, 120), 4)):
            folder.mkdir()
            for i in range(count):
                picture(folder / f"{i}.png", *size, seed=i)
        # Of a single picture none is held out.
        report = self.learn(wide, tall, flags=REFERENCE)
        self.assertEqual((report["learned"], report["held_out"]), (4, 1))
        self.assertEqual([point["examples"] for point in report["points"]], [1, 2, 3])

    def test_errors(self):
        six, seven = self.folders("6", "7", count=2)
        output = self.folder / "o.glint"

        def refused(*arguments, words, status=1):
            self.fails("learn", *arguments, "-o", output, *REFERENCE, words=words, status=status)
            self.assertFalse(output.exists())

        empty = self.folder / "empty"
        empty.mkdir()
        refused(MODEL, six, empty, words=[empty, "holds no picture"])
        refused(MODEL, self.folder / "none", words=[self.folder / "none", "no such folder"])
        refused(self.folder / "none.glint", six, words=["none.glint"])
        refused(MODEL, six, six, words=["a second folder called '6'"])
        suited = "assets/models/digit_features.glint"
        refused(label_model(self.folder / "l.glint"), six, words=["1-bit features", "act_bits 1", suited])
        refused(event_model(self.folder / "e.glint"), six, words=["how a picture becomes its input", suited, "Akida 1.0"])
        refused(MODEL, six, "--num-weights", 257, words=["num_weights is 257, legal: 1 to 256"])
        refused(MODEL, six, "--plot", "plot.gif", status=2, words=["--plot", "png"])
        refused(MODEL, six, "--held-out", 2, status=2, words=["--held-out"])
        self.fails("learn", MODEL, six, "-o", self.folder / "nowhere/o.glint", words=["nowhere", "does not exist"])
        bad = seven / "0.png"
        bad.write_bytes(b"no picture")
        refused(MODEL, six, seven, words=[bad, "--skip-unreadable"])
        result = self.glint("learn", MODEL, six, seven, "-o", output, *REFERENCE, "--skip-unreadable")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(f"skipped: {bad}", result.stderr)
        self.fails("learn", MODEL, six, "-o", output, *REFERENCE, words=[output, "exists", "--force"])
        self.done("learn", MODEL, six, "-o", output, *REFERENCE, "--force")

    def test_outputs_have_names_of_their_kind(self):
        (six,) = self.folders("6")
        for name in ("o.png", "o", "o.glint.txt", ".glint"):
            output = self.folder / name
            self.fails("learn", MODEL, six, "-o", output, *REFERENCE, status=2, words=[output, "written as .glint"])
            self.assertFalse(output.exists())
        # One file by two names.
        plot, output = self.folder / "o.png", self.folder / "o.glint"
        output.touch()
        plot.symlink_to(output)
        self.fails("learn", MODEL, six, "-o", output, "--force", *REFERENCE, words=["-o and --plot", "same file"])

    def test_doubtful_input_is_noted(self):
        def notes(*folders, flags=()):
            result = self.glint("learn", MODEL, *folders, "-o", self.folder / "o.glint", "--force", *flags, *REFERENCE)
            self.assertEqual(result.returncode, 0, result.stderr)
            return [line.removeprefix("glint: note: ") for line in result.stderr.splitlines()]

        six, seven = self.folders("6", "7")
        self.assertEqual(notes(six, seven), [])
        self.assertEqual(notes(six), ["'6' is the only class: every picture will be named so"])
        (undrawn,) = notes(six, seven, flags=("--held-out", 0, "--plot", self.folder / "p.png"))
        self.assertIn(f"--plot {self.folder / 'p.png'} is not written", undrawn)
        self.assertFalse((self.folder / "p.png").exists())
        twin = self.folder / "twin"
        shutil.copytree(six, twin)
        self.assertEqual(notes(six, seven, twin), ["6 pictures are the same in '6' and 'twin'"])
        large = self.folder / "large"
        large.mkdir()
        picture(large / "0.png", 90, 31)
        resized, single = notes(six, large)
        self.assertIn("of 7 pictures 1 had another size", resized)
        self.assertIn("'large' has 1 picture: none is held out", single)

    def test_the_example_of_the_help_works(self):
        example = self.done("learn", "--help").split("Example: glint ")[1].split()
        output = example.index("-o") + 1
        for read in example[1:output - 1]:
            self.assertTrue((fixtures.ROOT / read).exists(), read)
        command = [fixtures.ROOT / word if "/" in word else word for word in example[:output]]
        self.done(*command, self.folder / example[output], *REFERENCE)

    def test_what_is_read_stays(self):
        (six,) = self.folders("6")
        model = self.folder / "model.glint"
        shutil.copy(MODEL, model)
        link, plot = self.folder / "link.glint", self.folder / "plot.png"
        link.symlink_to(model)
        plot.symlink_to(model)
        sample = six / "000.png"
        before = model.read_bytes(), sample.read_bytes()

        def refused(written, *flags):
            self.fails("learn", model, six, *flags, *REFERENCE, words=[written, "would overwrite what is read"])
            self.assertEqual((model.read_bytes(), sample.read_bytes()), before)

        for output in (model, link, six / "../model.glint"):
            refused(output, "-o", output)
            refused(output, "-o", output, "--force")
        for drawn in (plot, sample, self.folder / "6/../6/000.png"):
            refused(drawn, "-o", self.folder / "o.glint", "--plot", drawn, "--force")


class Gpu(Learn):
    def setUp(self):
        super().setUp()
        result = self.glint("info")
        if result.returncode != 0:
            self.skipTest(result.stderr.strip())

    def test_learned_on_the_gpu_is_learned_the_same(self):
        folders = self.folders("6", "7", count=4)
        expected = self.learn(*folders, flags=REFERENCE, name="reference.glint")
        for es in (3, 2):
            report = self.learn(*folders, flags=("--es", es), name=f"es{es}.glint")
            self.assertEqual(report["points"], expected["points"])
            self.assertEqual((self.folder / f"es{es}.glint").read_bytes(),
                             (self.folder / "reference.glint").read_bytes())


if __name__ == "__main__":
    fixtures.main()
