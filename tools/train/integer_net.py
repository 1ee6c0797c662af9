"""A plain integer evaluation of the layers the zoom networks use, read from a .glint file.

Written from the meaning of the layers, with int64 throughout, and slow on purpose: it is what the
exported file is checked with, and what the published figures are computed with.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open

Array = np.ndarray


@dataclass
class Layer:
    """One layer: its type, its parameters, the names that feed it and its integer variables."""

    name: str
    type: str
    params: dict[str, Any]
    inbounds: list[str]
    variables: dict[str, Array]


@dataclass
class Network:
    """The layers of a file in order, and what the file says about its outputs."""

    layers: list[Layer]
    outputs: dict[str, dict[str, Any]]

    def run(self, image: Array) -> dict[str, Array]:
        """Integer outputs [H,W,C] of every layer for one u8 picture [H,W,C]."""
        values: dict[str, Array] = {}
        for layer in self.layers:
            source = values[layer.inbounds[0]] if layer.inbounds else image.astype(np.int64)
            values[layer.name] = _RUN[layer.type](layer, source)
        return values

    def picture(self, image: Array) -> Array:
        """The output picture, u8 [2H,2W], of a u8 picture [H,W]."""
        name, spec = next(iter(self.outputs.items()))
        code = self.run(image[..., None])[name][..., 0]
        return np.floor(code * spec["scale"] + spec["offset"] + 0.5).clip(0, 255).astype(np.uint8)

    def macs_per_pixel(self) -> int:
        """Multiply-accumulates per input pixel, every tap and every transposed phase counted."""
        return sum(int(layer.variables["weights"].size) for layer in self.layers)


def read(path: Path) -> Network:
    """Reads a .glint file, or a test vector, which is the same with more tensors."""
    with safe_open(path, "np") as file:
        meta = json.loads(file.metadata()["glint"])
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    layers = []
    for spec in meta["layers"]:
        prefix = spec["name"] + "/"
        variables = {
            k.removeprefix(prefix): v.astype(np.int64)
            for k, v in tensors.items()
            if k.startswith(prefix)
        }
        layers.append(
            Layer(spec["name"], spec["type"], spec["params"], spec["inbounds"], variables)
        )
    return Network(layers, meta.get("outputs", {}))


def saturate(x: Array, bits: int) -> Array:
    """Clips to a signed integer of `bits` bits."""
    return np.clip(x, -(1 << (bits - 1)), (1 << (bits - 1)) - 1)


def rescale(x: Array, shift: Array) -> Array:
    """x * 2**shift (shift in bits, negative to the right), halves rounded up."""
    right = np.maximum(-shift, 0)
    half = np.where(right > 0, np.int64(1) << np.maximum(right - 1, 0), 0)
    return ((x << np.maximum(shift, 0)) + half) >> right


def finish(layer: Layer, total: Array) -> Array:
    """Bias, ReLU and output scaling, one value of each per channel, of the summed products."""
    p, v = layer.params, layer.variables
    width = p["buffer_bits"]
    total = saturate(total, width)
    if "bias" in v:
        total = saturate(
            total + saturate(v["bias"] << v.get("bias_shift", np.int64(0)), width), width
        )
    if p["activation"] == "ReLU":
        total = np.maximum(total, 0)
        if "max_value" in v:
            total = np.minimum(total, v["max_value"] << v["max_value_shift"])
    scaled = saturate(total * v.get("output_scales", np.int64(1)), p["post_op_buffer_bits"])
    return saturate(rescale(scaled, v["output_shift"]), p["output_bits"])


def shifted(layer: Layer, x: Array) -> Array:
    """The input brought to one common scale (a left shift in bits per channel)."""
    return saturate(
        x << layer.variables.get("input_shift", np.int64(0)), layer.params["buffer_bits"]
    )


def correlate(x: Array, weights: Array, fill: Array) -> Array:
    """Cross-correlation, stride 1, padding Same with `fill`; weights [K,K,C,F] unflipped."""
    k = weights.shape[0]
    padded = np.empty((x.shape[0] + k - 1, x.shape[1] + k - 1, x.shape[2]), np.int64)
    padded[:] = fill
    before = (k - 1) // 2
    padded[before : before + x.shape[0], before : before + x.shape[1]] = x
    total = np.zeros((*x.shape[:2], weights.shape[3]), np.int64)
    for i in range(k):
        for j in range(k):
            total += padded[i : i + x.shape[0], j : j + x.shape[1]] @ weights[i, j]
    return total


def input_conv(layer: Layer, x: Array) -> Array:
    """InputConv2D: u8 input, its own padding value, weights unflipped."""
    v = layer.variables
    return finish(layer, correlate(x, v["weights"], v.get("padding_value", np.int64(0))))


def conv(layer: Layer, x: Array) -> Array:
    """Conv2D: padded with zero, weights stored flipped on both spatial axes."""
    return finish(
        layer, correlate(shifted(layer, x), layer.variables["weights"][::-1, ::-1], np.int64(0))
    )


def conv_transpose(layer: Layer, x: Array) -> Array:
    """Conv2DTranspose, stride 2, Same: out[2i + a - b] += in[i] * w[a], b = (K - 2) // 2."""
    w, x = layer.variables["weights"], shifted(layer, x)
    k, (h, width) = w.shape[0], x.shape[:2]
    total = np.zeros((2 * h + k, 2 * width + k, w.shape[3]), np.int64)
    for i in range(k):
        for j in range(k):
            total[i : i + 2 * h : 2, j : j + 2 * width : 2] += x @ w[i, j]
    b = (k - 2) // 2
    return finish(layer, total[b : b + 2 * h, b : b + 2 * width])


_RUN = {"InputConv2D": input_conv, "Conv2D": conv, "Conv2DTranspose": conv_transpose}
