#include "nnets/devices/mapping.h"

#include <algorithm>

namespace glint {
namespace {

/// Vec4 constants besides weights that a program needs: its epilogues and addresses.
constexpr int kOtherVectors = 48;

const Value& valueAt(const OpGraph& graph, int index) {
  return graph.values[static_cast<std::size_t>(index)];
}

int pagesOf(const OpGraph& graph, int value) {
  return static_cast<int>((valueAt(graph, value).type.channels() + 3) / 4);
}

/// How an op's weights can be placed: facts that the choice rests on.
struct Traits {
  bool selection = false;  ///< several dense values: structure, not weights (Concatenate)
  bool wholeSum = false;   ///< the same weight for every position of the map
  bool perFetchClamp = false;
  bool diagonal = false;  ///< each output channel reads its own input channel
  std::int64_t vectorsPerTarget = 0;
  std::int64_t thresholds = 0;  ///< vec4 of the bounds of one target's thresholds
};

/// Weight vec4 of one target when unrolled.
std::int64_t weightVectors(const OpGraph& graph, const Op& op) {
  std::int64_t vectors = 0;
  if (op.reduce == Op::Reduce::Max) return 0;
  for (const SumInput& input : op.inputs) {
    const TensorType& type = valueAt(graph, input.value).type;
    const std::int64_t taps = input.sameAtEveryTap ? 1 : windowTaps(op.geometry, type);
    vectors += taps * (input.diagonal ? 1 : 4 * pagesOf(graph, input.value));
  }
  return vectors;
}

/// The constants of the thresholds among the steps of one target.
std::int64_t boundVectors(const std::vector<ProvenStep>& steps) {
  std::size_t count = 0;
  for (const ProvenStep& step : steps) {
    if (isThreshold(step.kind)) count += step.constants.size();
  }
  return static_cast<std::int64_t>(count);
}

Traits traitsOf(const OpGraph& graph, const Op& op, const Proof& proof) {
  Traits traits;
  for (const auto& quad : proof.quads)
    traits.thresholds = std::max(traits.thresholds, boundVectors(quad));
  traits.diagonal = op.reduce == Op::Reduce::Max || op.inputs[0].diagonal;
  if (op.reduce == Op::Reduce::Max) return traits;
  traits.selection = valuesRead(op).size() > 1 && !op.inputs[0].diagonal;
  traits.wholeSum = op.inputs[0].sameAtEveryTap;
  for (const Proof::InputLoad& load : proof.loads) {
    traits.perFetchClamp = traits.perFetchClamp || load.clamped;
  }
  traits.vectorsPerTarget = weightVectors(graph, op);
  return traits;
}

std::int64_t weightsOf(const Op& op) {
  std::int64_t n = 0;
  for (const SumInput& input : op.inputs) n += static_cast<std::int64_t>(input.weights.size());
  return n;
}

/// How many targets of `perTarget` vec4 fit into `room`, at most `most`.
int fitting(std::int64_t room, std::int64_t perTarget, int most) {
  if (perTarget == 0) return most;
  return static_cast<int>(std::min<std::int64_t>(most, room / perTarget));
}

/// Chooses placement and loop, and how many targets a pass may have with them.
int choosePlacement(OpMapping& mapping, const Traits& traits, bool inlineModel,
                    const DeviceLimits& limits, const MappingOptions& options) {
  const std::int64_t room = std::max(limits.uniformVectors - kOtherVectors, 0);
  // With weights in a texture, or none at all, uniforms hold what the epilogue needs.
  const int looped = std::max(fitting(room, traits.thresholds, limits.targets), 1);
  if (traits.wholeSum) {
    mapping.loop = true;
    mapping.placement = Placement::Uniform;
    return looped;
  }
  if (traits.selection || traits.perFetchClamp) {
    mapping.placement = Placement::Inline;
    return limits.targets;
  }
  const std::int64_t compiled = options.programMacs / 4;
  const int compilable = fitting(compiled, traits.vectorsPerTarget, limits.targets);
  const int unrolled = std::min(
      {fitting(options.uniformBudget, traits.vectorsPerTarget, limits.targets),
       fitting(room, traits.vectorsPerTarget + traits.thresholds, limits.targets), compilable});
  Placement wanted = inlineModel ? Placement::Inline : Placement::Uniform;
  if (options.specialised && wanted == Placement::Uniform && unrolled < limits.targets) {
    wanted = Placement::Texture;
  }
  if (options.forcePlacement) wanted = options.placement;
  // Only sums over input pages are worth a loop; a window of one's own channel is short.
  if (wanted == Placement::Texture && traits.diagonal) wanted = Placement::Uniform;
  if (wanted == Placement::Uniform && unrolled < 1) {
    wanted = traits.diagonal ? Placement::Inline : Placement::Texture;
  }
  if (wanted == Placement::Inline && compilable < 1 && !traits.diagonal)
    wanted = Placement::Texture;
  mapping.placement = wanted;
  mapping.loop = wanted == Placement::Texture;
  if (wanted == Placement::Uniform) return std::max(unrolled, 1);
  return mapping.loop ? looped : std::max(compilable, 1);
}

/// `part` channels of a page are written at once: 4, or 1 where a texel holds one value.
void addPasses(OpMapping& mapping, int channels, int part, int phases, int targets) {
  const int pages = (channels + 3) / 4;
  const auto addPass = [&](int planes, auto pageOf, auto phaseOf) {
    for (int offset = 0; offset < 4; offset += part) {
      PassMapping pass;
      bool busy = false;
      for (int t = 0; t < planes; ++t) {
        const int filter = 4 * pageOf(t) + offset, phase = phaseOf(t);
        const int filters = std::clamp(channels - filter, 0, part);
        busy = busy || filters > 0;
        pass.nps.push_back({t, filter, filters, phase / phases, phase % phases});
      }
      if (busy) mapping.passes.push_back(std::move(pass));
    }
  };
  if (mapping.phasesAcross) {
    const int units = pages * phases * phases;
    const int planes = planesFor(units, targets);
    for (int first = 0; first < units; first += planes) {
      addPass(
          planes, [&](int t) { return (first + t) / (phases * phases); },
          [&](int t) { return (first + t) % (phases * phases); });
    }
    return;
  }
  const int planes = planesFor(pages, targets);
  for (int first = 0; first < pages; first += planes) {
    for (int phase = 0; phase < phases * phases; ++phase) {
      addPass(
          planes, [&](int t) { return first + t; }, [&](int) { return phase; });
    }
  }
}

}  // namespace

Mapping withInlineWeights(const Mapping& mapping, const OpGraph& graph,
                          const MappingOptions& options) {
  Mapping changed = mapping;
  for (std::size_t i = 0; i < graph.ops.size(); ++i) {
    OpMapping& op = changed.ops[i];
    const std::int64_t macs = 4 * weightVectors(graph, graph.ops[i]) * op.targets();
    if (op.passes.empty() || macs > options.programMacs) continue;
    if (graph.ops[i].reduce == Op::Reduce::Sum && graph.ops[i].inputs[0].sameAtEveryTap) continue;
    op.placement = Placement::Inline;
    op.loop = false;
  }
  return changed;
}

DeviceLimits DeviceLimits::es2() {
  DeviceLimits limits;
  limits.dialect.es = 2;
  limits.targets = 1;
  limits.textureSize = 2048;
  limits.arithmetic.int32 = false;
  return limits;
}

Mapping mapDefault(const OpGraph& graph, const std::vector<const Proof*>& proofs,
                   const std::vector<bool>& hostOnly, const DeviceLimits& device,
                   const MappingOptions& options) {
  DeviceLimits limits = device;
  limits.targets =
      std::min(device.targets, options.specialised ? 2 * options.mostTargets : options.mostTargets);
  std::int64_t weights = 0;
  for (std::size_t i = 0; i < graph.ops.size(); ++i) {
    if (proofs[i] != nullptr) weights += weightsOf(graph.ops[i]);
  }
  const bool inlineModel = weights <= options.inlineBudget;
  Mapping mapping;
  for (std::size_t i = 0; i < graph.ops.size(); ++i) {
    const Op& op = graph.ops[i];
    OpMapping one;
    if (proofs[i] != nullptr) {
      const bool transposed = op.geometry.kind == WindowGeometry::Kind::Transposed;
      const int targets =
          choosePlacement(one, traitsOf(graph, op, *proofs[i]), inlineModel, limits, options);
      one.phasesAcross = transposed && hostOnly[static_cast<std::size_t>(op.output)];
      const Value& out = valueAt(graph, op.output);
      const Storage storage = storageFor(out.seen(), limits.arithmetic.int32);
      addPasses(one, static_cast<int>(out.type.channels()), storage == Storage::Bytes32 ? 1 : 4,
                transposed ? 2 : 1, targets);
    }
    mapping.ops.push_back(std::move(one));
  }
  return mapping;
}

}  // namespace glint
