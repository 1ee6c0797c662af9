"""Trains a network that doubles the luma of a picture, quantizes it and writes it as .glint.

    python train_zoom.py zoom2x       --out ../../assets/models/zoom2x.glint
    python train_zoom.py zoom2x-small --out ../../assets/models/zoom2x-small.glint

Float training, quantization to 8 bits (quantizeml), then fine-tuning of the quantized network.
The small picture is u8 [H,W,1]; inside the network a level v is (v - 128) / 128, so that zero,
which pads every layer, is mid-grey, and the last 8-bit code plus 128 is the pixel.
"""

import argparse
import math
import os
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import numpy as np
import quantizeml
import tensorflow as tf
import tf_keras as keras
from PIL import Image
from quantizeml.models import QuantizationParams, quantize

import export
import photos
import steady

NETWORKS = {
    "zoom2x": ((3, 8), (3, 8), (3, 8), (3, 8)),
    "zoom2x-small": ((3, 4), (3, 4), (3, 4), (3, 8)),
}
"""(kernel size, filters) of every convolution with ReLU; a transposed convolution follows."""

UP_KERNEL = 4
PATCH = 48
"""Side of a training patch in pixels of the small picture."""
BATCH = 16
SCALES = (1.0, 0.85, 0.7, 0.6, 0.5, 0.4, 0.3)
"""Sizes at which every photograph is used."""
MARGIN = 8
"""Pixels of the large patch that see padding and count little."""


def macs_per_pixel(network: tuple[tuple[int, int], ...]) -> int:
    """Multiply-accumulates per input pixel, every tap and every phase of the last layer counted."""
    total, channels = 0, 1
    for kernel, filters in network:
        total += kernel * kernel * channels * filters
        channels = filters
    return total + UP_KERNEL * UP_KERNEL * channels


def build(network: tuple[tuple[int, int], ...], rng: np.random.Generator) -> keras.Model:
    """The float network, u8 [N,H,W,1] -> float [N,2H,2W,1].

    Channels 0 and 1 start as the positive and the negative part of the pixel and are carried
    through, so that the network starts as bilinear interpolation with nothing lost to rounding:
    each half has 128 levels, which is what 8 bits after ReLU hold.
    """
    x = image = keras.Input((PATCH, PATCH, 1), dtype="uint8", name="image")
    x = keras.layers.Rescaling(1 / 128, offset=-1.0, name="levels")(x)
    for i, (kernel, filters) in enumerate(network, 1):
        x = keras.layers.Conv2D(filters, kernel, padding="same", name=f"conv{i}")(x)
        x = keras.layers.ReLU(name=f"relu{i}")(x)
    x = keras.layers.Conv2DTranspose(1, UP_KERNEL, 2, padding="same", name="up")(x)
    model = keras.Model(image, x)

    channels = 1
    for i, (kernel, filters) in enumerate(network, 1):
        w = rng.normal(
            0, math.sqrt(2 / (kernel * kernel * channels)), (kernel, kernel, channels, filters)
        )
        w[..., :2] = 0
        middle = w[kernel // 2, kernel // 2]
        if i == 1:
            middle[0, :2] = 1, -1
        else:
            middle[0, 0] = middle[1, 1] = 1
        model.get_layer(f"conv{i}").set_weights([w, np.zeros(filters)])
        channels = filters
    bilinear = np.outer((1, 3, 3, 1), (1, 3, 3, 1)) / 16
    w = rng.normal(0, 0.02, (UP_KERNEL, UP_KERNEL, 1, channels))
    w[:, :, 0, 0], w[:, :, 0, 1] = bilinear, -bilinear
    model.get_layer("up").set_weights([w, np.zeros(1)])
    return model


class Patches:
    """Random pairs of small and large patches out of rescaled and recoloured photographs."""

    def __init__(self, names: tuple[str, ...], rng: np.random.Generator) -> None:
        self.rng = rng
        self.pairs: list[tuple[np.ndarray, np.ndarray]] = []
        for name in names:
            photo = photos.load(name)
            for scale in SCALES:
                size = [int(n * scale) // 2 * 2 for n in photo.size]
                if min(size) < 2 * PATCH:
                    continue
                scaled = photo if scale == 1 else photo.resize(size, Image.Resampling.BICUBIC)
                for variant in range(2):
                    large = self._recolour(scaled) if variant else scaled
                    small = photos.luma_u8(photos.halve(large))
                    self.pairs.append((small, photos.luma(large).astype(np.float32)))
        area = np.array([math.sqrt(small.size) for small, _ in self.pairs])
        self.chance = area / area.sum()

    def _recolour(self, photo: Image.Image) -> Image.Image:
        """Mixes the channels, and changes gain, brightness and gamma at random."""
        mix = np.eye(3) * 0.4 + self.rng.dirichlet((1, 1, 1), 3) * 0.6
        x = (np.asarray(photo, np.float64) / 255) @ mix.T
        x = x ** self.rng.uniform(0.7, 1.4) * self.rng.uniform(0.7, 1.25) + self.rng.uniform(
            -0.1, 0.1
        )
        return Image.fromarray(np.floor(x.clip(0, 1) * 255 + 0.5).astype(np.uint8))

    def batch(self) -> tuple[np.ndarray, np.ndarray]:
        """u8 [BATCH,PATCH,PATCH,1] and the wanted luma in levels, float32, twice the size."""
        smalls, larges = [], []
        for index in self.rng.choice(len(self.pairs), BATCH, p=self.chance):
            small, large = self.pairs[index]
            i, j = (int(self.rng.integers(n - PATCH + 1)) for n in small.shape)
            s = small[i : i + PATCH, j : j + PATCH]
            b = large[2 * i : 2 * (i + PATCH), 2 * j : 2 * (j + PATCH)]
            turns, flip = int(self.rng.integers(4)), bool(self.rng.integers(2))
            s, b = np.rot90(s, turns), np.rot90(b, turns)
            smalls.append(s[:, ::-1] if flip else s)
            larges.append(b[:, ::-1] if flip else b)
        return np.stack(smalls)[..., None], np.stack(larges)[..., None]


def fit(
    model: keras.Model,
    patches: Patches,
    steps: int,
    rate: float,
    squared: float,
    log: str,
    constrain: bool = False,
) -> None:
    """Adam with a cosine rate. Loss: Charbonnier for the first part, squared error for the last
    part `squared` of the steps; the outer MARGIN pixels, which see padding, count a tenth.
    With `constrain`, every step ends in steady.constrain."""
    schedule = keras.optimizers.schedules.CosineDecay(
        rate * 0.1, steps, alpha=0.005, warmup_target=rate, warmup_steps=min(200, steps // 2)
    )
    optimizer = keras.optimizers.Adam(schedule)
    weight = np.full((2 * PATCH, 2 * PATCH, 1), 0.1, np.float32)
    weight[MARGIN:-MARGIN, MARGIN:-MARGIN] = 1
    weight /= weight.mean()
    switch = tf.constant(steps * (1 - squared), tf.float32)

    @tf.function
    def step(small: tf.Tensor, large: tf.Tensor, index: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            error = model(small, training=True) - (large - 128) / 128
            square = tf.square(error)
            soft = tf.sqrt(square + 1e-4) * 0.05
            loss = tf.reduce_mean(weight * tf.where(index < switch, soft, square))
        variables = model.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        if constrain:
            steady.constrain(model)
        return tf.reduce_mean(square[:, MARGIN:-MARGIN, MARGIN:-MARGIN])

    mean, start = 0.0, time.time()
    for index in range(steps):
        small, large = (tf.constant(x) for x in patches.batch())
        mean += float(step(small, large, tf.constant(index, tf.float32)))
        if (index + 1) % 500 == 0:
            level = 10 * math.log10(4 / (mean / 500))
            print(f"{log} {index + 1:6d} {level:.3f} dB {time.time() - start:.0f} s", flush=True)
            mean = 0.0


def quantized(model: keras.Model, samples: np.ndarray) -> keras.Model:
    """The network in 8-bit integers, calibrated with u8 samples [N,PATCH,PATCH,1]."""
    params = QuantizationParams(last_output_bits=8)
    result = quantize(
        model, qparams=params, samples=samples, num_samples=len(samples), batch_size=BATCH
    )
    # Any range in (1/2, 1) makes the step of the last code 1/128: one level.
    result.get_layer("up").out_quantizer.range_max.assign(0.99)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("--out", type=Path, required=True, help="the .glint file to write")
    parser.add_argument("--keras", type=Path, help="also keeps the quantized Keras model (.h5)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=20000, help="steps of float training")
    parser.add_argument(
        "--tune", type=int, default=4000, help="steps of fine-tuning after quantization"
    )
    parser.add_argument(
        "--resume",
        type=Path,
        help="second stage: starts from the quantized Keras model that the first one kept, and "
        "makes the network exact on flat pictures (steady.py)",
    )
    parser.add_argument("--hold", nargs="*", default=[], help="training photographs to leave out")
    args = parser.parse_args()

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    keras.utils.set_random_seed(args.seed)
    rng = np.random.default_rng(args.seed)
    network = NETWORKS[args.network]
    print(f"{args.network}: {macs_per_pixel(network)} multiply-accumulates per input pixel")

    patches = Patches(tuple(name for name in photos.TRAIN if name not in args.hold), rng)
    model = build(network, rng)
    second = args.resume is not None
    if second:
        steady.floating(quantizeml.load_model(str(args.resume)), model)
        steady.constrain(model)
    fit(model, patches, args.steps, 2e-3, 0.4, "float", second)
    samples = np.concatenate([patches.batch()[0] for _ in range(32)])
    if second:
        steady.spread(model, samples)
        floating, model = model, quantized(model, samples)
        steady.hand_over(floating, model)
    else:
        model = quantized(model, samples)
    fit(model, patches, args.tune, 2e-4, 1.0, "tune", second)
    if second:
        steady.whole(model)
    if args.keras:
        model.save(args.keras, include_optimizer=False)
    export.write(args.out, *export.describe(model, (64, 64)))
    print("wrote", args.out)


if __name__ == "__main__":
    main()
