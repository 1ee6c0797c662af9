#include "nnets/passes/prove.h"

#include <doctest/doctest.h>

using namespace glint;

namespace {

/// A sum of one product a weight, each of an input channel of `bits` bits, then `step`; one output.
struct Sum {
  OpGraph graph;

  Sum(int bits, bool isSigned, std::vector<std::int64_t> weights, Step step) {
    const auto channels = static_cast<std::int64_t>(weights.size());
    addValue({{1, 1, channels}, bits, isSigned, false});
    addValue({{1, 1, 1}, 32, true, false});
    Op op;
    op.inputs.resize(1);
    op.inputs[0].value = 0;
    op.inputs[0].weights = std::move(weights);
    op.steps.push_back(std::move(step));
    op.output = 1;
    graph.ops.push_back(std::move(op));
    inferRanges(graph);
  }

  Sum(int bits, bool isSigned, std::vector<std::int64_t> weights, std::int64_t bias)
      : Sum(bits, isSigned, std::move(weights), Step(OffsetStep{{bias}})) {}

  void addValue(const TensorType& type) {
    Value value;
    value.type = type;
    value.fill.assign(static_cast<std::size_t>(type.channels()), 0);
    graph.values.push_back(std::move(value));
  }

  Result<Proof> proven(const ArithmeticRules& rules = {}) const {
    return prove(graph, graph.ops[0], rules);
  }
};

}  // namespace

TEST_CASE("a float holds sums below 2^24, bias and all") {
  // 255 * 65793 = 2^24 - 1.
  const ArithmeticRules oneFloat{true, 24, false};
  const auto below = Sum(8, false, {65793}, 0).proven(oneFloat);
  REQUIRE(below.ok());
  CHECK(below->arithmetic == Arithmetic::Float);
  CHECK(below->bound == (1 << 24) - 1);
  for (const auto& [weight, bias] : {std::pair{65793, 1}, {65793, -1}, {65794, 0}}) {
    CAPTURE(weight);
    CAPTURE(bias);
    const auto at = Sum(8, false, {weight}, bias).proven(oneFloat);
    REQUIRE(at.ok());
    CHECK(at->arithmetic == Arithmetic::Int32);
    CHECK(at->bound >= 1 << 24);
  }
}

TEST_CASE("partial sums count, not the result") {
  const auto proof = Sum(8, false, {65793, -65793}, 0).proven({true, 24, false});
  REQUIRE(proof.ok());
  CHECK(proof->arithmetic == Arithmetic::Int32);
  CHECK(proof->bound == 2 * ((1 << 24) - 1));
}

TEST_CASE("an int holds sums below 2^31") {
  // Products too large for limbs: -128 * 2^24 = -2^31.
  const auto below = Sum(8, true, {(1 << 24) - 1}, 0).proven();
  REQUIRE(below.ok());
  CHECK(below->arithmetic == Arithmetic::Int32);
  const auto at = Sum(8, true, {1 << 24}, 0).proven();
  REQUIRE(!at.ok());
  CHECK(at.error().code == Errc::Unsupported);
  CHECK(at.error().message.find("2147483648") != std::string::npos);
  CHECK(!Sum(8, true, {1 << 23, 1 << 23}, 0).proven().ok());
  CHECK(!Sum(8, true, {(1 << 24) - 1}, -128).proven().ok());
}

TEST_CASE("limbs are joined behind a clamp only where the steps give one value beyond it") {
  const auto joined = [](std::int64_t weight, int shift) {
    // |sum| up to 45.9 million, 2.7 times what one float holds.
    const Step scale = RescaleStep{{1}, {shift}, 32, {-128, 127}};
    const auto proof = Sum(8, false, {weight, weight, weight}, scale).proven();
    REQUIRE(proof.ok());
    CHECK(proof->arithmetic == Arithmetic::Float);
    CHECK(proof->limbs);
    return !takesLimbs(proof->quads[0].front().kind);
  };
  for (const std::int64_t weight : {60000, -60000}) {
    CAPTURE(weight);
    CHECK(joined(weight, -14));   // 2^24 >> 14 saturates
    CHECK(!joined(weight, -20));  // 2^24 >> 20 is 16, the largest result 44
  }
}

TEST_CASE("a saturating sum needs no bound but 32-bit integers") {
  Sum of(32, true, {1}, ClampStep{{-100}, {100}});
  of.addValue({{1, 1, 1}, 20, true, false});
  Op& op = of.graph.ops[0];
  op.reduce = Op::Reduce::Saturated;
  op.inputs.resize(2);
  op.inputs[0].weights.clear();
  op.inputs[1].value = 2;
  op.steps.clear();
  inferRanges(of.graph);
  CHECK(of.graph.values[1].range[0] == integerRange(32, true));
  const auto proof = of.proven();
  REQUIRE(proof.ok());
  CHECK(proof->arithmetic == Arithmetic::Int32);
  CHECK(proof->describe() == "int32, saturating, epilogue none");
  CHECK(!of.proven({false, 24, true}).ok());
  // Each summand saturates, too: 2^19 + 2047, not 2^31 + ...
  op.saturateBits = 12;
  inferRanges(of.graph);
  CHECK(of.graph.values[1].range[0] == integerRange(12, true));
}

TEST_CASE("what streams keep begins with zeros, and is proven with them") {
  Sum of(8, false, {10}, 0);
  of.graph.values[0].range[0] = {100, 200};
  of.graph.values[0].fill[0] = 100;
  CHECK(sumBounds(of.graph, of.graph.ops[0]).sum[0] == Interval{1000, 2000});
  of.graph.values[0].history = 3;
  CHECK(sumBounds(of.graph, of.graph.ops[0]).sum[0] == Interval{0, 2000});
}

TEST_CASE("weights that may be replaced are proven for all that they may become") {
  const auto proofOf = [](std::vector<std::int64_t> weights, Interval range) {
    Sum sum(8, false, std::move(weights), 0);
    sum.graph.ops[0].inputs[0].weightRange = range;
    inferRanges(sum.graph);
    const Result<Proof> proof = sum.proven({true, 24, false});
    REQUIRE(proof.ok());
    CHECK(proof->anyWeights);
    CHECK(proof->describe().find("whatever is learned") != std::string::npos);
    return std::pair(*proof, sum.graph.values[1].range[0]);
  };
  CHECK(proofOf({0, 0, 0}, {0, 1}).first.bound == 3 * 255);
  CHECK(proofOf({0, 0, 0}, {0, 1}).second == Interval{0, 3 * 255});
  CHECK(proofOf({0, 0, 1}, {-3, 2}).first.bound == 3 * 3 * 255);
  CHECK(proofOf({1, 1, 1}, {-3, 2}).second == Interval{-3 * 3 * 255, 3 * 2 * 255});
  CHECK(proofOf({0}, {0, 65793}).first.arithmetic == Arithmetic::Float);
  CHECK(proofOf({0}, {0, 65794}).first.arithmetic == Arithmetic::Int32);
  CHECK(proofOf({0}, {-(1 << 22), 0}).first.bound == std::int64_t{255} << 22);
}
