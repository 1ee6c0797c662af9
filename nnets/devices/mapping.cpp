#include "nnets/devices/mapping.h"

#include <algorithm>

#include "nnets/devices/fuse.h"

namespace glint {
namespace {

/// Vec4 constants besides weights that a program needs: its epilogues and addresses.
constexpr int kOtherVectors = 48;

const Value& valueAt(const OpGraph& graph, int index) {
  return graph.values[static_cast<std::size_t>(index)];
}

/// How an op's weights can be placed: facts that the choice rests on.
struct Traits {
  bool selection = false;  ///< several dense values: structure, not weights (Concatenate)
  bool wholeSum = false;   ///< the same weight for every position of the map
  bool perFetchClamp = false;
  bool diagonal = false;  ///< each output channel reads its own input channel
  UnrolledCost unrolled;
  std::int64_t thresholds = 0;  ///< vec4 of the bounds of one target's thresholds
};

/// The constants of the thresholds among the steps of one target.
std::int64_t boundVectors(const std::vector<ProvenStep>& steps) {
  std::size_t count = 0;
  for (const ProvenStep& step : steps) {
    if (isThreshold(step.kind)) count += step.constants.size();
  }
  return static_cast<std::int64_t>(count);
}

Traits traitsOf(const Op& op, const Proof& proof, const UnrolledCost& cost) {
  Traits traits;
  traits.unrolled = cost;
  for (const auto& quad : proof.quads)
    traits.thresholds = std::max(traits.thresholds, boundVectors(quad));
  traits.diagonal = isDiagonal(op, 0);
  if (op.reduce != Op::Reduce::Sum) return traits;
  traits.selection = valuesRead(op).size() > 1 && !op.inputs[0].diagonal;
  traits.wholeSum = op.inputs[0].sameAtEveryTap;
  for (const Proof::InputLoad& load : proof.loads) {
    traits.perFetchClamp = traits.perFetchClamp || load.clamped;
  }
  return traits;
}

std::int64_t weightsOf(const Op& op) {
  std::int64_t n = 0;
  for (const SumInput& input : op.inputs) n += static_cast<std::int64_t>(input.weights.size());
  return n;
}

/// How many targets of `perTarget` vec4 fit into `room`, at most `most`.
int fitting(std::int64_t room, std::int64_t perTarget, int most) {
  if (room < 0) return 0;
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
  const UnrolledCost& cost = traits.unrolled;
  const int inner = cost.accumulators - cost.stored;
  const int most = inner > 0
                       ? std::min(limits.targets, std::max(options.mostAccumulators / inner, 1))
                       : limits.targets;
  const std::int64_t compiled = options.programMacs / 4 - cost.shared;
  const int compilable = fitting(compiled, cost.perTarget, most);
  const int unrolled =
      std::min({fitting(options.uniformBudget - cost.shared, cost.perTarget, most),
                fitting(room - cost.shared, cost.perTarget + traits.thresholds, most), compilable});
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

/// `part` channels are written at once, as many as a texel holds: 4, 16, or 1 of the four of a
/// tile.
void addPasses(OpMapping& mapping, int channels, int part, int phases, int targets) {
  const int tile = std::max(part, 4);
  const int pages = (channels + tile - 1) / tile;
  const auto addPass = [&](int planes, auto pageOf, auto phaseOf) {
    for (int offset = 0; offset < tile; offset += part) {
      PassMapping pass;
      bool busy = false;
      for (int t = 0; t < planes; ++t) {
        const int filter = tile * pageOf(t) + offset, phase = phaseOf(t);
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

/// Maps one op after the other, and what it can take in with it.
class Mapper {
 public:
  Mapper(const OpGraph& graph, const std::vector<Proof>& proofs,
         const std::vector<Readers>& readers, const DeviceLimits& device,
         const MappingOptions& options)
      : graph_(graph),
        proofs_(proofs),
        readers_(readers),
        limits_(device),
        options_(options),
        into_(graph.ops.size(), -1) {
    quads_ = (options.specialised ? 2 : 1) * options.mostTargets;
    std::int64_t weights = 0;
    for (const Op& op : graph.ops) weights += weightsOf(op);
    inlineModel_ = weights <= options.inlineBudget;
    mapping_.fused = !options.specialised || inlineModel_;
  }

  Mapping run() {
    for (std::size_t i = 0; i < graph_.ops.size(); ++i) map(static_cast<int>(i));
    for (std::size_t i = 0; i < into_.size(); ++i) {
      OpMapping& op = mapping_.ops[i];
      op.into = into_[i];
      if (mapping_.fused && op.into >= 0) op.passes.clear();
    }
    return std::move(mapping_);
  }

 private:
  void map(int op) {
    const std::vector<int> inner =
        options_.fuse ? fusible(graph_, op, proofs_, readers_) : std::vector<int>();
    OpMapping alone = mapped(op);
    if (inner.empty()) {
      mapping_.ops.push_back(std::move(alone));
      return;
    }
    for (int producer : inner) into_[static_cast<std::size_t>(producer)] = op;
    // Programs that only start a model are not fused; those that follow have their targets.
    OpMapping together = mapping_.fused ? mapped(op) : alone;
    if (pays(op, inner, together)) {
      mapping_.ops.push_back(std::move(together));
      return;
    }
    for (int producer : inner) into_[static_cast<std::size_t>(producer)] = -1;
    mapping_.ops.push_back(std::move(alone));
  }

  OpMapping mapped(int index) {
    const Op& op = graph_.ops[static_cast<std::size_t>(index)];
    const LayoutForm form = outputOf(op);
    Traits traits = traitsOf(op, proofs_[static_cast<std::size_t>(index)], costOf(index));
    traits.thresholds *= form.pagesPerTile();
    DeviceLimits limits = limits_;
    limits.targets = std::min(limits.targets, std::max(quads_ / form.pagesPerTile(), 1));
    const bool transposed = op.geometry.kind == WindowGeometry::Kind::Transposed;
    OpMapping one;
    const int targets = choosePlacement(one, traits, inlineModel_, limits, options_);
    one.fetchesConstants = options_.specialised && options_.startFetchesConstants &&
                           limits.arithmetic.int32 && one.placement != Placement::Inline;
    one.phasesAcross = transposed && readers_[static_cast<std::size_t>(op.output)].inputs == 0;
    addPasses(one, form.channels, form.channelsPerTexel(), transposed ? 2 : 1, targets);
    return one;
  }

  /// Channels and storage of what an op writes.
  LayoutForm outputOf(const Op& op) const {
    const Value& out = valueAt(graph_, op.output);
    LayoutForm form;
    form.channels = static_cast<int>(out.type.channels());
    form.storage = storageOf(out, limits_, options_.bytes);
    return form;
  }

  /// The cost of an op, each target with all pages of its texels.
  UnrolledCost costOf(int op) const {
    const int pages = outputOf(graph_.ops[static_cast<std::size_t>(op)]).pagesPerTile();
    UnrolledCost cost = unrolledCost(graph_, op, into_, limits_);
    cost.perTarget *= pages;
    cost.accumulators *= pages;
    cost.stored = pages;
    return cost;
  }

  /// Whether `op`, mapped with `inner` inside, is a program that the device can hold, and saves
  /// more than it repeats.
  bool pays(int op, const std::vector<int>& inner, const OpMapping& mapped) const {
    if (mapping_.fused && mapped.loop) return false;
    const UnrolledCost cost = costOf(op);
    const int targets = mapped.targets();
    if (cost.denseInDense || cost.tables > 1 ||
        cost.samplers + cost.tables > limits_.textureUnits ||
        (cost.accumulators - cost.stored) * targets > options_.mostAccumulators ||
        4 * (cost.shared + cost.perTarget * targets) > options_.programMacs) {
      return false;
    }
    const TensorType& out = valueAt(graph_, graph_.ops[static_cast<std::size_t>(op)].output).type;
    std::size_t saved = 0;
    for (int producer : inner) {
      saved += mapping_.ops[static_cast<std::size_t>(producer)].passes.size();
    }
    // A multiply-accumulate of one's own channel costs about as much as four that share a fetch.
    const std::int64_t repeated = 4 * 4 * cost.shared * out.x() * out.y() *
                                  static_cast<std::int64_t>(mapped.passes.size() - 1);
    return repeated <= options_.passMacs * static_cast<std::int64_t>(saved);
  }

  const OpGraph& graph_;
  const std::vector<Proof>& proofs_;
  const std::vector<Readers>& readers_;
  DeviceLimits limits_;
  const MappingOptions& options_;
  std::vector<int> into_;
  int quads_ = 0;  ///< of filters in a pass, at most
  bool inlineModel_ = false;
  Mapping mapping_;
};

/// Quads of filters of one pass.
int quadsOf(const OpMapping& mapping) {
  int quads = 0;
  for (const NpMapping& np : mapping.passes.front().nps) quads += (np.filters + 3) / 4;
  return quads;
}

}  // namespace

Storage storageOf(const Value& value, const DeviceLimits& limits, Storage bytes) {
  const Storage storage = storageFor(value.seen(), limits.arithmetic.int32);
  if (storage != Storage::Norm8 || !limits.arithmetic.int32) return storage;
  if (bytes != Storage::Packed) return bytes;
  // At most a quarter of the texels' bytes idle.
  const std::int64_t channels = value.type.channels();
  return 4 * channels >= 3 * ((channels + 15) / 16 * 16) ? Storage::Packed : Storage::Norm8;
}

Mapping withInlineWeights(const Mapping& mapping, const OpGraph& graph,
                          const MappingOptions& options) {
  Mapping changed = mapping;
  changed.fused = true;
  for (std::size_t i = 0; i < graph.ops.size(); ++i) {
    OpMapping& op = changed.ops[i];
    if (op.passes.empty()) continue;
    op.fetchesConstants = false;
    if (4 * weightVectors(graph, graph.ops[i]) * quadsOf(op) > options.programMacs) continue;
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

Mapping mapDefault(const OpGraph& graph, const std::vector<Proof>& proofs,
                   const std::vector<Readers>& readers, const DeviceLimits& device,
                   const MappingOptions& options) {
  return Mapper(graph, proofs, readers, device, options).run();
}

}  // namespace glint
