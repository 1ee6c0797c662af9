#include "nnets/layers/akida/pool_map.h"

#include <algorithm>
#include <limits>

#include "nnets/layers/akida/window.h"

namespace glint::akida {

IntMap maxPool(const IntMap& map, Pair size, Pair step, Padding padding) {
  const std::int64_t beforeX = borderBefore(map.x, size.x, step.x, padding);
  const std::int64_t beforeY = borderBefore(map.y, size.y, step.y, padding);
  IntMap out(windowCount(map.x, size.x, step.x, padding),
             windowCount(map.y, size.y, step.y, padding), map.c,
             std::numeric_limits<std::int64_t>::min());
  for (std::int64_t x = 0; x < out.x; ++x)
    for (std::int64_t y = 0; y < out.y; ++y)
      for (std::int64_t i = 0; i < size.x; ++i)
        for (std::int64_t j = 0; j < size.y; ++j) {
          const std::int64_t px = x * step.x - beforeX + i;
          const std::int64_t py = y * step.y - beforeY + j;
          if (px < 0 || px >= map.x || py < 0 || py >= map.y) continue;
          for (std::int64_t c = 0; c < map.c; ++c) {
            out.at(x, y)[c] = std::max(out.at(x, y)[c], map.at(px, py)[c]);
          }
        }
  return out;
}

IntMap sumOfAll(const IntMap& map) {
  IntMap out(1, 1, map.c);
  for (std::int64_t x = 0; x < map.x; ++x)
    for (std::int64_t y = 0; y < map.y; ++y)
      for (std::int64_t c = 0; c < map.c; ++c) out.at(0, 0)[c] += map.at(x, y)[c];
  return out;
}

}  // namespace glint::akida
