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

/// Visits the elements of a tile: f(element index, row, column, channel within the texel).
template <typename F>
void forEachElement(const Layout& layout, const TilePlace& tile, F&& f) {
  const int n = layout.form.phases;
  for (int row = 0; row < tile.rect.height; ++row) {
    const std::int64_t x = std::int64_t{row} * n + tile.phaseX;
    for (int column = 0; column < tile.rect.width; ++column) {
      const std::int64_t y = std::int64_t{column} * n + tile.phaseY;
      const std::int64_t first = (x * layout.y + y) * layout.form.channels + tile.channel;
      for (int k = 0; k < tile.channels; ++k)
        f(static_cast<std::size_t>(first + k), row, column, k);
    }
  }
}

/// Bytes of one value in a texture.
int bytesPerValue(const LayoutForm& form) { return holdsBytes(form.storage) ? 1 : 4; }

/// The first byte of channel `k` of the texel at (column, row) in rows of `width` texels.
std::size_t byteOf(const LayoutForm& form, int width, int row, int column, int k) {
  const std::int64_t texel = std::int64_t{row} * width + column;
  return static_cast<std::size_t>(texel * bytesPerTexel(form.storage) + k * bytesPerValue(form));
}

std::int32_t loadValue(const LayoutForm& form, const std::byte* from) {
  if (holdsBytes(form.storage)) return static_cast<int>(*from) - form.offset();
  std::uint32_t bits = 0;
  for (int k = 0; k < 4; ++k) bits |= static_cast<std::uint32_t>(from[k]) << (8 * k);
  return static_cast<std::int32_t>(bits);
}

}  // namespace

gpu::TexelFormat texelFormat(Storage storage) {
  switch (storage) {
    case Storage::Uint8:
      return gpu::TexelFormat::Rgba8ui;
    case Storage::Packed:
    case Storage::Int32:
      return gpu::TexelFormat::Rgba32i;
    default:
      return gpu::TexelFormat::Rgba8;
  }
}

std::array<std::uint8_t, 4> storedBytes(const LayoutForm& form, std::int32_t value) {
  if (holdsBytes(form.storage)) return {static_cast<std::uint8_t>(value + form.offset())};
  const auto bits = static_cast<std::uint32_t>(value);
  return {static_cast<std::uint8_t>(bits), static_cast<std::uint8_t>(bits >> 8),
          static_cast<std::uint8_t>(bits >> 16), static_cast<std::uint8_t>(bits >> 24)};
}

void forEachTile(const Layout& layout, const std::function<void(const TilePlace&)>& visit) {
  const LayoutForm& form = layout.form;
  const int n = form.phases;
  const int step = form.channelsPerTexel();
  for (int channel = 0; channel < form.channels; channel += step) {
    for (int phase = 0; phase < n * n; ++phase) {
      TilePlace tile{channel, std::min(step, form.channels - channel), phase / n, phase % n, 0, {}};
      const Layout::Area area = layout.area(channel, tile.phaseX, tile.phaseY);
      tile.plane = area.plane;
      tile.rect = {area.origin.column, area.origin.row, area.columns, area.rows};
      if (tile.rect.width > 0 && tile.rect.height > 0) visit(tile);
    }
  }
}

std::vector<std::byte> packTile(const Tensor& tensor, const Layout& layout, const TilePlace& tile) {
  const LayoutForm& form = layout.form;
  const auto texels =
      static_cast<std::size_t>(tile.rect.width) * static_cast<std::size_t>(tile.rect.height);
  // Idle channels hold 0, too.
  std::vector<std::byte> bytes(texels * static_cast<std::size_t>(bytesPerTexel(form.storage)),
                               static_cast<std::byte>(form.offset()));
  withElements(tensor, [&](auto elements) {
    forEachElement(layout, tile, [&](std::size_t i, int row, int column, int k) {
      const auto stored = storedBytes(form, static_cast<std::int32_t>(elements[i]));
      std::memcpy(bytes.data() + byteOf(form, tile.rect.width, row, column, k), stored.data(),
                  static_cast<std::size_t>(bytesPerValue(form)));
    });
  });
  return bytes;
}

Tensor unpackPlanes(std::span<const std::vector<std::byte>> planes, const Layout& layout,
                    const TensorType& type) {
  Tensor tensor(type.dtype(), type.shape);
  withElements(tensor, [&](auto elements) {
    using Element = typename decltype(elements)::value_type;
    forEachTile(layout, [&](const TilePlace& tile) {
      const std::vector<std::byte>& plane = planes[static_cast<std::size_t>(tile.plane)];
      forEachElement(layout, tile, [&](std::size_t i, int row, int column, int k) {
        const std::size_t at =
            byteOf(layout.form, layout.width(), tile.rect.y + row, tile.rect.x + column, k);
        elements[i] = static_cast<Element>(loadValue(layout.form, plane.data() + at));
      });
    });
  });
  return tensor;
}

}  // namespace glint
