#include <algorithm>
#include <cassert>
#include <set>
#include <string_view>

#include "core/version.h"
#include "nnets/runtime/session.h"
#include "nnets/runtime/transfer.h"

/// The part of Session that replaces quickly built programs by specialised ones.
namespace glint {

Status Session::startBackground() {
  if (background_ != nullptr) return {};
  GLINT_ASSIGN(std::unique_ptr<gpu::SharedContext> shared, options_.share());
  background_ = std::make_unique<gpu::BackgroundPrograms>(std::move(shared),
                                                          options_.cacheDirectory, kVersion);
  return {};
}

Status Session::buildShared(const Schedule& schedule) {
  std::vector<gpu::ProgramRequest> requests = missingPrograms(schedule);
  if (requests.size() < 2) return {};
  GLINT_TRY(startBackground());
  for (const gpu::ProgramRequest& request : requests) requested_.insert(request.fragment);
  // The thread begins at the end, this one here, until they meet.
  background_->add({requests.rbegin(), requests.rend()});
  const auto total = static_cast<int>(requests.size());
  for (int i = 0; i < total; ++i) {
    const gpu::ProgramRequest& request = requests[static_cast<std::size_t>(i)];
    if (!background_->withdraw(request.fragment)) break;
    requested_.erase(request.fragment);
    if (options_.progress) options_.progress(i, total, request.label);
    GLINT_ASSIGN(gpu::Program program,
                 cache_.get(gpu::fullscreenVertexShader(context_.capabilities().esMajor),
                            request.fragment, request.label));
    GLINT_TRY(gpu::drawOnce(context_, fullscreen_, program, request));
    programs_.emplace(request.fragment, finish(std::move(program), request.samplers()));
  }
  while (!background_->idle()) {
    background_->wait();
    adoptReady();
  }
  return {};
}

Status Session::specialise() {
  ScheduleOptions options = scheduleOptions();
  options.given = withInlineWeights(schedule_.mapping, schedule_.graph, options.mapping);
  GLINT_ASSIGN(fast_.schedule, makeSchedule(model_, options));
  assert(fast_.schedule.textures == schedule_.textures);
  GLINT_ASSIGN(DrawConstants constants, makeConstants(context_, fast_.schedule));
  fast_.draws = bindDraws(fast_.schedule, std::move(constants));
  fast_.ready.assign(schedule_.graph.ops.size(), false);
  std::vector<gpu::ProgramRequest> requests = missingPrograms(fast_.schedule);
  if (!requests.empty()) {
    GLINT_TRY(startBackground());
    for (const gpu::ProgramRequest& request : requests) requested_.insert(request.fragment);
    background_->add(std::move(requests));
  }
  return {};
}

Status Session::beginStep() {
  if (stepsBegun_ < 2 && ++stepsBegun_ == 2 && specialises()) GLINT_TRY(specialise());
  takeReady();
  return {};
}

std::vector<gpu::ProgramRequest> Session::missingPrograms(const Schedule& schedule) {
  std::vector<gpu::ProgramRequest> requests;
  std::set<std::string_view> seen;
  for (const DrawPlan& draw : schedule.draws) {
    const ProgramPlan& plan = schedule.programs[static_cast<std::size_t>(draw.program)];
    if (programs_.contains(plan.fragment) || requested_.contains(plan.fragment)) continue;
    if (!seen.insert(plan.fragment).second) continue;
    gpu::ProgramRequest request{plan.fragment, plan.label, {}, {}};
    for (std::size_t i = 0; i < plan.samplers.size(); ++i) {
      const bool constant = i >= draw.textures.size();
      if (constant) {
        const auto at = static_cast<std::size_t>(draw.constants[i - draw.textures.size()]);
        const ConstantTexture& texture = schedule.constants[at];
        request.inputs.push_back(
            {plan.samplers[i], texelFormat(texture.storage), texture.width, texture.height()});
        continue;
      }
      const TexturePlan& texture = schedule.textures[static_cast<std::size_t>(draw.textures[i])];
      request.inputs.push_back(
          {plan.samplers[i], texelFormat(texture.storage), texture.width, texture.height});
    }
    for (int target : draw.targets) {
      request.targets.push_back(
          texelFormat(schedule.textures[static_cast<std::size_t>(target)].storage));
    }
    requests.push_back(std::move(request));
  }
  return requests;
}

void Session::adoptReady() {
  if (background_ == nullptr) return;
  for (const gpu::BackgroundPrograms::Ready& ready : background_->take()) {
    if (options_.onReady) options_.onReady(ready);
    gpu::Counters& counters = context_.counters();
    ++(ready.compiled ? counters.programsCompiled : counters.programsLoaded);
    programs_.emplace(
        ready.request.fragment,
        finish(gpu::Program::wrap(context_, ready.name, "specialised"), ready.request.samplers()));
  }
}

void Session::takeReady() {
  adoptReady();
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

const Schedule& Session::drawing(int op) const {
  const auto at = static_cast<std::size_t>(op);
  return at < fast_.ready.size() && fast_.ready[at] ? fast_.schedule : schedule_;
}

int Session::specialisedOps() const {
  return static_cast<int>(std::count(fast_.ready.begin(), fast_.ready.end(), true));
}

Status Session::settle() {
  stepsBegun_ = std::max(stepsBegun_, 1);
  GLINT_TRY(beginStep());
  while (background_ != nullptr && !background_->idle()) {
    background_->wait();
    takeReady();
  }
  return background_ == nullptr ? Status() : background_->status();
}

}  // namespace glint
