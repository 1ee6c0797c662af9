/// What a context can do, as data: planners and printers read it, tests lower it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "gpu/context/functions.h"

namespace glint::gpu {

/// Limits and features of a context. All counts are those of the fragment stage.
struct Capabilities {
  int esMajor = 0;                 ///< OpenGL ES version in use: 2 or 3.
  int esMinor = 0;                 ///< Its minor part.
  std::string vendor;              ///< GL_VENDOR.
  std::string renderer;            ///< GL_RENDERER: the device's name.
  std::string version;             ///< GL_VERSION, with the driver's version.
  std::string glslVersion;         ///< GL_SHADING_LANGUAGE_VERSION.
  int maxTextureSize = 0;          ///< Texels, either side; also held to the viewport limit.
  int maxDrawBuffers = 1;          ///< Colour targets of one draw; 1 on ES 2.
  int fragmentTextureUnits = 0;    ///< Samplers in a fragment shader.
  int fragmentUniformVectors = 0;  ///< vec4 uniforms in a fragment shader.
  int uniformBlockBytes = 0;       ///< Largest uniform block, bytes; 0 on ES 2.
  int uniformBlocks = 0;           ///< Uniform blocks in a fragment shader; 0 on ES 2.
  int arrayLayers = 0;             ///< Layers of an array texture; 0 on ES 2.
  int highpFloatBits = 0;          ///< Mantissa bits of highp float; 23 is binary32, 0 is none.
  int mediumpFloatBits = 0;        ///< Mantissa bits of mediump float as reported.
  int highpIntBits = 0;            ///< log2 of the highp int range as reported; 31 is int32.
  bool integerTextures = false;    ///< RGBA8UI, RGBA16I, RGBA32I textures and int arithmetic.
  bool programBinary = false;      ///< Linked programs can be saved (at least one format).
  bool parallelCompile = false;    ///< GL_KHR_parallel_shader_compile.
  bool fence = false;              ///< Fence sync objects.
  bool pixelPackBuffer = false;    ///< Asynchronous readback.
  bool timerQuery = false;         ///< GL_EXT_disjoint_timer_query; some drivers' times are wrong.
  bool framebufferFetch = false;   ///< GL_EXT_shader_framebuffer_fetch.
  bool externalImages = false;     ///< GL_OES_EGL_image_external: camera frames.
  bool robustness = false;         ///< The driver reports a lost context.
  std::vector<std::string> extensions;  ///< All names, sorted.

  /// True if the driver lists the extension.
  bool has(std::string_view extension) const;
};

/// Upper bounds to hold a capable driver to less; an empty one keeps the driver's own value.
/// `esMajor = 2` takes away everything that is ES 3 only.
struct CapabilityLimits {
  std::optional<int> esMajor;                 ///< 2 or 3.
  std::optional<int> maxTextureSize;          ///< Texels.
  std::optional<int> maxDrawBuffers;          ///< Colour targets.
  std::optional<int> fragmentTextureUnits;    ///< Samplers.
  std::optional<int> fragmentUniformVectors;  ///< vec4 uniforms.
  std::optional<int> uniformBlockBytes;       ///< Bytes.
  std::optional<int> uniformBlocks;           ///< Blocks.
  std::optional<int> arrayLayers;             ///< Layers.
  std::optional<bool> integerTextures;        ///< False: normalised RGBA8 only.
  std::optional<bool> programBinary;          ///< False: no program cache.
  std::optional<bool> parallelCompile;        ///< False: compile one after the other.
  std::optional<bool> pixelPackBuffer;        ///< False: synchronous readback.
};

/// Asks the driver of the current context.
/// Errors: Driver, when the version string is not that of OpenGL ES 2 or 3, or the table lacks
/// ES 3 functions that the version promises.
Result<Capabilities> query(const Functions& functions);

/// The smaller of both, member by member; never raises a limit.
Capabilities lowerTo(Capabilities capabilities, const CapabilityLimits& limits);

}  // namespace glint::gpu
