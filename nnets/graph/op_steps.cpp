#include "nnets/graph/op_steps.h"

#include <algorithm>
#include <cstdlib>

#include "core/fixed_point.h"

namespace glint {
namespace {

template <typename... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <typename... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

constexpr std::int64_t kLutBias = 1024;
constexpr std::int64_t kMostPower = 62;

}  // namespace

std::int64_t apply(const Step& step, std::size_t c, std::int64_t v) {
  return std::visit(
      Overloaded{
          [&](const ClampStep& s) { return std::clamp(v, s.lo[c], s.hi[c]); },
          [&](const OffsetStep& s) { return detail::bounded(detail::Wide{v} + s.value[c]); },
          [&](const RescaleStep& s) {
            const std::int64_t product = detail::bounded(detail::Wide{v} * s.scale[c]);
            const std::int64_t post = fixed_point::saturate(product, s.postBits);
            return std::clamp(fixed_point::rescale(post, s.shift[c]), s.out.lo, s.out.hi);
          },
          [&](const LutStep& s) {
            return std::int64_t{s.table[static_cast<std::size_t>(v + kLutBias)]};
          },
          [&](const ThresholdStep& s) {
            return std::int64_t{std::count_if(s.bounds.begin(), s.bounds.end(),
                                              [&](const auto& bound) { return v >= bound[c]; })};
          },
          [&](const ShiftStep& s) { return v >> s.shift[c]; },
          [&](const AbsStep&) { return std::abs(v); },
          [&](const Exp2Step&) {
            return v < 0 ? 0 : fixed_point::shiftLeft(1, static_cast<int>(std::min(v, kMostPower)));
          },
          [&](const DivideStep& s) { return v == 0 ? 0 : s.numerator[c] / v; },
      },
      step);
}

namespace {

/// Over v in `in`, which is not negative: quotients shrink as v grows.
Interval quotients(const DivideStep& step, std::size_t c, Interval in) {
  const Interval least{0, 0};
  if (in.hi <= 0) return least;
  const std::int64_t near = apply(Step{step}, c, std::max<std::int64_t>(in.lo, 1));
  const std::int64_t far = apply(Step{step}, c, in.hi);
  const Interval all{std::min(near, far), std::max(near, far)};
  return in.lo > 0 ? all : hull(all, least);
}

Interval entries(const LutStep& lut, Interval in) {
  const auto first = lut.table.begin() + (in.lo + kLutBias);
  const auto [lo, hi] = std::minmax_element(first, lut.table.begin() + (in.hi + kLutBias + 1));
  return {*lo, *hi};
}

}  // namespace

Interval apply(const Step& step, std::size_t c, Interval in) {
  if (const auto* lut = std::get_if<LutStep>(&step)) return entries(*lut, in);
  if (const auto* divide = std::get_if<DivideStep>(&step)) return quotients(*divide, c, in);
  if (std::holds_alternative<AbsStep>(step)) {
    const std::int64_t least = std::max({in.lo, -in.hi, std::int64_t{0}});
    return {least, in.magnitude()};
  }
  return {apply(step, c, in.lo), apply(step, c, in.hi)};  // the others never decrease
}

}  // namespace glint
