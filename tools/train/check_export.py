"""Proves that a .glint file computes what quantizeml computes, integer for integer.

    python check_export.py MODEL.h5 MODEL.glint [VECTOR.safetensors]

Every layer is compared with ==, on random pictures of several sizes, on extreme ones and on crops
of the test photographs. A vector, if given, is compared too. Exits with 1 on any difference.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import numpy as np
import quantizeml
import tf_keras as keras
from safetensors.numpy import load_file

import export
import integer_net
import photos


def pictures(seed: int) -> Iterator[tuple[str, np.ndarray]]:
    """Named u8 pictures [H,W,1]."""
    rng = np.random.default_rng(seed)
    for h, w in ((1, 1), (2, 3), (13, 16), (48, 48), (31, 57)):
        yield f"random {h}x{w}", rng.integers(0, 256, (h, w, 1), np.uint8)
        yield f"black and white {h}x{w}", rng.integers(0, 2, (h, w, 1), np.uint8) * np.uint8(255)
    for level in (0, 127, 128, 255):
        yield f"flat {level}", np.full((9, 11, 1), level, np.uint8)
    yield "ramp", np.arange(256, dtype=np.uint8)[None, :, None].repeat(8, 0)
    for name in photos.TEST:
        yield name, photos.luma_u8(photos.halve(photos.load(name)))[..., None]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path)
    parser.add_argument("glint", type=Path)
    parser.add_argument("vector", type=Path, nargs="?")
    args = parser.parse_args()
    model = quantizeml.load_model(str(args.model))
    network = integer_net.read(args.glint)
    names = [layer.name for layer in network.layers]
    counts = dict.fromkeys(names, 0)
    wrong = dict.fromkeys(names, 0)
    pixels = 0
    for label, image in pictures(1):
        want, got = export.integer_outputs(model, image), network.run(image)
        if list(want) != names:
            sys.exit(f"layers differ: {list(want)} and {names}")
        for name in names:
            differ = int(np.count_nonzero(want[name] != got[name]))
            counts[name] += got[name].size
            wrong[name] += differ
            if differ:
                print(f"{label}: {name}: {differ} of {got[name].size} differ")
        floating = resized(model, image.shape[:2])(image[None])[0, ..., 0].numpy()
        picture = np.floor(floating.astype(np.float64) * 128 + 128.5).clip(0, 255)
        pixels += int(np.count_nonzero(picture != network.picture(image[..., 0])))
    for name in names:
        print(f"{name}: {counts[name]} integers compared, {wrong[name]} differ")
    print(f"pictures: {pixels} pixels differ from the dequantized output of the Keras model")

    broken = 0
    if args.vector:
        tensors = load_file(args.vector)
        outputs = integer_net.read(args.vector).run(tensors[f"in/{names[0]}"][0])
        broken = sum(not np.array_equal(tensors[f"out/{name}"][0], outputs[name]) for name in names)
        print(f"vector: {broken} of {len(names)} layers differ")
    sys.exit(1 if pixels or broken or any(wrong.values()) else 0)


def resized(model: keras.Model, shape: tuple[int, int]) -> keras.Model:
    """The same quantized network for pictures of another shape (height, width)."""
    config = model.get_config()
    config["layers"][0]["config"]["batch_input_shape"] = (None, *shape, 1)
    other = keras.Model.from_config(config)
    other.set_weights(model.get_weights())
    return other


if __name__ == "__main__":
    main()
