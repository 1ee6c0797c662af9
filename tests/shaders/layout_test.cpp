#include "shaders/layout.h"

#include <algorithm>
#include <set>
#include <tuple>

#include <doctest/doctest.h>

using namespace glint;

namespace {

LayoutForm form(int channels, int planes, int phases = 1, bool phasesAcross = false) {
  LayoutForm f;
  f.channels = channels;
  f.planes = planes;
  f.phases = phases;
  f.phasesAcross = phasesAcross;
  return f;
}

/// Every element has an address of its own, inside its texture, at a distance from the tile's edge
/// that leaves the apron free.
void checkAddresses(const Layout& layout) {
  std::set<std::tuple<int, int, int, int>> seen;
  for (int x = 0; x < layout.x; ++x) {
    for (int y = 0; y < layout.y; ++y) {
      for (int c = 0; c < layout.form.channels; ++c) {
        const Layout::Address a = layout.address(x, y, c);
        REQUIRE(a.plane >= 0);
        REQUIRE(a.plane < layout.form.planes);
        const int column = (a.texel.column - layout.leadY) % layout.partPitch();
        const int row = (a.texel.row - layout.leadX) % layout.pitchX();
        REQUIRE(column >= layout.apronBefore);
        REQUIRE(column < layout.partPitch() - layout.apronAfter);
        REQUIRE(row >= layout.apronBefore);
        REQUIRE(row < layout.pitchX() - layout.apronAfter);
        REQUIRE(a.texel.column < layout.width());
        REQUIRE(a.texel.row < layout.height());
        REQUIRE(seen.emplace(a.plane, a.texel.column, a.texel.row, a.component).second);
      }
    }
  }
}

}  // namespace

TEST_CASE("every element has its own address") {
  for (const Storage storage : {Storage::Norm8, Storage::Packed, Storage::Bytes32}) {
    for (int channels : {1, 3, 4, 5, 17, 40}) {
      for (int targets : {1, 2, 3, 4, 8}) {
        for (int variant = 0; variant < 16; ++variant) {
          const bool across = variant % 2 == 1;
          LayoutForm f = form(channels, 1, 1 + variant / 2 % 2, across);
          f.storage = storage;
          f.planes = planesFor(across ? f.units() : f.tiles(), targets);
          const Arrangement arrangement{512, variant / 4 % 2 == 0 ? 1 : 4, variant / 8 * 64};
          const Result<Layout> layout = makeLayout(f, 6, 10, 1, 2, arrangement, "t");
          REQUIRE(layout.ok());
          checkAddresses(*layout);
        }
      }
    }
  }
}

TEST_CASE("maps begin at whole blocks, and small ones lie across two raster tiles") {
  const Layout plain = *makeLayout(form(64, 4), 10, 12, 1, 1, {256, 4, 0}, "t");
  for (int tile = 0; tile < plain.form.tilesPerPlane(); ++tile) {
    CHECK(plain.tileOrigin(tile).row % 4 == 0);
    CHECK(plain.tileOrigin(tile).column % 4 == 0);
  }
  const Layout across = *makeLayout(form(64, 4), 10, 12, 1, 1, {256, 4, 64}, "t");
  for (int tile = 0; tile < across.form.tilesPerPlane(); ++tile) {
    const Texel origin = across.tileOrigin(tile);
    CHECK(origin.row == 60);
    CHECK(origin.row + 10 > 64);
    CHECK(origin.column % 4 == 0);
  }
  // What does not fit the texture otherwise, goes without.
  CHECK(makeLayout(form(4, 1), 62, 62, 1, 1, {64, 4, 64}, "t")->leadX == 0);
}

TEST_CASE("where they matter, no extent is a power of two, but for the largest texture") {
  Arrangement arrangement;
  arrangement.avoidPowersOfTwo = true;
  for (int extent = 1; extent <= 64; ++extent) {
    CAPTURE(extent);
    const Layout layout = *makeLayout(form(4, 1), extent, extent, 0, 0, arrangement, "t");
    for (const int n : {layout.width(), layout.height()}) CHECK((n & (n - 1)) != 0);
    CHECK(layout.width() <= std::max(extent + 1, 3));
  }
  arrangement.maxTexture = 64;
  CHECK(makeLayout(form(4, 1), 64, 64, 0, 0, arrangement, "t")->width() == 64);
}

TEST_CASE("neighbouring positions of a page are neighbouring texels") {
  const Layout layout = *makeLayout(form(9, 2), 5, 7, 1, 1, {64}, "t");
  const Layout::Address at = layout.address(2, 3, 6);
  const Layout::Address right = layout.address(2, 4, 6);
  const Layout::Address down = layout.address(3, 3, 6);
  CHECK(right.texel == Texel{at.texel.column + 1, at.texel.row});
  CHECK(down.texel == Texel{at.texel.column, at.texel.row + 1});
}

TEST_CASE("phases: even and odd positions lie in four tiles side by side") {
  const Layout layout = *makeLayout(form(4, 1, 2), 6, 8, 1, 1, {64}, "t");
  const Texel origin = layout.address(0, 0, 0).texel;
  CHECK(layout.address(0, 1, 0).texel == Texel{origin.column + layout.pitchY(), origin.row});
  CHECK(layout.address(1, 0, 0).texel == Texel{origin.column + 2 * layout.pitchY(), origin.row});
  CHECK(layout.address(2, 2, 0).texel == Texel{origin.column + 1, origin.row + 1});
}

TEST_CASE("planes: fewest passes, then fewest idle targets") {
  CHECK(planesFor(1, 4) == 1);
  CHECK(planesFor(5, 4) == 3);  // two passes of three, one idle, rather than 4 + 1 of 4
  CHECK(planesFor(8, 3) == 3);
  CHECK(planesFor(9, 8) == 5);
  CHECK(planesFor(16, 8) == 8);
}

TEST_CASE("a layout stays within the texture limit or says what it needs") {
  const Result<Layout> fits = makeLayout(form(64, 1), 30, 30, 1, 1, {128}, "t");
  REQUIRE(fits.ok());
  CHECK(fits->width() <= 128);
  CHECK(fits->height() <= 128);
  const Result<Layout> tooLarge = makeLayout(form(64, 1), 40, 40, 1, 1, {128}, "tensor a");
  REQUIRE(!tooLarge.ok());
  CHECK(tooLarge.error().code == Errc::Unsupported);
  CHECK(tooLarge.error().message.find("tensor a") != std::string::npos);
  CHECK(tooLarge.error().message.find("128x128") != std::string::npos);
  CHECK(!makeLayout(form(4, 1), 200, 4, 0, 0, {128}, "t").ok());
}

TEST_CASE("slots: maps of one layout that do not overlap, within the limit") {
  const Layout layout = *makeLayout(form(9, 2), 5, 7, 1, 1, {64}, "t");
  for (const int slots : {1, 2, 5, 7, 9}) {
    const Result<SlotGrid> grid = makeSlotGrid(layout, slots, 64, "t");
    REQUIRE(grid.ok());
    CHECK(grid->width(layout) <= 64);
    CHECK(grid->height(layout) <= 64);
    std::set<std::pair<int, int>> origins;
    for (int s = 0; s < slots; ++s) {
      const Texel origin = grid->origin(layout, s);
      CHECK(origin.column % layout.width() == 0);
      CHECK(origin.row % layout.height() == 0);
      CHECK(origin.column + layout.width() <= grid->width(layout));
      CHECK(origin.row + layout.height() <= grid->height(layout));
      origins.emplace(origin.column, origin.row);
    }
    CHECK(origins.size() == static_cast<std::size_t>(slots));
  }
  const Result<SlotGrid> tooMany = makeSlotGrid(layout, 100, 64, "tensor a");
  REQUIRE(!tooMany.ok());
  CHECK(tooMany.error().code == Errc::Unsupported);
  CHECK(tooMany.error().message.find("tensor a, the last 100 of it,") != std::string::npos);
  CHECK(tooMany.error().message.find("64x64") != std::string::npos);
}
