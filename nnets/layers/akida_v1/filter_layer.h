#pragma once

#include "nnets/layers/akida_v1/potential_layer.h"

namespace glint::akida {

/// A PotentialLayer whose window slides over the map, and which may pool.
/// Pooling    Max: the maximum of windows of pool_size, pool_stride apart (-1: pool_size), padded
/// as
///            the convolution is. Average: the plain sum of the whole map, y [1,1,F]; what makes it
///            a mean is in threshold and act_step.
class FilterLayer : public PotentialLayer {
 public:
  int filters = 0;                  ///< >= 1; required
  Pair kernelSize;                  ///< two of 1..65536; required
  Pair kernelStride;                ///< two of 1..65536
  Padding padding = Padding::Same;  ///< of the convolution and of max pooling
  PoolType poolType = PoolType::NoPooling;
  Pair poolSize{-1, -1};    ///< Max: two of 1..65536; Average: -1, or the map's own extent
  Pair poolStride{-1, -1};  ///< two of 1..65536, or -1

  /// The distance of pooling windows: pool_stride, or pool_size where that is -1.
  Pair poolStep() const;
  /// The shape [x, y, channels] of the convolution. Errors (Value): a kernel or stride out of
  /// range; a Valid kernel larger than the input.
  Result<Shape> sumShape(const TensorType& input, std::int64_t channels) const;

  bool fullyConvolutional() const override { return poolType != PoolType::Average; }

 protected:
  /// kernel_size to act_bits, in the order of the constructors.
  void filterFields(FieldVisitor& visitor);
  std::int64_t kernelTaps() const { return std::int64_t{kernelSize.x} * kernelSize.y; }
  /// How many windows the convolution has over `input`.
  std::int64_t sumCount(const TensorType& input) const;
  /// Checks all parameters but the number of weights; gives the output's type.
  Result<TensorType> filterType(const TensorType& input) const;
  std::int64_t summedPositions(const TensorType& input) const override;
  /// Step 2 of PotentialLayer.
  IntMap pool(const IntMap& potentials) const;

 private:
  Result<Shape> pooledShape(const Shape& sums) const;
};

}  // namespace glint::akida
