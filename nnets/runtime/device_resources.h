#pragma once

#include <map>
#include <memory>
#include <vector>

#include "gpu/framebuffer.h"
#include "nnets/schedule/schedule.h"

namespace glint {

/// Which textures of a schedule: those that steps share, or those that a stream keeps.
enum class Lifespan { OneStep, OneStream };

/// What the values of a schedule live in, of one lifespan.
struct DeviceResources {
  std::vector<gpu::Texture> textures;  ///< by Schedule::textures; empty: of the other lifespan
  std::map<std::vector<int>, gpu::Framebuffer> framebuffers;  ///< by texture set
};

/// The constants of a schedule's draws.
struct DrawConstants {
  std::vector<gpu::Texture> textures;  ///< by Schedule::constants
  /// The float uniforms of a draw; `vectors` and `viewport` on ES 2.
  struct Floats {
    std::vector<float> vectors, sizes, floats, viewport;
  };
  std::vector<Floats> floats;  ///< by draw
};

/// Makes the textures, their aprons filled, and framebuffers over them. Errors: Driver.
Result<std::unique_ptr<DeviceResources>> makeResources(gpu::Context& context,
                                                       const Schedule& schedule, Lifespan lifespan);
/// Sets all that a stream keeps to 0, the aprons included.
Status clearKept(const Schedule& schedule, DeviceResources& resources);
/// Uploads the texels of one constant. Errors: Driver.
Status uploadConstant(const ConstantTexture& constant, gpu::Texture& texture);
/// Uploads the constants. Errors: Driver.
Result<DrawConstants> makeConstants(gpu::Context& context, const Schedule& schedule);

}  // namespace glint
