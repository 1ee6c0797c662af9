#include "shaders/kernel_plan.h"

namespace glint {
namespace {

bool inTable(int index, std::size_t size) {
  return index >= 0 && static_cast<std::size_t>(index) < size;
}

std::string validateEpilogue(const KernelPlan& plan, const std::vector<EpilogueStep>& steps) {
  bool isInt = plan.arithmetic == Arithmetic::Int32;
  for (const EpilogueStep& step : steps) {
    const NumberKind wanted = numberOf(step.kind);
    if (wanted != NumberKind::Either && wanted != (isInt ? NumberKind::Int : NumberKind::Float)) {
      return "an epilogue step of the wrong number kind";
    }
    const std::size_t table = isInt ? plan.ints.size() : plan.floats.size();
    const bool some = constantsOf(step.kind) < 0 && !step.constants.empty();
    if (!some && static_cast<int>(step.constants.size()) != constantsOf(step.kind)) {
      return "an epilogue step with the wrong number of constants";
    }
    for (int constant : step.constants) {
      if (!inTable(constant, table)) return "an epilogue constant outside its table";
    }
    if (takesLimbs(step.kind) && (plan.carries.empty() || &step != &steps.front())) {
      return "a step on limbs where there are none";
    }
    if (step.kind == EpilogueStep::Kind::ToInt) isInt = true;
  }
  if (plan.output.storage == Storage::Int32 && !isInt) return "an Int32 output of a float";
  if (plan.output.storage == Storage::Bytes32 && isInt) return "a Bytes32 output of an int";
  return {};
}

std::string validateFetches(const KernelPlan& plan, std::size_t table) {
  for (const Fetch& fetch : plan.fetches) {
    if (!inTable(fetch.operand, plan.operands.size())) return "a fetch of no operand";
    const LayoutForm& form = plan.operands[static_cast<std::size_t>(fetch.operand)];
    if (!inTable(fetch.plane, static_cast<std::size_t>(form.planes))) return "a fetch of no plane";
    if (!inTable(fetch.address, plan.addresses.size())) return "a fetch of no address";
    for (int constant : {fetch.scale, fetch.lo, fetch.hi}) {
      if (constant >= 0 && !inTable(constant, table)) return "a fetch constant outside its table";
    }
  }
  return {};
}

}  // namespace

std::string_view name(Arithmetic v) { return v == Arithmetic::Float ? "float" : "int32"; }

std::string_view name(Placement v) {
  switch (v) {
    case Placement::Inline:
      return "inline";
    case Placement::Uniform:
      return "uniform";
    case Placement::Texture:
      return "texture";
  }
  return "";
}

std::string validate(const KernelPlan& plan) {
  const bool isInt = plan.arithmetic == Arithmetic::Int32;
  const std::size_t table = isInt ? plan.ints.size() : plan.floats.size();
  const auto targets = static_cast<std::size_t>(plan.targets);
  if (plan.init.size() != targets || plan.epilogue.size() != targets) {
    return "per-target lists of the wrong length";
  }
  if (std::string wrong = validateFetches(plan, table); !wrong.empty()) return wrong;
  if (!plan.carries.empty() && (isInt || plan.reduce == KernelPlan::Reduce::Max)) {
    return "limbs of what is no float sum";
  }
  int lastFetch = 0;
  for (const Mac& mac : plan.macs) {
    if (!inTable(mac.fetch, plan.fetches.size()) || mac.fetch < lastFetch) {
      return "multiply-accumulates not in the order of fetches";
    }
    lastFetch = mac.fetch;
    if (!inTable(mac.target, targets)) return "a multiply-accumulate of no target";
    if (mac.component < Mac::kDiagonal || mac.component > 3) return "no such component";
    const bool fromTable =
        plan.placement != Placement::Texture && plan.reduce != KernelPlan::Reduce::Max;
    if (fromTable && !inTable(mac.constant, table)) return "a weight outside its table";
  }
  for (std::size_t t = 0; t < targets; ++t) {
    if (plan.init[t] >= 0 && !inTable(plan.init[t], table))
      return "an initial value outside its table";
    if (std::string wrong = validateEpilogue(plan, plan.epilogue[t]); !wrong.empty()) return wrong;
  }
  return {};
}

bool hasTable(const KernelPlan& plan) {
  for (const auto& steps : plan.epilogue) {
    for (const EpilogueStep& step : steps) {
      if (step.kind == EpilogueStep::Kind::LookUp) return true;
    }
  }
  return false;
}

int macsPerFragment(const KernelPlan& plan) { return static_cast<int>(plan.macs.size()) * 4; }

}  // namespace glint
