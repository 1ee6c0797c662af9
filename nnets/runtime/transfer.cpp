#include "nnets/runtime/transfer.h"

#include <cassert>
#include <cstring>

namespace glint {
namespace {

/// Calls f(tensor elements) with the tensor's own element type, const as the tensor is.
template <typename AnyTensor, typename F>
void withElements(AnyTensor& tensor, F&& f) {
  switch (tensor.type()) {
    case DType::U8:
      f(tensor.template as<std::uint8_t>());
      break;
    case DType::I8:
      f(tensor.template as<std::int8_t>());
      break;
    case DType::I16:
      f(tensor.template as<std::int16_t>());
      break;
    case DType::I32:
      f(tensor.template as<std::int32_t>());
      break;
    default:
      assert(false && "integer tensors of at most 32 bits travel");
  }
}

/// Visits the elements of a tile: f(element index, texel index in the rectangle, component).
template <typename F>
void forEachElement(const Layout& layout, const TilePlace& tile, int channels, F&& f) {
  const int n = layout.form.phases;
  const int present = std::min(4, channels - 4 * tile.page);
  for (int row = 0; row < tile.rect.height; ++row) {
    const std::int64_t x = std::int64_t{row} * n + tile.phaseX;
    for (int column = 0; column < tile.rect.width; ++column) {
      const std::int64_t y = std::int64_t{column} * n + tile.phaseY;
      const std::int64_t first = (x * layout.y + y) * channels + std::int64_t{4} * tile.page;
      for (int k = 0; k < present; ++k) f(static_cast<std::size_t>(first + k), row, column, k);
    }
  }
}

}  // namespace

gpu::TexelFormat texelFormat(Storage storage) {
  return storage == Storage::Norm8 ? gpu::TexelFormat::Rgba8 : gpu::TexelFormat::Rgba32i;
}

void forEachTile(const Layout& layout, const std::function<void(const TilePlace&)>& visit) {
  const int n = layout.form.phases;
  for (int page = 0; page < layout.form.pages(); ++page) {
    for (int phase = 0; phase < n * n; ++phase) {
      TilePlace tile{page, phase / n, phase % n, 0, {}};
      const Layout::Area area = layout.area(page, tile.phaseX, tile.phaseY);
      tile.plane = area.plane;
      tile.rect = {area.origin.column, area.origin.row, area.columns, area.rows};
      if (tile.rect.width > 0 && tile.rect.height > 0) visit(tile);
    }
  }
}

std::vector<std::byte> packTile(const Tensor& tensor, const Layout& layout, const TilePlace& tile) {
  const int channels = layout.form.channels;
  const int offset = layout.form.offset();
  const auto texels =
      static_cast<std::size_t>(tile.rect.width) * static_cast<std::size_t>(tile.rect.height);
  std::vector<std::byte> bytes(texels * static_cast<std::size_t>(layout.form.bytesPerTexel()));
  const auto width = static_cast<std::size_t>(tile.rect.width);
  if (layout.form.storage == Storage::Norm8) {
    if (offset != 0) std::memset(bytes.data(), offset, bytes.size());
    withElements(tensor, [&](auto elements) {
      forEachElement(layout, tile, channels, [&](std::size_t i, int row, int column, int k) {
        const std::size_t at =
            (static_cast<std::size_t>(row) * width + static_cast<std::size_t>(column)) * 4 +
            static_cast<std::size_t>(k);
        bytes[at] = static_cast<std::byte>(elements[i] + offset);
      });
    });
    return bytes;
  }
  withElements(tensor, [&](auto elements) {
    forEachElement(layout, tile, channels, [&](std::size_t i, int row, int column, int k) {
      const std::size_t at =
          (static_cast<std::size_t>(row) * width + static_cast<std::size_t>(column)) * 4 +
          static_cast<std::size_t>(k);
      const auto value = static_cast<std::int32_t>(elements[i]);
      std::memcpy(bytes.data() + at * sizeof value, &value, sizeof value);
    });
  });
  return bytes;
}

Tensor unpackPlanes(std::span<const std::vector<std::byte>> planes, const Layout& layout,
                    const TensorType& type) {
  Tensor tensor(type.dtype(), type.shape);
  const auto width = static_cast<std::size_t>(layout.width());
  withElements(tensor, [&](auto elements) {
    using Element = typename decltype(elements)::value_type;
    forEachTile(layout, [&](const TilePlace& tile) {
      const std::vector<std::byte>& plane = planes[static_cast<std::size_t>(tile.plane)];
      forEachElement(
          layout, tile, layout.form.channels, [&](std::size_t i, int row, int column, int k) {
            const std::size_t at = (static_cast<std::size_t>(tile.rect.y + row) * width +
                                    static_cast<std::size_t>(tile.rect.x + column)) *
                                       4 +
                                   static_cast<std::size_t>(k);
            if (layout.form.storage == Storage::Norm8) {
              elements[i] =
                  static_cast<Element>(static_cast<int>(plane[at]) - layout.form.offset());
            } else {
              std::int32_t value;
              std::memcpy(&value, plane.data() + at * sizeof value, sizeof value);
              elements[i] = static_cast<Element>(value);
            }
          });
    });
  });
  return tensor;
}

}  // namespace glint
