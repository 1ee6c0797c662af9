#include "gpu/self_test.h"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <span>
#include <utility>

#include "gpu/self_test_run.h"
#include "gpu/self_test_shaders.h"

namespace glint::gpu {
namespace {

SelfTestImage blank(const char* name, TexelFormat format, int width, int height) {
  SelfTestImage image{name, format, width, height, {}};
  image.bytes.resize(static_cast<std::size_t>(width * height * bytesPerTexel(format)));
  return image;
}

template <typename T>
void set(SelfTestImage& image, int channel, T value) {
  std::memcpy(image.bytes.data() + static_cast<std::size_t>(channel) * sizeof value, &value,
              sizeof value);
}

void setByte(SelfTestImage& image, int channel, std::int64_t value) {
  set(image, channel, static_cast<std::uint8_t>(value));
}

/// A quotient rounded to minus infinity; the divisor is positive.
std::int64_t floorDiv(std::int64_t a, std::int64_t b) {
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

struct Pair {
  std::int64_t a;
  std::int64_t b;
};

/// Operands of float-24: sums, differences and products stay below 2^24, most only just.
constexpr Pair kFloatPairs[] = {{16777215, 0},       {-16777215, 0},     {16777214, 1},
                                {-16777214, -1},     {8388608, 8388607}, {8388607, -8388608},
                                {-8388607, 8388608}, {16773120, 4095},   {12582911, 4194304},
                                {4095, 16773120},    {-4096, 16773119},  {-1, 1},
                                {4095, -1},          {1398101, 2796202}, {-11184810, 5592405},
                                {65535, -65537},     {8388607, 8388607}, {-8388608, -8388607}};
constexpr int kFloatColumns = static_cast<int>(std::size(kFloatPairs));

/// What floatShader computes in row `row`.
std::int64_t floatResult(int row, Pair p) {
  const std::int64_t ah = floorDiv(p.a, 4096);
  const std::int64_t al = p.a - ah * 4096;
  const std::int64_t bl = p.b - floorDiv(p.b, 4096) * 4096;
  switch (row) {
    case 0:
      return p.a + p.b;
    case 1:
      return p.a - p.b;
    case 2:
      return al * bl;
    case 3:
      return floorDiv(p.a + 4, 8);
    case 4:
      return floorDiv(ah * bl + floorDiv(al * bl, 4096) + 4, 8);
    case 5:
      return std::clamp<std::int64_t>(p.a, -1000, 70000) - floorDiv(p.b, 65536);
    default:
      return (p.a < p.b ? 1 : 0) + (p.b < p.a ? 2 : 0);
  }
}

void setSigned24(SelfTestImage& image, int texel, std::int64_t value) {
  assert(std::abs(value) < 1 << 24);
  const std::int64_t magnitude = std::abs(value);
  for (int i = 0; i < 3; ++i) setByte(image, texel * 4 + i, (magnitude >> (8 * i)) & 255);
  setByte(image, texel * 4 + 3, value < 0 ? 1 : 0);
}

constexpr std::int32_t kMin32 = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t kMax32 = std::numeric_limits<std::int32_t>::max();
constexpr std::int32_t kInts[] = {0,        1,          -1,    2,      -2,    kMin32,
                                  kMax32,   kMin32 + 1, 65535, -65536, 46341, -46341,
                                  16777217, 12345,      -7,    1 << 30};
constexpr int kIntColumns = 16;

std::int32_t wrap(std::int64_t value) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(static_cast<std::uint64_t>(value)));
}

/// What integerShader computes in row `row`.
std::int32_t intResult(int row, std::int32_t a, std::int32_t b, std::int32_t s) {
  const std::int64_t wide = a;
  switch (row) {
    case 0:
      return wrap(wide + b);
    case 1:
      return wrap(wide - b);
    case 2:
      return wrap(wide * b);
    case 3:
      return a >> s;
    case 4:
      return wrap(std::int64_t{a >> s} + ((a >> (s - 1)) & 1));
    case 5:
      return std::clamp(a, std::min(b, s), std::max(b, s));
    case 6:
      return wrap(static_cast<std::int64_t>(static_cast<std::uint64_t>(wide) << s));
    default:
      return (a < b ? 1 : 0) + (b < a ? 2 : 0);
  }
}

/// What goes in and what must come out.
struct Case {
  SelfTestImage input;
  SelfTestImage output;
};

Case codesCase() {
  SelfTestImage input = blank("", TexelFormat::Rgba8, 16, 16);
  SelfTestImage output = blank("codes", TexelFormat::Rgba8, 16, 16);
  for (int code = 0; code < 256; ++code) {
    const std::int64_t places[4] = {code, code, 255 - code, 1};
    for (int c = 0; c < 4; ++c) setByte(output, code * 4 + c, places[c]);
    setByte(input, code * 4, code);
    setByte(input, code * 4 + 1, 255 - code);
  }
  return {std::move(input), std::move(output)};
}

Case floatCase() {
  SelfTestImage input = blank("", TexelFormat::Rgba8, kFloatColumns, 2);
  SelfTestImage output = blank("float-24", TexelFormat::Rgba8, kFloatColumns, kFloatRows);
  for (int x = 0; x < kFloatColumns; ++x) {
    const Pair pair = kFloatPairs[x];
    setSigned24(input, x, pair.a);
    setSigned24(input, kFloatColumns + x, pair.b);
    for (int row = 0; row < kFloatRows; ++row) {
      setSigned24(output, row * kFloatColumns + x, floatResult(row, pair));
    }
  }
  return {std::move(input), std::move(output)};
}

Case intCase() {
  constexpr int kChannels = kIntColumns * 4;
  constexpr int kCount = static_cast<int>(std::size(kInts));
  SelfTestImage input = blank("", TexelFormat::Rgba32i, kIntColumns, 3);
  SelfTestImage output = blank("int-32", TexelFormat::Rgba32i, kIntColumns, kIntRows);
  for (int i = 0; i < kChannels; ++i) {
    const std::int32_t a = kInts[i % kCount];
    const std::int32_t b = kInts[(i * 7 + i / kCount * 3 + 5) % kCount];
    const std::int32_t s = 1 + i * 11 % 31;
    const std::int32_t operands[3] = {a, b, s};
    for (int row = 0; row < 3; ++row) set(input, row * kChannels + i, operands[row]);
    for (int row = 0; row < kIntRows; ++row) {
      set(output, row * kChannels + i, intResult(row, a, b, s));
    }
  }
  return {std::move(input), std::move(output)};
}

Case copyCase(TexelFormat format) {
  const bool bytes = format == TexelFormat::Rgba8ui;
  SelfTestImage image = blank(bytes ? "rgba8ui" : "rgba16i", format, kIntColumns, kIntRows);
  for (int i = 0; i < kIntColumns * kIntRows * 4; ++i) {
    if (bytes) {
      setByte(image, i, i & 255);
    } else {
      constexpr std::int16_t kEdges[] = {-32768, 32767, -1, 0, 1, 255, -256, 21845};
      set(image, i, i < 8 ? kEdges[i] : static_cast<std::int16_t>(i * 128 - 32768));
    }
  }
  return {image, image};
}

/// Runs cases in one draw and adds their checks to the report.
Status addChecks(Context& context, Fullscreen& fullscreen, const std::string& fragment,
                 std::span<const Case> cases, SelfTestReport& report) {
  std::vector<SelfTestImage> inputs;
  std::vector<SelfTestImage> outputs;
  for (const Case& one : cases) {
    inputs.push_back(one.input);
    outputs.push_back(one.output);
  }
  GLINT_ASSIGN(const auto checks, runChecks(context, fullscreen, fragment, inputs, outputs));
  report.checks.insert(report.checks.end(), checks.begin(), checks.end());
  return {};
}

/// The integer formats, in as few draws as the draw buffers allow: compiling is what takes time.
Status addIntegerChecks(Context& context, Fullscreen& fullscreen, SelfTestReport& report) {
  const Case cases[] = {intCase(), copyCase(TexelFormat::Rgba8ui), copyCase(TexelFormat::Rgba16i)};
  const std::size_t count = std::size(cases);
  const bool together = context.capabilities().maxDrawBuffers >= static_cast<int>(count);
  const std::size_t step = together ? count : 1;
  for (std::size_t i = 0; i < count; i += step) {
    const auto some = std::span(cases).subspan(i, step);
    std::vector<TexelFormat> formats;
    for (const Case& one : some) formats.push_back(one.output.format);
    GLINT_TRY(addChecks(context, fullscreen, integerShader(formats), some, report));
  }
  return {};
}

}  // namespace

bool SelfTestReport::passed() const {
  return !checks.empty() && std::all_of(checks.begin(), checks.end(),
                                        [](const SelfTestCheck& check) { return check.passed; });
}

std::string SelfTestReport::firstFailure() const {
  for (const SelfTestCheck& check : checks) {
    if (!check.passed) return check.name + ": " + check.detail;
  }
  return {};
}

Result<SelfTestReport> runSelfTest(Context& context) {
  SelfTestReport report;
  const Capabilities& caps = context.capabilities();
  if (caps.highpFloatBits < 23) {
    report.checks.push_back({"highp", false,
                             "highp float has " + std::to_string(caps.highpFloatBits) +
                                 " mantissa bits, 23 are needed"});
    return report;
  }
  GLINT_ASSIGN(Fullscreen fullscreen, Fullscreen::create(context));
  const Case codes[] = {codesCase()};
  GLINT_TRY(addChecks(context, fullscreen, codesShader(caps.esMajor), codes, report));
  const Case floats[] = {floatCase()};
  GLINT_TRY(addChecks(context, fullscreen, floatShader(caps.esMajor), floats, report));
  if (caps.integerTextures) GLINT_TRY(addIntegerChecks(context, fullscreen, report));
  return report;
}

}  // namespace glint::gpu
