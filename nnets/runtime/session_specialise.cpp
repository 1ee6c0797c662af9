#include <algorithm>
#include <cassert>

#include "core/version.h"
#include "nnets/runtime/session.h"
#include "nnets/runtime/transfer.h"

/// The part of Session that replaces quickly built programs by specialised ones.
namespace glint {

Status Session::specialise() {
  fast_ = {};
  if (!specialises()) return {};
  ScheduleOptions options = scheduleOptions();
  options.given = withInlineWeights(schedule_.mapping, schedule_.graph, options.mapping);
  GLINT_ASSIGN(fast_.schedule, makeSchedule(model_, options));
  assert(fast_.schedule.textures == schedule_.textures);
  GLINT_ASSIGN(DrawConstants constants, makeConstants(context_, fast_.schedule));
  fast_.draws = bindDraws(fast_.schedule, std::move(constants));
  fast_.ready.assign(schedule_.graph.ops.size(), false);
  std::vector<gpu::ProgramRequest> requests = missingPrograms();
  if (!requests.empty() && background_ == nullptr) {
    GLINT_ASSIGN(std::unique_ptr<gpu::SharedContext> shared, options_.share());
    background_ = std::make_unique<gpu::BackgroundPrograms>(std::move(shared),
                                                            options_.cacheDirectory, kVersion);
  }
  if (!requests.empty()) background_->add(std::move(requests));
  takeReady();
  return {};
}

std::vector<gpu::ProgramRequest> Session::missingPrograms() {
  std::vector<gpu::ProgramRequest> requests;
  for (const DrawPlan& draw : fast_.schedule.draws) {
    const ProgramPlan& plan = fast_.schedule.programs[static_cast<std::size_t>(draw.program)];
    if (programs_.contains(plan.fragment) || !requested_.insert(plan.fragment).second) continue;
    gpu::ProgramRequest request{plan.fragment, plan.label, {}, {}};
    for (std::size_t i = 0; i < plan.samplers.size(); ++i) {
      const bool constant = i >= draw.textures.size();
      if (constant) {
        const auto at = static_cast<std::size_t>(draw.constants[i - draw.textures.size()]);
        const ConstantTexture& texture = fast_.schedule.constants[at];
        request.inputs.push_back(
            {plan.samplers[i], texelFormat(texture.storage), texture.width, texture.height()});
        continue;
      }
      const TexturePlan& texture = schedule_.textures[static_cast<std::size_t>(draw.textures[i])];
      request.inputs.push_back(
          {plan.samplers[i], texelFormat(texture.storage), texture.width, texture.height});
    }
    for (int target : draw.targets) {
      request.targets.push_back(
          texelFormat(schedule_.textures[static_cast<std::size_t>(target)].storage));
    }
    requests.push_back(std::move(request));
  }
  return requests;
}

void Session::takeReady() {
  if (background_ != nullptr) {
    for (const gpu::BackgroundPrograms::Ready& ready : background_->take()) {
      gpu::Program program = gpu::Program::wrap(context_, ready.name, "specialised");
      for (const ProgramPlan& plan : fast_.schedule.programs) {
        if (plan.fragment == ready.fragment) {
          programs_.emplace(plan.fragment, finish(std::move(program), plan));
          break;
        }
      }
    }
  }
  // An op changes as a whole, between two frames.
  for (std::size_t op = 0; op < fast_.ready.size(); ++op) {
    if (fast_.ready[op]) continue;
    bool all = true;
    const std::vector<int>& first = fast_.schedule.firstDraw;
    for (auto i = static_cast<std::size_t>(first[op]); i < static_cast<std::size_t>(first[op + 1]);
         ++i) {
      Built*& built = fast_.draws.programs[i];
      const auto program = static_cast<std::size_t>(fast_.schedule.draws[i].program);
      const auto found = programs_.find(fast_.schedule.programs[program].fragment);
      if (found != programs_.end()) built = &found->second;
      all = all && built != nullptr;
    }
    fast_.ready[op] = all;
  }
  // What is computed in the passes of another op ends when that op changes.
  for (std::size_t op = fast_.ready.size(); op-- > 0;) {
    const int into = fast_.schedule.mapping.ops[op].into;
    if (into >= 0) fast_.ready[op] = fast_.ready[static_cast<std::size_t>(into)];
  }
}

int Session::specialisedOps() const {
  return static_cast<int>(std::count(fast_.ready.begin(), fast_.ready.end(), true));
}

Status Session::settle() {
  while (background_ != nullptr && !background_->idle()) {
    background_->wait();
    takeReady();
  }
  return background_ == nullptr ? Status() : background_->status();
}

}  // namespace glint
