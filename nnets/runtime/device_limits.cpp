#include "nnets/runtime/device_limits.h"

namespace glint {

DeviceLimits deviceLimits(const gpu::Context& context) {
  const gpu::Capabilities& caps = context.capabilities();
  DeviceLimits limits;
  limits.dialect.es = context.es3() ? 3 : 2;
  limits.targets = caps.maxDrawBuffers;
  limits.textureSize = caps.maxTextureSize;
  limits.textureUnits = caps.fragmentTextureUnits;
  limits.uniformVectors = caps.fragmentUniformVectors;
  limits.arithmetic.int32 = caps.esMajor >= 3 && caps.integerTextures;
  return limits;
}

}  // namespace glint
