#include <algorithm>

#include "nnets/runtime/session.h"
#include "nnets/runtime/transfer.h"

/// The part of Session that takes one step: transfers, the order of work, what a stream keeps.
namespace glint {

Result<Session::Kept> Session::makeKept() {
  Kept kept;
  GLINT_ASSIGN(kept.device, makeResources(context_, schedule_, Lifespan::OneStream));
  for (const ValuePlan& value : schedule_.values) kept.rings.push_back({value.slots.slots, 0});
  kept.software.resize(static_cast<std::size_t>(model_.layerCount()));
  return kept;
}

void Session::Kept::push(const OpGraph& graph, int scan) {
  for (std::size_t v = 0; v < rings.size(); ++v) {
    if (graph.values[v].scan == scan) rings[v].push();
  }
}

Status Session::clear(Kept& kept) {
  for (LayerState& layer : kept.software) layer.clear();
  return clearKept(schedule_, *kept.device);
}

Status Session::reset() { return clear(own_); }

const gpu::Texture& Session::textureAt(int index) const {
  const auto at = static_cast<std::size_t>(index);
  return schedule_.textures[at].kept ? kept_->device->textures[at] : resources_->textures[at];
}

gpu::Framebuffer& Session::framebufferAt(const std::vector<int>& textures) const {
  const bool kept = schedule_.textures[static_cast<std::size_t>(textures.front())].kept;
  return (kept ? kept_->device : resources_)->framebuffers.at(textures);
}

Status Session::upload(int value, const Tensor& tensor, int age) {
  const auto at = static_cast<std::size_t>(value);
  const ValuePlan& plan = schedule_.values[at];
  const Texel slot = plan.slots.origin(plan.layout, kept_->rings[at].slot(age));
  Status status;
  forEachTile(plan.layout, [&](const TilePlace& tile) {
    if (!status.ok()) return;
    const auto texture =
        static_cast<std::size_t>(plan.textures[static_cast<std::size_t>(tile.plane)]);
    gpu::Texture& to = schedule_.textures[texture].kept ? kept_->device->textures[texture]
                                                        : resources_->textures[texture];
    gpu::Rect rect = tile.rect;
    rect.x += slot.column;
    rect.y += slot.row;
    status = to.upload(rect, packTile(tensor, plan.layout, tile));
  });
  return status;
}

Result<Session::Fetching> Session::startFetch(int value, int age) {
  const auto at = static_cast<std::size_t>(value);
  const ValuePlan& plan = schedule_.values[at];
  const Texel slot = plan.slots.origin(plan.layout, kept_->rings[at].slot(age));
  const gpu::Rect rect{slot.column, slot.row, plan.layout.width(), plan.layout.height()};
  gpu::Framebuffer& framebuffer = framebufferAt(plan.textures);
  Fetching fetching{value, {}};
  for (std::size_t plane = 0; plane < plan.textures.size(); ++plane) {
    fetching.planes.emplace_back(context_);
    GLINT_TRY(fetching.planes.back().start(framebuffer, static_cast<int>(plane), rect));
  }
  return fetching;
}

Result<Tensor> Session::finishFetch(Fetching& fetching) {
  std::vector<std::vector<std::byte>> planes;
  for (gpu::Readback& readback : fetching.planes) {
    planes.emplace_back(readback.bytes());
    GLINT_TRY(readback.finish(planes.back()));
  }
  const auto at = static_cast<std::size_t>(fetching.value);
  return unpackPlanes(planes, schedule_.values[at].layout, schedule_.graph.values[at].type);
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
      inputs, model_.outputType(layer), kept_->software[static_cast<std::size_t>(layer)]);
  return {};
}

Result<Session::Drawn> Session::begin(std::span<const Tensor> feeds, Kept& kept) {
  GLINT_TRY(checkFeeds(model_, feeds));
  GLINT_TRY(beginStep());
  kept_ = &kept;
  Drawn step;
  std::vector<Tensor>& host = step.host;
  host.resize(schedule_.values.size());
  for (std::size_t i = 0; i < feeds.size(); ++i) {
    host[static_cast<std::size_t>(schedule_.feedValues[i])] = feeds[i];
  }
  kept.push(schedule_.graph, -1);
  std::size_t lastSoftware = 0;
  const std::vector<RunStep>& steps = schedule_.steps;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (std::holds_alternative<SoftwareStep>(steps[i])) lastSoftware = i;
  }
  const auto tell = [&](const RunStep& what, bool begins) {
    if (options_.onStep) options_.onStep(what, begins);
  };
  for (std::size_t i = 0; i < steps.size(); ++i) {
    tell(steps[i], true);
    if (const auto* s = std::get_if<DrawStep>(&steps[i])) {
      GLINT_TRY(drawOps({&s->op, 1}));
    } else if (const auto* again = std::get_if<ScanStep>(&steps[i])) {
      GLINT_TRY(drawOps(again->ops));
    } else if (const auto* u = std::get_if<UploadStep>(&steps[i])) {
      GLINT_TRY(upload(u->value, host[static_cast<std::size_t>(u->value)], 0));
    } else if (const auto* f = std::get_if<FetchStep>(&steps[i])) {
      GLINT_ASSIGN(Fetching fetching, startFetch(f->value, 0));
      if (i > lastSoftware) {
        step.fetching.push_back(std::move(fetching));
      } else {
        GLINT_ASSIGN(host[static_cast<std::size_t>(f->value)], finishFetch(fetching));
      }
    } else {
      GLINT_TRY(runSoftware(std::get<SoftwareStep>(steps[i]).layer, host));
    }
    tell(steps[i], false);
  }
  GLINT_TRY(context_.check("running the model"));
  return step;
}

Result<std::map<int, Tensor>> Session::finish(Drawn step) {
  for (Fetching& fetching : step.fetching) {
    GLINT_ASSIGN(step.host[static_cast<std::size_t>(fetching.value)], finishFetch(fetching));
  }
  std::map<int, Tensor> outputs;
  std::vector<int> wanted = model_.outputs();
  wanted.insert(wanted.end(), options_.fetch.begin(), options_.fetch.end());
  for (int layer : wanted) {
    const int value = schedule_.graph.layerValue[static_cast<std::size_t>(layer)];
    const Tensor& output = step.host[static_cast<std::size_t>(value)];
    // What software gave, and feeds, may be wider.
    const DType type = model_.outputType(layer).dtype();
    if (output.type() == type) {
      outputs[layer] = output;
    } else {
      GLINT_ASSIGN(outputs[layer], convertIntegers(output, type));
    }
  }
  return outputs;
}

Result<std::map<int, Tensor>> Session::run(std::span<const Tensor> feeds) {
  GLINT_ASSIGN(Drawn step, begin(feeds, own_));
  return finish(std::move(step));
}

}  // namespace glint
