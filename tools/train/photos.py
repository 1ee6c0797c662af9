"""The photographs used to train and to measure the zoom networks, and how they are measured.

Every picture comes out of the scikit-image and scikit-learn wheels; nothing is downloaded.
Luma is Y of BT.601 full range, as in JPEG: Y = .299 R + .587 G + .114 B, in levels 0..255.
"""

from importlib import resources

import numpy as np
from PIL import Image

TRAIN = (
    "china.jpg",
    "flower.jpg",
    "motorcycle_left.png",
    "motorcycle_right.png",
    "coins.png",
    "brick.png",
    "grass.png",
    "gravel.png",
    "hubble_deep_field.jpg",
    "ihc.png",
    "retina.jpg",
    "moon.png",
    "clock_motion.png",
    "page.png",
)
"""Photographs the networks learn from."""

TEST = ("astronaut.png", "camera.png", "chelsea.png", "coffee.png", "rocket.jpg")
"""Photographs the networks never see in training; the figures come from these."""

BORDER = 8
"""Pixels of the large picture left out of PSNR on every side."""

_SKLEARN = ("china.jpg", "flower.jpg")
_LUMA = np.array([0.299, 0.587, 0.114])


def load(name: str) -> Image.Image:
    """Opens one photograph as RGB, cropped to an even width and height."""
    folder = (
        resources.files("sklearn.datasets") / "images"
        if name in _SKLEARN
        else resources.files("skimage") / "data"
    )
    with resources.as_file(folder / name) as path, Image.open(path) as picture:
        rgb = picture.convert("RGB")
    return rgb.crop((0, 0, rgb.width // 2 * 2, rgb.height // 2 * 2))


def luma(rgb: Image.Image | np.ndarray) -> np.ndarray:
    """Y in levels, float64 [H,W], of an RGB picture [H,W,3]."""
    return np.asarray(rgb, np.float64) @ _LUMA


def luma_u8(rgb: Image.Image) -> np.ndarray:
    """Y rounded to u8 [H,W]: what the network is fed with."""
    return np.floor(luma(rgb) + 0.5).clip(0, 255).astype(np.uint8)


def halve(rgb: Image.Image) -> Image.Image:
    """The small picture the network has to double: Pillow's bicubic, with antialiasing."""
    return rgb.resize((rgb.width // 2, rgb.height // 2), Image.Resampling.BICUBIC)


def double(rgb: Image.Image) -> Image.Image:
    """The baseline: Pillow's bicubic back to twice the size."""
    return rgb.resize((rgb.width * 2, rgb.height * 2), Image.Resampling.BICUBIC)


def with_luma(rgb: Image.Image, y: np.ndarray) -> Image.Image:
    """`rgb` with luma `y` (u8 [H,W]) and its own Cb and Cr, rounded to u8 RGB."""
    old = np.asarray(rgb, np.float64)
    return Image.fromarray(
        np.floor(old + (y.astype(np.float64) - luma(old))[..., None] + 0.5)
        .clip(0, 255)
        .astype(np.uint8)
    )


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    """PSNR in dB of two luma planes [H,W] in levels, BORDER pixels left out on every side."""
    inner = (slice(BORDER, -BORDER), slice(BORDER, -BORDER))
    error = a[inner].astype(np.float64) - b[inner].astype(np.float64)
    return float(10 * np.log10(255.0**2 / np.mean(error**2)))
