#include <limits>

#include <doctest/doctest.h>

#include "core/random.h"
#include "nnets/passes/prove_steps.h"
#include "tests/nnets/passes/step_machine.h"

using namespace glint;

namespace {

/// A product of two values of `channels` channels, one op.
struct Multiplied {
  OpGraph graph;

  Multiplied(Product::Kind kind, int heads, TensorType a, TensorType b, TensorType out) {
    for (const TensorType& type : {a, b, out}) {
      Value value;
      value.type = type;
      value.fill.assign(static_cast<std::size_t>(type.channels()), 0);
      graph.values.push_back(std::move(value));
    }
    Op op;
    op.reduce = Op::Reduce::Product;
    op.product.kind = kind;
    op.product.heads = heads;
    op.inputs.resize(2);
    op.inputs[0].value = 0;
    op.inputs[1].value = 1;
    op.output = 2;
    graph.ops.push_back(std::move(op));
    inferRanges(graph);
  }
  Op& op() { return graph.ops[0]; }
  Result<Proof> proven(const ArithmeticRules& rules = {}) const {
    return prove(graph, graph.ops[0], rules);
  }
};

TensorType ints(int bits, std::int64_t x, std::int64_t y, std::int64_t c) {
  return {Shape{x, y, c}, bits, true, false};
}

/// Requires the proven steps to compute `step` for numbers of `range`, its ends among them.
void checkStep(const Step& step, Interval range) {
  const auto quad = proveQuad({step}, {range}, 0, SumKind::Int, Storage::Int32, {});
  REQUIRE(quad.ok());
  Random random(7);
  for (int i = 0; i < 2000; ++i) {
    const std::int64_t v = i == 0   ? range.lo
                           : i == 1 ? range.hi
                           : i < 40 ? std::clamp<std::int64_t>(i - 20, range.lo, range.hi)
                                    : random.between(range.lo, range.hi);
    CAPTURE(v);
    const std::int64_t want = apply(step, 0, v);
    if (test::Machine(0).run(*quad, v, true) != want) {
      REQUIRE(test::Machine(0).run(*quad, v, true) == want);
    }
    REQUIRE(apply(step, 0, range).contains(want));
  }
}

Status refused(const Step& step, Interval range, const ArithmeticRules& rules = {}) {
  const auto quad = proveQuad({step}, {range}, 0, rules.int32 ? SumKind::Int : SumKind::Float,
                              Storage::Norm8, rules);
  return quad.ok() ? Status() : Status(quad.error());
}

}  // namespace

TEST_CASE("shifts, magnitudes, powers and quotients mean what the steps say") {
  const Interval all{-2147483647, 2147483647};
  for (int shift : {0, 1, 7, 31}) checkStep(ShiftStep{{shift}}, all);
  checkStep(AbsStep{}, all);
  checkStep(AbsStep{}, {3, 9});
  checkStep(AbsStep{}, {-9, -3});
  checkStep(Exp2Step{}, {-40, 30});
  for (std::int64_t top : {0, 1, -1, 127 << 16, -128 * 65536, (1 << 30) - 1}) {
    CAPTURE(top);
    checkStep(DivideStep{{top}}, {0, 1 << 30});
    checkStep(DivideStep{{top}}, {0, 3});
    checkStep(DivideStep{{top}}, {5, 9});
  }
}

TEST_CASE("what leaves 32-bit integers, or has none, is refused") {
  CHECK(!refused(AbsStep{}, {-2147483648, 0}).ok());
  CHECK(!refused(Exp2Step{}, {-1, 31}).ok());
  CHECK(!refused(DivideStep{{(1 << 30)}}, {0, 1 << 30}).ok());
  CHECK(!refused(DivideStep{{1}}, {-1, 5}).ok());
  const ArithmeticRules es2{false, 24, true};
  for (const Step& step : {Step(ShiftStep{{1}}), Step(Exp2Step{}), Step(DivideStep{{1}})}) {
    const Status status = refused(step, {0, 5}, es2);
    REQUIRE(!status.ok());
    CHECK(status.error().message == "needs 32-bit integers, which this device lacks");
  }
  CHECK(refused(AbsStep{}, {-5, 5}, es2).ok());
}

TEST_CASE("a product is bounded head by head, or by a lemma") {
  Multiplied scores(Product::Kind::Scores, 2, ints(8, 1, 3, 8), ints(8, 1, 3, 8),
                    ints(32, 2, 3, 3));
  const auto proof = scores.proven();
  REQUIRE(proof.ok());
  CHECK(proof->arithmetic == Arithmetic::Float);
  CHECK(proof->bound == 4 * 128 * 128);
  CHECK(scores.graph.values[2].range[0] == Interval{-4 * 128 * 127, 4 * 128 * 128});

  // Heads have ranges of their own.
  scores.graph.values[0].range[1] = {-1000, 1000};
  CHECK(scores.proven()->bound == 3 * 128 * 128 + 128000);

  Multiplied mixture(Product::Kind::Mixture, 2, ints(12, 2, 3, 5), ints(16, 1, 5, 4),
                     ints(32, 1, 3, 4));
  CHECK(mixture.proven()->arithmetic == Arithmetic::Int32);
  CHECK(mixture.proven()->bound == std::int64_t{5} * 2048 * 32768);
  mixture.op().product.bound.assign(4, 100000);
  inferRanges(mixture.graph);
  CHECK(mixture.proven()->arithmetic == Arithmetic::Float);
  CHECK(mixture.graph.values[2].range[3] == Interval{-100000, 100000});

  Multiplied each(Product::Kind::Each, 1, ints(17, 1, 1, 1), ints(17, 1, 1, 1), ints(32, 1, 1, 1));
  const auto beyond = each.proven();
  REQUIRE(!beyond.ok());
  CHECK(beyond.error().message.find("4294967296") != std::string::npos);
}

TEST_CASE("a program holds so many products of two values") {
  Multiplied scores(Product::Kind::Scores, 1, ints(4, 1, 1, 9), ints(4, 1, 1, 9),
                    ints(32, 1, 1, 1));
  ArithmeticRules rules;
  rules.products = 9;
  CHECK(scores.proven(rules).ok());
  rules.products = 8;
  CHECK(scores.proven(rules).error().message ==
        "a sum of 9 products of two values, a program holds at most 8");
}

TEST_CASE("limbs are not joined in front of steps that decrease") {
  Multiplied product(Product::Kind::Each, 1, ints(8, 1, 1, 1), ints(8, 1, 1, 1), ints(32, 1, 1, 1));
  Op sum;
  sum.inputs.resize(1);
  sum.inputs[0].value = 0;
  sum.inputs[0].weights = {200000};
  sum.steps = {AbsStep{}, ClampStep{{0}, {255}}};
  sum.output = 2;
  product.graph.ops[0] = sum;
  inferRanges(product.graph);
  const auto proof = product.proven();
  REQUIRE(proof.ok());
  CHECK(!proof->limbs);
  CHECK(proof->arithmetic == Arithmetic::Int32);
}
