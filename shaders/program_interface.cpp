#include "shaders/program_interface.h"

#include <set>

namespace glint {

std::string uniforms::sampler(int operand, int plane) {
  return "s" + std::to_string(operand) + "_" + std::to_string(plane);
}

DrawVectors drawVectors(const KernelPlan& plan) {
  bool perOperand = false;
  for (const LayoutForm& f : plan.operands) perOperand |= f.phases > 1 || f.parts() > 1;
  DrawVectors v;
  v.operands = static_cast<int>(plan.addresses.size());
  v.loop = v.operands + (perOperand ? static_cast<int>(plan.operands.size()) : 0);
  v.count = v.loop + (plan.loop ? 2 : 0);
  return v;
}

int sizesOf(const KernelPlan& plan) {
  return static_cast<int>(plan.operands.size()) + (plan.placement == Placement::Texture ? 1 : 0) +
         (hasTable(plan) ? 1 : 0);
}

int uniformVectors(const KernelPlan& plan, Dialect dialect) {
  const bool none = plan.inlineConstants() || plan.fetchesConstants;
  const std::size_t constants = none ? 0 : plan.floats.size() + plan.ints.size();
  return drawVectors(plan).count + (dialect.isEs2() ? sizesOf(plan) : 0) +
         static_cast<int>(constants);
}

std::vector<std::pair<int, int>> samplersOf(const KernelPlan& plan) {
  std::set<std::pair<int, int>> used;
  for (const Fetch& fetch : plan.fetches) {
    if (fetch.inner < 0) used.emplace(fetch.operand, fetch.plane);
  }
  return {used.begin(), used.end()};
}

std::vector<const char*> constantSamplers(const KernelPlan& plan) {
  std::vector<const char*> names;
  if (plan.placement == Placement::Texture) names.push_back(uniforms::kWeights);
  if (hasTable(plan)) names.push_back(uniforms::kTable);
  if (plan.fetchesConstants) names.push_back(uniforms::kConstants);
  return names;
}

}  // namespace glint
