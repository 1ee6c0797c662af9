#pragma once

#include <map>
#include <memory>
#include <vector>

#include "gpu/framebuffer.h"
#include "nnets/schedule/schedule.h"

namespace glint {

/// What a schedule needs on a device besides its programs.
struct DeviceResources {
  std::vector<gpu::Texture> textures;                         ///< by Schedule::textures
  std::vector<gpu::Texture> constants;                        ///< by Schedule::constants
  std::map<std::vector<int>, gpu::Framebuffer> framebuffers;  ///< by texture set

  /// The float uniforms of a draw; `vectors` where the language has no other numbers.
  struct DrawFloats {
    std::vector<float> vectors, sizes, floats;
  };
  std::vector<DrawFloats> floats;  ///< by draw
};

/// Makes all of it: textures with their aprons filled, constants uploaded. Errors: Driver.
Result<std::unique_ptr<DeviceResources>> makeResources(gpu::Context& context,
                                                       const Schedule& schedule);

}  // namespace glint
