#include "shaders/literals.h"

#include <charconv>

namespace glint {

std::string number(double v) {
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, v).ptr;
  std::string text(buffer, end);
  if (text.find_first_of(".e") == std::string::npos) text += '.';
  return text;
}

std::string number(std::int32_t v) {
  return v == INT32_MIN ? "(-2147483647-1)" : std::to_string(v);
}

}  // namespace glint
