#pragma once

#include <array>
#include <functional>
#include <span>
#include <vector>

#include "core/tensor.h"
#include "gpu/texture.h"
#include "nnets/graph/tensor_type.h"
#include "shaders/layout.h"

/// Tensors to texels and back, by Layout.
namespace glint {

gpu::TexelFormat texelFormat(Storage storage);

/// The texels of some channels in one phase of a layout.
struct TilePlace {
  int channel = 0;   ///< the first of those that a texel holds
  int channels = 0;  ///< how many it holds
  int phaseX = 0, phaseY = 0;
  int plane = 0;
  gpu::Rect rect;  ///< the map part, without apron
};

/// The bytes of a value as `form` stores it, with its offset.
std::array<std::uint8_t, 4> storedBytes(const LayoutForm& form, std::int32_t value);

/// Calls `visit` for every tile, or part of a tile, that holds channels.
void forEachTile(const Layout& layout, const std::function<void(const TilePlace&)>& visit);

/// The texels of one tile of an integer tensor [x, y, c], row by row; idle channels hold 0.
std::vector<std::byte> packTile(const Tensor& tensor, const Layout& layout, const TilePlace& tile);

/// The tensor of type `type` in the planes' texels; `planes[p]` is the whole texture p.
Tensor unpackPlanes(std::span<const std::vector<std::byte>> planes, const Layout& layout,
                    const TensorType& type);

}  // namespace glint
