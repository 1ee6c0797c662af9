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

std::int64_t spikesOf(const SpikeStep& s, std::int64_t v) {
  const std::int64_t fits = v > 0 ? v / s.threshold : 0;
  return s.most > 0 ? std::min(fits, s.most) : fits;
}

std::int64_t membraneAfter(const MembraneStep& s, std::int64_t v) {
  const std::int64_t count = spikesOf(s.spikes, v);
  if (s.toValue) return detail::bounded(detail::Wide{count > 0 ? 0 : v} + s.value);
  return detail::bounded(v - detail::Wide{count} * s.value);
}

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
          [&](const SpikeStep& s) { return spikesOf(s, v); },
          [&](const MembraneStep& s) { return membraneAfter(s, v); },
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

/// Between two counts the membrane follows v; so what is left is least or most at an end of `in` or
/// of a count's interval, and among these ends, where it is linear in the count, at the outer ones.
Interval membraneAfter(const MembraneStep& s, Interval in) {
  Interval all{membraneAfter(s, in.lo), membraneAfter(s, in.lo)};
  const std::int64_t first = std::max<std::int64_t>(in.lo, 0) / s.spikes.threshold + 1;
  std::int64_t last = std::max<std::int64_t>(in.hi, 0) / s.spikes.threshold;
  if (s.spikes.most > 0) last = std::min(last, s.spikes.most);
  for (std::int64_t count : {first, last}) {
    if (count < first || count > last) continue;
    for (std::int64_t v : {count * s.spikes.threshold - 1, count * s.spikes.threshold}) {
      all = hull(all, {membraneAfter(s, v), membraneAfter(s, v)});
    }
  }
  return hull(all, {membraneAfter(s, in.hi), membraneAfter(s, in.hi)});
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
  if (const auto* membrane = std::get_if<MembraneStep>(&step)) return membraneAfter(*membrane, in);
  if (std::holds_alternative<AbsStep>(step)) {
    const std::int64_t least = std::max({in.lo, -in.hi, std::int64_t{0}});
    return {least, in.magnitude()};
  }
  return {apply(step, c, in.lo), apply(step, c, in.hi)};
}

bool isMonotone(const Step& step) {
  return !std::holds_alternative<LutStep>(step) && !std::holds_alternative<DivideStep>(step) &&
         !std::holds_alternative<MembraneStep>(step) && !std::holds_alternative<AbsStep>(step);
}

}  // namespace glint
