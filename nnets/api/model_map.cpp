#include <set>
#include <string>
#include <utility>

#include "nnets/api/model.h"
#include "nnets/api/model_body.h"

namespace glint::api {
namespace {

BackendType backendOf(const Schedule* schedule, int layer) {
  if (schedule == nullptr) return BackendType::Software;
  return schedule->layers[static_cast<std::size_t>(layer)].backend == Backend::Hardware
             ? BackendType::Hardware
             : BackendType::Software;
}

/// Bytes of the programs and constants that draw the layer; programs in `counted` are not counted
/// again.
std::int64_t hardwareBytes(const Schedule& schedule, int layer, std::set<int>& programs,
                           std::set<int>& constants) {
  std::size_t bytes = 0;
  for (const int op : schedule.layers[static_cast<std::size_t>(layer)].ops) {
    const auto at = static_cast<std::size_t>(op);
    for (auto d = static_cast<std::size_t>(schedule.firstDraw[at]);
         d < static_cast<std::size_t>(schedule.firstDraw[at + 1]); ++d) {
      const DrawPlan& draw = schedule.draws[d];
      bytes += (draw.vectors.size() + draw.sizes.size() + draw.floats.size() + draw.ints.size()) *
               sizeof(IVec4);
      if (programs.insert(draw.program).second) {
        bytes += schedule.programs[static_cast<std::size_t>(draw.program)].fragment.size();
      }
      for (const int constant : draw.constants) {
        if (!constants.insert(constant).second) continue;
        const ConstantTexture& texture = schedule.constants[static_cast<std::size_t>(constant)];
        const bool narrow = texture.storage == Storage::Norm8 ||
                            texture.storage == Storage::Uint8 ||
                            texture.storage == Storage::Bytes32;
        bytes += texture.texels.size() * (narrow ? 4 : sizeof(IVec4));
      }
    }
  }
  return static_cast<std::int64_t>(bytes);
}

std::int64_t softwareBytes(const glint::Model& model, int layer) {
  std::int64_t bytes = 0;
  for (const VariableDecl& decl : model.layer(layer).variableTable(model.inputTypes(layer))) {
    bytes += decl.shape.size() * static_cast<std::int64_t>(byteSize(decl.dtype));
  }
  return bytes;
}

/// "HW/conv1-dense", or "SW/scores" for one layer.
std::string sequenceName(BackendType backend, const std::vector<Layer>& layers) {
  const std::string first = layers.front().name();
  return std::string(backend == BackendType::Hardware ? "HW/" : "SW/") + first +
         (layers.size() == 1 ? "" : "-" + layers.back().name());
}

}  // namespace

std::vector<PassMapping> passesOf(const Schedule& schedule, int layer) {
  std::vector<PassMapping> passes;
  for (const int op : schedule.layers[static_cast<std::size_t>(layer)].ops) {
    const OpMapping& mapping = schedule.mapping.ops[static_cast<std::size_t>(op)];
    if (schedule.mapping.fused && mapping.into >= 0) continue;
    passes.insert(passes.end(), mapping.passes.begin(), mapping.passes.end());
  }
  return passes;
}

Layer ModelBody::handleOf(int index) {
  std::weak_ptr<LayerBody>& slot = handles[static_cast<std::size_t>(index)];
  std::shared_ptr<LayerBody> body = slot.lock();
  if (body == nullptr) {
    body = std::make_shared<LayerBody>();
    body->model = shared_from_this();
    body->index = index;
    slot = body;
  }
  return Layer(std::move(body));
}

Result<std::unique_ptr<Executor>> ModelBody::makeExecutor(Device& target, bool onlyHardware) const {
  GLINT_ASSIGN(std::unique_ptr<Executor> made, target.map(graph));
  const Schedule* plan = made->schedule();
  for (int i = 0; onlyHardware && i < graph.layerCount(); ++i) {
    if (backendOf(plan, i) == BackendType::Hardware) continue;
    const std::string why = plan == nullptr ? "" : plan->layers[static_cast<std::size_t>(i)].why;
    return within(describe(graph.layer(i)),
                  Error{Errc::Runtime, "would run in software" + (why.empty() ? "" : ": " + why) +
                                           "; hw_only asks for one sequence on " + target.desc()});
  }
  return made;
}

void ModelBody::unmap() {
  device.reset();
  executor.reset();
  stale = false;
  states.clear();
}

Status Model::map(std::shared_ptr<Device> device, bool hwOnly) {
  ModelBody& body = *body_;
  if (!body.failure.ok()) return body.failure;
  if (device == nullptr) {
    body.unmap();
    return {};
  }
  if (getLayerCount() == 0) return Error{Errc::Runtime, "the model has no layers to map"};
  GLINT_ASSIGN(std::unique_ptr<Executor> executor, body.makeExecutor(*device, hwOnly));
  body.unmap();
  body.device = std::move(device);
  body.hwOnly = hwOnly;
  body.executor = std::move(executor);
  return {};
}

const Schedule* Model::schedule() const {
  return body_->executor == nullptr ? nullptr : body_->executor->schedule();
}

std::vector<Sequence> Model::sequences() const {
  std::vector<Sequence> all;
  const Schedule* plan = schedule();
  std::set<int> programs, constants;
  for (const Layer& layer : layers()) {
    const int index = body_->graph.find(layer.name());
    const BackendType backend = backendOf(plan, index);
    if (all.empty() || all.back().backend != backend) {
      all.emplace_back().backend = backend;
      all.back().passes.emplace_back();
      programs.clear();
      constants.clear();
    }
    all.back().passes.back().layers.push_back(layer);
    all.back().bytes += backend == BackendType::Hardware
                            ? hardwareBytes(*plan, index, programs, constants)
                            : softwareBytes(graph(), index);
  }
  for (Sequence& sequence : all) sequence.name = sequenceName(sequence.backend, sequence.layers());
  return all;
}

void Model::setClock(std::function<double()> milliseconds) {
  body_->clock = std::move(milliseconds);
}

const std::map<std::string, double>& Model::metrics() const { return body_->metrics; }
const std::vector<PowerEvent>& Model::powerEvents() const { return body_->powerEvents; }

std::map<std::string, SequenceStatistics> Model::statistics() const {
  std::map<std::string, SequenceStatistics> all;
  for (const Sequence& sequence : sequences()) {
    all[sequence.name] = statisticsOf(body_->metrics, body_->powerEvents);
  }
  return all;
}

}  // namespace glint::api
