"""Trains a recurrent network that reads a handwritten digit row by row, and writes it as .glint.

    python train_rows.py --out digit-rows.glint --test digit_rows.safetensors

scikit-learn's digits: 8 rows of 8 pixels, 0..16. A step is one row, [1,1,8]; after the eighth the
largest of ten scores is the class, and the next digit begins with the state cleared. Two
StatefulRecurrent layers of Akida 2.0; float training, then 8 bits (states 16) with quantizeml.
Every fifth digit, in scikit-learn's order, is held out; the test file has them with the last
scores that plain integers give; quantizeml's own float32 rounds states here and there.
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import numpy as np
import tensorflow as tf
import tf_keras as keras
from quantizeml.layers import ExtractToken, StatefulProjection, StatefulRecurrent, reset_states
from quantizeml.models import QuantizationParams, quantize
from safetensors.numpy import save
from sklearn.datasets import load_digits

import export
import integer_net

SIDE, CLASSES = 8, 10
LAYERS = ((32, 32), (48, CLASSES))
"""Stateful channels and outputs of the recurrent layers; all but the last one end in ReLU."""
HELD_OUT = 5
"""One digit in this many is not trained on."""
BATCH = 64
ROOM = 4
LARGEST = 0.97
"""Magnitude that no eigenvalue exceeds: states fade."""


def digits() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pixels u8 [n,SIDE,SIDE], classes, and which are held out."""
    data = load_digits()
    held = np.arange(len(data.target)) % HELD_OUT == 0
    return data.images.astype(np.uint8), data.target.astype(np.int64), held


def build(batch: int, rng: np.random.Generator) -> keras.Model:
    """The float network, pixels [batch,SIDE rows,SIDE] -> scores [batch,SIDE rows,CLASSES]."""
    x = image = keras.Input((SIDE, SIDE), batch_size=batch, name="row")
    for i, (states, outputs) in enumerate(LAYERS, 1):
        x = StatefulProjection(states, use_bias=False, name=f"in{i}")(x)
        x = StatefulRecurrent(name=f"state{i}")(x)
        x = ExtractToken(token=0, axis=-1, name=f"real{i}")(x)
        x = StatefulProjection(outputs, name=f"out{i}")(x)
        if i < len(LAYERS):
            x = keras.layers.ReLU(name=f"relu{i}")(x)
    model = keras.Model(image, x)
    for i, (states, _) in enumerate(LAYERS, 1):
        size = rng.uniform(0.5, 0.95, states)
        angle = rng.uniform(0, np.pi, states)
        model.get_layer(f"state{i}").set_weights([size * np.cos(angle), size * np.sin(angle)])
    return model


def scores(model: keras.Model, x: tf.Tensor) -> tf.Tensor:
    """The scores [n,CLASSES] after the last row, with gradients through time."""
    for layer in model.layers[1:]:
        if isinstance(layer, StatefulRecurrent):
            real = imag = tf.zeros_like(x[:, 0])
            rows = []
            for row in range(SIDE):
                real, imag = (
                    real * layer.A_real - imag * layer.A_imag + x[:, row],
                    real * layer.A_imag + imag * layer.A_real,
                )
                rows.append(real)
            x = tf.stack(rows, axis=1)
        elif not isinstance(layer, ExtractToken):
            x = layer(x)
    return x[:, -1]


def constrain(model: keras.Model) -> None:
    """Shrinks eigenvalues beyond LARGEST."""
    for layer in model.layers:
        if isinstance(layer, StatefulRecurrent):
            size = tf.sqrt(layer.A_real**2 + layer.A_imag**2)
            shrink = tf.minimum(1.0, LARGEST / size)
            layer.A_real.assign(layer.A_real * shrink)
            layer.A_imag.assign(layer.A_imag * shrink)


def moved(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Digits shifted by up to a pixel and blurred or sharpened a little, 0..16."""
    padded = np.pad(images.astype(np.float32), ((0, 0), (1, 1), (1, 1)))
    result = np.empty(images.shape, np.float32)
    for i, digit in enumerate(padded):
        down, right = rng.choice(3, 2, p=(0.2, 0.6, 0.2))
        result[i] = digit[down : down + SIDE, right : right + SIDE]
    result = result * rng.uniform(0.8, 1.2, (len(images), 1, 1)) + rng.normal(0, 0.7, images.shape)
    return np.floor(result.clip(0, 16) + 0.5).astype(np.float32)


def fit(model: keras.Model, x: np.ndarray, y: np.ndarray, steps: int, seed: int) -> None:
    """Adam with a cosine rate on the cross-entropy of the last row's scores."""
    rng = np.random.default_rng(seed)
    optimizer = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(4e-3, steps))

    @tf.function
    def step(batch: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, scores(model, batch))
            loss = tf.reduce_mean(losses)
        variables = model.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        constrain(model)
        return loss

    mean = 0.0
    for index in range(steps):
        chosen = rng.integers(len(x), size=BATCH)
        batch = tf.constant(moved(x[chosen], rng))
        mean += float(step(batch, tf.constant(y[chosen])))
        if (index + 1) % 1000 == 0:
            print(f"{index + 1:6d} cross-entropy {mean / 1000:.4f}", flush=True)
            mean = 0.0


def quantized(model: keras.Model, samples: np.ndarray, rng: np.random.Generator) -> keras.Model:
    """The network in integers. A pixel is its own code: 0..16 of an int8."""
    batched = build(len(samples), rng)
    batched.set_weights(model.get_weights())
    result = quantize(
        batched,
        qparams=QuantizationParams(input_dtype="int8"),
        samples=samples,
        num_samples=len(samples),
        batch_size=len(samples),
    )
    # Two bits more room in the states than calibration asks for: then no sum that enters them can
    # saturate, whatever the input, and the GPU computes them, too.
    for layer in result.layers:
        if isinstance(layer, StatefulRecurrent):
            layer.out_quantizer.range_max.assign(ROOM * layer.out_quantizer.range_max)
    # Any range in (64, 128] makes the step of an input code 1.
    result.layers[1].range_max.assign(tf.fill(result.layers[1].range_max.shape, 127.0))
    reset_states(result)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, help="the .glint file to write")
    parser.add_argument("--test", type=Path, help="the held-out digits, and what comes of them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=4000)
    args = parser.parse_args()

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    keras.utils.set_random_seed(args.seed)
    rng = np.random.default_rng(args.seed)
    images, labels, held = digits()
    model = build(BATCH, rng)
    fit(model, images[~held], labels[~held], args.steps, args.seed)
    floating = scores(model, tf.constant(images[held].astype(np.float32))).numpy().argmax(1)
    print(f"float: {np.mean(floating == labels[held]):.4f} of {held.sum()} held-out digits")
    # As many samples as there are digits held out: quantizeml's states have a fixed batch.
    few = images[~held][: held.sum()].astype(np.float32)
    model = quantized(model, few, rng)
    reset_states(model)
    want = model(images[held].astype(np.float32)).numpy()
    print(f"integers: {np.mean(want[:, -1].argmax(1) == labels[held]):.4f}")
    description, tensors = export.describe_rows(model, [str(i) for i in range(CLASSES)])
    export.write(args.out, description, tensors)
    network = integer_net.read(args.out)
    codes = np.empty((held.sum(), SIDE, CLASSES), np.int32)
    for index, digit in enumerate(images[held]):
        network.state.clear()
        for row in range(SIDE):
            codes[index, row] = network.run(digit[row][None, None])[network.layers[-1].name][0, 0]
    print(f"the file: {np.mean(codes[:, -1].argmax(1) == labels[held]):.4f}")
    reset_states(model)
    floats = export.row_outputs(model, images[held].astype(np.float32))
    print(f"{np.count_nonzero(floats != codes)} of {codes.size} differ from quantizeml's float32")
    if args.test:
        tensors = {
            "digits": images[held],
            "labels": labels[held].astype(np.uint8),
            "scores": codes[:, -1],
        }
        args.test.write_bytes(save(tensors))
    print("wrote", args.out)


if __name__ == "__main__":
    main()
