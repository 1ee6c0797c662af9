#include "nnets/layers/akida_v2/quantizer.h"

#include "nnets/layers/akida/declare.h"
#include "nnets/layers/akida/feed.h"

namespace glint::akida {

void Quantizer::fields(FieldVisitor& visitor) {
  visitor.field("input_shape", inputShape, FieldVisitor::Need::Required);
  visitor.field("output_bits", outputBits);
  visitor.field("output_signed", outputSigned);
  visitor.field("channels_first", channelsFirst);
}

Result<TensorType> Quantizer::feedType() const {
  GLINT_ASSIGN(const Shape shape, feedShape(inputShape));
  return TensorType{shape, 32, true, true};
}

Status Quantizer::setFeedExtent(std::int64_t x, std::int64_t y) {
  return setFeedShape(inputShape, x, y);
}

Result<TensorType> Quantizer::outputType(std::span<const TensorType> inputs) const {
  if (channelsFirst) {
    return Error{Errc::Value,
                 "channels_first is true, legal: false; transpose the input to "
                 "[x, y, channels]"};
  }
  GLINT_TRY(checkWidth("output_bits", outputBits, outputSigned));
  return TensorType{inputs[0].shape, outputBits, outputSigned, false};
}

std::vector<VariableDecl> Quantizer::variableTable(std::span<const TensorType> inputs) const {
  const std::int64_t channels = inputs[0].channels();
  VariableDecl zeroPoints = declareBytes("zero_points", DType::U8, Shape{channels});
  zeroPoints.scalarBroadcasts = true;
  return {declareScales(channels), zeroPoints};
}

}  // namespace glint::akida
