#include "gpu/context/capabilities.h"

#include <algorithm>
#include <cstdio>

namespace glint::gpu {
namespace {

std::string text(const Functions& gl, GLenum name) {
  const auto* value = reinterpret_cast<const char*>(gl.getString(name));
  return value == nullptr ? std::string() : std::string(value);
}

int integer(const Functions& gl, GLenum name) {
  GLint value = 0;
  gl.getIntegerv(name, &value);
  return value;
}

std::vector<std::string> extensionNames(const Functions& gl, bool es3) {
  std::vector<std::string> names;
  if (es3) {
    const int count = integer(gl, GL_NUM_EXTENSIONS);
    for (int i = 0; i < count; ++i) {
      const auto* name =
          reinterpret_cast<const char*>(gl.getStringi(GL_EXTENSIONS, static_cast<GLuint>(i)));
      if (name != nullptr) names.emplace_back(name);
    }
  } else {
    const std::string all = text(gl, GL_EXTENSIONS);
    for (std::size_t start = 0; start < all.size();) {
      const std::size_t end = std::min(all.find(' ', start), all.size());
      if (end > start) names.push_back(all.substr(start, end - start));
      start = end + 1;
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

void queryPrecision(const Functions& gl, Capabilities& caps) {
  GLint range[2] = {0, 0};
  GLint bits = 0;
  gl.getShaderPrecisionFormat(GL_FRAGMENT_SHADER, GL_HIGH_FLOAT, range, &bits);
  caps.highpFloatBits = bits;
  bits = 0;
  gl.getShaderPrecisionFormat(GL_FRAGMENT_SHADER, GL_MEDIUM_FLOAT, range, &bits);
  caps.mediumpFloatBits = bits;
  range[0] = 0;
  gl.getShaderPrecisionFormat(GL_FRAGMENT_SHADER, GL_HIGH_INT, range, &bits);
  caps.highpIntBits = range[0];
}

void queryLimits(const Functions& gl, Capabilities& caps) {
  GLint viewport[2] = {0, 0};
  gl.getIntegerv(GL_MAX_VIEWPORT_DIMS, viewport);
  caps.maxTextureSize = std::min({integer(gl, GL_MAX_TEXTURE_SIZE), viewport[0], viewport[1]});
  caps.fragmentTextureUnits = integer(gl, GL_MAX_TEXTURE_IMAGE_UNITS);
  caps.fragmentUniformVectors = integer(gl, GL_MAX_FRAGMENT_UNIFORM_VECTORS);
  if (caps.esMajor < 3) return;
  caps.maxDrawBuffers =
      std::min(integer(gl, GL_MAX_DRAW_BUFFERS), integer(gl, GL_MAX_COLOR_ATTACHMENTS));
  caps.uniformBlockBytes = integer(gl, GL_MAX_UNIFORM_BLOCK_SIZE);
  caps.uniformBlocks = integer(gl, GL_MAX_FRAGMENT_UNIFORM_BLOCKS);
  caps.arrayLayers = integer(gl, GL_MAX_ARRAY_TEXTURE_LAYERS);
}

void queryFeatures(const Functions& gl, Capabilities& caps) {
  const bool es3 = caps.esMajor >= 3;
  caps.integerTextures = es3;
  caps.fence = es3;
  caps.pixelPackBuffer = es3;
  const bool binaries = es3 || caps.has("GL_OES_get_program_binary");
  caps.programBinary = binaries && integer(gl, GL_NUM_PROGRAM_BINARY_FORMATS) > 0;
  caps.parallelCompile = caps.has("GL_KHR_parallel_shader_compile");
  caps.timerQuery = caps.has("GL_EXT_disjoint_timer_query");
  caps.framebufferFetch = caps.has("GL_EXT_shader_framebuffer_fetch");
  caps.externalImages = caps.has("GL_OES_EGL_image_external");
  caps.robustness = caps.has("GL_KHR_robustness") || caps.has("GL_EXT_robustness");
}

template <typename T>
void lower(T& value, const std::optional<T>& limit) {
  if (limit) value = std::min(value, *limit);
}

}  // namespace

bool Capabilities::has(std::string_view extension) const {
  return std::binary_search(extensions.begin(), extensions.end(), extension, std::less<>());
}

Result<Capabilities> query(const Functions& functions) {
  Capabilities caps;
  caps.vendor = text(functions, GL_VENDOR);
  caps.renderer = text(functions, GL_RENDERER);
  caps.version = text(functions, GL_VERSION);
  caps.glslVersion = text(functions, GL_SHADING_LANGUAGE_VERSION);
  if (caps.version.empty()) {
    return Error{Errc::Driver, "the driver gives no version: no GL context is current here"};
  }
  const int numbers =
      std::sscanf(caps.version.c_str(), "OpenGL ES %d.%d", &caps.esMajor, &caps.esMinor);
  if (numbers != 2 || caps.esMajor < 2) {
    return Error{Errc::Driver,
                 "the driver offers '" + caps.version + "'; OpenGL ES 2.0 or later is needed"};
  }
  if (caps.esMajor >= 3 && !hasEs3(functions)) {
    return Error{Errc::Driver, "the driver offers '" + caps.version +
                                   "' but lacks functions of OpenGL ES 3.0; use it as ES 2"};
  }
  caps.extensions = extensionNames(functions, caps.esMajor >= 3);
  queryLimits(functions, caps);
  queryPrecision(functions, caps);
  queryFeatures(functions, caps);
  return caps;
}

Capabilities lowerTo(Capabilities capabilities, const CapabilityLimits& limits) {
  Capabilities& caps = capabilities;
  if (limits.esMajor && *limits.esMajor < 3 && caps.esMajor >= 3) {
    caps.esMajor = 2;
    caps.esMinor = 0;
    caps.maxDrawBuffers = 1;
    caps.uniformBlockBytes = caps.uniformBlocks = caps.arrayLayers = 0;
    caps.integerTextures = caps.fence = caps.pixelPackBuffer = false;
    caps.programBinary = caps.programBinary && caps.has("GL_OES_get_program_binary");
  }
  lower(caps.maxTextureSize, limits.maxTextureSize);
  lower(caps.maxDrawBuffers, limits.maxDrawBuffers);
  lower(caps.fragmentTextureUnits, limits.fragmentTextureUnits);
  lower(caps.fragmentUniformVectors, limits.fragmentUniformVectors);
  lower(caps.uniformBlockBytes, limits.uniformBlockBytes);
  lower(caps.uniformBlocks, limits.uniformBlocks);
  lower(caps.arrayLayers, limits.arrayLayers);
  lower(caps.integerTextures, limits.integerTextures);
  lower(caps.programBinary, limits.programBinary);
  lower(caps.parallelCompile, limits.parallelCompile);
  lower(caps.pixelPackBuffer, limits.pixelPackBuffer);
  return capabilities;
}

}  // namespace glint::gpu
