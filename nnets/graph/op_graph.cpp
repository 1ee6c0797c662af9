#include "nnets/graph/op_graph.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "core/fixed_point.h"

namespace glint {

Interval Value::seen(std::size_t channel) const {
  const Interval all = hull(range[channel], {fill[channel], fill[channel]});
  return history > 0 ? hull(all, {0, 0}) : all;
}

Interval Value::seen() const {
  Interval all = seen(0);
  for (std::size_t c = 1; c < range.size(); ++c) all = hull(all, seen(c));
  return all;
}

std::vector<int> valuesRead(const Op& op) {
  std::vector<int> values;
  for (const SumInput& input : op.inputs) {
    if (std::find(values.begin(), values.end(), input.value) == values.end()) {
      values.push_back(input.value);
    }
  }
  return values;
}

bool isDiagonal(const Op& op, std::size_t input) {
  if (op.reduce == Op::Reduce::Product) return op.product.kind == Product::Kind::Each;
  if (op.reduce == Op::Reduce::Widest) return false;
  return op.reduce != Op::Reduce::Sum || op.inputs[input].diagonal;
}

Interval possibleWeight(const SumInput& input, std::size_t i) {
  return input.weightRange ? *input.weightRange : Interval{input.weights[i], input.weights[i]};
}

bool hasChangingWeights(const Op& op) {
  return std::any_of(op.inputs.begin(), op.inputs.end(),
                     [](const SumInput& input) { return input.weightRange.has_value(); });
}

std::int64_t productsOf(const OpGraph& graph, const Op& op) {
  if (op.product.kind == Product::Kind::Each) return 1;
  const Value& a = graph.values[static_cast<std::size_t>(op.inputs[0].value)];
  return op.product.kind == Product::Kind::Mixture ? a.type.channels()
                                                   : a.type.channels() / op.product.heads;
}

int writerOf(const OpGraph& graph, int value) {
  const auto found = std::find_if(graph.ops.begin(), graph.ops.end(),
                                  [&](const Op& op) { return op.output == value; });
  return found == graph.ops.end() ? -1 : static_cast<int>(found - graph.ops.begin());
}

void OpBuilder::setFill(int value, const std::vector<int>& fill) {
  Value& v = graph_.values[static_cast<std::size_t>(value)];
  const auto channels = static_cast<std::size_t>(v.type.channels());
  v.fill = fill.size() == 1 ? std::vector<int>(channels, fill[0]) : fill;
  assert(v.fill.size() == channels);
}

int OpBuilder::addInner(const std::string& suffix, TensorType type) {
  Value value;
  value.name = layerName_ + "." + suffix;
  value.type = type;
  value.fill.assign(static_cast<std::size_t>(type.channels()), 0);
  value.layer = layer_;
  graph_.values.push_back(std::move(value));
  return static_cast<int>(graph_.values.size()) - 1;
}

int OpBuilder::addConstant(const std::string& suffix, TensorType type,
                           std::vector<std::int32_t> data) {
  assert(static_cast<std::int64_t>(data.size()) == type.shape.size());
  const int value = addInner(suffix, type);
  graph_.values[static_cast<std::size_t>(value)].data = std::move(data);
  return value;
}

void OpBuilder::keep(const std::string& stateName, int value, int maps) {
  graph_.states.push_back({layer_, stateName, value, maps});
  int& history = graph_.values[static_cast<std::size_t>(value)].history;
  history = std::max(history, maps);
}

void OpBuilder::beginScan(int steps, int every) {
  scan_ = static_cast<int>(graph_.scans.size());
  graph_.scans.push_back({steps, every});
}

int OpBuilder::addRecurrent(const std::string& stateName, TensorType type) {
  const int value = addInner(stateName, type);
  keep(stateName, value, 1);
  Value& kept = graph_.values[static_cast<std::size_t>(value)];
  kept.history = 2;
  kept.scan = scan_;
  kept.recurrent = true;
  return value;
}

void OpBuilder::add(Op op) {
  op.layer = layer_;
  op.scan = scan_;
  op.emits = emits_;
  if (op.output < 0) {
    op.output = addInner("", output_);
    graph_.values.back().name = layerName_;
    graph_.layerValue[static_cast<std::size_t>(layer_)] = op.output;
  }
  graph_.ops.push_back(std::move(op));
}

void OpBuilder::forward(int value) { graph_.layerValue[static_cast<std::size_t>(layer_)] = value; }

}  // namespace glint
