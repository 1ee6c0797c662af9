"""The OpenGL ES drivers of the tests: what each is, how it is fetched, how a process selects it.

Used by tools/drivers and tools/conformance. Nothing fetched is part of Glint: the files lie in
build/drivers (or $GLINT_DRIVERS), outside the repository.
"""

import base64
import dataclasses
import glob
import hashlib
import io
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = pathlib.Path(os.environ.get("GLINT_DRIVERS") or ROOT / "build/drivers").resolve()
TIMEOUT = 600  # seconds, for one download

# Variables that select a driver. A driver's environment sets some and clears the others.
SELECTORS = ("EGL_PLATFORM", "GALLIUM_DRIVER", "GLINT_EGL_DISPLAY", "GLINT_EGL_LIBRARY",
             "GLINT_EGL_STRICT", "LIBGL_ALWAYS_SOFTWARE", "MESA_GLES_VERSION_OVERRIDE",
             "MESA_LOADER_DRIVER_OVERRIDE", "VK_DRIVER_FILES", "VK_ICD_FILENAMES",
             "__EGL_VENDOR_LIBRARY_FILENAMES")


class Missing(Exception):
    """Why a driver or a package cannot be had here, in one line."""


def unbrotli(data):
    """Unpacks with whatever is there: a Python module, node, or the brotli command."""
    for module in ("brotli", "brotlicffi"):
        try:
            return __import__(module).decompress(data)
        except ImportError:
            continue
    script = ("const all = []; process.stdin.on('data', d => all.push(d)).on('end', () =>"
              " process.stdout.write(require('zlib').brotliDecompressSync(Buffer.concat(all))))")
    for command in (("node", "-e", script), ("brotli", "--decompress", "--stdout")):
        if shutil.which(command[0]):
            done = subprocess.run(command, input=data, capture_output=True, check=False)
            if done.returncode != 0:
                raise Missing(f"{command[0]} does not unpack it: {message_of(done.stderr)}")
            return done.stdout
    raise Missing("nothing unpacks brotli: install node, the command brotli or python3-brotli")


def message_of(output):
    """The first line that tells of an error, else the last."""
    lines = output.decode(errors="replace").strip().splitlines() or ["no message"]
    told = next((line for line in lines if re.search(r"\berror\b", line, re.IGNORECASE)), lines[-1])
    return told.strip()


@dataclasses.dataclass(frozen=True)
class Package:
    """A published archive, pinned by its hash, and what to take out of it."""

    folder: str      # below FOLDER
    source: str      # name and version at the registry
    client: str      # of the registry
    command: tuple   # that fetches; `source` follows
    digest: str      # algorithm and base64, as in "sha512-..."
    size_mb: int     # to download
    files: tuple     # what must be there afterwards
    unpack: object   # archive's bytes -> {name: bytes}

    def path(self):
        return FOLDER / self.folder

    def there(self):
        """True when this very version was unpacked."""
        stamp = self.path() / "SOURCE"
        return (stamp.is_file() and stamp.read_text() == self.stamp()
                and all((self.path() / name).is_file() for name in self.files))

    def stamp(self):
        return f"{self.source}\n{self.digest}\n"

    def reason(self):
        """Why it is not there: what the last fetch said, if there was one."""
        log = FOLDER / f"{self.folder}.failed"
        if log.is_file():
            return f"{self.source}: {log.read_text().strip()}"
        return f"{self.source} is not fetched: call tools/drivers"

    def fetch(self):
        """Downloads, checks and unpacks; Missing says what was in the way."""
        failed = FOLDER / f"{self.folder}.failed"
        FOLDER.mkdir(parents=True, exist_ok=True)
        try:
            with tempfile.TemporaryDirectory(dir=FOLDER) as temporary:
                self._install(pathlib.Path(temporary))
        except Missing as why:
            failed.write_text(f"{why}\n")
            raise
        failed.unlink(missing_ok=True)

    def _install(self, temporary):
        if platform.machine() not in ("x86_64", "AMD64"):
            raise Missing(f"built for x86-64, this machine is {platform.machine()}")
        data = self._download(temporary)
        algorithm, expected = self.digest.split("-", 1)
        found = base64.b64encode(hashlib.new(algorithm, data).digest()).decode()
        if found != expected:
            raise Missing(f"the download has the hash {algorithm}-{found}, not {self.digest}")
        whole = temporary / "whole"
        whole.mkdir()
        files = self.unpack(data)
        for name in self.files:
            if name not in files:
                raise Missing(f"{name} is not in the archive")
            (whole / name).write_bytes(files[name])
            (whole / name).chmod(0o755)
        (whole / "SOURCE").write_text(self.stamp())
        shutil.rmtree(self.path(), ignore_errors=True)
        whole.rename(self.path())

    def _download(self, temporary):
        if shutil.which(self.command[0]) is None:
            raise Missing(f"the command {self.command[0]} is not here (Debian: {self.client})")
        archives = temporary / "archives"
        archives.mkdir()
        try:
            done = subprocess.run([*self.command, self.source], cwd=archives, capture_output=True,
                                  timeout=TIMEOUT, check=False)
        except subprocess.TimeoutExpired:
            raise Missing(f"{self.client} took longer than {TIMEOUT} s") from None
        found = sorted(archives.iterdir())
        if done.returncode != 0 or len(found) != 1:
            told = message_of(done.stderr or done.stdout)
            raise Missing(f"{self.client} cannot fetch it: {told}")
        return found[0].read_bytes()


def unpack_npm(data):
    """The npm archive holds a tar packed with brotli."""
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as outer:
        packed = outer.extractfile("package/bin/swiftshader.tar.br").read()
    with tarfile.open(fileobj=io.BytesIO(unbrotli(packed))) as inner:
        return {member.name: inner.extractfile(member).read()
                for member in inner if member.isfile()}


def unpack_wheel(data):
    """A wheel is a zip file."""
    folder = "kaleido/executable/bin/swiftshader/"
    with zipfile.ZipFile(io.BytesIO(data)) as wheel:
        return {name.removeprefix(folder): wheel.read(name)
                for name in wheel.namelist() if name.startswith(folder)}


ANGLE = Package(
    "angle", "@sparticuz/chromium@147.0.0", "npm",
    ("npm", "pack", "--loglevel=error", "--fetch-retries=1"),
    "sha512-4ZKeAQQa8up2mt675qSitztLdbQrlf8BKdC5naeap+5Mv1OV1OlJdPoU+EJC/p5sQUJUQmN4r+q5+EhaaOUHpQ==",
    68, ("libEGL.so", "libGLESv2.so", "libvk_swiftshader.so", "libvulkan.so.1",
         "vk_swiftshader_icd.json"), unpack_npm)

SWIFTSHADER = Package(
    "swiftshader", "kaleido==0.2.1", "pip",
    (sys.executable, "-m", "pip", "download", "--quiet", "--retries=1", "--no-deps",
     "--only-binary=:all:", "--platform=manylinux1_x86_64"),
    "sha256-qiHPG/HHj4+lCp99ReEAPDh709b+CnZ8+780S5W9w6g=",
    80, ("libEGL.so", "libGLESv2.so"), unpack_wheel)

PACKAGES = (ANGLE, SWIFTSHADER)


def lavapipe():
    """The Vulkan driver file of Mesa's software rasteriser."""
    found = sorted(glob.glob("/usr/share/vulkan/icd.d/lvp_icd*.json"))
    if not found:
        raise Missing("Mesa's Vulkan driver is not installed (Debian: mesa-vulkan-drivers): "
                      "call tools/drivers")
    return found[0]


def mesa(**variables):
    """The environment of one of Mesa's software drivers."""
    if not (glob.glob("/usr/lib*/dri/*_dri.so") or glob.glob("/usr/lib/*/dri/*_dri.so")):
        raise Missing("Mesa is not installed (Debian: libgl1-mesa-dri): call tools/setup")
    environment = {"EGL_PLATFORM": "surfaceless", "GLINT_EGL_DISPLAY": "surfaceless",
                   "LIBGL_ALWAYS_SOFTWARE": "1", **variables}
    vendor = "/usr/share/glvnd/egl_vendor.d/50_mesa.json"
    if os.path.exists(vendor):  # another vendor's EGL may offer the same platform
        environment["__EGL_VENDOR_LIBRARY_FILENAMES"] = vendor
    return environment


def fetched(package, **variables):
    """The environment of a driver with its own libEGL."""
    if not package.there():
        raise Missing(package.reason())
    return {"GLINT_EGL_LIBRARY": str(package.path() / "libEGL.so"), **variables}


def angle(vulkan, **variables):
    return fetched(ANGLE, GLINT_EGL_DISPLAY="surfaceless", VK_ICD_FILENAMES=vulkan, **variables)


@dataclasses.dataclass(frozen=True)
class Driver:
    """A driver, with what its renderer says when it is really the one in use."""

    name: str
    what: str
    renderer: str        # regular expression for GL_RENDERER
    environment: object  # () -> {variable: value}; raises Missing
    es: tuple = (3, 2)   # versions that it can be used as


SWIFTSHADER_ICD = str(ANGLE.path() / "vk_swiftshader_icd.json")

DRIVERS = (
    Driver("llvmpipe", "Mesa, compiled for the processor", r"^llvmpipe",
           lambda: mesa(GALLIUM_DRIVER="llvmpipe")),
    Driver("softpipe", "Mesa, interpreted", r"^softpipe", lambda: mesa(GALLIUM_DRIVER="softpipe")),
    Driver("mesa-es2", "llvmpipe that offers OpenGL ES 2 alone", r"^llvmpipe",
           lambda: mesa(GALLIUM_DRIVER="llvmpipe", MESA_GLES_VERSION_OVERRIDE="2.0"), es=(2,)),
    Driver("zink", "Mesa's OpenGL on Mesa's Vulkan", r"^zink.*llvmpipe",
           lambda: mesa(GALLIUM_DRIVER="zink", VK_ICD_FILENAMES=lavapipe())),
    Driver("angle-swiftshader", "ANGLE on SwiftShader's Vulkan; exact when used as OpenGL ES 2",
           r"^ANGLE.*SwiftShader", lambda: angle(SWIFTSHADER_ICD)),
    Driver("angle-strict", "the same as OpenGL ES 3.0 or 2.0 exactly, without extensions",
           r"^ANGLE.*SwiftShader", lambda: angle(SWIFTSHADER_ICD, GLINT_EGL_STRICT="1")),
    Driver("angle-lavapipe", "ANGLE on Mesa's Vulkan", r"^ANGLE.*llvmpipe",
           lambda: angle(lavapipe())),
    Driver("swiftshader", "SwiftShader 4.1, which draws without Vulkan",
           r"^Google SwiftShader", lambda: fetched(SWIFTSHADER, GLINT_EGL_DISPLAY="default")),
)


def driver(name):
    """The driver of that name. Errors: LookupError, listing the names."""
    for one in DRIVERS:
        if one.name == name:
            return one
    raise LookupError(f"'{name}' is no driver; known: {', '.join(d.name for d in DRIVERS)}")


def process_environment(one):
    """os.environ with this driver selected and no other. Missing says why it is not here."""
    chosen = one.environment()
    kept = {key: value for key, value in os.environ.items() if key not in SELECTORS}
    return {**kept, **chosen}
