#include "tests/support/coverage.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

#include "nnets/passes/lower_model.h"
#include "tests/support/evaluate_ops.h"

namespace glint::test {
namespace {

using Kind = EpilogueStep::Kind;

/// Every feature that a run has to meet.
constexpr const char* kFeatures[] = {"kernel: dense, unrolled",
                                     "kernel: dense, in a loop",
                                     "kernel: diagonal",
                                     "kernel: maximum",
                                     "kernel: whole map",
                                     "kernel: several inputs",
                                     "kernel: saturated",
                                     "kernel: over time",
                                     "kernel: over time, in a loop",
                                     "kernel: over time, diagonal",
                                     "kernel: transposed",
                                     "kernel: widest channel",
                                     "kernel: product, each",
                                     "kernel: product, scores",
                                     "kernel: product, mixture",
                                     "kernel: in a line",
                                     "product: heads across texels",
                                     "product: a lemma beyond intervals",
                                     "kernel: strided",
                                     "kernel: unequal strides",
                                     "fused: diagonal in dense",
                                     "fused: dense in maximum",
                                     "fused: dense in diagonal",
                                     "fused: others",
                                     "placement: inline",
                                     "placement: uniform",
                                     "placement: texture",
                                     "weights: one byte",
                                     "weights: more bytes",
                                     "weights: integers",
                                     "rung: float",
                                     "rung: float in pieces",
                                     "rung: int32",
                                     "rung: software",
                                     "epilogue: none",
                                     "epilogue: clamp",
                                     "epilogue: F1",
                                     "epilogue: F2",
                                     "epilogue: F2 of limbs",
                                     "epilogue: F3",
                                     "epilogue: I32",
                                     "epilogue: look-up",
                                     "epilogue: limbs stored",
                                     "epilogue: thresholds",
                                     "epilogue: thresholds of limbs",
                                     "epilogue: magnitude",
                                     "epilogue: shift",
                                     "epilogue: power of two",
                                     "epilogue: quotient",
                                     "border: none",
                                     "border: zero",
                                     "border: a value",
                                     "border: least value",
                                     "storage: unsigned bytes",
                                     "storage: signed bytes",
                                     "storage: integers",
                                     "storage: four bytes",
                                     "storage: integer bytes",
                                     "storage: packed bytes",
                                     "load: saturating shift",
                                     "bound: about 2^24",
                                     "bound: about 2^31",
                                     "bound: about 2^32",
                                     "buffer: saturates low",
                                     "buffer: saturates high",
                                     "ring: of a feed",
                                     "ring: of a layer",
                                     "ring: of several layers",
                                     "ring: a single map",
                                     "ring: four bytes",
                                     "ring: beside unmoved inputs",
                                     "spiking: counts",
                                     "spiking: subtraction",
                                     "spiking: reset",
                                     "scan: one step",
                                     "scan: several steps",
                                     "scan: subsampled",
                                     "scan: sums beyond 2^31",
                                     "configuration: ES 2",
                                     "configuration: 1 target",
                                     "configuration: 2 targets",
                                     "configuration: 3 targets",
                                     "configuration: 4 targets",
                                     "configuration: 6 targets",
                                     "configuration: 8 targets"};

const char* nameOf(Kind kind) {
  switch (kind) {
    case Kind::ScaleFloor:
      return "epilogue: F1";
    case Kind::TwoLimbFloor:
      return "epilogue: F2";
    case Kind::JoinFloor:
      return "epilogue: F2 of limbs";
    case Kind::LimbScale:
      return "epilogue: F3";
    case Kind::RescaleInt:
      return "epilogue: I32";
    case Kind::LookUp:
      return "epilogue: look-up";
    case Kind::StoreLimbs:
      return "epilogue: limbs stored";
    case Kind::ThresholdFloat:
    case Kind::ThresholdInt:
      return "epilogue: thresholds";
    case Kind::ThresholdLimbs:
      return "epilogue: thresholds of limbs";
    case Kind::ClampFloat:
    case Kind::ClampInt:
      return "epilogue: clamp";
    case Kind::CountSpikes:
      return "spiking: counts";
    case Kind::TakeSpikes:
      return "spiking: subtraction";
    case Kind::ResetSpiking:
      return "spiking: reset";
    case Kind::Abs:
      return "epilogue: magnitude";
    case Kind::ShiftInt:
      return "epilogue: shift";
    case Kind::Exp2Int:
      return "epilogue: power of two";
    case Kind::DivideInt:
      return "epilogue: quotient";
    default:
      return nullptr;
  }
}

/// The features of a program, whichever op it belongs to.
std::vector<std::string> featuresOf(const KernelPlan& kernel) {
  std::vector<std::string> found;
  found.push_back("placement: " + std::string(name(kernel.placement)));
  for (const Stride& stride : kernel.strides) {
    if (stride.x > 1 || stride.y > 1) found.push_back("kernel: strided");
    if (stride.x != stride.y) found.push_back("kernel: unequal strides");
  }
  found.push_back(kernel.arithmetic == Arithmetic::Int32 ? "rung: int32"
                  : kernel.carries.empty()               ? "rung: float"
                                                         : "rung: float in pieces");
  if (kernel.placement == Placement::Texture) {
    const ConstantsForm& form = kernel.weights;
    found.push_back(form.storage == Storage::Int32 ? "weights: integers"
                    : form.texels == 1             ? "weights: one byte"
                                                   : "weights: more bytes");
  }
  if (kernel.accumulators.front().epilogue.empty()) found.push_back("epilogue: none");
  std::set<std::string> steps;
  for (const Accumulator& accumulator : kernel.accumulators) {
    for (const EpilogueStep& step : accumulator.epilogue) {
      if (const char* text = nameOf(step.kind)) steps.insert(text);
    }
  }
  found.insert(found.end(), steps.begin(), steps.end());
  for (const Fetch& fetch : kernel.fetches) {
    if (fetch.scale >= 0) {
      found.push_back("load: saturating shift");
      break;
    }
  }
  switch (kernel.output.storage) {
    case Storage::Packed:
      found.push_back("storage: packed bytes");
      found.push_back(kernel.output.isSigned ? "storage: signed bytes" : "storage: unsigned bytes");
      break;
    case Storage::Uint8:
      found.push_back("storage: integer bytes");
      [[fallthrough]];
    case Storage::Norm8:
      found.push_back(kernel.output.isSigned ? "storage: signed bytes" : "storage: unsigned bytes");
      break;
    case Storage::Int32:
      found.push_back("storage: integers");
      break;
    case Storage::Bytes32:
      found.push_back("storage: four bytes");
      break;
  }
  return found;
}

std::string borderOf(const OpGraph& graph, const Op& op) {
  const WindowGeometry& g = op.geometry;
  const Value& in = graph.values[static_cast<std::size_t>(op.inputs[0].value)];
  if (g.kind == WindowGeometry::Kind::Transposed) return "border: zero";
  const bool inside = g.kind == WindowGeometry::Kind::Whole ||
                      g.kind == WindowGeometry::Kind::Lined || g.padding == Padding::Valid ||
                      (g.x.size <= g.x.stride && g.y.size <= g.y.stride);
  if (inside) return "border: none";
  if (op.reduce == Op::Reduce::Max) return "border: least value";
  const bool zero = std::all_of(in.fill.begin(), in.fill.end(), [](int v) { return v == 0; });
  return zero ? "border: zero" : "border: a value";
}

std::string formOf(const Op& op, bool loop) {
  if (op.reduce == Op::Reduce::Max) return "kernel: maximum";
  if (op.reduce == Op::Reduce::Saturated) return "kernel: saturated";
  if (op.reduce == Op::Reduce::Widest) return "kernel: widest channel";
  if (op.reduce == Op::Reduce::Product) {
    return op.product.kind == Product::Kind::Each     ? "kernel: product, each"
           : op.product.kind == Product::Kind::Scores ? "kernel: product, scores"
                                                      : "kernel: product, mixture";
  }
  if (op.geometry.kind == WindowGeometry::Kind::Lined) return "kernel: in a line";
  if (op.inputs.size() > 1 && valuesRead(op).size() == 1) {
    return op.inputs[0].diagonal ? "kernel: over time, diagonal"
           : loop                ? "kernel: over time, in a loop"
                                 : "kernel: over time";
  }
  if (op.inputs.size() > 1) return "kernel: several inputs";
  if (op.inputs[0].sameAtEveryTap) return "kernel: whole map";
  if (op.geometry.kind == WindowGeometry::Kind::Transposed) return "kernel: transposed";
  if (op.inputs[0].diagonal) return "kernel: diagonal";
  return loop ? "kernel: dense, in a loop" : "kernel: dense, unrolled";
}

/// How an op is computed in the passes of its reader.
std::string fusionOf(const Op& inner, const Op& reader) {
  const bool diagonal = inner.reduce == Op::Reduce::Max || inner.inputs[0].diagonal;
  if (reader.reduce == Op::Reduce::Max)
    return diagonal ? "fused: others" : "fused: dense in maximum";
  if (reader.inputs[0].diagonal) return diagonal ? "fused: others" : "fused: dense in diagonal";
  return diagonal ? "fused: diagonal in dense" : "fused: others";
}

}  // namespace

Coverage::Coverage() {
  for (const char* feature : kFeatures) counts_[feature] = 0;
}

void Coverage::count(const Model& model, const Schedule& schedule,
                     const std::string& configuration) {
  countBounds(model);
  add("configuration: " + configuration);
  for (const LayerPlan& layer : schedule.layers) {
    if (layer.backend == Backend::Software) add("rung: software");
  }
  for (std::size_t op = 0; op < schedule.graph.ops.size(); ++op) countOp(schedule, op);
  countRings(schedule);
}

void Coverage::countRings(const Schedule& schedule) {
  const std::vector<KeptState>& states = schedule.graph.states;
  for (std::size_t v = 0; v < schedule.values.size(); ++v) {
    const Value& value = schedule.graph.values[v];
    if (value.history == 0) continue;
    add(value.layer < 0 ? "ring: of a feed" : "ring: of a layer");
    if (value.history == 1) add("ring: a single map");
    if (schedule.values[v].layout.form.storage == Storage::Bytes32) add("ring: four bytes");
    const auto users = std::count_if(states.begin(), states.end(), [&](const KeptState& state) {
      return state.value == static_cast<int>(v);
    });
    if (users > 1) add("ring: of several layers");
  }
  for (const Scan& scan : schedule.graph.scans) {
    add(scan.steps == 1 ? "scan: one step" : "scan: several steps");
    if (scan.every > 1) add("scan: subsampled");
  }
  for (const Op& op : schedule.graph.ops) {
    if (op.reduce != Op::Reduce::Saturated || op.inputs.size() < 2) continue;
    // The first channel's largest sum before it saturates.
    std::int64_t most = 0;
    for (const SumInput& input : op.inputs) {
      most += schedule.graph.values[static_cast<std::size_t>(input.value)].range[0].magnitude();
    }
    if (most >= std::int64_t{1} << 31) add("scan: sums beyond 2^31");
  }
  for (const DrawPlan& draw : schedule.draws) {
    const auto at =
        static_cast<std::size_t>(schedule.graph.ops[static_cast<std::size_t>(draw.op)].output);
    if (schedule.values[at].slots.slots > 1 && !draw.moves.empty() && draw.moves[0].value < 0) {
      add("ring: beside unmoved inputs");
    }
  }
}

void Coverage::countOp(const Schedule& schedule, std::size_t op) {
  const Op& what = schedule.graph.ops[op];
  const int into = schedule.mapping.ops[op].into;
  if (into >= 0) {
    add(fusionOf(what, schedule.graph.ops[static_cast<std::size_t>(into)]));
    return;
  }
  const auto first = static_cast<std::size_t>(schedule.firstDraw[op]);
  const DrawPlan& draw = schedule.draws[first];
  const KernelPlan& kernel = schedule.programs[static_cast<std::size_t>(draw.program)].kernel;
  for (const std::string& feature : featuresOf(kernel)) add(feature);
  add(formOf(what, kernel.loop));
  const bool across = std::any_of(kernel.macs.begin(), kernel.macs.end(), [](const Mac& mac) {
    return mac.factor >= 0 && mac.lanes != 15;
  });
  if (across) add("product: heads across texels");
  if (!what.product.bound.empty()) add("product: a lemma beyond intervals");
  add(borderOf(schedule.graph, what));
}

/// Bounds count wherever the layer runs: beyond 2^31 that is software.
void Coverage::countBounds(const Model& model) {
  OpGraph graph = lowerGeometry(model);
  inferRanges(graph);
  for (const Op& op : graph.ops) {
    if (op.reduce != Op::Reduce::Sum) continue;
    const SumBounds bounds = sumBounds(graph, op);
    for (const int bits : {24, 31, 32}) {
      const double edge = std::ldexp(1.0, bits);
      const bool near = std::any_of(
          bounds.partial.begin(), bounds.partial.end(),
          [&](std::int64_t b) { return std::abs(static_cast<double>(b) - edge) < edge / 64; });
      if (near) add("bound: about 2^" + std::to_string(bits));
    }
  }
}

void Coverage::countSaturation(const Schedule& schedule, const std::vector<Tensor>& outside) {
  bool low = false, high = false;
  evaluateOps(schedule.graph, outside,
              [&](const Op& op, std::size_t step, std::int64_t before, std::int64_t after) {
                const bool buffer = op.reduce == Op::Reduce::Sum && step == 0 &&
                                    std::holds_alternative<ClampStep>(op.steps[step]);
                low = low || (buffer && before < after);
                high = high || (buffer && before > after);
              });
  if (low) add("buffer: saturates low");
  if (high) add("buffer: saturates high");
}

std::string Coverage::table() const {
  std::string text;
  for (const auto& [feature, count] : counts_) {
    text += feature + std::string(30 - std::min<std::size_t>(feature.size(), 29), ' ') +
            std::to_string(count) + "\n";
  }
  return text;
}

std::vector<std::string> Coverage::missing(int least) const {
  std::vector<std::string> found;
  for (const auto& [feature, count] : counts_) {
    if (count < least) found.push_back(feature);
  }
  return found;
}

}  // namespace glint::test
