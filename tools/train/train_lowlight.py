"""Trains a network that takes the noise out of a film's luma, quantizes it and writes it as .glint.

    python train_lowlight.py lowlight         --out ../../assets/models/lowlight.glint
    python train_lowlight.py lowlight-spatial --out lowlight-spatial.glint

The second one is the rival: it sees one frame at a time, with as many multiply-accumulates. Both
are trained in float on the same clips, in two stages (README.md), then quantized to 8 bits with
quantizeml. A frame is u8 [H,W,1] with even extents; inside the network a level v is
(v - 128) / 128, so that zero, which pads every layer and fills every FIFO at the beginning, is
mid-grey, and the last 8-bit code plus 128 is the pixel.
"""

import argparse
import math
import os
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import numpy as np
import tensorflow as tf
import tf_keras as keras
from quantizeml.layers import BufferTempConv
from quantizeml.models import QuantizationParams, quantize

import clips

import export
import photos

NETWORKS = {
    "lowlight": (("first", 16), ("time", 32), ("conv", 20), ("conv", 16), ("up", 1)),
    "lowlight-spatial": (("first", 20), ("conv", 20), ("conv", 20), ("conv", 16), ("up", 1)),
}
"""Layers: kind and filters. "first" halves the extents, "up" doubles them, "conv" is a convolution
in space, "time" one over the last FIFO frames of each position. ReLU follows all but the last one
and one that "time" follows: both together are a convolution in space and time."""

KERNELS = {"first": 5, "conv": 3, "up": 4}
FIFO = 3
"""Frames."""
PATCH = 48
"""Side of a training clip in pixels."""
FRAMES = 7
"""Frames of a training clip."""
WARM = 2
"""Frames at the beginning of a clip that see empty FIFOs and count little."""
BATCH = 6
SCALES = (1.0, 0.7, 0.5)
"""Sizes at which every photograph is used."""
MARGIN = 4
"""Pixels of the clip that see padding and count little."""


def macs_per_pixel(network: tuple[tuple[str, int], ...]) -> float:
    """Multiply-accumulates per pixel, every tap and every phase of a transposed layer counted."""
    total, channels, area = 0.0, 1, 1.0
    for kind, filters in network:
        area /= 4 if kind == "first" else 1
        total += area * (FIFO if kind == "time" else KERNELS[kind] ** 2) * channels * filters
        area *= 4 if kind == "up" else 1
        channels = filters
    return total


def build(network: tuple[tuple[str, int], ...]) -> keras.Model:
    """The float network, one frame u8 [N,H,W,1] a call -> float [N,H,W,1]."""
    x = image = keras.Input((PATCH, PATCH, 1), dtype="uint8", name="image")
    x = keras.layers.Rescaling(1 / 128, offset=-1.0, name="levels")(x)
    for i, (kind, filters) in enumerate(network):
        name = f"{kind}{i}"
        if kind == "time":
            x = BufferTempConv(filters, FIFO, use_bias=True, name=name)(x)
        elif kind == "up":
            x = keras.layers.Conv2DTranspose(filters, KERNELS[kind], 2, padding="same", name=name)(
                x
            )
        else:
            stride = 1 if kind == "conv" else 2
            x = keras.layers.Conv2D(filters, KERNELS[kind], stride, padding="same", name=name)(x)
        if i < len(network) - 1 and network[i + 1][0] != "time":
            x = keras.layers.ReLU(name=f"relu{i}")(x)
    model = keras.Model(image, x)
    for layer in model.layers:
        if isinstance(layer, BufferTempConv):
            start(layer)
    return model


def start(layer: BufferTempConv) -> None:
    """A convolution in time begins with the newest frame, its positive and its negative part, and a
    little of the older ones."""
    kernel, bias = layer.get_weights()
    newest = kernel[0, 0, -(kernel.shape[2] // FIFO) :]
    newest[:] *= 0.1
    for i in range(newest.shape[1]):
        newest[i % len(newest), i] = 1 if i < len(newest) else -1
    layer.set_weights([kernel, bias])


def over_time(layer: BufferTempConv, x: tf.Tensor, frames: int) -> tf.Tensor:
    """What `layer` gives for whole clips [N * frames,H,W,C]: its FIFO begins empty, so the clips
    continue with zeros into the past. The oldest frame comes first, as in the FIFO."""
    shape = tf.shape(x)
    clip = tf.reshape(x, (-1, frames, shape[1], shape[2], x.shape[3]))
    past = tf.pad(clip, ((0, 0), (FIFO - 1, 0), (0, 0), (0, 0), (0, 0)))
    window = tf.concat([past[:, i : i + frames] for i in range(FIFO)], axis=-1)
    window = tf.reshape(window, (-1, shape[1], shape[2], FIFO * x.shape[3]))
    return tf.nn.conv2d(window, layer.kernel, 1, "VALID") + layer.bias


def whole_clips(model: keras.Model, x: tf.Tensor) -> tf.Tensor:
    """The float network on clips [N,FRAMES,H,W,1] at once, with gradients through time."""
    frames = x.shape[1]
    x = tf.reshape(x, (-1, *x.shape[2:]))
    for layer in model.layers[1:]:
        x = over_time(layer, x, frames) if isinstance(layer, BufferTempConv) else layer(x)
    return tf.reshape(x, (-1, frames, *x.shape[1:]))


class Films:
    """Random clips of the training photographs."""

    def __init__(self, names: tuple[str, ...], rng: np.random.Generator, either: bool) -> None:
        self.rng, self.either = rng, either
        planes = [clips.plane(name, scale) for name in names for scale in SCALES]
        self.planes = [plane for plane in planes if min(plane.size) > 2 * PATCH]
        area = np.array([math.sqrt(plane.width * plane.height) for plane in self.planes])
        self.chance = area / area.sum()

    def batch(self, whole: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """u8 [BATCH,FRAMES,PATCH,PATCH,1] and the wanted levels, float32; with less contrast than
        the photographs have unless `whole`."""
        noisy, clean = [], []
        for index in self.rng.choice(len(self.planes), BATCH, p=self.chance):
            speed = self.rng.uniform(*clips.SPEEDS)
            film = clips.film(
                self.planes[index], (PATCH, PATCH), speed, FRAMES, self.rng, self.either
            )
            if not whole:
                film = film * self.rng.uniform(0.7, 1.0) + self.rng.uniform(0, 0.3) * 128
            film = film.clip(0, 255)[:, :: 1 - 2 * int(self.rng.integers(2))]
            clean.append(film.astype(np.float32))
            noisy.append(clips.noisy(film, self.rng))
        return np.stack(noisy)[..., None], np.stack(clean)[..., None]


def fit(model: keras.Model, films: Films, steps: int, rate: float, keep: Path | None) -> None:
    """Adam with a cosine rate on the squared error; `keep` gets the weights now and then."""
    schedule = keras.optimizers.schedules.CosineDecay(
        rate * 0.1, steps, alpha=0.005, warmup_target=rate, warmup_steps=min(200, steps // 2)
    )
    optimizer = keras.optimizers.Adam(schedule)
    weight = np.full((FRAMES, PATCH, PATCH, 1), 0.1, np.float32)
    weight[WARM:, MARGIN:-MARGIN, MARGIN:-MARGIN] = 1
    weight /= weight.mean()

    @tf.function
    def step(noisy: tf.Tensor, clean: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            square = tf.square(whole_clips(model, noisy) - (clean - 128) / 128)
            loss = tf.reduce_mean(weight * square)
        variables = model.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return tf.reduce_mean(square[:, WARM:, MARGIN:-MARGIN, MARGIN:-MARGIN])

    mean, start, every = 0.0, time.time(), 250
    for index in range(steps):
        noisy, clean = (tf.constant(x) for x in films.batch())
        mean += float(step(noisy, clean))
        if (index + 1) % every == 0:
            level = 10 * math.log10(4 / (mean / every))
            print(f"{index + 1:6d} {level:.3f} dB {time.time() - start:.0f} s", flush=True)
            mean = 0.0
            if keep:
                model.save_weights(keep)


def quantized(model: keras.Model, films: Films, batches: int) -> keras.Model:
    """The network in 8-bit integers. Calibration streams whole clips: quantizeml's batches are
    moments, and the samples of a batch are the clips."""
    whole = np.concatenate([films.batch(whole=True)[0] for _ in range(batches)])
    samples = whole.swapaxes(0, 1).reshape(-1, *whole.shape[2:])
    result = quantize(
        model,
        qparams=QuantizationParams(last_output_bits=8),
        samples=samples,
        num_samples=len(samples),
        batch_size=len(whole),
    )
    # Any range in (1/2, 1) makes the step of the last code 1/128: one level.
    result.layers[-2].out_quantizer.range_max.assign(0.99)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("--out", type=Path, required=True, help="the .glint file to write")
    parser.add_argument("--keras", type=Path, help="also keeps the quantized Keras model (.h5)")
    parser.add_argument("--keep", type=Path, help="float weights (.h5), written now and then")
    parser.add_argument(
        "--motion", choices=("right", "either"), default="right", help="where the view moves to"
    )
    parser.add_argument("--resume", type=Path, help="float weights to start from, as --keep wrote")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    args = parser.parse_args()

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    keras.utils.set_random_seed(args.seed)
    rng = np.random.default_rng(args.seed)
    network = NETWORKS[args.network]
    print(
        f"{args.network}: {macs_per_pixel(network):.0f} multiply-accumulates per pixel", flush=True
    )

    films = Films(photos.TRAIN, rng, args.motion == "either")
    model = build(network)
    if args.resume:
        model.load_weights(args.resume)
    if args.steps > 0:
        fit(model, films, args.steps, args.rate, args.keep)
    model = quantized(model, films, 24)
    if args.keras:
        model.save(args.keras, include_optimizer=False)
    export.write(args.out, *export.describe(model, (64, 64)))
    print("wrote", args.out)


if __name__ == "__main__":
    main()
