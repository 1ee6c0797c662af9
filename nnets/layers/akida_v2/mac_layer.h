#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "nnets/graph/layer.h"
#include "nnets/layers/akida/int_map.h"
#include "nnets/layers/akida_v2/post_ops.h"

namespace glint::akida {

/// Base of the Akida V2 layers that multiply and accumulate: what they have in common.
/// Variables  weights s8, weights_bits wide; input_shift u8, one a channel of the input, where the
///            layer has one; then those of PostOps.
class MacLayer : public Layer {
 public:
  int weightsBits = 8;  ///< 2..8, signed
  PostOps post;
  Pooling pooling;  ///< a parameter of the convolutions only

  /// Unsigned only where less than 8 output bits come straight from a ReLU: the sums of average
  /// pooling are signed.
  bool outputSigned() const {
    return post.activation != ActivationType::ReLU || post.outputBits >= 8 ||
           pooling.type == PoolType::Average;
  }
  std::optional<IpVersion> ipVersion() const override { return IpVersion::V2; }
  bool hasActivation() const override { return post.activation != ActivationType::NoActivation; }
  bool fullyConvolutional() const override { return pooling.type != PoolType::Average; }

 protected:
  /// Checks widths, `pooling` and sizes of a layer whose sum of products has shape `sums`, each of
  /// `taps` products; gives the output's type. Only integer inputs are accepted.
  Result<TensorType> finishType(const TensorType& input, const Shape& sums, std::int64_t taps,
                                Padding poolPadding) const;
  /// weights, and input_shift for `shifts` channels where that is not 0.
  std::vector<VariableDecl> declare(const Shape& weights, std::int64_t shifts,
                                    std::int64_t channels) const;
  virtual bool lutAllowed() const { return true; }
  virtual bool averageAllowed() const { return false; }

  // The definition (mac_layer_ref.cpp).
  /// x << input_shift, saturated to buffer_bits, also where no shift is given.
  IntMap shiftedInput(const Tensor& input) const;
  /// Steps 1 to 6 of PostOps on sums of products.
  Tensor finish(IntMap sums, Padding poolPadding, const TensorType& output) const;
};

/// A MacLayer whose window slides over the map.
class WindowLayer : public MacLayer {
 public:
  int kernelSize = 0;    ///< >= 1, square; required
  int kernelStride = 1;  ///< >= 1, along both axes
  Padding padding = Padding::Same;

  /// Max pooling is padded as the convolution is.
  Padding poolPadding() const { return padding; }

 protected:
  void windowFields(FieldVisitor& visitor);
  std::int64_t kernelTaps() const { return std::int64_t{kernelSize} * kernelSize; }
  /// How many windows the convolution has over `input`.
  std::int64_t sumCount(const TensorType& input) const;
  /// The shape [x, y, channels] of the sums. Errors (Value): kernel or stride below 1; a Valid
  /// kernel larger than the input.
  Result<Shape> sumShape(const TensorType& input, std::int64_t channels) const;
};

/// A MacLayer that doubles the map: out[2i + a - b] += in[i] * w[a] along x and y, with
/// b = (kernel_size - 2) / 2; what falls outside twice the input is dropped.
class TransposedLayer : public MacLayer {
 public:
  int kernelSize = 0;  ///< 3 or 4, square; required

 protected:
  std::int64_t kernelTaps() const { return std::int64_t{kernelSize} * kernelSize; }
  Result<Shape> sumShape(const TensorType& input, std::int64_t channels) const;
};

}  // namespace glint::akida
