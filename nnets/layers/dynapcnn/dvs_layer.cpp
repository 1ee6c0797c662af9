#include "nnets/layers/dynapcnn/dvs_layer.h"

#include <algorithm>
#include <bit>
#include <string>

#include "nnets/layers/akida/window.h"

namespace glint::dynapcnn {

void DvsLayer::fields(FieldVisitor& visitor) {
  visitor.field("merge_polarities", mergePolarities);
  visitor.field("pool", pool);
  visitor.field("crop", crop);
  visitor.field("flip_x", flipX);
  visitor.field("flip_y", flipY);
  visitor.field("swap_xy", swapXY);
}

DvsLayer::Area DvsLayer::areaOf(const Shape& input) const {
  if (crop.empty()) return {0, input[0] / pool.x, 0, input[1] / pool.y};
  return {crop[0], crop[1], crop[2], crop[3]};
}

Result<TensorType> DvsLayer::outputType(std::span<const TensorType> inputs) const {
  const TensorType& in = inputs[0];
  GLINT_TRY(akida::checkPair("pool", pool, 1, akida::kMaxExtent));
  if (in.isFloat) return Error{Errc::Value, "the input is " + in.toString() + ", legal: integers"};
  const std::int64_t rows = in.x() / pool.x, columns = in.y() / pool.y;
  if (rows < 1 || columns < 1) {
    return Error{Errc::Value, "pool is " + pool.toString() + " over " + in.shape.toString() +
                                  ", legal: at most its rows and columns"};
  }
  if (!crop.empty() && crop.size() != 4) {
    return Error{Errc::Value, "crop has " + std::to_string(crop.size()) +
                                  " numbers, legal: [top, bottom, left, right]"};
  }
  const Area area = areaOf(in.shape);
  if (area.top < 0 || area.top >= area.bottom || area.bottom > rows || area.left < 0 ||
      area.left >= area.right || area.right > columns) {
    return Error{Errc::Value, "crop is rows " + std::to_string(area.top) + " to " +
                                  std::to_string(area.bottom) + ", columns " +
                                  std::to_string(area.left) + " to " + std::to_string(area.right) +
                                  ", legal: some of " + std::to_string(rows) + " rows and " +
                                  std::to_string(columns) + " columns"};
  }
  const std::int64_t added = (mergePolarities ? in.channels() : 1) * pool.x * pool.y;
  const int more = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(added - 1)));
  Shape shape{area.bottom - area.top, area.right - area.left, mergePolarities ? 1 : in.channels()};
  if (swapXY) std::swap(shape[0], shape[1]);
  return TensorType{shape, std::min(in.bits + more, in.isSigned ? 32 : 31), in.isSigned, false};
}

std::vector<VariableDecl> DvsLayer::variableTable(std::span<const TensorType>) const { return {}; }

std::int64_t DvsLayer::macs(std::span<const TensorType> inputs) const {
  const Area area = areaOf(inputs[0].shape);
  return (area.bottom - area.top) * (area.right - area.left) * pool.x * pool.y *
         inputs[0].channels();
}

}  // namespace glint::dynapcnn
