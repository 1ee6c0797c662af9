#include "events/sensor_view.h"

#include <utility>

namespace glint::events {

Result<SensorView::Size> SensorView::sizeOf(int sensorWidth, int sensorHeight) const {
  if (pool < 1) {
    return Error{Errc::Value, "a pool of " + std::to_string(pool) + " pixels, legal: 1 or more"};
  }
  const int pooledWidth = sensorWidth / pool, pooledHeight = sensorHeight / pool;
  Size size{width > 0 ? width : pooledWidth - left, height > 0 ? height : pooledHeight - top};
  if (left < 0 || top < 0 || size.width < 1 || size.height < 1 || size.width > pooledWidth - left ||
      size.height > pooledHeight - top) {
    return Error{Errc::Value, "a crop of " + std::to_string(size.width) + "x" +
                                  std::to_string(size.height) + " from " + std::to_string(left) +
                                  "," + std::to_string(top) + " is not within the sensor of " +
                                  std::to_string(pooledWidth) + "x" + std::to_string(pooledHeight) +
                                  (pool > 1 ? " pooled pixels" : " pixels")};
  }
  if (swapXY) std::swap(size.width, size.height);
  return size;
}

bool SensorView::see(Event& event, const Size& size) const {
  const int across = swapXY ? size.height : size.width, down = swapXY ? size.width : size.height;
  int x = event.x / pool - left, y = event.y / pool - top;
  if (x < 0 || y < 0 || x >= across || y >= down) return false;
  if (flipX) x = across - 1 - x;
  if (flipY) y = down - 1 - y;
  if (swapXY) std::swap(x, y);
  event.x = static_cast<std::uint16_t>(x);
  event.y = static_cast<std::uint16_t>(y);
  return true;
}

}  // namespace glint::events
