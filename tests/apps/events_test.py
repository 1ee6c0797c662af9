"""`glint events`: recordings, and networks that run on them, on the reference backend."""

import json
import random
import struct
import unittest

import fixtures
from fixtures import GlintTest, event_model, evt2, size_of, zoom_model

SHARED = fixtures.ROOT / "../shared/data"


def noise(count, width=8, height=6, seed=1, step=20):
    """Events at random places, `step` microseconds apart."""
    rng = random.Random(seed)
    return [(1000 + i * step, rng.randrange(width), rng.randrange(height), rng.randrange(2))
            for i in range(count)]


def npy(path, events):
    """A recording of (time, x, y, polarity) that does not say how large the sensor is."""
    header = f"{{'descr': '<i8', 'fortran_order': False, 'shape': ({len(events)}, 4), }}\n".encode()
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
                     + b"".join(struct.pack("<4q", x, y, t, p) for t, x, y, p in events))
    return path


class Recordings(GlintTest):
    def test_what_is_in_a_recording(self):
        path = evt2(self.folder / "a.raw", [(100, 7, 0, 1), (1000100, 2, 5, 0), (600100, 3, 4, 1)])
        report = self.json("events", path, "--picture", self.folder / "p.png")
        self.assertEqual(report["format"], "EVT2")
        self.assertEqual(report["sensor"], "8x6")
        self.assertEqual((report["events"], report["on"], report["off"]), (3, 2, 1))
        self.assertEqual(report["duration_s"], 1.0)
        self.assertEqual(report["events_per_s"], 3.0)
        self.assertEqual((report["x"], report["y"]), ([2, 7], [0, 5]))
        self.assertEqual(report["back_in_time"], 1)
        self.assertEqual(size_of(self.folder / "p.png"), (256, 192))
        text = self.done("events", path)
        for word in ("EVT2, 8x6 pixels", "66.7 % on", "1.000000 s", "x 2 to 7, y 0 to 5", "--sort"):
            self.assertIn(word, text)

    def test_an_empty_recording(self):
        path = evt2(self.folder / "a.raw", [])
        self.assertEqual(self.json("events", path)["events"], 0)
        self.fails("events", path, "--picture", self.folder / "p.png", words=["no picture"])

    def test_damage_is_refused_or_named(self):
        path = evt2(self.folder / "a.raw", noise(50))
        path.write_bytes(path.read_bytes()[:-3])
        self.fails("events", path, words=[path, "at byte", "not a multiple of 4 bytes"])
        result = self.glint("events", path, "--up-to-damage", "--json")
        self.assertEqual(result.returncode, 0)
        self.assertIn("at byte", result.stderr)
        self.assertIn('"events": 49', result.stdout)
        self.fails("events", self.folder / "none.raw", words=["none.raw"])
        other = self.folder / "other.xyz"
        other.write_bytes(b"what is this?")
        self.fails("events", other, words=["no known recording", "AEDAT"])

    def test_columns_of_plain_numbers(self):
        header = b"{'descr': '<i4', 'fortran_order': False, 'shape': (1, 4), }\n"
        path = self.folder / "a.npy"
        path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
                         + struct.pack("<4i", 3, 4, 1, 20))
        self.fails("events", path, words=["column p holds 20"])
        report = self.json("events", path, "--columns", "xypt", "--time-unit", "1000")
        self.assertEqual(report["first_us"], 20000)
        self.fails("events", path, "--columns", "xyz", words=["'xyz'", "xytp"])

    def test_times_in_seconds(self):
        header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1, 4), }\n"
        path = self.folder / "a.npy"
        path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
                         + struct.pack("<4d", 3, 4, 0.0125, 1))
        self.fails("events", path, words=["column t holds 0.0125", "microseconds", "seconds?"])

    def test_wrong_use(self):
        path = evt2(self.folder / "a.raw", noise(5))
        net = event_model(self.folder / "n.glint")
        for arguments in ((), (path, "--plot", "p.png"), (path, "--chip", "speck2e"),
                          (path, "--picture", "p.gif"), (path, "--check"), (path, "--count-on-gpu"),
                          (net, path, "--picture", "p.png"), (net, path, "--by", "time", "0"),
                          (net, path, "--by", "count", "x"), (net, path, "--by", "day", "1"),
                          (net, path, "--crop", "8"), (net, path, "--crop", "8x6+1"),
                          (net, path, "--crop", "0x6"), (net, path, "--pool", "0"),
                          (net, path, "--check", "--backend", "reference")):
            with self.subTest(arguments=arguments):
                self.fails("events", *arguments, status=2)
        self.fails("events", net, path, "--chip", "speck2e", "--chip-config", "c.txt", status=2,
                   words=["--chip-config c.txt", ".json"])
        for option in (("--by", "time", "2"), ("--steps", "3"), ("--keep-last",), ("--pool", "2"),
                       ("--crop", "2x2"), ("--flip-x",), ("--flip-y",), ("--swap",), ("--check",),
                       ("--plot", "p.png"), ("--chip", "speck2e"), ("--count-on-gpu",),
                       ("--no-operations",)):
            with self.subTest(option=option):
                self.fails("events", path, *option, status=2, words=[option[0] + " needs a network"])
        self.fails("events", net, "--by", "time", "2", words=["this is a network"])
        self.fails("events", net, path, "--chip", "speck9", status=2,
                   words=["no chip 'speck9'", "speck2fmodule", "dynapcnndevkit"])

    def test_a_time_that_is_far_off(self):
        path = npy(self.folder / "far.npy", noise(50) + [(10**13, 1, 1, 1)])
        text = self.done("events", path)
        self.assertIn("gap       9,999,999,998,020 us without events before event 50", text)
        self.assertEqual(self.json("events", path)["longest_gap_us"], 9999999998020)
        tidy = evt2(self.folder / "a.raw", noise(50))
        self.assertNotIn("gap", self.done("events", tidy))
        net = event_model(self.folder / "n.glint")
        self.fails("events", net, path, "--backend", "reference",
                   words=["at 10000000000000 us", "number 50", "9999999998 frames", "--steps"])
        report = self.json("events", net, path, "--backend", "reference", "--steps", "5")
        self.assertEqual(report["steps"], 5)

    def test_a_network_where_a_recording_belongs(self):
        path = evt2(self.folder / "a.raw", noise(50))
        net = event_model(self.folder / "n.glint")
        self.fails("events", net, words=[net, "this is a network", "name a recording behind it"])
        for arguments in ((path, net), (path, path)):
            self.fails("events", *arguments, words=["are they swapped?"])
        self.fails("events", net, net, words=["this is a network, not a recording"])
        none = self.folder / "none.glint"
        self.assertNotIn("swapped", self.fails("events", none, path, words=[none]))

    def test_files_that_are_read_stay(self):
        path = evt2(self.folder / "a.png", noise(50))
        net = event_model(self.folder / "n.json")
        link = self.folder / "link.png"
        link.symlink_to(path)
        before = path.read_bytes(), net.read_bytes()
        reference = ("--backend", "reference")
        chip = ("--chip", "speck2e", "--chip-config")
        for arguments in ((path, "--picture", path), (path, "--picture", link),
                          (net, path, "--plot", link, *reference),
                          (net, path, *chip, net, *reference)):
            with self.subTest(arguments=arguments):
                self.fails("events", *arguments, words=["would overwrite what is read"])
        plot, config = self.folder / "plot.png", self.folder / "config.json"
        plot.write_bytes(b"")
        config.symlink_to(plot)
        self.fails("events", net, path, "--plot", plot, *chip, config, *reference,
                   words=["--plot and --chip-config name the same file"])
        self.assertEqual((path.read_bytes(), net.read_bytes()), before)


class Networks(GlintTest):
    def setUp(self):
        super().setUp()
        self.net = event_model(self.folder / "net.glint")
        self.recording = evt2(self.folder / "a.raw", noise(500))  # 9,980 us

    def run_net(self, *arguments):
        return self.json("events", self.net, self.recording, "--backend", "reference", *arguments)

    def test_steps_by_time_and_by_count(self):
        report = self.run_net("--by", "time", "1")
        self.assertEqual(report["steps"], 9)  # the tenth millisecond is not whole
        self.assertEqual(report["seconds_per_step"], 0.001)
        self.assertEqual(report["events"], 500)
        self.assertEqual(report["macs_per_step"], 288)
        self.assertEqual(len(report["spikes"]), 9)
        for c in range(3):
            self.assertEqual(sum(step[c] for step in report["spikes"]),
                             report["spikes_per_class"][c])
        totals = report["spikes_per_class"]
        self.assertEqual(report["class"], totals.index(max(totals)) if max(totals) > 0 else None)
        self.assertGreater(report["steps_per_second"], 0)
        self.assertEqual(self.run_net("--keep-last")["steps"], 10)
        self.assertEqual(self.run_net("--by", "time", "0.5")["steps"], 19)
        self.assertEqual(self.run_net("--by", "count", "120")["steps"], 4)
        self.assertEqual(self.run_net("--steps", "3")["steps"], 3)
        self.assertEqual(self.run_net("--steps", "3")["spikes"], report["spikes"][:3])
        self.assertEqual(self.run_net("--steps", "3")["events"], 150)
        self.assertEqual(self.run_net("--steps", "30")["events"], 500)

    def test_text_and_plot(self):
        plot = self.folder / "p.png"
        text = self.done("events", self.net, self.recording, "--backend", "reference", "--plot", plot)
        for word in ("500 events, 9 steps", "Class", "steps a second", "288 multiply-accumulates"):
            self.assertIn(word, text)
        self.assertEqual(size_of(plot)[0], 960)

    def test_a_sensor_that_is_larger_is_cropped_or_pooled(self):
        large = evt2(self.folder / "b.raw", [(t, 2 * x + 4, 2 * y + 2, p) for t, x, y, p in noise(500)],
                     24, 16)
        self.fails("events", self.net, large, "--backend", "reference",
                   words=[large, "24x16", "8x6", "--crop", "--pool"])
        same = self.json("events", self.net, large, "--backend", "reference", "--pool", "2",
                         "--crop", "8x6+2+1")
        self.assertEqual(same["spikes"], self.run_net()["spikes"])
        part = self.json("events", self.net, large, "--backend", "reference", "--crop", "8x6+10+5")
        self.assertGreater(part["events_left_out"], 0)
        self.fails("events", self.net, large, "--backend", "reference", "--crop", "8x6+20+5",
                   words=["not within the sensor of 24x16"])

    def test_events_outside_are_told(self):
        reference = ("--backend", "reference")
        some = npy(self.folder / "some.npy", [(0, 19, 9, 1)] + noise(100))
        result = self.glint("events", self.net, some, *reference)
        self.assertEqual(result.returncode, 0, result.stderr)
        for word in ("1 of 101 events lie outside", "they fill 20x10 pixels", "sees 8x6 at the top",
                     "--pool N", "--crop 8x6+LEFT+TOP"):
            self.assertIn(word, result.stderr)
        result = self.glint("events", self.net, some, *reference, "--crop", "8x6")
        self.assertNotIn("outside:", result.stderr)
        far = npy(self.folder / "far.npy", [(t, x + 8, y, p) for t, x, y, p in noise(100)])
        self.fails("events", self.net, far, *reference,
                   words=[far, "all 100 events lie outside: they fill 16x6", "8x6", "--crop"])
        self.fails("events", self.net, far, *reference, "--by", "count", "10", words=["all 100"])

    def test_time_begins_with_the_first_event_wherever_it_is(self):
        inside = [(t, x + 4, y, p) for t, x, y, p in noise(100)]
        late = evt2(self.folder / "l.raw", [(0, 0, 0, 1)] + inside + [(5000, 0, 0, 1)], 24, 16)
        crop = ("--backend", "reference", "--crop", "8x6+4+0")
        report = self.json("events", self.net, late, *crop)
        self.assertEqual((report["steps"], report["events_left_out"]), (5, 2))
        # Counts are those of the steps that ran: 1,000 us to the first event inside, then 50 in each.
        report = self.json("events", self.net, late, *crop, "--steps", "2")
        self.assertEqual((report["events"], report["events_left_out"]), (51, 1))

    def test_events_out_of_order(self):
        events = noise(100)
        events[60], events[10] = events[10], events[60]
        mixed = evt2(self.folder / "c.raw", events)
        self.fails("events", self.net, mixed, "--backend", "reference", words=["sort the events"])
        tidy = evt2(self.folder / "d.raw", sorted(events))
        self.assertEqual(
            self.json("events", self.net, mixed, "--backend", "reference", "--sort")["spikes"],
            self.json("events", self.net, tidy, "--backend", "reference")["spikes"])

    def test_what_does_not_go_together(self):
        other = fixtures.label_model(self.folder / "l.glint")
        self.fails("events", zoom_model(self.folder / "zoom.glint"), self.recording, "--backend",
                   "reference", words=["zoom.glint: no network of spikes", "can be negative",
                                       "InputConv2D, Conv2DTranspose", "DynapcnnLayer"])
        small = evt2(self.folder / "small.raw", noise(500, 4, 3), 4, 3)
        result = self.glint("events", self.net, small, "--backend", "reference")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("shows 4x3 pixels, the network sees 8x6", result.stderr)
        self.assertIn("no layer of the network fires", result.stderr)
        self.fails("events", other, self.recording, "--backend", "reference",
                   words=["glint events takes networks"])
        many = evt2(self.folder / "m.raw", [(1000, 1, 1, 1)] * 300 + [(3000, 1, 1, 1)])
        self.fails("events", self.net, many, "--backend", "reference",
                   words=["step 0", "300", "255", "--by"])
        short = evt2(self.folder / "s.raw", noise(3))
        self.fails("events", self.net, short, "--backend", "reference", words=["no whole step"])


def recorded(path, name):
    """The integers of a safetensors file's tensor, row by row."""
    raw = path.read_bytes()
    length = struct.unpack("<Q", raw[:8])[0]
    entry = json.loads(raw[8:8 + length])[name]
    begin, end = entry["data_offsets"]
    values = struct.unpack(f"<{(end - begin) // 4}i", raw[8 + length + begin:8 + length + end])
    width = entry["shape"][-1]
    return [list(values[i:i + width]) for i in range(0, len(values), width)]


@unittest.skipUnless((SHARED / "sinabs/sample_nmnist.bin").exists(), "../shared/data is not here")
class Recorded(GlintTest):
    net = SHARED / "sinabs/nets/nmnist_disc.safetensors"
    recording = SHARED / "sinabs/sample_nmnist.bin"

    def test_a_trained_network_gives_the_spikes_that_sinabs_recorded(self):
        report = self.json("events", self.net, self.recording, "--backend", "reference")
        self.assertEqual(report["spikes"], recorded(self.net, "output"))
        self.assertEqual(report["class"], 4)
        self.assertGreater(report["synaptic_operations_per_step"], 0)
        self.assertLess(report["synaptic_operations_per_step"], report["macs_per_step"])
        short = self.json("events", self.net, self.recording, "--backend", "reference",
                          "--no-operations", "--steps", "5")
        self.assertNotIn("synaptic_operations_per_step", short)

    def test_its_place_on_a_chip(self):
        chip = self.json("events", self.net, self.recording, "--backend", "reference", "--steps", "1",
                         "--chip", "speck2fmodule")["chip"]
        self.assertEqual([layer["core"] for layer in chip["layers"]], [0, 1, 2, 3, 4])
        self.assertEqual(chip["layers"][3]["fits"], [3, 4, 5, 6])
        self.assertEqual(chip["layers"][0]["kernel"], 1024)
        self.assertEqual(chip["problems"], [])
        config = self.folder / "config.json"
        self.done("events", self.net, self.recording, "--backend", "reference", "--steps", "1",
                  "--chip", "speck2fmodule", "--chip-config", config)
        layers = json.loads(config.read_text())["layers"]
        self.assertEqual([layer["core"] for layer in layers], [0, 1, 2, 3, 4])
        self.assertEqual(layers[0]["config"]["dimensions"]["stride"], {"x": 2, "y": 2})
        self.assertEqual(layers[1]["config"]["destinations"][0],
                         {"layer": 2, "enable": True, "pooling": 2})
        large = SHARED / "sinabs/nets/gesture_net_synth.safetensors"
        text = self.done("events", large, self.recording, "--backend", "reference", "--steps", "1",
                         "--chip", "speck2cmini:1")
        self.assertIn("No valid mapping found", text)


if __name__ == "__main__":
    fixtures.main()
