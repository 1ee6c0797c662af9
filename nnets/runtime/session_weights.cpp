#include "nnets/runtime/session.h"
#include "nnets/schedule/reweigh.h"

/// The part of Session that replaces weights while it runs.
namespace glint {

Status Session::replaceConstants(Schedule& schedule, DrawConstants& constants, int layer) {
  GLINT_ASSIGN(const std::vector<int> changed,
               reweigh(schedule, model_, layer, deviceLimits(context_)));
  for (const int constant : changed) {
    const auto at = static_cast<std::size_t>(constant);
    GLINT_TRY(uploadConstant(schedule.constants[at], constants.textures[at]));
  }
  return {};
}

Status Session::setWeights(int layer, const Tensor& weights) {
  const Layer& learner = model_.layer(layer);
  if (learner.learning() == nullptr) {
    return within(describe(learner), Error{Errc::Value,
                                           "its weights are part of programs, legal: a layer that "
                                           "was compiled to learn"});
  }
  GLINT_TRY(model_.setVariable(layer, "weights", weights));
  GLINT_TRY(replaceConstants(schedule_, draws_.constants, layer));
  if (!fast_.ready.empty()) {
    GLINT_TRY(replaceConstants(fast_.schedule, fast_.draws.constants, layer));
  }
  return context_.check("replacing weights");
}

}  // namespace glint
