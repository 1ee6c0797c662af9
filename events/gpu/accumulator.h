#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/tensor.h"
#include "events/event.h"
#include "gpu/framebuffer.h"
#include "gpu/fullscreen.h"
#include "gpu/program.h"

namespace glint::events {

/// Counts the events of a frame on the GPU, equal to Framer's counts on every driver that passes
/// the self-test, on OpenGL ES 2 and 3.
/// Not by blending: RGBA8 saturates at 255, and no version promises exact sums of floats. Events go
/// into a texture, those of a row of pixels into its row; every pixel counts those that name its
/// column, and adds their number to a total of four bytes with carries. That takes texel codes,
/// comparisons, sums and floors below 2^24, all of which the self-test checks.
class EventAccumulator {
 public:
  /// `context` outlives it and has passed the self-test. Errors: Value (a side below 1 or beyond
  /// the largest texture), Driver.
  static Result<std::unique_ptr<EventAccumulator>> create(gpu::Context& context, int width,
                                                          int height);

  /// I32 [height, width, 2], off and on, or [height, width, 1] with both added up. Errors: Value,
  /// an event outside the frame or more than 2^31 - 1 of them; Driver.
  Result<Tensor> accumulate(std::span<const Event> events, bool mergePolarities);

 private:
  /// Totals of one polarity: drawn from one texture into the other.
  struct Total {
    std::array<gpu::Texture, 2> textures;
    std::array<gpu::Framebuffer, 2> targets;
    std::size_t now = 0;
  };

  EventAccumulator(gpu::Context& context, int width, int height)
      : context_(context), width_(width), height_(height) {}
  Status build();
  Status sortByRow(std::span<const Event> events, bool mergePolarities);
  /// Adds the events from `first` on, up to kPart in each row.
  Status addPart(std::size_t first, std::size_t polarities);
  void draw(Total& total, int polarity, std::size_t columns);

  gpu::Context& context_;
  int width_, height_;
  gpu::Fullscreen fullscreen_;
  gpu::Program program_;
  gpu::Texture events_;  ///< kPart columns, a row for each row of pixels
  std::array<Total, 2> totals_;
  std::vector<std::vector<std::uint32_t>> rows_;  ///< texels of the events, by row of pixels
};

}  // namespace glint::events
