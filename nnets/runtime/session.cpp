#include "nnets/runtime/session.h"

#include <algorithm>

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
  GLINT_ASSIGN(std::unique_ptr<DeviceResources> resources, makeResources(context_, schedule));
  GLINT_ASSIGN(DrawConstants constants, makeConstants(context_, schedule));
  GLINT_TRY(context_.check("binding the model"));
  model_ = model;
  schedule_ = std::move(schedule);
  resources_ = std::move(resources);
  states_.assign(static_cast<std::size_t>(model_.layerCount()), {});
  for (auto& [text, built] : programs_) built.lastDraw = nullptr;
  draws_ = bindDraws(schedule_, std::move(constants));
  return specialise();
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

Session::Built Session::finish(gpu::Program program, const ProgramPlan& plan) {
  Built built;
  built.program = std::move(program);
  for (std::size_t unit = 0; unit < plan.samplers.size(); ++unit) {
    built.program.setSampler(built.program.location(plan.samplers[unit]), static_cast<int>(unit));
  }
  built.draw = built.program.location(uniforms::kDraw);
  built.sizes = built.program.location(uniforms::kSizes);
  built.floats = built.program.location(uniforms::kFloats);
  built.ints = built.program.location(uniforms::kInts);
  built.viewport = built.program.location(gpu::kViewportUniform);
  return built;
}

Status Session::buildPrograms(const Schedule& schedule) {
  const auto total = static_cast<int>(schedule.programs.size());
  for (int i = 0; i < total; ++i) {
    const ProgramPlan& plan = schedule.programs[static_cast<std::size_t>(i)];
    if (programs_.contains(plan.fragment)) continue;
    if (options_.progress) options_.progress(i, total, plan.label);
    GLINT_ASSIGN(gpu::Program program,
                 cache_.get(gpu::fullscreenVertexShader(context_.capabilities().esMajor),
                            plan.fragment, plan.label));
    programs_.emplace(plan.fragment, finish(std::move(program), plan));
  }
  return {};
}

Status Session::draw(const DrawPlan& plan, const BoundDraws& bound, std::size_t index) {
  Built& built = *bound.programs[index];
  built.program.use();
  if (built.lastDraw != &plan) {
    const DrawConstants::Floats& floats = bound.constants.floats[index];
    if (!floats.vectors.empty()) {
      built.program.setFloat4(built.draw, floats.vectors);
    } else if (!plan.vectors.empty()) {
      built.program.setInt4(built.draw, flat(plan.vectors));
    }
    if (!floats.viewport.empty()) built.program.setFloat4(built.viewport, floats.viewport);
    if (!floats.sizes.empty()) built.program.setFloat4(built.sizes, floats.sizes);
    if (!floats.floats.empty()) built.program.setFloat4(built.floats, floats.floats);
    if (!plan.ints.empty()) built.program.setInt4(built.ints, flat(plan.ints));
    built.lastDraw = &plan;
  }
  int unit = 0;
  for (int texture : plan.textures) {
    resources_->textures[static_cast<std::size_t>(texture)].bind(unit++);
  }
  for (int constant : plan.constants) {
    bound.constants.textures[static_cast<std::size_t>(constant)].bind(unit++);
  }
  resources_->framebuffers.at(plan.targets).bind();
  fullscreen_.draw({plan.column, plan.row, plan.width, plan.height});
  return {};
}

Status Session::drawOp(int op) {
  const auto at = static_cast<std::size_t>(op);
  const bool fast = at < fast_.ready.size() && fast_.ready[at];
  const Schedule& schedule = fast ? fast_.schedule : schedule_;
  const BoundDraws& bound = fast ? fast_.draws : draws_;
  const auto last = static_cast<std::size_t>(schedule.firstDraw[at + 1]);
  for (auto i = static_cast<std::size_t>(schedule.firstDraw[at]); i < last; ++i) {
    GLINT_TRY(draw(schedule.draws[i], bound, i));
  }
  return {};
}

Status Session::upload(int value, const Tensor& tensor) {
  const ValuePlan& plan = schedule_.values[static_cast<std::size_t>(value)];
  Status status;
  forEachTile(plan.layout, [&](const TilePlace& tile) {
    if (!status.ok()) return;
    const int texture = plan.textures[static_cast<std::size_t>(tile.plane)];
    status = resources_->textures[static_cast<std::size_t>(texture)].upload(
        tile.rect, packTile(tensor, plan.layout, tile));
  });
  return status;
}

Result<Tensor> Session::fetch(int value) {
  const ValuePlan& plan = schedule_.values[static_cast<std::size_t>(value)];
  gpu::Framebuffer& framebuffer = resources_->framebuffers.at(plan.textures);
  std::vector<gpu::Readback> readbacks;
  for (std::size_t plane = 0; plane < plan.textures.size(); ++plane) {
    readbacks.emplace_back(context_);
    GLINT_TRY(readbacks.back().start(framebuffer, static_cast<int>(plane), framebuffer.extent()));
  }
  std::vector<std::vector<std::byte>> planes;
  for (gpu::Readback& readback : readbacks) {
    planes.emplace_back(readback.bytes());
    GLINT_TRY(readback.finish(planes.back()));
  }
  return unpackPlanes(planes, plan.layout,
                      schedule_.graph.values[static_cast<std::size_t>(value)].type);
}

Status Session::runSoftware(int layer, std::vector<Tensor>& host) {
  std::vector<Tensor> inputs;
  const std::vector<int>& inbounds = model_.inboundsOf(layer);
  for (int source : inbounds) {
    inputs.push_back(host[static_cast<std::size_t>(
        schedule_.graph.layerValue[static_cast<std::size_t>(source)])]);
  }
  if (inbounds.empty()) {
    const std::vector<int> feeds = model_.feeds();
    const auto position = std::find(feeds.begin(), feeds.end(), layer) - feeds.begin();
    inputs.push_back(
        host[static_cast<std::size_t>(schedule_.feedValues[static_cast<std::size_t>(position)])]);
  }
  for (Tensor& input : inputs) {
    if (!isInteger(input.type())) continue;
    GLINT_ASSIGN(input, convertIntegers(input, DType::I32));
  }
  const int value = schedule_.graph.layerValue[static_cast<std::size_t>(layer)];
  host[static_cast<std::size_t>(value)] = model_.layer(layer).reference(
      inputs, model_.outputType(layer), states_[static_cast<std::size_t>(layer)]);
  return {};
}

Result<std::map<int, Tensor>> Session::run(std::span<const Tensor> feeds) {
  GLINT_TRY(checkFeeds(model_, feeds));
  takeReady();
  std::vector<Tensor> host(schedule_.values.size());
  for (std::size_t i = 0; i < feeds.size(); ++i) {
    host[static_cast<std::size_t>(schedule_.feedValues[i])] = feeds[i];
  }
  for (const RunStep& step : schedule_.steps) {
    if (options_.onStep) options_.onStep(step, true);
    if (const auto* s = std::get_if<DrawStep>(&step)) {
      GLINT_TRY(drawOp(s->op));
    } else if (const auto* u = std::get_if<UploadStep>(&step)) {
      GLINT_TRY(upload(u->value, host[static_cast<std::size_t>(u->value)]));
    } else if (const auto* f = std::get_if<FetchStep>(&step)) {
      GLINT_ASSIGN(host[static_cast<std::size_t>(f->value)], fetch(f->value));
    } else {
      GLINT_TRY(runSoftware(std::get<SoftwareStep>(step).layer, host));
    }
    if (options_.onStep) options_.onStep(step, false);
  }
  GLINT_TRY(context_.check("running the model"));
  std::map<int, Tensor> outputs;
  std::vector<int> wanted = model_.outputs();
  wanted.insert(wanted.end(), options_.fetch.begin(), options_.fetch.end());
  for (int layer : wanted) {
    const int value = schedule_.graph.layerValue[static_cast<std::size_t>(layer)];
    outputs[layer] = host[static_cast<std::size_t>(value)];
  }
  return outputs;
}

Status Session::drawOnly() {
  takeReady();
  for (std::size_t op = 0; op < schedule_.graph.ops.size(); ++op) {
    GLINT_TRY(drawOp(static_cast<int>(op)));
  }
  return {};
}

Status Session::drawLayer(int layer) {
  for (int op : schedule_.layers[static_cast<std::size_t>(layer)].ops) GLINT_TRY(drawOp(op));
  return {};
}

Status Session::wait() {
  if (schedule_.draws.empty()) return {};
  gpu::Framebuffer& last = resources_->framebuffers.at(schedule_.draws.back().targets);
  std::vector<std::byte> texel(static_cast<std::size_t>(gpu::bytesPerTexel(last.format(0))));
  return last.readPixels(0, {0, 0, 1, 1}, texel);
}

}  // namespace glint
