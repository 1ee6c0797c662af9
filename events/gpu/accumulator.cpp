#include "events/gpu/accumulator.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace glint::events {
namespace {

constexpr std::size_t kPart = 256;           // events of a row that a draw counts
constexpr std::uint32_t kNone = 0xFFFF0000;  // a texel that is no event: of no polarity
constexpr std::size_t kMostEvents = 0x7FFFFFFF;

/// A texel in memory: the column in two bytes, the polarity, and 255.
std::uint32_t texelOf(const Event& event, bool on) {
  return 0xFF000000U | (on ? 0x10000U : 0U) | event.x;
}

std::string shader(int esMajor) {
  const std::string head = esMajor < 3 ? "#version 100\n"
                                         "precision highp float;\n"
                                         "varying highp vec2 glintAt;\n"
                                         "#define AT glintAt\n"
                                         "#define LOAD texture2D\n"
                                         "#define RESULT gl_FragColor\n"
                                       : "#version 300 es\n"
                                         "precision highp float;\n"
                                         "#define AT gl_FragCoord.xy\n"
                                         "#define LOAD texture\n"
                                         "layout(location = 0) out highp vec4 RESULT;\n";
  return head +
         "uniform highp sampler2D uEvents;\n"
         "uniform highp sampler2D uTotal;\n"
         "uniform highp vec2 uTexel;\n"     // 1 / the frame's size
         "uniform highp float uColumns;\n"  // events in the fullest row
         "uniform highp float uPolarity;\n"
         "vec4 codes(vec4 v) { return floor(v * 255. + .5); }\n"
         "void main() {\n"
         "  float column = floor(AT.x), n = 0.;\n"
         "  for (int i = 0; i < " +
         std::to_string(kPart) +
         "; ++i) {\n"
         "    if (float(i) >= uColumns) break;\n"
         "    vec2 at = vec2((float(i) + .5) * " +
         "(1. / " + std::to_string(kPart) +
         ".), AT.y * uTexel.y);\n"
         "    vec4 e = codes(LOAD(uEvents, at));\n"
         "    n += e.x + e.y * 256. == column && e.z == uPolarity ? 1. : 0.;\n"
         "  }\n"
         "  vec4 total = codes(LOAD(uTotal, AT * uTexel));\n"
         "  float sum = total.x + n, carry = floor(sum * (1. / 256.));\n"
         "  total.x = sum - carry * 256.;\n"
         "  sum = total.y + carry;\n"
         "  carry = floor(sum * (1. / 256.));\n"
         "  total.y = sum - carry * 256.;\n"
         "  sum = total.z + carry;\n"
         "  carry = floor(sum * (1. / 256.));\n"
         "  total.z = sum - carry * 256.;\n"
         "  total.w += carry;\n"
         "  RESULT = (total + .25) / 255.;\n"
         "}\n";
}

}  // namespace

Result<std::unique_ptr<EventAccumulator>> EventAccumulator::create(gpu::Context& context, int width,
                                                                   int height) {
  std::unique_ptr<EventAccumulator> made(new EventAccumulator(context, width, height));
  GLINT_TRY(made->build());
  return made;
}

Status EventAccumulator::build() {
  using gpu::TexelFormat;
  const int major = context_.capabilities().esMajor;
  GLINT_ASSIGN(events_, gpu::Texture::create(context_, TexelFormat::Rgba8, static_cast<int>(kPart),
                                             height_));
  for (Total& total : totals_) {
    for (std::size_t i = 0; i < total.textures.size(); ++i) {
      GLINT_ASSIGN(total.textures[i],
                   gpu::Texture::create(context_, TexelFormat::Rgba8, width_, height_));
      GLINT_ASSIGN(total.targets[i], gpu::Framebuffer::create(context_, total.textures[i]));
    }
  }
  GLINT_ASSIGN(fullscreen_, gpu::Fullscreen::create(context_));
  GLINT_ASSIGN(program_, gpu::Program::create(context_, gpu::fullscreenVertexShader(major),
                                              shader(major), "events"));
  rows_.resize(static_cast<std::size_t>(height_));
  return {};
}

Status EventAccumulator::sortByRow(std::span<const Event> events, bool mergePolarities) {
  if (events.size() > kMostEvents) {
    return Error{Errc::Value, "a frame of more than 2^31 - 1 events"};
  }
  for (std::vector<std::uint32_t>& row : rows_) row.clear();
  for (const Event& event : events) {
    if (event.x >= width_ || event.y >= height_) {
      return Error{Errc::Value, "an event at x " + std::to_string(event.x) + ", y " +
                                    std::to_string(event.y) + ", outside the frame of " +
                                    std::to_string(width_) + "x" + std::to_string(height_)};
    }
    rows_[event.y].push_back(texelOf(event, event.on && !mergePolarities));
  }
  return {};
}

void EventAccumulator::draw(Total& total, int polarity, std::size_t columns) {
  const std::size_t next = 1 - total.now;
  program_.use();
  events_.bind(0);
  total.textures[total.now].bind(1);
  program_.setSampler(program_.location("uEvents"), 0);
  program_.setSampler(program_.location("uTotal"), 1);
  program_.setFloat2(program_.location("uTexel"), 1.f / static_cast<float>(width_),
                     1.f / static_cast<float>(height_));
  program_.setFloat(program_.location("uColumns"), static_cast<float>(columns));
  program_.setFloat(program_.location("uPolarity"), static_cast<float>(polarity));
  const float viewport[] = {0, 0, static_cast<float>(width_), static_cast<float>(height_)};
  program_.setFloat4(program_.location(gpu::kViewportUniform), viewport);
  total.targets[next].bind();
  fullscreen_.draw(total.targets[next].extent());
  total.now = next;
}

Status EventAccumulator::addPart(std::size_t first, std::size_t polarities) {
  std::vector<std::uint32_t> texels(kPart * rows_.size(), kNone);
  std::size_t columns = 0;
  for (std::size_t y = 0; y < rows_.size(); ++y) {
    if (rows_[y].size() <= first) continue;
    const std::size_t count = std::min(kPart, rows_[y].size() - first);
    std::copy_n(rows_[y].begin() + static_cast<std::ptrdiff_t>(first), count,
                texels.begin() + static_cast<std::ptrdiff_t>(y * kPart));
    columns = std::max(columns, count);
  }
  GLINT_TRY(events_.upload(std::as_bytes(std::span(texels))));
  for (std::size_t p = 0; p < polarities; ++p) draw(totals_[p], static_cast<int>(p), columns);
  return {};
}

Result<Tensor> EventAccumulator::accumulate(std::span<const Event> events, bool mergePolarities) {
  GLINT_TRY(sortByRow(events, mergePolarities));
  const std::size_t polarities = mergePolarities ? 1 : 2;
  std::size_t most = 0;
  for (const std::vector<std::uint32_t>& row : rows_) most = std::max(most, row.size());
  for (std::size_t p = 0; p < polarities; ++p) {
    GLINT_TRY(totals_[p].targets[totals_[p].now].clearToZero());
  }
  for (std::size_t first = 0; first < most; first += kPart) {
    GLINT_TRY(addPart(first, polarities));
  }
  Tensor counts(DType::I32, {height_, width_, static_cast<std::int64_t>(polarities)});
  const auto values = counts.as<std::int32_t>();
  for (std::size_t p = 0; p < polarities; ++p) {
    Total& total = totals_[p];
    GLINT_ASSIGN(const std::vector<std::byte> bytes, total.targets[total.now].readPixels());
    for (std::size_t i = 0; i < bytes.size() / 4; ++i) {
      std::memcpy(&values[i * polarities + p], bytes.data() + 4 * i, 4);
    }
  }
  return counts;
}

}  // namespace glint::events
