#pragma once

#include <array>
#include <cstdint>
#include <string>

/// Numbers as GLSL text.
namespace glint {

/// The shortest float literal that reads back as `v`.
std::string number(double v);

/// An int literal; the most negative one cannot be written as a negated literal.
std::string number(std::int32_t v);

/// "vec4(1.,2.,3.,4.)", or "vec4(1.)" of four equal numbers.
template <typename T>
std::string vector4(const char* type, const std::array<T, 4>& v) {
  if (v[0] == v[1] && v[0] == v[2] && v[0] == v[3]) return type + ("(" + number(v[0]) + ")");
  return type + ("(" + number(v[0])) + "," + number(v[1]) + "," + number(v[2]) + "," +
         number(v[3]) + ")";
}

}  // namespace glint
