"""A plain integer evaluation of the layers that the trained networks use, read from a .glint file.

Written from the meaning of the layers, with int64 throughout, and slow on purpose: it is what the
exported file is checked with, and what the published figures are computed with.
"""

import json
from dataclasses import dataclass, field
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
    state: dict[str, Array] = field(default_factory=dict)
    """What layers keep from step to step, by layer; empty at the beginning."""

    def run(self, image: Array) -> dict[str, Array]:
        """Integer outputs [H,W,C] of every layer for one step [H,W,C], such as a u8 picture."""
        values: dict[str, Array] = {}
        for layer in self.layers:
            source = values[layer.inbounds[0]] if layer.inbounds else image.astype(np.int64)
            if layer.type in _STEP:
                values[layer.name] = _STEP[layer.type](layer, source, self.state)
            else:
                values[layer.name] = _RUN[layer.type](layer, source)
        return values

    def picture(self, image: Array) -> Array:
        """The output picture, u8 [2H,2W] or, of a film's frame, [H,W], of a u8 picture [H,W]."""
        name, spec = next(iter(self.outputs.items()))
        code = self.run(image[..., None])[name][..., 0]
        return np.floor(code * spec["scale"] + spec["offset"] + 0.5).clip(0, 255).astype(np.uint8)

    def macs_per_pixel(self) -> float:
        """Multiply-accumulates per input pixel, every tap and every transposed phase counted."""
        total, area = 0.0, 1.0
        for layer in self.layers:
            area /= layer.params.get("kernel_stride", 1) ** 2
            total += area * int(layer.variables["weights"].size)
            area *= 4 if layer.type == "Conv2DTranspose" else 1
        return total


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


def correlate(x: Array, weights: Array, fill: Array, stride: int = 1) -> Array:
    """Cross-correlation, padding Same with `fill`; weights [K,K,C,F] unflipped. What padding is odd
    goes to the end."""
    k = weights.shape[0]
    size = [-(-n // stride) for n in x.shape[:2]]
    before = [max((m - 1) * stride + k - n, 0) // 2 for m, n in zip(size, x.shape, strict=False)]
    padded = np.empty((size[0] * stride + k, size[1] * stride + k, x.shape[2]), np.int64)
    padded[:] = fill
    rows, columns = (min(n, padded.shape[i] - before[i]) for i, n in enumerate(x.shape[:2]))
    padded[before[0] : before[0] + rows, before[1] : before[1] + columns] = x[:rows, :columns]
    total = np.zeros((*size, weights.shape[3]), np.int64)
    for i in range(k):
        for j in range(k):
            window = padded[i : i + size[0] * stride : stride, j : j + size[1] * stride : stride]
            total += window @ weights[i, j]
    return total


def input_conv(layer: Layer, x: Array) -> Array:
    """InputConv2D: u8 input, its own padding value, weights unflipped."""
    v = layer.variables
    fill, stride = v.get("padding_value", np.int64(0)), layer.params["kernel_stride"]
    return finish(layer, correlate(x, v["weights"], fill, stride))


def conv(layer: Layer, x: Array) -> Array:
    """Conv2D: padded with zero, weights stored flipped on both spatial axes."""
    weights, stride = layer.variables["weights"][::-1, ::-1], layer.params["kernel_stride"]
    return finish(layer, correlate(shifted(layer, x), weights, np.int64(0), stride))


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


def input_data(layer: Layer, x: Array) -> Array:
    """InputData: what comes in."""
    return x


def temporal(layer: Layer, x: Array, state: dict[str, Array]) -> Array:
    """BufferTempConv: a convolution over the last frames of each position, the oldest first."""
    frames = layer.params["fifo_size"]
    fifo = state.get(layer.name, np.zeros((frames, *x.shape), np.int64))
    fifo = state[layer.name] = np.concatenate([fifo[1:], x[None]])
    total = sum(
        shifted(layer, past) @ weights
        for past, weights in zip(
            fifo, np.split(layer.variables["weights"][0, 0], frames), strict=True
        )
    )
    return finish(layer, total)


def recurrent(layer: Layer, x: Array, state: dict[str, Array]) -> Array:
    """StatefulRecurrent for rows [1,T,C], without subsampling."""
    p, v = layer.params, layer.variables
    if p["subsample"] != 1:
        raise ValueError(f"{layer.name}: subsample {p['subsample']}")
    wide, bits = p["post_op_buffer_bits"], p["internal_state_bits"]
    real, imag = state.get(layer.name, np.zeros((2, p["stateful_channels"]), np.int64))
    enter = saturate(shifted(layer, x)[0] @ v["in_proj"], p["buffer_bits"])
    scaled = saturate(enter * v["new_state_scale"], wide)
    scaled = saturate(rescale(scaled, v["new_state_shift"]), wide)
    rows = []
    for new in scaled:
        re = saturate(saturate(real * v["A_real"] - imag * v["A_imag"], wide) + new, wide)
        im = saturate(real * v["A_imag"] + imag * v["A_real"], wide)
        shift = v["internal_state_outputs_shift"]
        real, imag = (saturate(rescale(part, shift), bits) for part in (re, im))
        rows.append(real)
    state[layer.name] = np.stack([real, imag])
    total = np.stack(rows) @ v["out_proj"]
    if "output_shift" in v:
        return finish(layer, total)[None]
    width = p["buffer_bits"]
    bias = saturate(v["bias"] << v["bias_shift"], width)
    return saturate(saturate(total, width) + bias, width)[None]


_RUN = {
    "InputData": input_data,
    "InputConv2D": input_conv,
    "Conv2D": conv,
    "Conv2DTranspose": conv_transpose,
}
_STEP = {"BufferTempConv": temporal, "StatefulRecurrent": recurrent}
