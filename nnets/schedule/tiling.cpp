#include "nnets/schedule/tiling.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <string>

#include "nnets/passes/lower_model.h"

namespace glint {
namespace {

/// Reaches are summed in fractions of a feed position, which transposed layers halve.
constexpr std::int64_t kUnit = 1 << 16;

/// How one value relates to the feed, reaches in units of 1 / kUnit.
struct ValueReach {
  bool known = false;
  std::int64_t num = 1, den = 1;
  std::int64_t before = 0, after = 0;
  std::int64_t step() const { return num * kUnit / den; }
};

std::int64_t divideUp(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

ValueReach through(const WindowGeometry& g, const WindowGeometry::Axis& axis, ValueReach in) {
  ValueReach out = in;
  if (g.kind == WindowGeometry::Kind::Transposed) {
    out.den *= 2;
    if (out.num % 2 == 0) out.num /= 2, out.den /= 2;
    out.before += in.step() + out.step();
    out.after += in.step() + out.step();
    return out;
  }
  // Same padding begins windows between these two positions before the map, by its extent.
  const bool same = g.padding == Padding::Same;
  const std::int64_t most = same ? (axis.size - 1) / 2 : 0;
  const std::int64_t least = same ? std::max(axis.size - axis.stride, 0) / 2 : 0;
  out.before += most * in.step();
  out.after += (axis.size - 1 - least) * in.step();
  out.num *= axis.stride;
  const std::int64_t common = std::gcd(out.num, out.den);
  out.num /= common;
  out.den /= common;
  return out;
}

ValueReach joined(const ValueReach& a, const ValueReach& b) {
  if (!a.known) return b;
  ValueReach both = a;
  both.before = std::max(a.before, b.before);
  both.after = std::max(a.after, b.after);
  return both;
}

/// Reach of the model's only feed to its only output along the axis that `axis` selects.
AxisReach axisReach(const Model& model, const OpGraph& graph,
                    const WindowGeometry::Axis WindowGeometry::*axis) {
  std::vector<ValueReach> values(graph.values.size());
  std::int64_t period = 1;
  for (std::size_t v = 0; v < values.size(); ++v) values[v].known = graph.values[v].layer < 0;
  // Layers without ops (host edges) change each element alone.
  for (int i = 0; i < model.layerCount(); ++i) {
    for (const Op& op : graph.ops) {
      if (op.layer != i) continue;
      ValueReach reach;
      for (const SumInput& input : op.inputs) {
        reach = joined(reach, values[static_cast<std::size_t>(input.value)]);
      }
      reach = through(op.geometry, op.geometry.*axis, reach);
      values[static_cast<std::size_t>(op.output)] = reach;
      period = std::lcm(period, reach.num);
    }
    const auto own = static_cast<std::size_t>(graph.layerValue[static_cast<std::size_t>(i)]);
    for (int source : model.inboundsOf(i)) {
      if (values[own].known) break;
      values[own] =
          values[static_cast<std::size_t>(graph.layerValue[static_cast<std::size_t>(source)])];
    }
    values[own].known = true;
  }
  const int output = model.outputs()[0];
  const ValueReach& last =
      values[static_cast<std::size_t>(graph.layerValue[static_cast<std::size_t>(output)])];
  return AxisReach{last.num, last.den, divideUp(last.before, kUnit), divideUp(last.after, kUnit),
                   period};
}

Tensor cropOf(const Tensor& feed, const CropAxis& x, const CropAxis& y) {
  const Shape& shape = feed.shape();
  Tensor crop(feed.type(), {x.extent, y.extent, shape[2]});
  const auto texel = static_cast<std::size_t>(shape[2]) * byteSize(feed.type());
  const auto row = static_cast<std::size_t>(y.extent) * texel;
  for (std::int64_t i = 0; i < x.extent; ++i) {
    const auto from = static_cast<std::size_t>((x.begin + i) * shape[1] + y.begin) * texel;
    std::memcpy(crop.bytes().data() + static_cast<std::size_t>(i) * row, feed.bytes().data() + from,
                row);
  }
  return crop;
}

void paste(Tensor& whole, const Tensor& part, const CropAxis& x, const CropAxis& y) {
  const auto texel = static_cast<std::size_t>(part.shape()[2]) * byteSize(part.type());
  for (std::int64_t i = 0; i < x.keepExtent; ++i) {
    const auto from =
        static_cast<std::size_t>((x.keepBegin + i) * part.shape()[1] + y.keepBegin) * texel;
    const auto to =
        static_cast<std::size_t>((x.outBegin + i) * whole.shape()[1] + y.outBegin) * texel;
    std::memcpy(whole.bytes().data() + to, part.bytes().data() + from,
                static_cast<std::size_t>(y.keepExtent) * texel);
  }
}

}  // namespace

Result<MapReach> mapReach(const Model& model) {
  if (model.hasState()) {
    return Error{Errc::Value, "the model keeps state from step to step: it cannot run in crops"};
  }
  if (!model.fullyConvolutional()) {
    return Error{Errc::Value, "the model is not fully convolutional: it cannot run in crops"};
  }
  if (model.feeds().size() != 1 || model.outputs().size() != 1) {
    return Error{Errc::Value, "only models with one input and one output run in crops"};
  }
  const OpGraph graph = lowerGeometry(model);
  return MapReach{axisReach(model, graph, &WindowGeometry::x),
                  axisReach(model, graph, &WindowGeometry::y)};
}
Result<std::vector<CropAxis>> cropAxis(const AxisReach& reach, std::int64_t extent,
                                       std::int64_t outExtent, std::int64_t limit) {
  if (extent <= limit) return std::vector<CropAxis>{{0, extent, 0, 0, outExtent}};
  const std::int64_t crop = extent - divideUp(extent - limit, reach.period) * reach.period;
  std::vector<CropAxis> crops;
  std::int64_t done = 0;
  while (done < outExtent) {
    // The last begin from which output `done` sees nothing before the crop.
    std::int64_t begin = done * reach.stepNum / reach.stepDen - reach.before;
    begin = std::clamp<std::int64_t>(begin / reach.period * reach.period, 0, extent - crop);
    const std::int64_t end = begin + crop;
    const std::int64_t keepEnd =
        end == extent ? outExtent : (end - 1 - reach.after) * reach.stepDen / reach.stepNum + 1;
    if (crop <= 0 || keepEnd <= done) {
      return Error{Errc::Value, "tiles of " + std::to_string(limit) +
                                    " positions are too small: an output " + "depends on " +
                                    std::to_string(reach.before + reach.after + 1)};
    }
    const std::int64_t first = begin * reach.stepDen / reach.stepNum;
    crops.push_back({begin, crop, done, done - first, keepEnd - done});
    done = keepEnd;
  }
  return crops;
}

Result<Tensor> runInCrops(const Model& model, const Tensor& feed, std::int64_t limit,
                          const CropRunner& run, const std::function<void(int, int)>& progress) {
  GLINT_ASSIGN(const MapReach reach, mapReach(model));
  GLINT_ASSIGN(const Model whole, model.withExtent(feed.shape()[0], feed.shape()[1]));
  const TensorType& type = whole.outputType(whole.outputs()[0]);
  GLINT_ASSIGN(const std::vector<CropAxis> rows,
               cropAxis(reach.x, feed.shape()[0], type.x(), limit));
  GLINT_ASSIGN(const std::vector<CropAxis> columns,
               cropAxis(reach.y, feed.shape()[1], type.y(), limit));
  Tensor out;
  int done = 0;
  const int total = static_cast<int>(rows.size() * columns.size());
  for (const CropAxis& x : rows) {
    for (const CropAxis& y : columns) {
      GLINT_ASSIGN(const Tensor part, run(cropOf(feed, x, y)));
      if (done == 0) out = Tensor(part.type(), type.shape);
      paste(out, part, x, y);
      ++done;
      if (progress) progress(done, total);
    }
  }
  return out;
}

}  // namespace glint
