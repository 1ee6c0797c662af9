#pragma once

#include <cstdint>
#include <string>

#include "core/interval.h"
#include "core/result.h"

/// Where every element of a feature map lies in textures. The only place that computes an address,
/// for the CPU and, through kernel plans, for GLSL.
///
/// Four consecutive channels are a page: the RGBA of one texel at each position, or four texels
/// where one holds a single value, or a quarter of one that holds sixteen. A page is stored as a
/// tile, of one part, or of four side by side (one a channel); four pages share a tile where a
/// texel holds sixteen values. Tiles are dealt to `planes` textures in turn, so that a pass can
/// write one tile in each at the same place (several render targets). x runs along texture rows'
/// order (the row), y along columns. Each part has an apron: texels around the map that hold what a
/// window sees there.
namespace glint {

/// What a texel holds.
enum class Storage {
  Norm8,    ///< RGBA8 normalised: four values, each plus 128 when signed, as a byte
  Uint8,    ///< RGBA8UI: the same bytes as integers (OpenGL ES 3)
  Packed,   ///< RGBA32I: sixteen of these bytes, the first lowest in the first component (ES 3)
  Int32,    ///< RGBA32I: four values (OpenGL ES 3)
  Bytes32,  ///< RGBA8 normalised: one value in two's complement, red the lowest byte
};

/// How values of a range are stored: in a byte where they fit one, signed or not, else in 32 bits
/// as the device can.
Storage storageFor(Interval range, bool integerTextures);

/// Whether values are one byte each.
constexpr bool holdsBytes(Storage s) {
  return s == Storage::Norm8 || s == Storage::Uint8 || s == Storage::Packed;
}

/// Bytes of one texel in a texture.
int bytesPerTexel(Storage storage);

/// What makes programs differ; everything else in a Layout is passed as uniforms.
struct LayoutForm {
  Storage storage = Storage::Norm8;
  bool isSigned = false;
  int channels = 4;
  int planes = 1;
  /// 2: rows and columns of even and odd position lie in separate tiles (a transposed convolution
  /// writes them one phase at a time); 1: one tile a page.
  int phases = 1;
  /// Which tiles lie side by side in the planes when phases is 2: the phases of one page (a last
  /// layer with few channels draws all four at once), or pages of one phase.
  bool phasesAcross = false;

  int pages() const { return (channels + 3) / 4; }
  /// Pages whose values share texels.
  int pagesPerTile() const { return storage == Storage::Packed ? 4 : 1; }
  int tiles() const { return (pages() + pagesPerTile() - 1) / pagesPerTile(); }  ///< of one phase
  int units() const { return tiles() * phases * phases; }
  int tilesPerPlane() const;
  /// What is added to a value before it is stored.
  int offset() const { return holdsBytes(storage) && isSigned ? 128 : 0; }
  /// Parts of a tile: the texels that one position of a page takes.
  int parts() const { return storage == Storage::Bytes32 ? 4 : 1; }
  /// Channels in one texel.
  int channelsPerTexel() const { return 4 * pagesPerTile() / parts(); }

  /// The plane and tile index of page `page` in phase (px, py), and which quarter of the texels.
  struct Slot {
    int plane = 0;
    int tile = 0;
    int quarter = 0;
    bool operator==(const Slot&) const = default;
  };
  Slot slot(int page, int px = 0, int py = 0) const;

  bool operator==(const LayoutForm&) const = default;
};

/// A texel position: column (y axis), row (x axis).
struct Texel {
  int column = 0;
  int row = 0;
  bool operator==(const Texel&) const = default;
};

struct Layout {
  LayoutForm form;
  int x = 1;  ///< extents of the feature map, all phases together
  int y = 1;
  int apronBefore = 0;  ///< texels before the map in each tile, both axes
  int apronAfter = 0;
  int tilesPerRow = 1;  ///< tiles side by side in one texture
  int align = 1;        ///< maps begin at multiples of this, in both directions
  int leadX = 0;        ///< texels before the first tile's apron: rows,
  int leadY = 0;        ///< and columns
  int spareX = 0;       ///< rows behind the last tile,
  int spareY = 0;       ///< and columns

  /// The extents of one tile's map part in phase 0 (the largest).
  int tileX() const { return (x + form.phases - 1) / form.phases; }
  int tileY() const { return (y + form.phases - 1) / form.phases; }
  int pitchX() const { return aligned(tileX() + apronBefore + apronAfter); }
  int partPitch() const { return aligned(tileY() + apronBefore + apronAfter); }
  int pitchY() const { return partPitch() * form.parts(); }
  int tileRows() const { return (form.tilesPerPlane() + tilesPerRow - 1) / tilesPerRow; }
  int width() const { return leadY + pitchY() * tilesPerRow + spareY; }
  int height() const { return leadX + pitchX() * tileRows() + spareX; }
  /// `n` rounded up to a multiple of align.
  int aligned(int n) const { return (n + align - 1) / align * align; }
  std::int64_t bytes() const {
    return std::int64_t{width()} * height() * bytesPerTexel(form.storage) * form.planes;
  }

  /// The texel of map position (0, 0) of tile `tile` (of its own phase).
  Texel tileOrigin(int tile) const;

  /// The texels that hold `channel`, and the others of its texels, in phase (px, py), without
  /// apron; empty where the map has no such phase.
  struct Area {
    int plane = 0;
    Texel origin;
    int columns = 0, rows = 0;
  };
  Area area(int channel, int px = 0, int py = 0) const;

  struct Address {
    int plane = 0;
    Texel texel;
    int component = 0;
    bool operator==(const Address&) const = default;
  };
  /// Where element (px, py, channel) lies.
  Address address(int px, int py, int channel) const;

  bool operator==(const Layout&) const = default;
};

/// Several maps of one layout in the same textures, `perRow` beside each other: the slots of a
/// ring. Texels of slot s lie where the layout says, plus origin(layout, s).
struct SlotGrid {
  int slots = 1;
  int perRow = 1;

  Texel origin(const Layout& layout, int slot) const;
  int width(const Layout& layout) const { return layout.width() * perRow; }
  int height(const Layout& layout) const {
    return layout.height() * ((slots + perRow - 1) / perRow);
  }

  bool operator==(const SlotGrid&) const = default;
};

/// A grid of `slots` maps, near a square of at most `maxTexture`. Error (Unsupported) as
/// makeLayout.
Result<SlotGrid> makeSlotGrid(const Layout& layout, int slots, int maxTexture,
                              const std::string& what);

/// How textures suit a device.
struct Arrangement {
  int maxTexture = 4096;
  /// Maps begin at multiples of this: devices shade blocks of 2x2 or 4x4 texels, whole or not.
  int align = 1;
  /// Where a device shades tiles of so many rows and columns one after the other, each on one
  /// processor: small maps lie across the edge of two of them. 0: it does not matter.
  int rasterTile = 0;
  /// No extent of a texture is a power of two.
  bool avoidPowersOfTwo = false;
};

/// A layout for a map of x by y with the tiles arranged near a square.
/// Error (Unsupported) naming `what`, the size needed and the limit.
Result<Layout> makeLayout(const LayoutForm& form, std::int64_t x, std::int64_t y, int apronBefore,
                          int apronAfter, const Arrangement& arrangement, const std::string& what);

/// Planes for `units` tiles of which at most `targets` can be written at once: the fewest passes,
/// then the fewest idle targets.
int planesFor(int units, int targets);

}  // namespace glint
