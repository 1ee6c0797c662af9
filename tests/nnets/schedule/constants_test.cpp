#include "nnets/schedule/constants.h"

#include <bit>
#include <cmath>
#include <cstdint>

#include <doctest/doctest.h>

#include "core/random.h"

using namespace glint;

TEST_CASE("bytes of weights: as few as the largest needs, and each weight comes back") {
  for (const auto& [weight, texels] : {std::pair{127, 1},
                                       {-128, 1},
                                       {128, 2},
                                       {-129, 2},
                                       {32767, 2},
                                       {-32768, 2},
                                       {32768, 3},
                                       {-32769, 3},
                                       {(1 << 23) - 1, 3}}) {
    CAPTURE(weight);
    ConstantsForm form;
    const IVec4 quad{weight, 0, -1, 5};
    const std::vector<IVec4> codes = encodeWeights({quad}, false, form);
    CHECK(form.storage == Storage::Norm8);
    CHECK(form.texels == texels);
    REQUIRE(codes.size() == static_cast<std::size_t>(form.texels));
    for (std::size_t k = 0; k < 4; ++k) {
      std::int64_t value = 0, place = 1;
      for (const IVec4& texel : codes) {
        CHECK((texel[k] >= 0 && texel[k] <= 255));
        value += texel[k] * place;
        place *= 256;
      }
      CHECK(value - 128 * (place / 256) == quad[k]);
    }
  }
}

TEST_CASE("fetched constants keep every bit") {
  KernelPlan plan;
  plan.floats = {{0.1, -std::ldexp(1.0, -20), 16777215, -0.0}};
  plan.ints = {{INT32_MIN, -1, 0, INT32_MAX}};
  const std::vector<IVec4> texels = encodeConstants(plan);
  REQUIRE(texels.size() == 2);
  for (std::size_t k = 0; k < 4; ++k) {
    CHECK(std::bit_cast<float>(texels[0][k]) == static_cast<float>(plan.floats[0][k]));
  }
  CHECK(texels[1] == plan.ints[0]);
}

TEST_CASE("carries keep the low limb below 2^floatBits, and no more are made than that takes") {
  Random random(5);
  for (int trial = 0; trial < 200; ++trial) {
    CAPTURE(trial);
    const int bits = trial % 2 == 0 ? 24 : 16;
    const double limit = std::ldexp(1.0, bits);
    KernelPlan plan;
    plan.targets = 2;
    plan.accumulators.resize(2);
    plan.accumulators[0].init = 0;
    plan.accumulators[1].init = 1;
    const double most = limit - 4096;
    const auto below = [&](double top) {
      return static_cast<double>(random.between(0, static_cast<std::int64_t>(top) - 1));
    };
    for (int t = 0; t < 2; ++t) plan.floats.push_back({-below(most), below(most), 0, 1});
    std::vector<Vec4> bounds;
    const double largest = trial % 3 == 0 ? most : most / 7;
    for (int m = 0; m < 40; ++m) {
      plan.macs.push_back({0, 0, m % 2, 0});
      bounds.push_back({below(largest), below(largest), 0, below(largest)});
    }
    const std::vector<int> carries = carriesOf(plan, bounds, bits);
    REQUIRE(!carries.empty());
    CHECK(carries.back() == 40);
    // The worst that the low limbs can come to; what a carry leaves is below 4096.
    std::array<Vec4, 2> low{};
    for (std::size_t t = 0; t < 2; ++t) {
      for (std::size_t k = 0; k < 4; ++k) low[t][k] = std::abs(plan.floats[t][k]);
    }
    std::size_t next = carries.front() == 0 ? 1 : 0;
    if (next == 1) low = {Vec4{4095, 4095, 4095, 4095}, Vec4{4095, 4095, 4095, 4095}};
    for (std::size_t m = 0; m < bounds.size(); ++m) {
      for (std::size_t k = 0; k < 4; ++k) {
        low[m % 2][k] += bounds[m][k];
        REQUIRE(low[m % 2][k] < limit);
      }
      if (carries[next] != static_cast<int>(m) + 1) continue;
      ++next;
      for (Vec4& limb : low) limb = {4095, 4095, 4095, 4095};
    }
    CHECK(next == carries.size());
    if (trial % 3 != 0) CHECK(carries.size() < 30);
  }
}
