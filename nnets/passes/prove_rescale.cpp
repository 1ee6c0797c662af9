#include "nnets/passes/prove_rescale.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "core/fixed_point.h"

namespace glint {
namespace {

using Kind = EpilogueStep::Kind;

constexpr int kLimbBits = 12;

/// What is known of one channel. f is the whole step; u is the same without its clamps (before, of
/// the product, after), so that f(v) = clamp(u(v), f(in.lo), f(in.hi)): both are monotone.
struct Channel {
  RescaleChannel given;
  int postBits;
  Interval out;
  Interval result{};  ///< f over the input
  Interval needed{};  ///< v clamped to this gives the same f
  bool constant = false;

  Channel(const RescaleChannel& channel, int post, Interval outRange)
      : given(channel), postBits(post), out(outRange) {
    result = {f(given.in.lo), f(given.in.hi)};
    needed = {largestLike(result.lo), smallestLike(result.hi)};
    constant = result.isPoint();
  }

  std::int64_t u(std::int64_t v) const {
    return fixed_point::rescale(detail::bounded(detail::Wide{v} * given.scale), given.shift);
  }
  std::int64_t f(std::int64_t v) const {
    const std::int64_t clamped = std::clamp(v, given.clampedTo.lo, given.clampedTo.hi);
    const std::int64_t product = detail::bounded(detail::Wide{clamped} * given.scale);
    return std::clamp(fixed_point::rescale(fixed_point::saturate(product, postBits), given.shift),
                      out.lo, out.hi);
  }

  int right() const { return std::max(-given.shift, 0); }
  /// The multiplier with a left shift folded in.
  std::int64_t multiplier() const {
    return fixed_point::shiftLeft(given.scale, std::max(given.shift, 0));
  }
  /// The largest numerator that F1 meets over `domain`. v * multiplier * 2^-r and the added .5 are
  /// multiples of 2^-r, or of 1/2 where r is 0.
  std::int64_t peak(Interval domain) const {
    const int r = std::max(right(), 1);
    const Interval product{0, (domain * multiplier()).magnitude()};
    return (product * (right() == 0 ? 2 : 1) + Interval{0, fixed_point::shiftLeft(1, r - 1)}).hi;
  }

 private:
  /// Bisection on the monotone f: the largest v of the input with f(v) == y, where y = f(in.lo).
  std::int64_t largestLike(std::int64_t y) const {
    std::int64_t good = given.in.lo, bad = given.in.hi + 1;
    while (bad - good > 1) {
      const std::int64_t middle = good + (bad - good) / 2;
      (f(middle) == y ? good : bad) = middle;
    }
    return good;
  }
  std::int64_t smallestLike(std::int64_t y) const {
    std::int64_t good = given.in.hi, bad = given.in.lo - 1;
    while (good - bad > 1) {
      const std::int64_t middle = bad + (good - bad) / 2;
      (f(middle) == y ? good : bad) = middle;
    }
    return good;
  }
};

/// A way to compute the product and its rounding, with or without a clamp of v before it.
struct Form {
  Kind kind;
  bool clampFirst;
};

bool exact(const Channel& c, Form form, const ArithmeticRules& rules) {
  if (c.constant) return true;
  const Interval domain = form.clampFirst ? c.needed : c.given.in;
  const std::int64_t floatLimit = std::int64_t{1} << rules.floatBits;
  switch (form.kind) {
    case Kind::ScaleFloor:
      return c.peak(domain) < floatLimit;
    case Kind::TwoLimbFloor:
    case Kind::JoinFloor:
      // h * scale + floor(l * scale / 4096) + 2^(r-13), and l * scale, stay below 2^24.
      return c.right() > kLimbBits && c.right() <= kLimbBits + 22 &&
             (form.kind == Kind::JoinFloor || domain.magnitude() < floatLimit) &&
             (c.given.scale << kLimbBits) < floatLimit &&
             ((domain.magnitude() >> kLimbBits) + 2) * c.given.scale +
                     (std::int64_t{1} << (c.right() - kLimbBits - 1)) <
                 floatLimit;
    case Kind::LimbScale: {
      if (c.right() > kLimbBits) return false;
      // l * scale * 2^-r + .5 is exact, and so are h * scale * 2^(12-r) and the sum of both.
      const std::int64_t high = fixed_point::shiftLeft(c.multiplier(), kLimbBits - c.right());
      return domain.magnitude() < floatLimit &&
             c.peak({0, std::int64_t{1} << kLimbBits}) < floatLimit &&
             (Interval{0, (domain.magnitude() >> kLimbBits) + 2} * high).hi < floatLimit;
    }
    case Kind::RescaleInt:
      return c.right() <= 31 && (domain * c.multiplier()).magnitude() < (std::int64_t{1} << 31);
    default:
      return false;
  }
}

double exp2i(int e) { return std::ldexp(1.0, e); }

ProvenStep step(const std::vector<Channel>& quad, Kind kind) {
  ProvenStep s{kind, std::vector<Vec4>(static_cast<std::size_t>(constantsOf(kind)))};
  for (std::size_t k = 0; k < 4; ++k) {
    const Channel& c = quad[k];
    const int r = c.constant ? 0 : c.right();
    const double m = c.constant ? 0 : static_cast<double>(c.multiplier());
    switch (kind) {
      case Kind::ScaleFloor:
        s.constants[0][k] = m * exp2i(-r);
        break;
      case Kind::TwoLimbFloor:
      case Kind::JoinFloor:
        s.constants[0][k] = m;
        s.constants[1][k] = c.constant ? 0 : exp2i(r - kLimbBits - 1);
        s.constants[2][k] = c.constant ? 1 : exp2i(kLimbBits - r);
        break;
      case Kind::LimbScale:
        s.constants[0][k] = m * exp2i(kLimbBits - r);
        s.constants[1][k] = m * exp2i(-r);
        break;
      default:
        s.constants[0][k] = m;
        s.constants[1][k] = r;
        s.constants[2][k] = std::max(r - 1, 0);
        s.constants[3][k] = r > 0 ? 1 : 0;
        break;
    }
  }
  return s;
}

ProvenStep clampTo(const std::vector<Channel>& quad, Interval Channel::*bounds, bool isInt) {
  ProvenStep s{isInt ? Kind::ClampInt : Kind::ClampFloat, std::vector<Vec4>(2)};
  for (std::size_t k = 0; k < 4; ++k) {
    s.constants[0][k] = static_cast<double>((quad[k].*bounds).lo);
    s.constants[1][k] = static_cast<double>((quad[k].*bounds).hi);
  }
  return s;
}

/// Whether u leaves the result's range somewhere on the domain, so that a clamp must follow.
bool needsClampAfter(const Channel& c, bool clampFirst) {
  if (c.constant) return c.result.lo != 0;
  const Interval domain = clampFirst ? c.needed : c.given.in;
  return c.u(domain.lo) != c.result.lo || c.u(domain.hi) != c.result.hi;
}

/// The steps of the first of `forms` that computes all channels exactly.
Result<std::vector<ProvenStep>> firstExact(const std::vector<Channel>& quad,
                                           std::span<const Form> forms, bool isInt,
                                           const ArithmeticRules& rules) {
  for (const Form& form : forms) {
    const bool intForm = form.kind == Kind::RescaleInt;
    if (isInt != intForm && (isInt || !rules.int32)) continue;
    if (!std::all_of(quad.begin(), quad.end(),
                     [&](const Channel& c) { return exact(c, form, rules); })) {
      continue;
    }
    std::vector<ProvenStep> steps;
    if (intForm && !isInt) steps.push_back({Kind::ToInt, {}});
    if (form.clampFirst) steps.push_back(clampTo(quad, &Channel::needed, intForm));
    steps.push_back(step(quad, form.kind));
    if (std::any_of(quad.begin(), quad.end(),
                    [&](const Channel& c) { return needsClampAfter(c, form.clampFirst); })) {
      steps.push_back(clampTo(quad, &Channel::result, intForm));
    }
    return steps;
  }
  return Error{Errc::Unsupported, "no exact form of the output scaling for sums in " +
                                      std::to_string(quad[0].given.in.lo) + " .. " +
                                      std::to_string(quad[0].given.in.hi)};
}

}  // namespace

Result<std::vector<ProvenStep>> proveRescale(const std::vector<RescaleChannel>& given, int postBits,
                                             Interval out, bool isInt,
                                             const ArithmeticRules& rules) {
  std::vector<Channel> quad;
  for (const RescaleChannel& channel : given) quad.emplace_back(channel, postBits, out);
  constexpr Form kForms[] = {{Kind::ScaleFloor, false}, {Kind::TwoLimbFloor, false},
                             {Kind::ScaleFloor, true},  {Kind::LimbScale, false},
                             {Kind::RescaleInt, false}, {Kind::RescaleInt, true},
                             {Kind::LimbScale, true},   {Kind::TwoLimbFloor, true}};
  return firstExact(quad, kForms, isInt, rules);
}

Result<std::vector<ProvenStep>> proveLimbRescale(const std::vector<RescaleChannel>& given,
                                                 int postBits, Interval out,
                                                 const ArithmeticRules& rules) {
  std::vector<Channel> quad;
  for (const RescaleChannel& channel : given) quad.emplace_back(channel, postBits, out);
  constexpr Form kForms[] = {{Kind::JoinFloor, false}};
  return firstExact(quad, kForms, false, rules);
}

}  // namespace glint
