"""Trains the features of tools/learn_demo on the digits 0 to 5, and writes 6 to 9 as pictures.

    python train_digits.py --out MODEL.glint [--pictures DIR] [--steps N] [--seed N]

Layers of Akida 1.0 with 4-bit weights, from a picture of 16 x 16 to bits in complementary pairs: of
each pair exactly one is 1, so that every picture has as many ones. What it is trained to tell apart
are the digits 0 to 5 in four rotations, 24 classes, and to draw them again from their bits. It
never sees the digits that are to be learned later.
"""

import argparse
import json
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import numpy as np
import tensorflow as tf
from PIL import Image
from safetensors.numpy import save
from sklearn.datasets import load_digits

Array = np.ndarray

SIDE = 16
"""Height and width of the pictures in pixels; the digits of the data set have 8."""
TRAINED = range(6)
CLASSES, DRAWING = 0.02, 30.0
"""Weights of telling the trained classes apart, and of drawing the picture from the features."""
KEPT_A_CLASS = 60
"""Pictures of each digit that is learned later."""
PAIRS = 128
LAYERS = (
    {"kernel": 5, "stride": 2, "filters": 16},
    {"kernel": 3, "stride": 2, "filters": 32},
    {"kernel": 4, "stride": 1, "filters": PAIRS},
)
LARGEST = 7
"""Magnitude of a 4-bit weight; -8 has no opposite."""
CODES = 15
"""Largest 4-bit code."""


def enlarge(digit: Array) -> Array:
    """A digit of 8 x 8 levels 0 .. 16 as a picture."""
    small = Image.fromarray(np.round(digit * 255 / 16).astype(np.uint8))
    return np.asarray(small.resize((SIDE, SIDE), Image.Resampling.BICUBIC))


def digits() -> dict[int, Array]:
    """By digit: all its pictures, in the order of the data set."""
    data = load_digits()
    return {d: np.stack([enlarge(i) for i in data.images[data.target == d]]) for d in range(10)}


class Extractor:
    """The network as it is trained: weights are rounded, gradients pass through."""

    def __init__(self, random: np.random.Generator) -> None:
        self.weights, self.biases = [], []
        channels = 1
        for layer in LAYERS:
            shape = (layer["kernel"], layer["kernel"], channels, layer["filters"])
            spread = (2 / np.prod(shape[:3])) ** 0.5
            self.weights.append(tf.Variable(random.normal(0, spread, shape).astype(np.float32)))
            self.biases.append(tf.Variable(tf.zeros(layer["filters"])))
            channels = layer["filters"]
        self.head = tf.Variable(random.normal(0, 0.05, (PAIRS, 24)).astype(np.float32))
        self.decoder = tf.Variable(random.normal(0, 0.02, (PAIRS, SIDE**2)).astype(np.float32))
        self.middle = tf.Variable(tf.fill([SIDE**2], 0.3))

    def variables(self) -> list[tf.Variable]:
        """All that is trained."""
        return [*self.weights, *self.biases, self.head, self.decoder, self.middle]

    def scale(self, layer: int) -> tf.Tensor:
        """What a unit of each filter's integer weights stands for."""
        return tf.reduce_max(tf.abs(self.weights[layer]), axis=(0, 1, 2)) / LARGEST

    def integers(self, layer: int) -> tf.Tensor:
        """The weights as the file has them."""
        scaled = self.weights[layer] / self.scale(layer)
        return scaled + tf.stop_gradient(tf.round(scaled) - scaled)

    def sums(self, layer: int, x: tf.Tensor) -> tf.Tensor:
        """Sums less thresholds, in units of a code."""
        padding = "VALID" if layer == len(LAYERS) - 1 else "SAME"
        total = tf.nn.conv2d(x, self.integers(layer), LAYERS[layer]["stride"], padding)
        return total * self.scale(layer) + self.biases[layer]

    def features(self, pictures: tf.Tensor) -> tf.Tensor:
        """+1 or -1 by pair."""
        x = tf.cast(pictures, tf.float32)[..., None] / 64
        for layer in range(len(LAYERS) - 1):
            z = self.sums(layer, x)
            # A code k says that the sum is above k - 1.
            soft = tf.clip_by_value(z, 0, CODES)
            x = (soft + tf.stop_gradient(tf.clip_by_value(tf.math.ceil(z), 0, CODES) - soft)) / 4
        z = self.sums(len(LAYERS) - 1, x)[:, 0, 0]
        soft = tf.tanh(z)
        return soft + tf.stop_gradient(tf.where(z > 0, 1.0, -1.0) - soft)


def batch(
    pictures: dict[int, Array], size: int, random: np.random.Generator
) -> tuple[Array, Array]:
    """Pictures moved by up to two pixels and turned, and their classes."""
    images, classes = np.zeros((size, SIDE, SIDE), np.uint8), np.zeros(size, np.int64)
    for i in range(size):
        digit, turns = int(random.integers(len(TRAINED))), int(random.integers(4))
        image = pictures[digit][random.integers(len(pictures[digit]))]
        dx, dy = random.integers(-2, 3, 2)
        images[i] = np.rot90(np.roll(image, (int(dx), int(dy)), (0, 1)), turns)
        classes[i] = digit * 4 + turns
    return images, classes


def train(pictures: dict[int, Array], steps: int, seed: int) -> Extractor:
    random = np.random.default_rng(seed)
    net = Extractor(random)
    optimizer = tf.keras.optimizers.Adam(tf.keras.optimizers.schedules.CosineDecay(3e-3, steps))

    @tf.function
    def step(images: tf.Tensor, classes: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            bits = net.features(images)
            logits = bits @ net.head
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(classes, logits)
            # Bits that are 1 half of the time, and do not repeat each other, tell most.
            mean = tf.reduce_mean(bits, axis=0)
            alike = tf.transpose(bits) @ bits / tf.cast(tf.shape(bits)[0], tf.float32)
            loss = tf.reduce_mean(losses) + tf.reduce_mean(mean**2) + tf.reduce_mean(alike**2) * 5
            # What is needed to draw a picture again tells unknown classes apart, too.
            drawn = bits @ net.decoder + net.middle
            target = tf.cast(tf.reshape(images, (-1, SIDE**2)), tf.float32) / 255
            loss = CLASSES * loss + DRAWING * tf.reduce_mean((drawn - target) ** 2)
        gradients = tape.gradient(loss, net.variables())
        optimizer.apply_gradients(zip(gradients, net.variables(), strict=True))
        right = tf.cast(tf.argmax(logits, axis=1) == classes, tf.float32)
        return loss, tf.reduce_mean(right)

    for i in range(steps):
        loss, right = step(*map(tf.constant, batch(pictures, 128, random)))
        if (i + 1) % 200 == 0:
            print(f"step {i + 1}: loss {float(loss):.3f}, {float(right):.3f} right", flush=True)
    return net


def describe(net: Extractor) -> tuple[dict, dict[str, Array]]:
    """The network in integers: JSON description and variables."""
    layers, tensors = [], {}
    unit = 1 / 64  # what a unit of the input stands for
    for i, layer in enumerate(LAYERS):
        name, last = f"conv{i + 1}", i == len(LAYERS) - 1
        weights = np.round(net.integers(i).numpy()).astype(np.int8)
        scale = net.scale(i).numpy().astype(np.float64) * unit
        threshold = np.floor(-net.biases[i].numpy().astype(np.float64) / scale).astype(np.int64)
        step = (1 / scale).astype(np.float32)
        if last:
            # The complement of p > T is -p > -T - 1.
            weights = np.concatenate([weights, -weights], axis=3)
            threshold, step = np.concatenate([threshold, -threshold - 1]), np.tile(step, 2)
        if i > 0:
            weights = weights[::-1, ::-1]  # a true convolution
        params = {
            "kernel_size": [layer["kernel"]] * 2,
            "filters": int(weights.shape[3]),
            "padding": "Valid" if last else "Same",
            "kernel_stride": [layer["stride"]] * 2,
            "weights_bits": 4,
            "act_bits": 1 if last else 4,
        }
        if i == 0:
            params["input_shape"] = [SIDE, SIDE, 1]
        layers.append(
            {
                "name": name,
                "type": "InputConvolutional" if i == 0 else "Convolutional",
                "params": params,
                "inbounds": [f"conv{i}"] if i > 0 else [],
            }
        )
        tensors[f"{name}/weights"] = np.ascontiguousarray(weights)
        tensors[f"{name}/threshold"] = threshold.astype(np.int32)
        tensors[f"{name}/act_step"] = step
        unit = 1 / 4
    inputs = {"conv1": {"kind": "image", "colour": "gray"}}
    return {"format": 1, "layers": layers, "inputs": inputs}, tensors


def write_pictures(pictures: dict[int, Array], folder: Path) -> None:
    """The first pictures of each digit that was not trained, a folder a digit."""
    for digit in range(len(TRAINED), 10):
        (folder / str(digit)).mkdir(parents=True, exist_ok=True)
        for i, image in enumerate(pictures[digit][:KEPT_A_CLASS]):
            Image.fromarray(image).save(folder / str(digit) / f"{i:03}.png", optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    pictures = digits()
    if args.pictures:
        write_pictures(pictures, args.pictures)
    description, tensors = describe(train(pictures, args.steps, args.seed))
    text = json.dumps(description, separators=(",", ":"))
    args.out.write_bytes(save(tensors, {"glint": text}))


if __name__ == "__main__":
    main()
