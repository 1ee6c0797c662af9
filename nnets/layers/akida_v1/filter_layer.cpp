#include "nnets/layers/akida_v1/filter_layer.h"

#include <string>

#include "core/interval.h"
#include "nnets/layers/akida/pool_map.h"
#include "nnets/layers/akida/window.h"

namespace glint::akida {
namespace {

/// -1, or a legal extent.
bool openOr(int value, Interval legal) { return value == -1 || legal.contains(value); }

}  // namespace

void FilterLayer::filterFields(FieldVisitor& visitor) {
  visitor.field("kernel_size", kernelSize, FieldVisitor::Need::Required);
  visitor.field("filters", filters, FieldVisitor::Need::Required);
  visitor.field("padding", padding);
  visitor.field("kernel_stride", kernelStride);
  visitor.field("weights_bits", weightsBits);
  visitor.field("pool_size", poolSize);
  visitor.field("pool_type", poolType);
  visitor.field("pool_stride", poolStride);
  activationFields(visitor);
}

Pair FilterLayer::poolStep() const {
  return {poolStride.x == -1 ? poolSize.x : poolStride.x,
          poolStride.y == -1 ? poolSize.y : poolStride.y};
}

std::int64_t FilterLayer::sumCount(const TensorType& input) const {
  return windowCount(input.x(), kernelSize.x, kernelStride.x, padding) *
         windowCount(input.y(), kernelSize.y, kernelStride.y, padding);
}

std::int64_t FilterLayer::summedPositions(const TensorType& input) const {
  return poolType == PoolType::Average ? sumCount(input) : 1;
}

Result<Shape> FilterLayer::sumShape(const TensorType& input, std::int64_t channels) const {
  GLINT_TRY(checkPair("kernel_size", kernelSize, 1, kMaxExtent));
  GLINT_TRY(checkPair("kernel_stride", kernelStride, 1, kMaxExtent));
  const Shape sums{windowCount(input.x(), kernelSize.x, kernelStride.x, padding),
                   windowCount(input.y(), kernelSize.y, kernelStride.y, padding), channels};
  if (sums[0] < 1 || sums[1] < 1) {
    return Error{Errc::Value, "kernel_size is " + kernelSize.toString() +
                                  " with Valid padding, larger than the input " +
                                  input.shape.toString()};
  }
  return sums;
}

Result<Shape> FilterLayer::pooledShape(const Shape& sums) const {
  if (poolType == PoolType::NoPooling) return sums;
  const Interval legal{1, kMaxExtent};
  if (!openOr(poolStride.x, legal) || !openOr(poolStride.y, legal)) {
    return Error{Errc::Value,
                 "pool_stride is " + poolStride.toString() + ", legal: -1 or 1 to 65536 each"};
  }
  if (poolType == PoolType::Average) {
    if (!openOr(poolSize.x, {sums[0], sums[0]}) || !openOr(poolSize.y, {sums[1], sums[1]})) {
      return Error{Errc::Value, "pool_size is " + poolSize.toString() +
                                    ", legal with pool_type Average: [-1, -1], the whole map of [" +
                                    std::to_string(sums[0]) + ", " + std::to_string(sums[1]) + "]"};
    }
    return Shape{1, 1, sums[2]};
  }
  if (!legal.contains(poolSize.x) || !legal.contains(poolSize.y)) {
    return Error{Errc::Value, "pool_size is " + poolSize.toString() +
                                  ", legal with pool_type Max: two of 1 to 65536"};
  }
  const Pair step = poolStep();
  const Shape pooled{windowCount(sums[0], poolSize.x, step.x, padding),
                     windowCount(sums[1], poolSize.y, step.y, padding), sums[2]};
  if (pooled[0] < 1 || pooled[1] < 1) {
    return Error{Errc::Value, "pool_size is " + poolSize.toString() +
                                  " with Valid padding, larger than the map " + sums.toString()};
  }
  return pooled;
}

Result<TensorType> FilterLayer::filterType(const TensorType& input) const {
  GLINT_TRY(checkRange("filters", filters, 1, kMaxExtent));
  GLINT_ASSIGN(const Shape sums, sumShape(input, filters));
  GLINT_TRY(checkShape("the sum of products", sums));
  GLINT_ASSIGN(const Shape shape, pooledShape(sums));
  return finishType(shape);
}

IntMap FilterLayer::pool(const IntMap& potentials) const {
  if (poolType == PoolType::Max) return maxPool(potentials, poolSize, poolStep(), padding);
  if (poolType == PoolType::Average) return sumOfAll(potentials);
  return potentials;
}

}  // namespace glint::akida
