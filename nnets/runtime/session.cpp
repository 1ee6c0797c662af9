#include "nnets/runtime/session.h"

#include <algorithm>
#include <numeric>

#include "core/version.h"
#include "nnets/devices/tuning.h"
#include "nnets/runtime/transfer.h"
#include "nnets/runtime/tuned_cache.h"

namespace glint {

namespace {

/// The components of vectors, one after the other; not for an empty list.
std::span<const std::int32_t> flat(const std::vector<IVec4>& vectors) {
  return {vectors.front().data(), vectors.size() * 4};
}

}  // namespace

Session::Session(gpu::Context& context, Model model, SessionOptions options)
    : context_(context),
      options_(std::move(options)),
      model_(std::move(model)),
      cache_(context, options_.cacheDirectory, kVersion) {}

Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::create(gpu::Context& context, const Model& model,
                                                 SessionOptions options) {
  std::unique_ptr<Session> session(new Session(context, model, std::move(options)));
  GLINT_ASSIGN(session->fullscreen_, gpu::Fullscreen::create(context));
  session->findTuned(model);
  GLINT_TRY(session->bind(model));
  return session;
}

Status Session::rebind(std::int64_t x, std::int64_t y) {
  GLINT_ASSIGN(Model model, model_.withExtent(x, y));
  return bind(model);
}

void Session::findTuned(const Model& model) {
  const bool forced = mapping().forcePlacement || !options_.given.ops.empty();
  if (forced || !options_.useTuned) {
    options_.tuned.reset();
  } else if (!options_.tuned) {
    options_.tuned = loadTuned(options_.cacheDirectory, context_, model);
  }
}

MappingOptions Session::mapping() const {
  return options_.mapping ? *options_.mapping : mappingFor(context_.capabilities().renderer);
}

bool Session::specialises() const {
  return options_.share != nullptr && mapping().specialises && !options_.tuned;
}

ScheduleOptions Session::scheduleOptions() const {
  ScheduleOptions options;
  options.limits = deviceLimits(context_);
  options.mapping = mapping();
  options.mapping.specialised = specialises();
  options.given = options_.given;
  options.tuned = options_.tuned;
  if (options.tuned) options.mapping.bytes = options.tuned->bytes;
  options.fetch = options_.fetch;
  options.software = options_.software;
  return options;
}

Status Session::bind(const Model& model) {
  GLINT_ASSIGN(Schedule schedule, makeSchedule(model, scheduleOptions()));
  GLINT_TRY(buildPrograms(schedule));
  GLINT_ASSIGN(std::unique_ptr<DeviceResources> resources,
               makeResources(context_, schedule, Lifespan::OneStep));
  GLINT_ASSIGN(DrawConstants constants, makeConstants(context_, schedule));
  GLINT_TRY(context_.check("binding the model"));
  model_ = model;
  schedule_ = std::move(schedule);
  resources_ = std::move(resources);
  ++binding_;
  GLINT_ASSIGN(own_, makeKept());
  kept_ = &own_;
  for (auto& [text, built] : programs_) built.lastDraw = nullptr;
  draws_ = bindDraws(schedule_, std::move(constants));
  fast_ = {};
  stepsBegun_ = 0;
  return {};
}

Session::BoundDraws Session::bindDraws(const Schedule& schedule, DrawConstants constants) {
  BoundDraws bound{std::move(constants), {}};
  for (const DrawPlan& draw : schedule.draws) {
    const ProgramPlan& program = schedule.programs[static_cast<std::size_t>(draw.program)];
    const auto found = programs_.find(program.fragment);
    bound.programs.push_back(found == programs_.end() ? nullptr : &found->second);
  }
  return bound;
}

Session::Built Session::finish(gpu::Program program, const std::vector<std::string>& samplers) {
  Built built;
  built.program = std::move(program);
  for (std::size_t unit = 0; unit < samplers.size(); ++unit) {
    built.program.setSampler(built.program.location(samplers[unit]), static_cast<int>(unit));
  }
  built.draw = built.program.location(uniforms::kDraw);
  built.sizes = built.program.location(uniforms::kSizes);
  built.floats = built.program.location(uniforms::kFloats);
  built.ints = built.program.location(uniforms::kInts);
  built.viewport = built.program.location(gpu::kViewportUniform);
  return built;
}

Status Session::buildPrograms(const Schedule& schedule) {
  if (specialises()) GLINT_TRY(buildShared(schedule));
  const auto total = static_cast<int>(schedule.programs.size());
  for (int i = 0; i < total; ++i) {
    const ProgramPlan& plan = schedule.programs[static_cast<std::size_t>(i)];
    if (programs_.contains(plan.fragment)) continue;
    if (options_.progress) options_.progress(i, total, plan.label);
    GLINT_ASSIGN(gpu::Program program,
                 cache_.get(gpu::fullscreenVertexShader(context_.capabilities().esMajor),
                            plan.fragment, plan.label));
    programs_.emplace(plan.fragment, finish(std::move(program), plan.samplers));
  }
  return {};
}

void Session::setDrawVectors(Built& built, const DrawPosition& position) {
  if (context_.es3()) {
    built.program.setInt4(built.draw, flat(position.vectors));
    return;
  }
  std::vector<float> vectors;
  for (const IVec4& vector : position.vectors) {
    for (std::int32_t v : vector) vectors.push_back(static_cast<float>(v));
  }
  built.program.setFloat4(built.draw, vectors);
}

Status Session::draw(const DrawPlan& plan, const BoundDraws& bound, std::size_t index, int step) {
  Built& built = *bound.programs[index];
  built.program.use();
  const DrawConstants::Floats& floats = bound.constants.floats[index];
  DrawPosition at{plan.column, plan.row, {}};
  if (plan.moving) at = positionOf(plan, schedule_, kept_->rings, step);
  if (!at.vectors.empty()) setDrawVectors(built, at);
  if (plan.moving && !floats.viewport.empty()) {
    const float viewport[] = {static_cast<float>(at.column), static_cast<float>(at.row),
                              static_cast<float>(plan.width), static_cast<float>(plan.height)};
    built.program.setFloat4(built.viewport, viewport);
  }
  if (built.lastDraw != &plan) {
    if (!plan.moving && !floats.vectors.empty()) {
      built.program.setFloat4(built.draw, floats.vectors);
    } else if (!plan.moving && !plan.vectors.empty()) {
      built.program.setInt4(built.draw, flat(plan.vectors));
    }
    if (!plan.moving && !floats.viewport.empty()) {
      built.program.setFloat4(built.viewport, floats.viewport);
    }
    if (!floats.sizes.empty()) built.program.setFloat4(built.sizes, floats.sizes);
    if (!floats.floats.empty()) built.program.setFloat4(built.floats, floats.floats);
    if (!plan.ints.empty()) built.program.setInt4(built.ints, flat(plan.ints));
    built.lastDraw = &plan;
  }
  int unit = 0;
  for (int texture : plan.textures) textureAt(texture).bind(unit++);
  for (int constant : plan.constants) {
    bound.constants.textures[static_cast<std::size_t>(constant)].bind(unit++);
  }
  framebufferAt(plan.targets).bind();
  fullscreen_.draw({at.column, at.row, plan.width, plan.height});
  return {};
}

Status Session::drawOp(int op, int step) {
  const auto at = static_cast<std::size_t>(op);
  const bool fast = at < fast_.ready.size() && fast_.ready[at];
  const Schedule& schedule = fast ? fast_.schedule : schedule_;
  const BoundDraws& bound = fast ? fast_.draws : draws_;
  const auto last = static_cast<std::size_t>(schedule.firstDraw[at + 1]);
  for (auto i = static_cast<std::size_t>(schedule.firstDraw[at]); i < last; ++i) {
    GLINT_TRY(draw(schedule.draws[i], bound, i, step));
  }
  return {};
}

Status Session::drawOps(std::span<const int> ops) {
  const OpGraph& graph = schedule_.graph;
  const auto scanOf = [&](std::size_t i) {
    return graph.ops[static_cast<std::size_t>(ops[i])].scan;
  };
  for (std::size_t first = 0, last = 0; first < ops.size(); first = last) {
    last = first + 1;
    if (scanOf(first) < 0) {
      GLINT_TRY(drawOp(ops[first], 0));
      continue;
    }
    while (last < ops.size() && scanOf(last) == scanOf(first)) ++last;
    const Scan& scan = graph.scans[static_cast<std::size_t>(scanOf(first))];
    for (int step = 0; step < scan.steps; ++step) {
      kept_->push(graph, scanOf(first));
      for (int op : ops.subspan(first, last - first)) {
        const bool emits = graph.ops[static_cast<std::size_t>(op)].emits;
        if (emits && (step + 1) % scan.every != 0) continue;
        GLINT_TRY(drawOp(op, step));
      }
    }
  }
  return {};
}

Status Session::drawOnly() {
  GLINT_TRY(beginStep());
  kept_ = &own_;
  std::vector<int> ops(schedule_.graph.ops.size());
  std::iota(ops.begin(), ops.end(), 0);
  return drawOps(ops);
}

Status Session::drawLayer(int layer) {
  kept_ = &own_;
  return drawOps(schedule_.layers[static_cast<std::size_t>(layer)].ops);
}

Status Session::wait() {
  if (schedule_.draws.empty()) return {};
  gpu::Framebuffer& last = framebufferAt(schedule_.draws.back().targets);
  std::vector<std::byte> texel(static_cast<std::size_t>(gpu::bytesPerTexel(last.format(0))));
  return last.readPixels(0, {0, 0, 1, 1}, texel);
}

}  // namespace glint
