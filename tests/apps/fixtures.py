"""What the tests of the command need: small models, pictures, and a way to call it."""

import json
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

SKIPPED = 77
ROOT = pathlib.Path(__file__).resolve().parents[2]
GLINT = os.environ.get("GLINT", "glint")


def safetensors(path, tensors, metadata):
    """tensors: {name: (dtype, shape, bytes)}."""
    header, data = {"__metadata__": metadata}, b""
    for name, (dtype, shape, raw) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def _weights(rng, count, largest=31):
    return bytes(rng.randint(-largest, largest) & 255 for _ in range(count))


def _filled(dtype, count, value):
    return dtype, [count], bytes([value & 255]) * count


def _layer(name, kind, inbounds, **params):
    return {"name": name, "type": kind, "params": params, "inbounds": inbounds}


def zoom_model(path, seed=1):
    """A 3x3 convolution and a transposed one that doubles; luma in, luma out."""
    rng = random.Random(seed)
    layers = [
        _layer("first", "InputConv2D", [], input_shape=[32, 32, 1], filters=6, kernel_size=3),
        _layer("up", "Conv2DTranspose", ["first"], filters=1, kernel_size=4, activation="NoActivation"),
    ]
    tensors = {
        "first/weights": ("I8", [3, 3, 1, 6], _weights(rng, 54)),
        "first/bias": ("I8", [6], _weights(rng, 6)),
        "first/output_shift": _filled("I8", 6, -7),
        "up/weights": ("I8", [4, 4, 6, 1], _weights(rng, 96)),
        "up/output_shift": _filled("I8", 1, -6),
    }
    model = {
        "format": 1,
        "layers": layers,
        "inputs": {"first": {"kind": "image", "colour": "luma"}},
        "outputs": {"up": {"kind": "image", "colour": "luma", "offset": 128, "scale": 1.0}},
        "requires": [],
    }
    safetensors(path, tensors, {"glint": json.dumps(model)})
    return path


def label_model(path, seed=2):
    """A network for pictures of 16x16 with seven classes."""
    rng = random.Random(seed)
    layers = [
        _layer("first", "InputConv2D", [], input_shape=[16, 16, 3], filters=4, kernel_size=3,
               kernel_stride=2),
        _layer("classes", "Dense1D", ["first"], units=7),
        _layer("scores", "Dequantizer", ["classes"]),
    ]
    tensors = {
        "first/weights": ("I8", [3, 3, 3, 4], _weights(rng, 108)),
        "first/output_shift": _filled("I8", 4, -7),
        "classes/weights": ("I8", [256, 7], _weights(rng, 1792)),
        "classes/output_shift": _filled("I8", 7, -9),
        "scores/scales": ("F32", [7], struct.pack("<7f", *([0.125] * 7))),
    }
    model = {
        "format": 1,
        "layers": layers,
        "inputs": {"first": {"kind": "image", "colour": "rgb"}},
        "outputs": {"scores": {"kind": "labels", "names": [f"class {i}" for i in range(7)]}},
        "requires": [],
    }
    safetensors(path, tensors, {"glint": json.dumps(model)})
    return path


def event_model(path, seed=4):
    """Three classes for frames of 8x6 pixels and two polarities."""
    rng = random.Random(seed)
    layers = [
        _layer("input", "InputData", [], input_shape=[6, 8, 2], input_bits=8),
        _layer("classes", "Dense1D", ["input"], units=3, output_bits=8),
    ]
    tensors = {
        "classes/weights": ("I8", [96, 3], _weights(rng, 288)),
        "classes/output_shift": _filled("I8", 3, -4),
    }
    safetensors(path, tensors, {"glint": json.dumps({"format": 1, "layers": layers})})
    return path


def evt2(path, events, width=8, height=6):
    """A recording of (time, x, y, polarity)."""
    header = f"% evt 2.0\n% format EVT2;height={height};width={width}\n% end\n"
    words = []
    for time, x, y, polarity in events:
        words += [0x80000000 | time >> 6, polarity << 28 | (time & 63) << 22 | x << 11 | y]
    path.write_bytes(header.encode() + struct.pack(f"<{len(words)}I", *words))
    return path


def picture(path, width, height, channels=3, seed=3):
    """Noise over a ramp, as PNG."""
    rng = random.Random(seed)
    rows = b""
    for y in range(height):
        rows += b"\0" + bytes(
            min(255, (x * 5 + y * 3 + c * 40) % 200 + rng.randrange(40))
            for x in range(width) for c in range(channels))

    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data
                + struct.pack(">I", zlib.crc32(kind + data)))

    colour = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    path.write_bytes(b"\x89PNG\r\n\x1a\n"
                     + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0))
                     + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    return path


def size_of(png):
    return struct.unpack(">II", png.read_bytes()[16:24])


class GlintTest(unittest.TestCase):
    """Calls the command in a folder of its own, with its own program cache."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.environment = dict(os.environ, XDG_CACHE_HOME=str(self.folder / "cache"))

    def glint(self, *arguments, **environment):
        return subprocess.run([GLINT, *map(str, arguments)], capture_output=True, text=True,
                              timeout=580, env={**self.environment, **environment}, check=False)

    def done(self, *arguments):
        """Runs, expects success, gives stdout."""
        result = self.glint(*arguments)
        self.assertEqual(result.returncode, 0, result.stderr + result.stdout)
        return result.stdout

    def json(self, *arguments, status=0):
        """One JSON object on stdout and nothing else."""
        result = self.glint(*arguments, "--json")
        self.assertEqual(result.returncode, status, result.stderr + result.stdout)
        value = json.loads(result.stdout)
        self.assertIsInstance(value, dict)
        return value

    def fails(self, *arguments, words=(), status=1, **environment):
        """Expects the status and every word on stderr; gives stderr."""
        result = self.glint(*arguments, **environment)
        self.assertEqual(result.returncode, status, result.stderr + result.stdout)
        for word in words:
            self.assertIn(str(word), result.stderr)
        return result.stderr


def main():
    """unittest.main, but exit status 77 when every test was skipped."""
    outcome = unittest.main(module="__main__", exit=False).result
    if not outcome.wasSuccessful():
        sys.exit(1)
    sys.exit(SKIPPED if outcome.testsRun > 0 and len(outcome.skipped) == outcome.testsRun else 0)
