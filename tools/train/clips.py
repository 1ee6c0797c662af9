"""Short films: a view moves over a photograph, 1 to 4 pixels a frame, with little light's noise.

The view moves to the right, as out of a train's window: which way is known, how fast is not.

The photographs are those of photos.py; luma in levels 0..255. Positions are real numbers: frames
are sampled with Pillow's bicubic, so nothing falls on whole pixels. Noise is Gaussian, rounded and
clipped to u8 after it was added, as a camera's codes are.
"""

import math
from collections.abc import Iterator

import numpy as np
from PIL import Image

import photos

SIGMA = 25.0
"""Standard deviation of the noise in levels."""

SPEEDS = (1.0, 4.0)
"""Slowest and fastest motion in pixels per frame."""

TILT = 0.1
"""Largest angle between the motion and the horizontal in radians."""

TEST = (
    ("astronaut.png", 1.0),
    ("camera.png", 4.0),
    ("chelsea.png", 3.0),
    ("coffee.png", 2.0),
    ("rocket.jpg", 2.5),
)
"""Photographs that no network sees in training, and their clips' speed in pixels per frame."""

TEST_FRAMES = 60
TEST_SIZE = (144, 192)
"""Height and width in pixels of a test clip."""
BORDER = 8
"""Pixels left out of PSNR on every side."""


def plane(name: str, scale: float = 1.0) -> Image.Image:
    """The luma of a photograph as a picture of float32 levels."""
    photo = photos.load(name)
    if scale != 1:
        size = [max(1, round(n * scale)) for n in photo.size]
        photo = photo.resize(size, Image.Resampling.BICUBIC)
    return Image.fromarray(photos.luma(photo).astype(np.float32), "F")


def path(
    room: tuple[float, float], speed: float, frames: int, rng: np.random.Generator, either: bool
) -> Iterator[tuple[float, float]]:
    """Top left corners (x, y) of the view, `speed` pixels apart, within 0..room: to the right or,
    with `either`, to either side, at most TILT off the horizontal. Without room it turns."""
    angle = rng.uniform(-TILT, TILT)
    at = [rng.uniform(0, max(room[0] - speed * frames, 0.0)), rng.uniform(0, room[1])]
    if either and rng.integers(2):
        angle, at[0] = math.pi - angle, room[0] - at[0]
    for _ in range(frames):
        yield at[0], at[1]
        step = [speed * math.cos(angle), speed * math.sin(angle)]
        for axis in (0, 1):
            if not 0 <= at[axis] + step[axis] <= room[axis]:
                step[axis] = -step[axis]
            at[axis] = min(max(at[axis] + step[axis], 0.0), room[axis])
        angle = math.atan2(step[1], step[0])


def film(
    photo: Image.Image,
    size: tuple[int, int],
    speed: float,
    frames: int,
    rng: np.random.Generator,
    either: bool = False,
) -> np.ndarray:
    """Levels, float32 [frames,H,W], of a view of `size` (height, width) moving over `photo`."""
    height, width = size
    room = (photo.width - width - 1.0, photo.height - height - 1.0)
    return np.stack(
        [
            np.asarray(
                photo.transform(
                    (width, height),
                    Image.Transform.AFFINE,
                    (1, 0, x, 0, 1, y),
                    Image.Resampling.BICUBIC,
                )
            )
            for x, y in path(room, speed, frames, rng, either)
        ]
    ).clip(0, 255)


def noisy(levels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """u8 codes of `levels` with noise."""
    return np.floor(levels + rng.normal(0, SIGMA, levels.shape) + 0.5).clip(0, 255).astype(np.uint8)


def test_clip(name: str, speed: float) -> tuple[np.ndarray, np.ndarray]:
    """Clean and noisy u8 [TEST_FRAMES,H,W] of a test photograph; always the same."""
    rng = np.random.default_rng([ord(letter) for letter in name])
    levels = film(plane(name), TEST_SIZE, speed, TEST_FRAMES, rng)
    return np.floor(levels + 0.5).astype(np.uint8), noisy(levels, rng)


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    """PSNR in dB of two clips u8 [frames,H,W], all frames together, BORDER pixels left out."""
    inner = (slice(None), slice(BORDER, -BORDER), slice(BORDER, -BORDER))
    error = a[inner].astype(np.float64) - b[inner].astype(np.float64)
    return float(10 * np.log10(255.0**2 / np.mean(error**2)))
