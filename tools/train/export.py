"""Writes a network quantized with quantizeml as a .glint file: its integers and a JSON description.

    python export.py MODEL.h5 --out MODEL.glint [--vector VECTOR.safetensors]

A .glint file is a safetensors file: tensors <layer>/<variable>, and JSON under the key "glint".
A vector is the same file plus the integers quantizeml computes for one small picture.
"""

import argparse
import json
import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import numpy as np
import quantizeml
import tf_keras as keras
from quantizeml.models import record_quantization_variables
from safetensors.numpy import save

import photos

Array = np.ndarray
Tensors = dict[str, Array]

VECTOR_CROP = (24, 20)
"""Height and width in pixels of the picture in a vector."""


def _integers(value: Any, kind: type, count: int | None = None) -> Array:
    """`value` as integers of `kind`, spread to `count` channels; refuses what would not fit."""
    exact = np.asarray(value, np.float64)
    if count is not None:
        exact = np.broadcast_to(exact.reshape(-1), (count,))
    result = exact.astype(kind)
    if not np.array_equal(result, exact):
        raise ValueError(f"not integers of type {kind.__name__}: {exact}")
    return np.ascontiguousarray(result)


def _aligned(quantizer: Any, kind: type, count: int) -> tuple[Array, Array]:
    """Mantissa and left shift in bits of a value that quantizeml keeps shifted."""
    shift = _integers(quantizer.shift.value, np.uint8, count)
    value = np.broadcast_to(
        np.asarray(quantizer.qweights.value.values, np.float64).reshape(-1), (count,)
    )
    return _integers(value / 2.0**shift, kind, count), shift


def _kind(layer: keras.layers.Layer) -> str:
    return type(layer).__name__.removeprefix("Quantized")


def _windows(layer: keras.layers.Layer, kind: str) -> dict[str, Any]:
    """The parameters that say which windows a convolution in space sees."""
    if layer.kernel_size[0] != layer.kernel_size[1] or layer.strides[0] != layer.strides[1]:
        raise ValueError(f"{layer.name}: kernel {layer.kernel_size}, strides {layer.strides}")
    params: dict[str, Any] = {"kernel_size": int(layer.kernel_size[0])}
    stride = int(layer.strides[0])
    if kind == "Conv2DTranspose":
        if stride != 2:
            raise ValueError(f"{layer.name}: stride {stride} cannot be exported")
        return params
    padded = getattr(layer, "padding_value", None) is not None
    if layer.padding != "same" and not padded:
        raise ValueError(f"{layer.name}: only padding Same can be exported")
    return params | {"padding": "Same", "kernel_stride": stride, "pool_type": "NoPooling"}


def _neural(
    layer: keras.layers.Layer, follower: keras.layers.Layer | None, first: bool
) -> tuple[str, dict, Tensors]:
    """Type, parameters and variables of a convolution and of the ReLU merged into it."""
    kind = _kind(layer)
    if kind not in ("Conv2D", "Conv2DTranspose", "BufferTempConv"):
        raise ValueError(f"{layer.name}: {kind} cannot be exported")
    params: dict[str, Any] = {}
    if kind == "BufferTempConv":
        params["fifo_size"] = int(layer.kernel_size)
    else:
        params = _windows(layer, kind)

    count = layer.filters
    weights = _integers(layer.weight_quantizer.qweights.value.fp.values, np.int8)
    variables: Tensors = {}
    if first:
        kind = "InputConv2D"
        if getattr(layer, "padding_value", None) is not None:
            pad = layer.padding_value_quantizer.qweights.value.values
            variables["padding_value"] = _integers(pad, np.uint8, weights.shape[2])
    else:
        channels = weights.shape[2] // params.get("fifo_size", 1)
        variables["input_shift"] = _integers(layer.input_shift.value, np.uint8, channels)
        if kind == "Conv2D":
            weights = np.ascontiguousarray(weights[::-1, ::-1])
    variables["weights"] = weights
    if layer.use_bias:
        variables["bias"], variables["bias_shift"] = _aligned(layer.bias_quantizer, np.int8, count)
    if follower is not None and getattr(follower, "max_value", None) is not None:
        max_value = _aligned(follower.max_value_quantizer, np.uint8, count)
        variables["max_value"], variables["max_value_shift"] = max_value

    output = (follower or layer).out_quantizer
    variables["output_scales"] = _integers(output.qscales.value.values, np.uint8, count)
    variables["output_shift"] = _integers(output.shift.value, np.int8, count)
    params |= {
        "activation": "NoActivation" if follower is None else "ReLU",
        "buffer_bits": int(layer.buffer_bitwidth) + 1,
        "weights_bits": int(layer.weight_quantizer.bitwidth),
        "filters": int(count),
        "output_bits": int(output.bitwidth),
        "post_op_buffer_bits": int(output.buffer_bitwidth),
    }
    if not output.signed:
        raise ValueError(f"{layer.name}: only 8-bit outputs, which are signed, can be exported")
    return kind, params, variables


def describe(model: keras.Model, shape: tuple[int, int]) -> tuple[dict[str, Any], Tensors]:
    """JSON description and variables of a quantized chain for pictures of (height, width)."""
    record_quantization_variables(model)
    layers = [layer for layer in model.layers if _kind(layer) not in ("InputLayer", "Rescaling")]
    if _kind(layers[-1]) != "Dequantizer":
        raise ValueError("the last layer is not a Dequantizer")
    step = 2.0 ** -float(np.asarray(layers.pop().frac_bits.value).reshape(-1)[0])
    specs: list[dict[str, Any]] = []
    tensors: Tensors = {}
    for layer, follower in zip(layers, [*layers[1:], None], strict=True):
        if _kind(layer) == "ReLU":
            continue
        relu = follower if follower is not None and _kind(follower) == "ReLU" else None
        kind, params, variables = _neural(layer, relu, not specs)
        if not specs:
            params["input_shape"] = [*shape, int(variables["weights"].shape[2])]
        inbounds = [specs[-1]["name"]] if specs else []
        specs.append({"name": layer.name, "type": kind, "params": params, "inbounds": inbounds})
        tensors |= {f"{layer.name}/{name}": value for name, value in variables.items()}
    image = {"kind": "image", "colour": "luma"}
    description = {
        "format": 1,
        "layers": specs,
        "inputs": {specs[0]["name"]: image},
        "outputs": {specs[-1]["name"]: image | {"offset": 128, "scale": step * 128}},
        "requires": [],
    }
    return description, tensors


def _recurrent(block: list[keras.layers.Layer]) -> tuple[dict[str, Any], Tensors]:
    """Parameters and variables of a StatefulRecurrent: projection, state, its real part, projection
    and, behind all but the last one of a chain, a ReLU."""
    enter, state, leave = block[0], block[1], block[3]
    size, count = enter.units, leave.units
    variables: Tensors = {
        "in_proj": _integers(enter.weight_quantizer.qweights.value.fp.values, np.int8),
        "input_shift": _integers(enter.input_shift.value, np.uint8, enter.kernel.shape[0]),
        "new_state_scale": _integers(state.new_state_scale.value.values, np.uint8, size),
        "new_state_shift": _integers(state.new_state_shift.value, np.int8, size),
        "internal_state_outputs_shift": _integers(state.out_quantizer.shift.value, np.int8, size),
        "out_proj": _integers(leave.weight_quantizer.qweights.value.fp.values, np.int8),
    }
    real, imag = (state.a_quantizer(weights) for weights in (state.A_real, state.A_imag))
    if not np.array_equal(real.frac_bits, imag.frac_bits):
        raise ValueError(f"{state.name}: A_real and A_imag have different binary points")
    variables["A_real"] = _integers(real.values, np.int16)
    variables["A_imag"] = _integers(imag.values, np.int16)
    bias = _aligned(leave.bias_quantizer, np.int8, count)
    variables["bias"], variables["bias_shift"] = bias
    params: dict[str, Any] = {
        "stateful_channels": int(size),
        "output_channels": int(count),
        "subsample": int(leave.subsample),
        "activation": "NoActivation",
        "buffer_bits": int(leave.buffer_bitwidth) + 1,
        "internal_state_bits": int(state.out_quantizer.bitwidth),
        "post_op_buffer_bits": int(state.out_quantizer.buffer_bitwidth),
        "output_bits": 32,
    }
    if len(block) > 4:
        output = block[4].out_quantizer
        params |= {"activation": "ReLU", "output_bits": int(output.bitwidth)}
        variables["output_scales"] = _integers(output.qscales.value.values, np.uint8, count)
        variables["output_shift"] = _integers(output.shift.value, np.int8, count)
    return params, variables


RECURRENT = ["StatefulProjection", "StatefulRecurrent", "ExtractToken", "StatefulProjection"]
"""The layers that are one StatefulRecurrent of Akida, but for a ReLU at the end."""


def recurrent_blocks(model: keras.Model) -> list[list[keras.layers.Layer]]:
    """The layers of a quantized recurrent chain, those of each StatefulRecurrent together."""
    layers = [
        layer for layer in model.layers if _kind(layer) not in ("InputLayer", "InputQuantizer")
    ]
    if _kind(layers.pop()) != "Dequantizer":
        raise ValueError("the last layer is not a Dequantizer")
    blocks: list[list[keras.layers.Layer]] = []
    while layers:
        size = len(RECURRENT) + (len(layers) > len(RECURRENT) and _kind(layers[4]) == "ReLU")
        block, layers = layers[:size], layers[size:]
        if [_kind(layer) for layer in block[: len(RECURRENT)]] != RECURRENT:
            raise ValueError(f"{block[0].name}: not the layers of a StatefulRecurrent")
        blocks.append(block)
    return blocks


def describe_rows(model: keras.Model, names: list[str]) -> tuple[dict[str, Any], Tensors]:
    """JSON description and variables of a quantized chain of recurrent layers that takes integers,
    one step of time [1,1,C] a call; `names` are those of its scores."""
    record_quantization_variables(model)
    quantizer = model.layers[1]
    if not np.all(np.asarray(quantizer.frac_bits.value) == 0):
        raise ValueError("an input code is not the number itself")
    width = int(model.input_shape[-1])
    params = {"input_shape": [1, 1, width], "input_bits": 8, "input_signed": False}
    specs = [{"name": "row", "type": "InputData", "params": params, "inbounds": []}]
    tensors: Tensors = {}
    for block in recurrent_blocks(model):
        params, variables = _recurrent(block)
        name = block[1].name
        inbounds = [specs[-1]["name"]]
        specs.append(
            {"name": name, "type": "StatefulRecurrent", "params": params, "inbounds": inbounds}
        )
        tensors |= {f"{name}/{key}": value for key, value in variables.items()}
    description = {
        "format": 1,
        "layers": specs,
        "inputs": {},
        "outputs": {specs[-1]["name"]: {"kind": "labels", "names": names}},
        "requires": [],
    }
    return description, tensors


def row_outputs(model: keras.Model, rows: Array) -> Array:
    """Integer scores [n,steps,C] that quantizeml computes for codes [n,steps,channels]."""
    x = rows
    for layer in model.layers[1:-1]:
        x = layer(x)
    return _integers(x.values, np.int32)


def integer_outputs(model: keras.Model, image: Array) -> dict[str, Array]:
    """Integers [H,W,C] that quantizeml computes for a u8 picture [H,W,C], by exported layer."""
    outputs: dict[str, Array] = {}
    x, name = image[None], ""
    for layer in model.layers[1:]:
        x = layer(x)
        if _kind(layer) in ("Conv2D", "Conv2DTranspose"):
            name = layer.name
        if (
            name
            and _kind(layer) != "Dequantizer"
            and getattr(layer, "out_quantizer", None) is not None
        ):
            outputs[name] = _integers(x.values, np.int8)[0]
    return outputs


def write(path: Path, description: dict[str, Any], tensors: Tensors, **metadata: str) -> None:
    """Writes a safetensors file; the same content gives the same bytes."""
    text = json.dumps(description, separators=(",", ":"))
    path.write_bytes(save(tensors, {"glint": text, **metadata}))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--vector", type=Path)
    args = parser.parse_args()
    model = quantizeml.load_model(str(args.model))
    description, tensors = describe(model, (64, 64))
    write(args.out, description, tensors)
    if args.vector:
        large = photos.load("chelsea.png").crop(
            (240, 60, 240 + 2 * VECTOR_CROP[1], 60 + 2 * VECTOR_CROP[0])
        )
        image = photos.luma_u8(photos.halve(large))[..., None]
        description, tensors = describe(model, VECTOR_CROP)
        for layer in description["layers"]:
            layer["output_signed"] = True
        first = description["layers"][0]["name"]
        tensors[f"in/{first}"] = image[None]
        tensors |= {
            f"out/{name}": value[None] for name, value in integer_outputs(model, image).items()
        }
        write(
            args.vector,
            description,
            tensors,
            vector=json.dumps({"origin": f"quantizeml {version('quantizeml')}"}),
        )


if __name__ == "__main__":
    main()
