"""Measures .glint networks that take noise out of films, as integers, by the command itself.

    python evaluate_lowlight.py --glint GLINT MODEL.glint... [--picture BEFORE_AFTER.png]

PSNR of luma in dB on the test clips of clips.py, all frames of a clip together; the first column is
the noisy clip itself. With --picture, a frame of one clip before and after the first model.
"""

import argparse
import subprocess
from pathlib import Path

import numpy as np
from PIL import Image

import clips

import integer_net

PICTURE = ("astronaut.png", 45, (20, 4, 170, 128))
"""The clip, the frame, and the part of it (left, top, right, bottom) that the picture shows."""


def streamed(glint: Path, model: Path, film: np.ndarray, flags: list[str]) -> np.ndarray:
    """The film u8 [frames,H,W] that comes out of `glint stream`."""
    frames, height, width = film.shape
    header = f"YUV4MPEG2 W{width} H{height} F30:1 Ip A1:1 Cmono XCOLORRANGE=FULL\n".encode()
    data = header + b"".join(b"FRAME\n" + frame.tobytes() for frame in film)
    command = [str(glint), "stream", str(model), *flags]
    out = subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout
    body = np.frombuffer(out, np.uint8)[out.index(b"\n") + 1 :].reshape(frames, -1)
    return body[:, len(b"FRAME\n") :].reshape(film.shape)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", type=Path, nargs="+")
    parser.add_argument("--glint", type=Path, required=True, help="the command")
    parser.add_argument("--flags", nargs="*", default=[], help="for `glint stream`, without --")
    parser.add_argument("--picture", type=Path)
    args = parser.parse_args()
    flags = [f"--{flag}" for flag in args.flags]
    for model in args.models:
        macs = integer_net.read(model).macs_per_pixel()
        print(f"{model.name}: {macs:.0f} multiply-accumulates per pixel")
    names = "".join(f"{model.stem:>18}" for model in args.models)
    print(f"{'clip':16}{'px/frame':>9}{'noisy':>8}{names}")
    rows = []
    for name, speed in clips.TEST:
        clean, noisy = clips.test_clip(name, speed)
        results = [streamed(args.glint, model, noisy, flags) for model in args.models]
        rows.append([clips.psnr(film, clean) for film in (noisy, *results)])
        print(
            f"{name:16}{speed:9.1f}{rows[-1][0]:8.2f}" + "".join(f"{x:18.2f}" for x in rows[-1][1:])
        )
        if args.picture and name == PICTURE[0]:
            before, after = (
                Image.fromarray(film[PICTURE[1]]).crop(PICTURE[2]) for film in (noisy, results[0])
            )
            picture = Image.new("L", (2 * before.width + 4, before.height), 255)
            picture.paste(before, (0, 0))
            picture.paste(after, (before.width + 4, 0))
            size = (2 * picture.width, 2 * picture.height)
            picture.resize(size, Image.Resampling.NEAREST).save(args.picture, optimize=True)
    mean = np.mean(rows, axis=0)
    print(f"{'mean':25}{mean[0]:8.2f}" + "".join(f"{x:18.2f}" for x in mean[1:]))


if __name__ == "__main__":
    main()
