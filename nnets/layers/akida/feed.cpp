#include "nnets/layers/akida/feed.h"

#include <string>

#include "nnets/layers/akida/window.h"

namespace glint::akida {

Result<Shape> feedShape(const std::vector<int>& inputShape) {
  if (inputShape.size() != 3) {
    return Error{Errc::Value, "input_shape has " + std::to_string(inputShape.size()) +
                                  " extents, legal: three, [x, y, channels]"};
  }
  const Shape shape{inputShape[0], inputShape[1], inputShape[2]};
  GLINT_TRY(checkShape("input_shape", shape));
  return shape;
}

Status setFeedShape(std::vector<int>& inputShape, std::int64_t x, std::int64_t y) {
  GLINT_TRY(feedShape(inputShape));
  GLINT_TRY(checkShape("input_shape", Shape{x, y, inputShape[2]}));
  inputShape[0] = static_cast<int>(x);
  inputShape[1] = static_cast<int>(y);
  return {};
}

Status checkWidth(const char* parameter, int bits, bool isSigned) {
  const int most = isSigned ? 32 : 31;
  if (bits >= 1 && bits <= most) return {};
  return Error{Errc::Value, std::string(parameter) + " is " + std::to_string(bits) +
                                ", legal: 1 to " + std::to_string(most) +
                                (isSigned ? " (signed)" : " (unsigned)")};
}

}  // namespace glint::akida
