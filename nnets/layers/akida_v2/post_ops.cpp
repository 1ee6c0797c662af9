#include "nnets/layers/akida_v2/post_ops.h"

#include <string>

#include "nnets/layers/akida/declare.h"
#include "nnets/layers/akida/window.h"

namespace glint::akida {
void PostOps::fields(FieldVisitor& visitor) {
  visitor.field("activation", activation);
  visitor.field("output_bits", outputBits);
  visitor.field("buffer_bits", bufferBits);
  visitor.field("post_op_buffer_bits", postOpBufferBits);
}

Status PostOps::check(bool lutAllowed) const {
  if (activation == ActivationType::LUT && !lutAllowed) {
    return Error{Errc::Value, "activation is LUT, legal: NoActivation, ReLU"};
  }
  GLINT_TRY(checkRange("buffer_bits", bufferBits, 2, 32));
  GLINT_TRY(checkRange("post_op_buffer_bits", postOpBufferBits, 2, 32));
  if (outputBits > postOpBufferBits) {
    return Error{Errc::Value, "output_bits is " + std::to_string(outputBits) +
                                  ", legal: 1 to post_op_buffer_bits, which is " +
                                  std::to_string(postOpBufferBits)};
  }
  return checkRange("output_bits", outputBits, 1, 32);
}

void PostOps::declare(std::vector<VariableDecl>& table, std::int64_t channels) const {
  const Shape each{channels};
  table.push_back(declareBytes(biasName, DType::I8, each));
  table.push_back(declareBytes(biasName + "_shift", DType::U8, each));
  if (activation == ActivationType::ReLU) {
    table.push_back(declareBytes("max_value", DType::U8, each));
    table.back().absentIsNone = true;  // no upper bound
    table.push_back(declareBytes("max_value_shift", DType::U8, each));
  }
  if (activation == ActivationType::LUT) {
    VariableDecl lut;
    lut.name = "lut_values";
    lut.dtype = DType::I32;
    lut.shape = Shape{kLutSize};
    lut.range = integerRange(kLutValueBits, true);
    lut.required = true;
    table.push_back(lut);
    table.push_back(declareBytes("activation_scales", DType::U8, each, 1));
    table.push_back(declareBytes("activation_shift", DType::I8, each));
  }
  table.push_back(declareBytes("output_scales", DType::U8, each, 1));
  table.push_back(declareBytes("output_shift", DType::I8, each));
}

void Pooling::fields(FieldVisitor& visitor) {
  visitor.field("pool_type", type);
  visitor.field("pool_size", size);
  visitor.field("pool_stride", stride);
}

Result<Shape> Pooling::pooled(const Shape& map, Padding padding, bool averageAllowed) const {
  if (type == PoolType::NoPooling) return map;
  if (type == PoolType::Average) {
    if (!averageAllowed) {
      return Error{Errc::Value, "pool_type is Average, legal: NoPooling, Max"};
    }
    if (size != -1 || stride != -1) {
      return Error{Errc::Value, "pool_size is " + std::to_string(size) + " and pool_stride is " +
                                    std::to_string(stride) +
                                    ", legal with pool_type Average: -1, it takes the whole map"};
    }
    return Shape{1, 1, map[2]};
  }
  if (size < 1) {
    return Error{Errc::Value,
                 "pool_size is " + std::to_string(size) + ", legal with pool_type Max: 1 to 65536"};
  }
  GLINT_TRY(checkRange("pool_size", size, 1, kMaxExtent));
  if (stride != -1 && (stride < 1 || stride > kMaxExtent)) {
    return Error{Errc::Value,
                 "pool_stride is " + std::to_string(stride) + ", legal: -1 or 1 to 65536"};
  }
  const Shape out{windowCount(map[0], size, step(), padding),
                  windowCount(map[1], size, step(), padding), map[2]};
  if (out[0] < 1 || out[1] < 1) {
    return Error{Errc::Value, "pool_size is " + std::to_string(size) +
                                  " with Valid padding, larger than the map " + map.toString()};
  }
  return out;
}

}  // namespace glint::akida
