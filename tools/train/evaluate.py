"""Measures .glint networks that double a picture against Pillow's bicubic, on integers.

    python evaluate.py MODEL.glint...

PSNR in dB on luma (BT.601) of the photographs in photos.TEST. `luma` compares the network's u8
output itself; `rgb` first joins it with bicubic Cb and Cr, rounds to u8 RGB and takes luma again.
Below: what is lost where nothing is to be gained, on ramps and on flat pictures, in levels.
"""

import argparse
from pathlib import Path

import numpy as np

import integer_net
import photos

SLOPES = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2)
"""Levels per large pixel."""


def ramps(network: integer_net.Network) -> tuple[float, float, int]:
    """Error rms and largest, and the largest step back, of ramps up to the right, down to the
    right, downwards and along the diagonal, borders left out, in levels."""
    border, length = photos.BORDER, 96
    inner = (slice(border, -border), slice(border, -border))
    small, large = np.arange(length) * 2.0 + 0.5, np.arange(2 * length) * 1.0
    errors, back = [], 0
    for slope in SLOPES:
        middle = 131.3 if slope * length <= 120 else 127.5
        for down, right in ((0, 1), (0, -1), (1, 0), (0.5, 0.5)):
            wanted, source = (
                middle + slope * (down * (x[:, None] - length) + right * (x[None] - length))
                for x in (large, small)
            )
            picture = np.floor(source + 0.5).clip(0, 255).astype(np.uint8)
            result = network.picture(picture).astype(np.float64)
            inside = (wanted[inner] > 2) & (wanted[inner] < 253)
            errors.append((result - wanted)[inner][inside])
            for axis, sign in ((0, down), (1, right)):
                if sign:
                    steps = np.diff(result[inner], axis=axis) * np.sign(sign)
                    back = max(back, int(-steps.min()))
    every = np.concatenate(errors)
    return float(np.sqrt(np.mean(every**2))), float(np.abs(every).max()), back


def smoothness(network: integer_net.Network) -> str:
    """Errors in levels, borders left out, on ramps and on all flat levels."""
    flat = [
        np.abs(network.picture(np.full((16, 16), level, np.uint8))[16:18, 16:18] - float(level))
        for level in range(256)
    ]
    rms, largest, back = ramps(network)
    return (
        f"ramps: rms {rms:.2f}, largest {largest:.2f}, largest step back {back}; "
        f"flat: mean {np.mean(flat):.3f}, largest {np.max(flat):.0f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", type=Path, nargs="+")
    parser.add_argument("--photos", nargs="*", default=photos.TEST)
    args = parser.parse_args()
    for path in args.models:
        network = integer_net.read(path)
        print(f"{path.name}: {network.macs_per_pixel()} multiply-accumulates per input pixel")
        print(f"{'photograph':22}{'bicubic':>9}{'luma':>9}{'gain':>8}{'rgb':>9}{'gain':>8}")
        rows = []
        for name in args.photos:
            large = photos.load(name)
            small = photos.halve(large)
            want, smooth = photos.luma(large), photos.double(small)
            y = network.picture(photos.luma_u8(small))
            base = photos.psnr(photos.luma(smooth), want)
            direct = photos.psnr(y, want)
            joined = photos.psnr(photos.luma(photos.with_luma(smooth, y)), want)
            rows.append((base, direct, direct - base, joined, joined - base))
            print("{:22}{:9.3f}{:9.3f}{:+8.3f}{:9.3f}{:+8.3f}".format(name, *rows[-1]))
        print("{:22}{:9.3f}{:9.3f}{:+8.3f}{:9.3f}{:+8.3f}".format("mean", *np.mean(rows, axis=0)))
        print(smoothness(network), end="\n\n")


if __name__ == "__main__":
    main()
