#include "nnets/layers/dynapcnn/dvs_layer.h"

#include "nnets/graph/op_graph.h"

namespace glint::dynapcnn {

Status DvsLayer::lower(OpBuilder& builder) const {
  if (flipX || flipY || swapXY) {
    return Error{Errc::Unsupported,
                 "a window moves over a map in one direction: maps are flipped and swapped where "
                 "the frames come from"};
  }
  const TensorType& in = builder.typeOf(builder.input(0));
  const Area area = areaOf(in.shape);
  const auto axis = [](int size, std::int64_t first, std::int64_t end, std::int64_t n) {
    return WindowGeometry::Axis{size, size, true, -static_cast<int>(first * size),
                                static_cast<int>(end * size - n)};
  };
  Op op;
  op.geometry.x = axis(pool.x, area.top, area.bottom, in.x());
  op.geometry.y = axis(pool.y, area.left, area.right, in.y());
  SumInput input;
  input.value = builder.input(0);
  input.diagonal = !mergePolarities;
  input.weights.assign(static_cast<std::size_t>(pool.x * pool.y * in.channels()), 1);
  op.inputs.push_back(std::move(input));
  const Interval range = builder.outputType().range();
  const auto channels = static_cast<std::size_t>(builder.outputType().channels());
  op.steps.push_back(ClampStep{std::vector<std::int64_t>(channels, range.lo),
                               std::vector<std::int64_t>(channels, range.hi)});
  builder.add(std::move(op));
  return {};
}

}  // namespace glint::dynapcnn
