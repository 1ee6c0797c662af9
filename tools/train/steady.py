"""Keeps a zoom network exact where a picture is flat.

Channels 0 and 1 carry the positive and the negative part of the pixel unchanged to the last layer.
Every other filter sees only differences: its taps on the picture or on a carried channel sum to
zero, and those on channel 1 are minus those on channel 0. So on a flat picture, whatever its level,
all other channels are constants, and the last layer gives each of its four phases the pixel itself.
"""

import numpy as np
import tensorflow as tf
import tf_keras as keras

Array = np.ndarray

CARRIED = 2
PHASES = ((0, 0), (0, 1), (1, 0), (1, 1))
LARGEST = 127
"""Largest weight in 8 bits; quantizeml scales every filter so that it has one of that size."""


def _delta(shape: tuple[int, ...], first: bool) -> Array:
    """The carrying filters [K,K,C,CARRIED]."""
    kernel = np.zeros((*shape[:3], CARRIED), np.float32)
    middle = kernel[shape[0] // 2, shape[1] // 2]
    if first:
        middle[0] = 1, -1
    else:
        middle[:CARRIED] = np.eye(CARRIED)
    return kernel


def _convolution(kernel: tf.Tensor) -> tf.Tensor:
    first = kernel.shape[2] == 1
    rest = kernel[..., CARRIED:]
    seen = rest if first else (rest[:, :, :1] - rest[:, :, 1:2]) / 2
    seen -= tf.reduce_mean(seen, (0, 1), keepdims=True)
    parts = [seen] if first else [seen, -seen, rest[:, :, CARRIED:]]
    return tf.concat([_delta(kernel.shape, first), tf.concat(parts, 2)], 3)


def _phase_mask(size: int) -> Array:
    """[4,K,K,1]: the taps that make up each phase of a doubled picture."""
    mask = np.zeros((len(PHASES), size, size, 1), np.float32)
    for phase, (i, j) in enumerate(PHASES):
        mask[phase, i::2, j::2] = 1
    return mask


def _transposed(kernel: tf.Tensor) -> tf.Tensor:
    """Sums of 1 for the carried pixel, and for other channels the same sum in every phase."""
    mask = _phase_mask(kernel.shape[0])
    taps = float(mask[0].sum())
    pixel, rest = (kernel[:, :, 0, :1] - kernel[:, :, 0, 1:2]) / 2, kernel[:, :, 0, CARRIED:]
    fixed = []
    for part, wanted in ((pixel, 1.0), (rest, None)):
        sums = tf.reduce_sum(mask * part, (1, 2), keepdims=True)
        goal = tf.reduce_mean(sums, 0, keepdims=True) if wanted is None else wanted
        fixed.append(part + tf.reduce_sum(mask * (goal - sums) / taps, 0))
    return tf.concat([fixed[0], -fixed[0], fixed[1]], 2)[:, :, None]


def layers(model: keras.Model) -> list[keras.layers.Layer]:
    """The layers with weights, in order; the last is the transposed convolution."""
    return [x for x in model.layers if x.name == "up" or x.name.startswith("conv")]


def constrain(model: keras.Model) -> None:
    """Brings the weights of a float or quantized network back to what this file promises."""
    *convolutions, up = layers(model)
    for layer in convolutions:
        layer.kernel.assign(_convolution(layer.kernel))
        bias = np.zeros(CARRIED, np.float32)
        if hasattr(layer, "weight_quantizer") and layer is convolutions[0]:
            # Its input is v / 128 instead of (v - 128) / 128.
            bias[:] = -1, 1
        layer.bias.assign(tf.concat([bias, layer.bias[CARRIED:]], 0))
    up.kernel.assign(_transposed(up.kernel))


def floating(model: keras.Model, result: keras.Model) -> None:
    """Gives the float network `result` the weights of a quantized one."""
    followers = dict(zip(model.layers, model.layers[1:], strict=False))
    for old, new in zip(layers(model), layers(result), strict=True):
        kernel, bias = old.kernel.numpy(), old.bias.numpy()
        if old.name != "up":
            # The rescaling that evens out the channels is part of the quantized outputs only.
            rate = followers[old].out_quantizer.rescaling_rate.numpy()
            kernel, bias = kernel * rate, bias * rate
            if kernel.shape[2] == 1:
                bias = bias + kernel.sum((0, 1, 2))
        new.set_weights([kernel, bias])


def spread(model: keras.Model, samples: Array) -> None:
    """Scales the channels that are not carried so that they fill the range of 8 bits, 0..1."""
    *convolutions, _ = listed = layers(model)
    for layer, following in zip(convolutions, listed[1:], strict=True):
        relu = model.get_layer(layer.name.replace("conv", "relu"))
        values = keras.Model(model.input, relu.output).predict(samples, verbose=0)
        top = np.quantile(values, 0.9999, (0, 1, 2)) / 0.95
        top[:CARRIED] = 1
        top = np.maximum(top, 1e-3)
        layer.set_weights([layer.kernel.numpy() / top, layer.bias.numpy() / top])
        scale = top[:, None] if following.name != "up" else top
        following.set_weights([following.kernel.numpy() * scale, following.bias.numpy()])


def hand_over(model: keras.Model, result: keras.Model) -> None:
    """Gives a freshly quantized network the float weights and the step 1/128 in every channel."""
    followers = dict(zip(result.layers, result.layers[1:], strict=False))
    for old, new in zip(layers(model), layers(result), strict=True):
        kernel, bias = old.kernel.numpy(), old.bias.numpy()
        if new.name != "up":
            quantizer = followers[new].out_quantizer
            quantizer.range_max.assign(np.full(bias.shape, 0.99, np.float32))
            quantizer.rescaling_rate.assign(np.ones(bias.shape, np.float32))
            if kernel.shape[2] == 1:
                bias = bias - kernel.sum((0, 1, 2))
        new.kernel.assign(kernel)
        new.bias.assign(bias)
    constrain(result)


def _with_sum(exact: Array, total: int) -> Array:
    """Integers near `exact` that add up to `total`; those of the largest size stay."""
    result = np.round(exact)
    while result.sum() != total:
        sign = np.sign(total - result.sum())
        room = np.abs(result) < LARGEST - 1
        result.flat[np.argmax(np.where(room, sign * (exact - result), -np.inf))] += sign
    return result


def _whole_convolution(kernel: Array) -> Array:
    result = kernel.astype(np.float64)
    for c in range(CARRIED, kernel.shape[3]):
        step = np.abs(result[..., c]).max() / LARGEST
        whole = np.round(result[..., c] / step)
        whole[:, :, 0] = _with_sum(result[:, :, 0, c] / step, 0)
        if kernel.shape[2] > 1:
            whole[:, :, 1] = -whole[:, :, 0]
        result[..., c] = whole * step
    return result


def _whole_transposed(kernel: Array) -> Array:
    exact = kernel[:, :, 0].astype(np.float64)

    def gain_error(total: int) -> float:
        scale = 2.0**15 / total
        while scale >= 256:
            scale /= 2
        return abs(round(scale) / scale - 1)

    middle = round(LARGEST / np.abs(exact).max())
    total = min(range(middle - 3, middle + 4), key=gain_error)
    exact *= total
    whole = np.clip(np.round(exact), -LARGEST, LARGEST)
    where = np.unravel_index(np.argmax(np.abs(exact)), exact.shape)
    exact[where] = whole[where] = np.sign(exact[where]) * LARGEST
    for i, j in PHASES:
        whole[i::2, j::2, 0] = _with_sum(exact[i::2, j::2, 0].clip(-LARGEST, LARGEST), total)
    whole[..., 1] = -whole[..., 0]
    for c in range(CARRIED, exact.shape[2]):
        goal = round(exact[..., c].sum() / len(PHASES))
        for i, j in PHASES:
            whole[i::2, j::2, c] = _with_sum(exact[i::2, j::2, c], goal)
    return (whole / total)[:, :, None]


def whole(model: keras.Model) -> None:
    """Rounds the weights of a quantized network so that the promise holds for its integers, and
    sets the last bias so that flat pictures are right in the mean."""
    constrain(model)
    *convolutions, up = layers(model)
    for layer in convolutions:
        layer.kernel.assign(_whole_convolution(layer.kernel.numpy()))
    up.kernel.assign(_whole_transposed(up.kernel.numpy()))
    size = model.input_shape[1]
    levels = np.arange(1, 256, dtype=np.uint8)
    flat = np.broadcast_to(levels[:, None, None, None], (len(levels), size, size, 1))
    start, best = float(up.bias.numpy()[0]), (np.inf, 0.0)
    code = np.round(model.predict(flat, verbose=0, batch_size=16)[:, size, size, 0] * 128) + 128
    start -= float(np.mean(code - levels)) / 128
    for trial in np.arange(-6, 7) / 8:
        up.bias.assign([start + trial / 128])
        out = model.predict(flat, verbose=0, batch_size=16)[:, size : size + 2, size : size + 2, 0]
        error = float(np.mean(np.square(np.round(out * 128) + 128 - levels[:, None, None])))
        best = min(best, (error + 1e-3 * abs(trial), start + trial / 128))
    up.bias.assign([best[1]])
