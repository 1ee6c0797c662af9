#include "apps/glint/verify_learning.h"

#include <memory>
#include <utility>

#include "nnets/api/learning_vector.h"
#include "nnets/runtime/gl_device.h"

namespace glint::cli {

Result<VectorResult> verifyLearning(SafeTensors file, const Device* device,
                                    const SessionOptions& options, std::string& software) {
  GLINT_ASSIGN(const api::LearningVector vector, api::readLearningVector(std::move(file)));
  GLINT_ASSIGN(api::Model model, api::learningModel(vector));
  if (device != nullptr) {
    GLINT_TRY(model.map(std::make_shared<GlDevice>(*device->context, options)));
    for (const std::string& line : softwareLayers(model.graph(), *model.schedule())) {
      software += (software.empty() ? "" : "; ") + line;
    }
  }
  return api::verifyLearning(vector, model);
}

}  // namespace glint::cli
