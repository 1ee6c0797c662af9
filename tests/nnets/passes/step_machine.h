#pragma once

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "nnets/passes/prove.h"

namespace glint::test {

/// Runs proven steps as a GPU would: highp float is binary32 and every result must be exact in it;
/// int wraps at 32 bits, which must never happen.
class Machine {
 public:
  /// `nudge`: by how many units in the last place products that need not be exact are off.
  explicit Machine(std::size_t channel, int nudge = 0) : k_(channel), nudge_(nudge) {}

  std::int64_t run(const std::vector<ProvenStep>& steps, std::int64_t v, bool isInt) {
    isInt_ = isInt;
    a_ = static_cast<double>(v);
    for (const ProvenStep& step : steps) apply(step);
    return static_cast<std::int64_t>(a_);
  }

 private:
  double c(const ProvenStep& step, int i) const {
    return step.constants[static_cast<std::size_t>(i)][k_];
  }
  /// The result of one operation, which must be representable.
  double exact(double v) const {
    if (isInt_) {
      REQUIRE(std::abs(v) <= 2147483648.0);
    } else {
      REQUIRE(static_cast<double>(static_cast<float>(v)) == v);
    }
    return v;
  }
  /// How often the threshold fits, as the shader finds it out.
  double spikes(const ProvenStep& s) {
    const double threshold = exact(c(s, 1));
    double rest = std::max(a_, 0.);
    auto guess = static_cast<float>(rest * exact(c(s, 0)));
    if (nudge_ != 0 && rest > 0) guess = std::nextafter(guess, nudge_ > 0 ? 1e30f : -1e30f);
    double count = std::floor(static_cast<double>(guess));
    rest = exact(rest - exact(count * threshold));
    count = exact(count + (rest >= threshold ? 1 : 0) - (rest < 0 ? 1 : 0));
    return std::min(count, exact(c(s, 2)));
  }
  void apply(const ProvenStep& s) {
    using Kind = EpilogueStep::Kind;
    switch (s.kind) {
      case Kind::ClampFloat:
      case Kind::ClampInt:
        a_ = std::min(std::max(a_, exact(c(s, 0))), exact(c(s, 1)));
        break;
      case Kind::OffsetFloat:
      case Kind::OffsetInt:
        a_ = exact(a_ + exact(c(s, 0)));
        break;
      case Kind::ScaleFloor:
        a_ = std::floor(exact(exact(a_ * exact(c(s, 0))) + .5));
        break;
      case Kind::TwoLimbFloor: {
        const double h = std::floor(exact(a_ / 4096));
        const double l = exact(a_ - exact(h * 4096));
        const double low = std::floor(exact(exact(l * c(s, 0)) / 4096));
        a_ = std::floor(exact(exact(exact(exact(h * c(s, 0)) + low) + c(s, 1)) * c(s, 2)));
        break;
      }
      case Kind::JoinFloor: {  // a_ stands for both limbs
        const double high = std::floor(a_ / 4096);
        const double low = std::floor(exact(exact((a_ - high * 4096) * c(s, 0)) / 4096));
        a_ = std::floor(exact(exact(exact(exact(high * c(s, 0)) + low) + c(s, 1)) * c(s, 2)));
        break;
      }
      case Kind::StoreLimbs:
        FAIL("a matter of storing");
        break;
      case Kind::LimbScale: {
        const double h = std::floor(exact(a_ / 4096));
        const double l = exact(a_ - exact(h * 4096));
        const double low = std::floor(exact(exact(l * exact(c(s, 1))) + .5));
        a_ = exact(exact(h * exact(c(s, 0))) + low);
        break;
      }
      case Kind::ToInt:
        isInt_ = true;
        break;
      case Kind::LookUp:
        FAIL("needs a table");
        break;
      case Kind::CountSpikes:
        a_ = spikes(s);
        break;
      case Kind::TakeSpikes:
        a_ = exact(a_ - exact(spikes(s) * exact(c(s, 3))));
        break;
      case Kind::ResetSpiking:
        a_ = exact((a_ < exact(c(s, 0)) ? a_ : 0) + exact(c(s, 1)));
        break;
      case Kind::ThresholdFloat:
      case Kind::ThresholdInt: {
        double count = 0;
        for (const Vec4& constant : s.constants) count += exact(constant[k_]) < a_ ? 1 : 0;
        a_ = count;
        break;
      }
      case Kind::ThresholdLimbs: {  // a_ stands for both limbs
        const double high = std::floor(a_ / 4096), low = a_ - high * 4096;
        double count = 0;
        for (std::size_t i = 0; i < s.constants.size(); i += 2) {
          const double apart = std::clamp(exact(high - exact(s.constants[i][k_])), -1., 1.);
          count += exact(s.constants[i + 1][k_]) < exact(exact(apart * 4096) + low) ? 1 : 0;
        }
        a_ = count;
        break;
      }
      case Kind::RescaleInt: {
        const auto v = static_cast<std::int64_t>(exact(a_ * c(s, 0)));
        const auto r = static_cast<int>(c(s, 1)), r1 = static_cast<int>(c(s, 2));
        a_ = static_cast<double>((v >> r) + ((v >> r1) & static_cast<std::int64_t>(c(s, 3))));
        break;
      }
      case Kind::Abs:
        a_ = exact(std::abs(a_));
        REQUIRE((!isInt_ || a_ < 2147483648.0));
        break;
      case Kind::ShiftInt:
        REQUIRE(isInt_);
        a_ = static_cast<double>(static_cast<std::int64_t>(a_) >> static_cast<int>(c(s, 0)));
        break;
      case Kind::Exp2Int:
        REQUIRE((isInt_ && a_ <= 30));
        a_ = a_ < 0 ? 0 : std::ldexp(1., static_cast<int>(a_));
        break;
      case Kind::DivideInt: {
        REQUIRE((isInt_ && c(s, 0) >= 0 && c(s, 0) + a_ < 2147483648.0));
        const auto top = static_cast<std::int64_t>(c(s, 0)), v = static_cast<std::int64_t>(a_);
        a_ = v > 0 ? static_cast<double>(top / v) * c(s, 1) : 0;
        break;
      }
    }
  }
  std::size_t k_;
  int nudge_;
  bool isInt_ = false;
  double a_ = 0;
};

}  // namespace glint::test
