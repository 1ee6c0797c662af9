#pragma once

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

/// One tile of a layout: which page and phase it holds, and where its map part lies.
struct TilePlace {
  int page = 0;
  int phaseX = 0, phaseY = 0;
  int plane = 0;
  gpu::Rect rect;  ///< the map part, without apron
};

/// Calls `visit` for every tile that holds channels.
void forEachTile(const Layout& layout, const std::function<void(const TilePlace&)>& visit);

/// The texels of one tile of an integer tensor [x, y, c], row by row; idle channels hold 0.
std::vector<std::byte> packTile(const Tensor& tensor, const Layout& layout, const TilePlace& tile);

/// The tensor of type `type` in the planes' texels; `planes[p]` is the whole texture p.
Tensor unpackPlanes(std::span<const std::vector<std::byte>> planes, const Layout& layout,
                    const TensorType& type);

}  // namespace glint
