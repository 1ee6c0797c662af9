#include "shaders/layout.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace glint {
namespace {

Error tooLarge(const std::string& what, std::int64_t width, std::int64_t height, int maxTexture) {
  return {Errc::Unsupported, what + " needs a texture of " + std::to_string(width) + "x" +
                                 std::to_string(height) + " texels, the device's limit is " +
                                 std::to_string(maxTexture) + "x" + std::to_string(maxTexture)};
}

}  // namespace

Storage storageFor(Interval range, bool integerTextures) {
  const bool byte = Interval{0, 255}.contains(range) || Interval{-128, 127}.contains(range);
  if (byte) return Storage::Norm8;
  return integerTextures ? Storage::Int32 : Storage::Bytes32;
}

int bytesPerTexel(Storage storage) {
  return storage == Storage::Int32 || storage == Storage::Packed ? 16 : 4;
}

int LayoutForm::tilesPerPlane() const {
  if (phasesAcross) return (units() + planes - 1) / planes;
  return (tiles() + planes - 1) / planes * phases * phases;
}

LayoutForm::Slot LayoutForm::slot(int page, int px, int py) const {
  const int tile = page / pagesPerTile(), quarter = page % pagesPerTile();
  if (phases == 1) return {tile % planes, tile / planes, quarter};
  const int phase = px * phases + py;
  if (phasesAcross) {
    const int unit = tile * phases * phases + phase;
    return {unit % planes, unit / planes, quarter};
  }
  return {tile % planes, (tile / planes) * phases * phases + phase, quarter};
}

Texel Layout::tileOrigin(int tile) const {
  return {leadY + (tile % tilesPerRow) * pitchY() + apronBefore,
          leadX + (tile / tilesPerRow) * pitchX() + apronBefore};
}

Layout::Area Layout::area(int channel, int px, int py) const {
  const LayoutForm::Slot slot = form.slot(channel / 4, px, py);
  const Texel origin = tileOrigin(slot.tile);
  const int part = channel % 4 / form.channelsPerTexel();
  const int n = form.phases;
  return {slot.plane,
          {origin.column + part * partPitch(), origin.row},
          (y - py + n - 1) / n,
          (x - px + n - 1) / n};
}

Layout::Address Layout::address(int px, int py, int channel) const {
  const int n = form.phases;
  const Area tile = area(channel, px % n, py % n);
  return {tile.plane,
          {tile.origin.column + py / n, tile.origin.row + px / n},
          channel % form.channelsPerTexel()};
}

Texel SlotGrid::origin(const Layout& layout, int slot) const {
  return {slot % perRow * layout.width(), slot / perRow * layout.height()};
}

Result<SlotGrid> makeSlotGrid(const Layout& layout, int slots, int maxTexture,
                              const std::string& what) {
  const double ideal = std::sqrt(double(slots) * layout.height() / layout.width());
  SlotGrid grid{slots, std::clamp(static_cast<int>(std::lround(ideal)), 1, slots)};
  while (grid.width(layout) > maxTexture && grid.perRow > 1) --grid.perRow;
  while (grid.height(layout) > maxTexture && grid.perRow < slots) ++grid.perRow;
  const int width = grid.width(layout), height = grid.height(layout);
  if (std::max(width, height) <= maxTexture) return grid;
  return tooLarge(what + ", the last " + std::to_string(slots) + " of it,", width, height,
                  maxTexture);
}

namespace {

/// Arranges the tiles as near to a square as their shape allows, within the limit.
void arrangeTiles(Layout& layout, const Arrangement& arrangement) {
  const LayoutForm& form = layout.form;
  layout.leadX = layout.leadY = layout.aligned(layout.apronBefore) - layout.apronBefore;
  const int limit = arrangement.maxTexture;
  const int tiles = form.tilesPerPlane();
  // Phases of a page stay side by side in one row of tiles, which keeps their pitch uniform.
  const int block = form.phases > 1 && !form.phasesAcross ? form.phases * form.phases : 1;
  const double ideal = std::sqrt(double(tiles) * layout.pitchX() / layout.pitchY());
  layout.tilesPerRow = std::clamp(static_cast<int>(std::lround(ideal)), 1, tiles);
  layout.tilesPerRow = std::max(block, layout.tilesPerRow / block * block);
  while (layout.width() > limit && layout.tilesPerRow > block) layout.tilesPerRow -= block;
  while (layout.height() > limit && layout.tilesPerRow < tiles) layout.tilesPerRow += block;
}

/// Lays small maps across the edge of two raster tiles, in one row of tiles.
void straddle(Layout& layout, const Arrangement& arrangement) {
  const int blocks = layout.aligned(layout.tileX()) / layout.align;
  const int tiles = layout.form.tilesPerPlane();
  if (arrangement.rasterTile == 0 || layout.pitchX() > arrangement.rasterTile || blocks < 2 ||
      layout.leadY + tiles * layout.pitchY() > 8 * arrangement.rasterTile) {
    return;
  }
  Layout moved = layout;
  moved.tilesPerRow = tiles;
  moved.leadX = arrangement.rasterTile - blocks / 2 * layout.align - layout.apronBefore;
  if (std::max(moved.width(), moved.height()) <= arrangement.maxTexture) layout = moved;
}

/// Rows or columns more where an extent is a power of two and the limit leaves room.
void leavePowersOfTwo(Layout& layout, int limit) {
  const auto spare = [&](int extent) {
    int more = 0;
    while (std::has_single_bit(static_cast<unsigned>(extent + more))) ++more;
    return extent + more <= limit ? more : 0;
  };
  layout.spareX = spare(layout.height());
  layout.spareY = spare(layout.width());
}

}  // namespace

Result<Layout> makeLayout(const LayoutForm& form, std::int64_t x, std::int64_t y, int apronBefore,
                          int apronAfter, const Arrangement& arrangement, const std::string& what) {
  const int limit = arrangement.maxTexture;
  if (std::max(x, y * form.parts()) + apronBefore + apronAfter > limit) {
    return tooLarge(what, y * form.parts(), x, limit);
  }
  Layout layout{form, static_cast<int>(x), static_cast<int>(y), apronBefore, apronAfter};
  const auto fits = [&] { return std::max(layout.width(), layout.height()) <= limit; };
  layout.align = arrangement.align;
  arrangeTiles(layout, arrangement);
  if (!fits()) {  // without the room that alignment takes
    layout.align = 1;
    arrangeTiles(layout, arrangement);
  }
  if (!fits()) return tooLarge(what, layout.width(), layout.height(), limit);
  straddle(layout, arrangement);
  if (arrangement.avoidPowersOfTwo) leavePowersOfTwo(layout, limit);
  return layout;
}

int planesFor(int units, int targets) {
  const int passes = (units + targets - 1) / targets;
  return (units + passes - 1) / passes;
}

}  // namespace glint
