#include "shaders/kernel_plan.h"

namespace glint {
namespace {

bool inTable(int index, std::size_t size) {
  return index >= 0 && static_cast<std::size_t>(index) < size;
}

std::string validateEpilogue(const KernelPlan& plan, const std::vector<EpilogueStep>& steps,
                             bool stored) {
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
  if (!stored) return {};
  if (plan.output.storage == Storage::Int32 && !isInt) return "an Int32 output of a float";
  if (plan.output.storage == Storage::Bytes32 && isInt) return "a Bytes32 output of an int";
  return {};
}

std::string validateFetches(const KernelPlan& plan, std::size_t table) {
  if (plan.strides.size() != plan.operands.size()) return "operands without strides";
  for (const Fetch& fetch : plan.fetches) {
    for (int constant : {fetch.scale, fetch.lo, fetch.hi}) {
      if (constant >= 0 && !inTable(constant, table)) return "a fetch constant outside its table";
    }
    if (fetch.inner >= 0) {
      if (fetch.inner < plan.stored() || !inTable(fetch.inner, plan.accumulators.size())) {
        return "a fetch of no inner accumulator";
      }
      continue;
    }
    if (!inTable(fetch.operand, plan.operands.size())) return "a fetch of no operand";
    const LayoutForm& form = plan.operands[static_cast<std::size_t>(fetch.operand)];
    if (!inTable(fetch.plane, static_cast<std::size_t>(form.planes))) return "a fetch of no plane";
    if (!inTable(fetch.quarter, static_cast<std::size_t>(form.pagesPerTile()))) {
      return "a fetch of no quarter";
    }
    if (!inTable(fetch.address, plan.addresses.size())) return "a fetch of no address";
  }
  return {};
}

/// Inner accumulators: finished before they are fetched, and not in loops or limbs.
std::string validateInner(const KernelPlan& plan) {
  if (static_cast<int>(plan.accumulators.size()) == plan.stored()) return {};
  if (plan.loop || !plan.carries.empty() || plan.arithmetic != Arithmetic::Float) {
    return "inner accumulators in a loop, in limbs or of integers";
  }
  std::vector<int> lastMac(plan.accumulators.size(), -1);
  for (const Mac& mac : plan.macs) {
    lastMac[static_cast<std::size_t>(mac.accumulator)] = mac.fetch;
  }
  for (std::size_t f = 0; f < plan.fetches.size(); ++f) {
    const int inner = plan.fetches[f].inner;
    if (inner >= 0 && lastMac[static_cast<std::size_t>(inner)] >= static_cast<int>(f)) {
      return "an inner accumulator that is fetched before it is finished";
    }
  }
  return {};
}

bool isSum(const Accumulator& a) { return a.reduce == Accumulator::Reduce::Sum; }

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
  const auto stored = static_cast<std::size_t>(plan.stored());
  if (plan.fetchesConstants && plan.inlineConstants()) return "literals that are fetched";
  if (stored == 0 || plan.accumulators.size() < stored) return "targets without accumulators";
  if (std::string wrong = validateFetches(plan, table); !wrong.empty()) return wrong;
  if (!plan.carries.empty() && (isInt || !isSum(plan.accumulators.front()))) {
    return "limbs of what is no float sum";
  }
  int lastFetch = 0;
  for (const Mac& mac : plan.macs) {
    if (!inTable(mac.fetch, plan.fetches.size()) || mac.fetch < lastFetch) {
      return "multiply-accumulates not in the order of fetches";
    }
    lastFetch = mac.fetch;
    if (!inTable(mac.accumulator, plan.accumulators.size())) {
      return "a multiply-accumulate of no accumulator";
    }
    if (mac.component < Mac::kDiagonal || mac.component > 3) return "no such component";
    const bool fromTable = plan.placement != Placement::Texture &&
                           isSum(plan.accumulators[static_cast<std::size_t>(mac.accumulator)]);
    if (fromTable && !inTable(mac.constant, table)) return "a weight outside its table";
  }
  for (std::size_t i = 0; i < plan.accumulators.size(); ++i) {
    const Accumulator& accumulator = plan.accumulators[i];
    if (accumulator.init >= 0 && !inTable(accumulator.init, table)) {
      return "an initial value outside its table";
    }
    if (accumulator.reduce == Accumulator::Reduce::Saturated &&
        (!isInt || !inTable(accumulator.lo, table) || !inTable(accumulator.hi, table))) {
      return "a saturated sum without its bounds, or in float";
    }
    std::string wrong = validateEpilogue(plan, accumulator.epilogue, i < stored);
    if (!wrong.empty()) return wrong;
  }
  return validateInner(plan);
}

bool hasTable(const KernelPlan& plan) {
  for (const Accumulator& accumulator : plan.accumulators) {
    for (const EpilogueStep& step : accumulator.epilogue) {
      if (step.kind == EpilogueStep::Kind::LookUp) return true;
    }
  }
  return false;
}

int macsPerFragment(const KernelPlan& plan) { return static_cast<int>(plan.macs.size()) * 4; }

}  // namespace glint
