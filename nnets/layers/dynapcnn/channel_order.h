#pragma once

#include "core/tensor.h"

/// Maps between sinabs' order, channels first, and [x, y, c].
namespace glint::dynapcnn {

inline Shape channelsFirst(const Shape& s) { return {s[2], s[0], s[1]}; }
inline Shape channelsLast(const Shape& s) { return {s[1], s[2], s[0]}; }

/// The integers of a map [c, x, y] as I32 [x, y, c], beginning at element `from` of `tensor`.
Tensor toChannelsLast(const Tensor& tensor, std::int64_t from, const Shape& first);

/// Writes an I32 map [x, y, c] as [c, x, y] into the I32 `tensor`, from element `at`.
void putChannelsFirst(const Tensor& map, Tensor& tensor, std::int64_t at);

/// Visits a map of `first`, [c, x, y]: the index channels first, and channels last.
template <typename F>
void forEachElement(const Shape& first, F&& visit) {
  std::int64_t i = 0;
  for (std::int64_t c = 0; c < first[0]; ++c)
    for (std::int64_t p = 0; p < first[1] * first[2]; ++p) visit(i++, p * first[0] + c);
}

}  // namespace glint::dynapcnn
