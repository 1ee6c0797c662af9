#include "nnets/devices/fuse.h"

#include <algorithm>

#include "shaders/layout.h"

namespace glint {
namespace {

const Value& valueAt(const OpGraph& graph, int index) {
  return graph.values[static_cast<std::size_t>(index)];
}

const Op& opAt(const OpGraph& graph, int index) {
  return graph.ops[static_cast<std::size_t>(index)];
}

int pagesOf(const OpGraph& graph, int value) {
  return static_cast<int>((valueAt(graph, value).type.channels() + 3) / 4);
}

bool allDiagonal(const Op& op) {
  for (std::size_t i = 0; i < op.inputs.size(); ++i) {
    if (!isDiagonal(op, i)) return false;
  }
  return true;
}

bool hasTableStep(const Op& op) {
  return std::any_of(op.steps.begin(), op.steps.end(),
                     [](const Step& step) { return std::holds_alternative<LutStep>(step); });
}

/// Sliding windows whose sums are unrolled, in float, in one limb, with weights that stay.
bool isPlain(const Op& op, const Proof& proof) {
  if (op.geometry.kind != WindowGeometry::Kind::Sliding || proof.limbs || hasChangingWeights(op) ||
      proof.arithmetic != Arithmetic::Float) {
    return false;
  }
  return op.reduce == Op::Reduce::Max ||
         std::none_of(op.inputs.begin(), op.inputs.end(),
                      [](const SumInput& input) { return input.sameAtEveryTap; });
}

/// Whether no window reaches beyond the map, nor, when `apart`, into another window.
bool staysInside(const WindowGeometry& g, const TensorType& type, bool apart) {
  const auto inside = [&](const WindowGeometry::Axis& axis, std::int64_t n) {
    return g.before(axis, n) == 0 && (g.outExtent(axis, n) - 1) * axis.stride + axis.size <= n &&
           (!apart || axis.stride >= axis.size);
  };
  return inside(g.x, type.x()) && inside(g.y, type.y());
}

}  // namespace

std::int64_t weightVectors(const OpGraph& graph, const Op& op) {
  std::int64_t vectors = 0;
  if (op.reduce != Op::Reduce::Sum) return 0;
  for (const SumInput& input : op.inputs) {
    const TensorType& type = valueAt(graph, input.value).type;
    const std::int64_t taps = input.sameAtEveryTap ? 1 : windowTaps(op.geometry, type);
    vectors += taps * (input.diagonal ? 1 : 4 * pagesOf(graph, input.value));
  }
  return vectors;
}

UnrolledCost unrolledCost(const OpGraph& graph, int op, const std::vector<int>& into,
                          const DeviceLimits& limits) {
  const Op& reader = opAt(graph, op);
  UnrolledCost cost;
  cost.perTarget = weightVectors(graph, reader);
  cost.tables = hasTableStep(reader) ? 1 : 0;
  cost.dense = !allDiagonal(reader);
  for (std::size_t i = 0; i < reader.inputs.size(); ++i) {
    const int value = reader.inputs[i].value;
    const int writer = writerOf(graph, value);
    if (writer < 0 || into[static_cast<std::size_t>(writer)] != op) {
      const bool again =
          std::any_of(reader.inputs.begin(), reader.inputs.begin() + std::ptrdiff_t(i),
                      [&](const SumInput& input) { return input.value == value; });
      if (!again) cost.samplers += planesFor(pagesOf(graph, value), limits.targets);
      continue;
    }
    const UnrolledCost inner = unrolledCost(graph, writer, into, limits);
    cost.samplers += inner.samplers;
    cost.tables += inner.tables;
    cost.denseInDense |= inner.denseInDense || (!isDiagonal(reader, i) && inner.dense);
    cost.dense |= inner.dense;
    if (!isDiagonal(reader, i)) {
      cost.shared += pagesOf(graph, value) * (inner.shared + inner.perTarget);
      continue;
    }
    const auto taps = static_cast<int>(windowTaps(reader.geometry, valueAt(graph, value).type));
    cost.shared += taps * inner.shared;
    cost.perTarget += taps * inner.perTarget;
    cost.accumulators += (allDiagonal(opAt(graph, writer)) ? 1 : taps) * inner.accumulators;
  }
  return cost;
}

std::vector<int> fusible(const OpGraph& graph, int op, const std::vector<Proof>& proofs,
                         const std::vector<Readers>& readers) {
  const Op& reader = opAt(graph, op);
  std::vector<int> found;
  if (!isPlain(reader, proofs[static_cast<std::size_t>(op)])) return found;
  for (std::size_t i = 0; i < reader.inputs.size(); ++i) {
    const int value = reader.inputs[i].value;
    const int writer = writerOf(graph, value);
    const Readers& who = readers[static_cast<std::size_t>(value)];
    if (writer < 0 || who.inputs != 1 || who.host) continue;
    if (valueAt(graph, value).history > 0 || opAt(graph, writer).scan >= 0) continue;
    if (!isPlain(opAt(graph, writer), proofs[static_cast<std::size_t>(writer)])) continue;
    const TensorType& type = valueAt(graph, value).type;
    const bool diagonal = isDiagonal(reader, i);
    if (!staysInside(reader.geometry, type, diagonal)) continue;
    // Read by all channels, each page of the writer is computed once a pass: at one position only.
    const bool dense = reader.inputs.size() == 1 && windowTaps(reader.geometry, type) == 1 &&
                       allDiagonal(opAt(graph, writer));
    if (diagonal || dense) found.push_back(writer);
  }
  return found;
}

}  // namespace glint
