#include "nnets/schedule/schedule.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <map>

#include "nnets/passes/lower_model.h"
#include "nnets/schedule/constants.h"
#include "nnets/schedule/place.h"
#include "nnets/schedule/positions.h"
#include "shaders/print.h"

namespace glint {
namespace {

/// How far windows reach outside a map, in positions.
struct Reach {
  std::int64_t before = 0;
  std::int64_t after = 0;
};

Reach reachOf(const WindowGeometry& g, const WindowGeometry::Axis& axis, std::int64_t n) {
  if (g.kind == WindowGeometry::Kind::Whole) return {};
  if (g.kind == WindowGeometry::Kind::Transposed) return {1, axis.size == 4 ? 1 : 0};
  const std::int64_t before = g.before(axis, n);
  const std::int64_t last = (g.outExtent(axis, n) - 1) * axis.stride - before + axis.size - 1;
  return {before, std::max<std::int64_t>(last - (n - 1), 0)};
}

class Scheduler {
 public:
  Scheduler(const Model& model, const ScheduleOptions& options)
      : model_(model),
        options_(options),
        lowered_(lowerModel(model, options.limits.arithmetic, options.software)) {}

  Result<Schedule> run() {
    schedule_.graph = std::move(lowered_.graph);
    schedule_.feedValues = lowered_.feedValues;
    findReaders();
    map();
    describeLayers();
    GLINT_TRY(layOut());
    order();
    placeTextures(schedule_);
    std::vector<LayoutForm> forms;
    for (const ValuePlan& value : schedule_.values) forms.push_back(value.layout.form);
    for (std::size_t i = 0; i < graph().ops.size(); ++i) draw(static_cast<int>(i), forms);
    schedule_.firstDraw.push_back(static_cast<int>(schedule_.draws.size()));
    GLINT_TRY(checkPrograms());
    return std::move(schedule_);
  }

 private:
  OpGraph& graph() { return schedule_.graph; }
  const Value& valueAt(int i) const { return schedule_.graph.values[static_cast<std::size_t>(i)]; }
  ValuePlan& planOf(int i) { return schedule_.values[static_cast<std::size_t>(i)]; }

  void describeLayers() {
    schedule_.layers.resize(static_cast<std::size_t>(model_.layerCount()));
    for (int i = 0; i < model_.layerCount(); ++i) {
      LayerPlan& plan = schedule_.layers[static_cast<std::size_t>(i)];
      plan.why = lowered_.software[static_cast<std::size_t>(i)];
      plan.backend = plan.why.empty() ? Backend::Hardware : Backend::Software;
    }
    for (std::size_t i = 0; i < graph().ops.size(); ++i) {
      LayerPlan& plan = schedule_.layers[static_cast<std::size_t>(graph().ops[i].layer)];
      plan.ops.push_back(static_cast<int>(i));
      plan.proof += (plan.proof.empty() ? "" : "; then ") + lowered_.proofs[i].describe();
    }
    if (!schedule_.mapping.fused) return;
    for (std::size_t i = 0; i < schedule_.layers.size(); ++i) {
      LayerPlan& plan = schedule_.layers[i];
      for (int op : plan.ops) {
        const int into = schedule_.mapping.ops[static_cast<std::size_t>(op)].into;
        plan.inside = into < 0 ? -1 : graph().ops[static_cast<std::size_t>(into)].layer;
        if (plan.inside < 0 || plan.inside == static_cast<int>(i)) break;
      }
      if (plan.inside == static_cast<int>(i)) plan.inside = -1;
      if (plan.inside >= 0) plan.proof += "; in the passes of " + model_.layer(plan.inside).name;
    }
  }

  /// Which values ops read, and which the host needs.
  void findReaders() {
    readers_.assign(graph().values.size(), {});
    for (const Op& op : graph().ops) {
      for (const SumInput& input : op.inputs) {
        ++readers_[static_cast<std::size_t>(input.value)].inputs;
      }
    }
    const auto need = [&](int layer) {
      const int value = graph().layerValue[static_cast<std::size_t>(layer)];
      readers_[static_cast<std::size_t>(value)].host = true;
    };
    for (int layer : model_.outputs()) need(layer);
    for (int layer : options_.fetch) need(layer);
    for (int i = 0; i < model_.layerCount(); ++i) {
      if (lowered_.software[static_cast<std::size_t>(i)].empty()) continue;
      for (int source : model_.inboundsOf(i)) need(source);
    }
  }

  void map() {
    const auto map = [&](const MappingOptions& options) {
      return mapDefault(graph(), lowered_.proofs, readers_, options_.limits, options);
    };
    if (options_.given.ops.size() == graph().ops.size()) {
      schedule_.mapping = options_.given;
    } else {
      schedule_.mapping = options_.tuned ? mapTuned(*options_.tuned, graph(), options_.mapping, map)
                                         : map(options_.mapping);
    }
  }

  /// Gives every value that the GPU reads or writes a layout.
  Status layOut() {
    schedule_.values.resize(graph().values.size());
    for (std::size_t v = 0; v < graph().values.size(); ++v) {
      const int writer = writerOf(graph(), static_cast<int>(v));
      if (writer < 0 && readers_[v].inputs == 0) continue;
      const OpMapping* mapping =
          writer < 0 ? nullptr : &schedule_.mapping.ops[static_cast<std::size_t>(writer)];
      if (mapping != nullptr && mapping->passes.empty()) continue;  // never leaves a pass
      const Value& value = graph().values[v];
      Reach reach;
      for (const Op& op : graph().ops) {
        for (const SumInput& input : op.inputs) {
          if (input.value != static_cast<int>(v)) continue;
          const Reach x = reachOf(op.geometry, op.geometry.x, value.type.x());
          const Reach y = reachOf(op.geometry, op.geometry.y, value.type.y());
          reach = {std::max({reach.before, x.before, y.before}),
                   std::max({reach.after, x.after, y.after})};
        }
      }
      const bool phased =
          writer >= 0 && graph().ops[static_cast<std::size_t>(writer)].geometry.kind ==
                             WindowGeometry::Kind::Transposed;
      if (phased) reach = {(reach.before + 1) / 2, (reach.after + 2) / 2};
      ValuePlan& plan = schedule_.values[v];
      plan.onGpu = true;
      const MappingOptions& how = options_.mapping;
      GLINT_ASSIGN(
          plan.layout,
          makeLayout(
              formFor(value, mapping, phased, options_.limits, how.bytes), value.type.x(),
              value.type.y(), static_cast<int>(reach.before), static_cast<int>(reach.after),
              {options_.limits.textureSize, how.align, how.rasterTile, how.compilesForExtents},
              "tensor " + value.name + " " + value.type.toString()));
      GLINT_ASSIGN(plan.slots, makeSlotGrid(plan.layout, std::max(value.history, 1),
                                            options_.limits.textureSize,
                                            "tensor " + value.name + " " + value.type.toString()));
    }
    return {};
  }

  /// The order of work: layer by layer, with transfers where software and hardware meet.
  void order() {
    std::vector<bool> onHost(graph().values.size(), false);
    std::vector<RunStep>& steps = schedule_.steps;
    const auto upload = [&](int value) {
      onHost[static_cast<std::size_t>(value)] = true;
      if (planOf(value).onGpu) steps.push_back(UploadStep{value});
    };
    const auto fetch = [&](int value) {
      if (onHost[static_cast<std::size_t>(value)]) return;
      steps.push_back(FetchStep{value});
      onHost[static_cast<std::size_t>(value)] = true;
    };
    for (int value : schedule_.feedValues) upload(value);
    for (int i = 0; i < model_.layerCount(); ++i) {
      const LayerPlan& layer = schedule_.layers[static_cast<std::size_t>(i)];
      if (layer.backend == Backend::Hardware) {
        for (int op : layer.ops) addDraw(op);
        continue;
      }
      for (int source : model_.inboundsOf(i)) {
        fetch(graph().layerValue[static_cast<std::size_t>(source)]);
      }
      steps.push_back(SoftwareStep{i});
      upload(graph().layerValue[static_cast<std::size_t>(i)]);
    }
    for (std::size_t v = 0; v < readers_.size(); ++v) {
      if (readers_[v].host) fetch(static_cast<int>(v));
    }
  }

  void addDraw(int op) {
    std::vector<RunStep>& steps = schedule_.steps;
    const int scan = graph().ops[static_cast<std::size_t>(op)].scan;
    if (scan < 0) {
      steps.push_back(DrawStep{op});
      return;
    }
    auto* last = steps.empty() ? nullptr : std::get_if<ScanStep>(&steps.back());
    if (last == nullptr || last->scan != scan) {
      steps.push_back(ScanStep{scan, {}});
      last = &std::get<ScanStep>(steps.back());
    }
    last->ops.push_back(op);
  }

  void draw(int opIndex, const std::vector<LayoutForm>& forms) {
    const Op& op = graph().ops[static_cast<std::size_t>(opIndex)];
    const OpMapping& mapping = schedule_.mapping.ops[static_cast<std::size_t>(opIndex)];
    const KernelSources sources{graph(), lowered_.proofs, schedule_.mapping, forms,
                                options_.limits};
    const ValuePlan& out = planOf(op.output);
    schedule_.firstDraw.push_back(static_cast<int>(schedule_.draws.size()));
    if (schedule_.mapping.fused && mapping.into >= 0) return;
    for (const PassMapping& pass : mapping.passes) {
      BuiltKernel built = buildKernel(sources, opIndex, pass);
      const KernelPlan& plan = built.plan;
      DrawPlan draw;
      draw.op = opIndex;
      draw.program = programFor(plan, op);
      if (plan.placement == Placement::Texture) {
        draw.constants.push_back(constantTexture(plan, plan.weights, std::move(built.weights)));
      }
      if (hasTable(plan)) {
        draw.constants.push_back(constantTexture(plan, plan.table, std::move(built.table)));
      }
      draw.targets = out.textures;
      setPositions(draw, schedule_, pass, built);
      if (options_.limits.dialect.isEs2()) setSizes(draw, built);
      if (plan.fetchesConstants) {
        draw.constants.push_back(constantTexture(plan, {}, encodeConstants(plan)));
      } else if (!plan.inlineConstants()) {
        draw.floats = std::move(built.plan.floats);
        draw.ints = std::move(built.plan.ints);
      }
      for (const auto& [operand, plane] : samplersOf(plan)) {
        const int value = built.operands[static_cast<std::size_t>(operand)].value;
        draw.textures.push_back(planOf(value).textures[static_cast<std::size_t>(plane)]);
      }
      std::int64_t iterations = 1;
      for (int count : plan.loopCounts) iterations *= count;
      draw.macs = macsPerFragment(plan) * iterations * draw.width * draw.height;
      schedule_.draws.push_back(std::move(draw));
    }
  }

  /// Reciprocal extents of all textures a draw reads.
  void setSizes(DrawPlan& draw, const BuiltKernel& built) {
    const auto add = [&](int width, int height) {
      draw.sizes.push_back({1. / width, 1. / height, 0, 0});
    };
    for (const BuiltKernel::Operand& operand : built.operands) {
      const ValuePlan& in = planOf(operand.value);
      add(in.slots.width(in.layout), in.slots.height(in.layout));
    }
    for (int i : draw.constants) {
      const ConstantTexture& texture = schedule_.constants[static_cast<std::size_t>(i)];
      add(texture.width, texture.height());
    }
  }

  /// A constant texture with these contents; equal contents, such as the table of all passes of a
  /// layer, share one.
  int constantTexture(const KernelPlan& plan, const ConstantsForm& form,
                      std::vector<IVec4> texels) {
    ConstantTexture texture{form.storage, plan.constantsPerRow, std::move(texels)};
    if (options_.mapping.compilesForExtents) {
      const auto rows = std::bit_ceil(static_cast<unsigned>(texture.height()));
      texture.texels.resize(std::size_t{rows} * static_cast<std::size_t>(texture.width));
    }
    auto& all = schedule_.constants;
    const auto found = std::find(all.rbegin(), all.rend(), texture);
    if (found != all.rend()) return static_cast<int>(all.rend() - found) - 1;
    all.push_back(std::move(texture));
    return static_cast<int>(all.size()) - 1;
  }

  /// Programs are told apart by their text alone.
  int programFor(const KernelPlan& kernel, const Op& op) {
    std::string fragment = printFragment(kernel, options_.limits.dialect);
    const auto [found, isNew] =
        programIndex_.emplace(fragment, static_cast<int>(schedule_.programs.size()));
    if (isNew) {
      ProgramPlan program{model_.layer(op.layer).name, std::move(fragment), {}, kernel, 0};
      for (const auto& [operand, plane] : samplersOf(kernel)) {
        program.samplers.push_back(uniforms::sampler(operand, plane));
      }
      for (const char* name : constantSamplers(kernel)) program.samplers.emplace_back(name);
      schedule_.programs.push_back(std::move(program));
    }
    ++schedule_.programs[static_cast<std::size_t>(found->second)].draws;
    return found->second;
  }

  /// The device's limits on one program and its constants.
  Status checkPrograms() {
    const DeviceLimits& limits = options_.limits;
    const auto check = [](const std::string& layer, int needed, const char* of,
                          int limit) -> Status {
      if (needed <= limit) return {};
      return Error{Errc::Unsupported, "layer " + layer + " needs " + std::to_string(needed) + " " +
                                          of + " at once, the device has " + std::to_string(limit)};
    };
    for (const ProgramPlan& program : schedule_.programs) {
      GLINT_TRY(check(program.label, static_cast<int>(program.samplers.size()), "texture units",
                      limits.textureUnits));
      GLINT_TRY(check(program.label, uniformVectors(program.kernel, options_.limits.dialect),
                      "uniform vectors", limits.uniformVectors));
    }
    for (const DrawPlan& draw : schedule_.draws) {
      const ProgramPlan& program = schedule_.programs[static_cast<std::size_t>(draw.program)];
      for (int i : draw.constants) {
        GLINT_TRY(check(program.label, schedule_.constants[static_cast<std::size_t>(i)].height(),
                        "rows of constants in a texture", limits.textureSize));
      }
    }
    return {};
  }

  const Model& model_;
  const ScheduleOptions& options_;
  LoweredModel lowered_;
  Schedule schedule_;
  std::vector<Readers> readers_;  ///< by value
  std::map<std::string, int> programIndex_;
};

}  // namespace

std::int64_t Schedule::textureBytes() const {
  std::int64_t bytes = 0;
  for (const TexturePlan& t : textures) {
    bytes += std::int64_t{t.width} * t.height * bytesPerTexel(t.storage);
  }
  return bytes;
}

Result<Schedule> makeSchedule(const Model& model, const ScheduleOptions& options) {
  return Scheduler(model, options).run();
}

}  // namespace glint
