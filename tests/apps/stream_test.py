"""Films, arrays and raw steps through models that keep state: on the reference, and on OpenGL ES
where there is a driver."""

import json
import random
import struct
import subprocess
import unittest

import fixtures
from fixtures import GLINT, ROOT, GlintTest, picture, zoom_model

DIGITS = ROOT / "assets/models/digit-rows.glint"


def film(width, height, frames, colour="420jpeg", seed=1):
    """Noise, as (header, bytes of each frame)."""
    rng = random.Random(seed)
    chroma = {"420jpeg": (width + 1) // 2 * ((height + 1) // 2), "mono": 0, "444": width * height}
    size = width * height + 2 * chroma[colour]
    header = f"YUV4MPEG2 W{width} H{height} F25:1 Ip C{colour}\n".encode()
    return header, [b"FRAME\n" + rng.randbytes(size) for _ in range(frames)]


def temporal_model(path):
    """Halves, looks at the last three frames, and doubles again; luma in, luma out."""
    rng = random.Random(5)

    def weights(*shape):
        count = 1
        for extent in shape:
            count *= extent
        return "I8", list(shape), bytes(rng.randint(-20, 20) & 255 for _ in range(count))

    def shift(count, value):
        return "I8", [count], bytes([value & 255]) * count

    def layer(name, kind, inbounds, **params):
        return {"name": name, "type": kind, "params": params, "inbounds": inbounds}

    layers = [
        layer("first", "InputConv2D", [], input_shape=[8, 8, 1], filters=4, kernel_size=3,
              kernel_stride=2, padding="Same"),
        layer("time", "BufferTempConv", ["first"], filters=4, fifo_size=3),
        layer("up", "Conv2DTranspose", ["time"], filters=1, kernel_size=4, activation="NoActivation"),
    ]
    tensors = {
        "first/weights": weights(3, 3, 1, 4), "first/output_shift": shift(4, -6),
        "time/weights": weights(1, 1, 12, 4), "time/output_shift": shift(4, -5),
        "up/weights": weights(4, 4, 4, 1), "up/output_shift": shift(1, -5),
    }
    image = {"kind": "image", "colour": "luma"}
    model = {"format": 1, "layers": layers, "inputs": {"first": image},
             "outputs": {"up": {**image, "offset": 128, "scale": 1.0}}, "requires": []}
    fixtures.safetensors(path, tensors, {"glint": json.dumps(model)})
    return path


def tensors_of(path):
    """A safetensors file: {name: (dtype, shape, bytes)}."""
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    body = data[8 + length:]
    return {name: (entry["dtype"], entry["shape"], body[slice(*entry["data_offsets"])])
            for name, entry in header.items() if name != "__metadata__"}


def npy(path, shape, data):
    """An array of uint8."""
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data)
    return path


def steps_of(out):
    """The lines of scores."""
    return [line for line in out.decode().splitlines() if line.startswith("step")]


class Streams:
    """The same on each backend."""

    flags = ()

    def setUp(self):
        super().setUp()
        self.model = temporal_model(self.folder / "t.glint")

    def stream(self, *arguments, data=b""):
        """Gives exit status, standard output in bytes and standard error."""
        result = subprocess.run([GLINT, "stream", *map(str, arguments), *self.flags], input=data,
                                capture_output=True, timeout=580, env=self.environment, check=False)
        return result.returncode, result.stdout, result.stderr.decode()

    def film(self, *arguments, data=b""):
        status, out, error = self.stream(*arguments, data=data)
        self.assertEqual(status, 0, error)
        return out

    def test_a_film_through_pipes_and_files(self):
        for colour in ("420jpeg", "mono", "444"):
            header, frames = film(24, 16, 5, colour)
            data = header + b"".join(frames)
            out = self.film(self.model, data=data)
            self.assertEqual(len(out), len(data))
            self.assertTrue(out.startswith(header.replace(b" Ip", b"").strip()))
            self.assertNotEqual(out, data)
            path = self.folder / "in.y4m"
            path.write_bytes(data)
            text = self.film(self.model, path, "-o", self.folder / "o.y4m").decode()
            self.assertIn("5 steps", text)
            self.assertEqual((self.folder / "o.y4m").read_bytes(), out)
            # Chroma is as it was.
            begin, luma = len(out) - len(frames[0]) + 6, 24 * 16
            self.assertEqual(out[begin + luma:], data[begin + luma:])

    def test_a_film_in_two_parts(self):
        header, frames = film(16, 8, 7)
        whole = self.film(self.model, data=header + b"".join(frames))
        state = self.folder / "state.safetensors"
        first = self.film(self.model, "--snapshot", state, data=header + b"".join(frames[:3]))
        second = self.film(self.model, "--restore", state, data=header + b"".join(frames[3:]))
        fresh = self.film(self.model, data=header + b"".join(frames[3:]))
        line = whole.index(b"\n") + 1
        self.assertEqual(whole, first + second[line:])
        self.assertNotEqual(second, fresh)
        status, _, error = self.stream(DIGITS, "--raw", "--restore", state, data=b"")
        self.assertEqual(status, 1)
        self.assertIn(str(state), error)

    def test_resets(self):
        header, frames = film(16, 8, 3)
        apart = self.film(self.model, data=header + b"".join(frames))
        line = apart.index(b"\n") + 1
        twice = self.film(self.model, "--reset-every", 3, data=header + b"".join(frames * 2))
        self.assertEqual(twice, apart + apart[line:])

    def test_what_was_whole_is_delivered(self):
        header, frames = film(16, 8, 3)
        good = self.film(self.model, data=header + b"".join(frames[:2]))
        state, want = self.folder / "s.safetensors", self.folder / "w.safetensors"
        self.film(self.model, "--snapshot", want, data=header + b"".join(frames[:2]))
        status, out, error = self.stream(self.model, "--snapshot", state,
                                         data=header + b"".join(frames)[:-10])
        self.assertEqual(status, 1)
        self.assertEqual(out, good)
        self.assertEqual(state.read_bytes(), want.read_bytes())
        for words in ("standard input", "frame 2", "truncated", "182 of the 192 bytes"):
            self.assertIn(words, error)

    def test_errors(self):
        for data, words in (
                (b"", "empty"), (b"RIFF", "YUV4MPEG2"), (film(17, 8, 1)[0], "multiples of 2; with ffmpeg: -vf scale=18:8"),
                (b"YUV4MPEG2 W16 H8 C420p10\n", "C420p10")):
            status, out, error = self.stream(self.model, data=data)
            self.assertEqual((status, out), (1, b""), error)
            self.assertIn(words, error)
        for arguments in (("--json",), ("--reset-every", 0), ("-o", "a.png"),
                          ("--raw", "-o", "a.y4m")):
            status, _, error = self.stream(self.model, *arguments, data=film(16, 8, 1)[0])
            self.assertEqual(status, 2, error)
        self.assertIn("--raw gives steps without frames", error)

    def test_a_reader_that_goes_away(self):
        header, frames = film(64, 64, 40)
        path = self.folder / "in.y4m"
        path.write_bytes(header + b"".join(frames))
        with subprocess.Popen([GLINT, "stream", self.model, path, *self.flags],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=self.environment) as process:
            process.stdout.read(10)
            process.stdout.close()
            error = process.stderr.read().decode()
        self.assertEqual(process.returncode, 1, error)
        self.assertIn("its reader is gone", error)

    def test_pictures_in_the_order_of_their_names(self):
        folder = self.folder / "frames"
        folder.mkdir()
        for i in range(3):
            picture(folder / f"{i}.png", 16, 16, seed=i)
        out = self.film(self.model, folder)
        self.assertTrue(out.startswith(b"YUV4MPEG2 W16 H16 F30:1 C444"))
        self.assertEqual(out, self.film(self.model, *sorted(folder.iterdir())))
        self.assertEqual(len(out), out.index(b"\n") + 1 + 3 * (6 + 3 * 256))
        picture(folder / "3.png", 18, 16)
        status, _, error = self.stream(self.model, folder)
        self.assertEqual(status, 1)
        self.assertIn("3.png: is 18x16", error)

    def test_digits_row_by_row(self):
        data = tensors_of(ROOT / "tests/apps/data/digit_rows.safetensors")
        digits, labels = data["digits"][2], data["labels"][2]
        want = struct.unpack(f"<{10 * len(labels)}i", data["scores"][2])
        status, out, error = self.stream(DIGITS, "--raw", "--reset-every", 8, "--json", data=digits)
        self.assertEqual(status, 0, error)
        results = json.loads(out)["results"]
        self.assertEqual(len(results), 8 * len(labels))
        last = results[7::8]
        scores = [score for result in last for score in result["scores"]]
        self.assertEqual(scores, list(want))
        self.assertTrue(all(isinstance(score, int) for score in scores))
        right = sum(result["class"] == label for result, label in zip(last, labels))
        self.assertGreaterEqual(right, 0.95 * len(labels))
        status, out, error = self.stream(DIGITS, "--raw", data=digits[:20])
        self.assertEqual(status, 1)
        self.assertIn("step 2 is truncated: 4 of 8 bytes", error)
        self.assertEqual(len(steps_of(out)), 2)


class Reference(Streams, GlintTest):
    flags = ("--backend", "reference")

    def test_a_model_for_one_size(self):
        path = fixtures.label_model(self.folder / "l.glint")
        status, _, error = self.stream(path, data=film(32, 16, 1)[0])
        self.assertEqual(status, 1)
        for words in ("32x16", "16x16 only", "scale=16:16"):
            self.assertIn(words, error)
        header, frames = film(16, 16, 3)
        text = self.film(path, data=header + b"".join(frames)).decode()
        self.assertEqual(sum("class " in line for line in text.splitlines()), 3)

    def test_nothing_that_is_read_is_overwritten(self):
        path = self.folder / "in.y4m"
        path.write_bytes(b"".join((film(16, 8, 1)[0], *film(16, 8, 1)[1])))
        state = self.folder / "state.y4m"
        self.film(self.model, path, "--snapshot", state)
        for arguments in (("-o", path), ("--snapshot", path), ("--snapshot", self.model),
                          ("--restore", state, "-o", state)):
            status, _, error = self.stream(self.model, path, *arguments)
            self.assertEqual(status, 1)
            self.assertIn("would overwrite", error)
        # A snapshot may take the place of the one before.
        before = state.read_bytes()
        self.film(self.model, path, "--restore", state, "--snapshot", state)
        self.assertNotEqual(state.read_bytes(), before)

    def test_nothing_is_written_twice(self):
        path = self.folder / "in.y4m"
        path.write_bytes(b"".join((film(16, 8, 1)[0], *film(16, 8, 1)[1])))
        both = self.folder / "both.y4m"
        for other in (both, f"{self.folder}/./both.y4m"):
            status, _, error = self.stream(self.model, path, "-o", both, "--snapshot", other)
            self.assertEqual(status, 1)
            self.assertIn("are one file", error)
        self.assertFalse(both.exists())


    def test_few_steps_give_no_speed(self):
        line = self.film(DIGITS, "--raw", data=bytes(8 * 9)).decode().splitlines()[-1]
        self.assertIn("9 steps", line)
        self.assertNotIn("a second", line)

    def test_snapshots_that_do_not_fit(self):
        header, frames = film(16, 8, 1)
        data = header + frames[0]
        good, bad = self.folder / "good.safetensors", self.folder / "bad.safetensors"
        self.film(self.model, "--snapshot", good, data=data)
        bad.write_bytes(b"no snapshot, but long enough")
        larger, more = film(24, 8, 1)
        for arguments, data, words in (
                ((self.model, "--restore", good), larger + more[0], "the snapshot is of another extent"),
                ((self.model, "--restore", bad), data, "bad.safetensors: "),
                ((self.model, "--restore", bad), data, "; not a snapshot"),
                ((DIGITS, "--raw", "--restore", good), bytes(8), "; a snapshot of another model?")):
            status, _, error = self.stream(*arguments, data=data)
            self.assertEqual(status, 1)
            self.assertIn(words, error)
        # Before the first step, not behind the last.
        for path, words in ((self.folder / "no/s", "there is no folder"),
                            (self.folder, "not a regular file")):
            status, out, error = self.stream(self.model, "--snapshot", path, data=data)
            self.assertEqual((status, out), (1, b""))
            self.assertIn(words, error)

    def test_what_fails_leaves_no_file(self):
        header, frames = film(16, 8, 1)
        out, state = self.folder / "out.y4m", self.folder / "state.safetensors"
        bad = self.folder / "bad.safetensors"
        bad.write_bytes(b"no snapshot")
        for data, arguments, words in (
                (header, (), "standard input: the film has no frames"),
                (header + frames[0][:-1], (), "frame 0 is truncated"),
                (header + frames[0], ("--restore", bad), str(bad))):
            status, _, error = self.stream(self.model, "-o", out, "--snapshot", state, *arguments,
                                           data=data)
            self.assertEqual(status, 1)
            self.assertIn(words, error)
            self.assertFalse(out.exists() or state.exists())
        status, printed, error = self.stream(DIGITS, "--raw", "-o", self.folder / "out.npy")
        self.assertEqual(status, 1)
        self.assertIn("standard input: there are no steps", error)
        self.assertNotIn(b"wrote", printed)
        status, printed, error = self.stream(self.model, "-o", self.folder / "no/out.y4m",
                                             data=header + frames[0])
        self.assertEqual((status, printed), (1, b""))
        self.assertIn("there is no folder", error)

    def test_scores_are_exact(self):
        rows = random.Random(0).choices((0, 255), k=160)
        results = json.loads(self.film(DIGITS, "--raw", "--json", data=bytes(rows)))["results"]
        lines = steps_of(self.film(DIGITS, "--raw", data=bytes(rows)))
        self.assertEqual([[int(score) for score in line.split()[3:]] for line in lines],
                         [result["scores"] for result in results])
        self.assertTrue(any(abs(score) >= 10**6 for result in results
                            for score in result["scores"]))

    def test_an_array_of_rows(self):
        rows = bytes(range(16))
        wanted = self.film(DIGITS, "--raw", data=rows)
        for shape, status, words in (((2, 1, 1, 8), 0, ""), ((2, 8), 0, ""),
                                     ((4, 4), 1, "shape [4, 4], legal: [1, 1, 8], or [n, 1, 1, 8]"),
                                     ((16,), 1, "shape [16], legal: [1, 1, 8], or [n, 1, 1, 8]")):
            path = npy(self.folder / "rows.npy", shape, rows)
            got, out, error = self.stream(DIGITS, path)
            self.assertEqual(got, status, error)
            self.assertIn(words, error)
            if status == 0:
                self.assertEqual(steps_of(out), steps_of(wanted))
        path = npy(self.folder / "rows.npy", (4, 4), rows)
        status, _, error = self.stream(self.model, path)
        self.assertEqual(status, 1)
        self.assertIn("legal: [8, 8, 1], or [n, 8, 8, 1] for n steps or samples; [8, 8] may be", error)


class Gpu(Streams, GlintTest):
    def setUp(self):
        super().setUp()
        result = self.glint("info")
        if result.returncode != 0:
            self.skipTest(result.stderr.strip())

    def test_equal_to_the_reference(self):
        header, frames = film(40, 24, 6)
        path, state = self.folder / "in.y4m", self.folder / "s.safetensors"
        path.write_bytes(header + b"".join(frames))
        for model in (self.model, zoom_model(self.folder / "z.glint")):
            for es in (2, 3):
                report = self.json("stream", model, path, "-o", self.folder / "o.y4m", "--check",
                                   "--es", es, "--reset-every", 4, "--snapshot", state)
                self.assertTrue(report["agree"])
                self.assertEqual((report["steps"], report["frames_written"]), (6, 6))
                self.assertEqual(report["bytes_up"], 4 * 40 * 24)
        # A snapshot goes on on the other backend.
        one = self.film(self.model, path, "--snapshot", state)
        other = self.film(self.model, path, "--restore", state)
        self.assertNotEqual(one, other)
        self.flags = ("--backend", "reference")
        self.assertEqual(self.film(self.model, path, "--restore", state), other)

    def test_a_film_through_lowlight(self):
        header, frames = film(48, 32, 4)
        path = self.folder / "in.y4m"
        path.write_bytes(header + b"".join(frames))
        for es in (2, 3):
            report = self.json("stream", ROOT / "assets/models/lowlight.glint", path, "-o",
                               self.folder / "o.y4m", "--check", "--es", es)
            self.assertTrue(report["agree"])
            self.assertEqual(report["checked_values"], 4 * 48 * 32)

    def test_digits_on_es2_say_what_runs_where(self):
        data = tensors_of(ROOT / "tests/apps/data/digit_rows.safetensors")["digits"][2]
        status, out, error = self.stream(DIGITS, "--raw", "--es", 2, "--check", data=data[:640])
        self.assertEqual(status, 0, error)
        self.assertIn("'state1' (StatefulRecurrent) runs in software", error)
        self.assertIn(b"agree on all 800 values", out)


if __name__ == "__main__":
    fixtures.main()
