#include "shaders/kernel_plan.h"

#include <doctest/doctest.h>

#include "tests/shaders/plan_fixture.h"

using namespace glint;

TEST_CASE("a sound plan is accepted") { CHECK(validate(test::smallPlan()).empty()); }

TEST_CASE("an inner accumulator is finished before it is fetched") {
  KernelPlan plan = test::smallPlan();
  plan.accumulators.push_back({Accumulator::Reduce::Sum, -1, {}});
  plan.macs = {{0, Mac::kDiagonal, 1, 0}, {1, 3, 0, 1}};
  plan.fetches[1] = {};
  plan.fetches[1].inner = 1;
  CHECK(validate(plan).empty());
  SUBCASE("too early") { plan.macs[1] = {1, Mac::kDiagonal, 1, 0}; }
  SUBCASE("a target") { plan.fetches[1].inner = 0; }
  SUBCASE("no such accumulator") { plan.fetches[1].inner = 2; }
  SUBCASE("in a loop") { plan.loop = true; }
  SUBCASE("in limbs") { plan.carries = {2}; }
  CHECK(!validate(plan).empty());
}

TEST_CASE("each unsound plan is named") {
  KernelPlan plan = test::smallPlan();
  SUBCASE("operand") { plan.fetches[0].operand = 1; }
  SUBCASE("plane") { plan.fetches[0].plane = 2; }
  SUBCASE("address") { plan.fetches[0].address = 1; }
  SUBCASE("target") { plan.macs[0].accumulator = 1; }
  SUBCASE("weight") { plan.macs[0].constant = 99; }
  SUBCASE("component") { plan.macs[0].component = 4; }
  SUBCASE("order of fetches") { std::swap(plan.macs.front(), plan.macs.back()); }
  SUBCASE("initial value") { plan.accumulators[0].init = 99; }
  SUBCASE("targets") { plan.accumulators.clear(); }
  SUBCASE("epilogue constant") { plan.accumulators[0].epilogue[0].constants[0] = 99; }
  SUBCASE("too few epilogue constants") { plan.accumulators[0].epilogue[0].constants.clear(); }
  SUBCASE("a threshold without bounds") {
    plan.accumulators[0].epilogue.push_back({EpilogueStep::Kind::ThresholdFloat, {}});
  }
  SUBCASE("a bound outside the table") {
    plan.accumulators[0].epilogue.push_back({EpilogueStep::Kind::ThresholdFloat, {0, 99}});
  }
  SUBCASE("a threshold of limbs where there are none") {
    plan.accumulators[0].epilogue.front() = {EpilogueStep::Kind::ThresholdLimbs, {0, 1}};
  }
  SUBCASE("int step on a float") {
    plan.accumulators[0].epilogue.push_back({EpilogueStep::Kind::ClampInt, {0, 0}});
  }
  SUBCASE("integer store of a float") { plan.output.storage = Storage::Int32; }
  CHECK(!validate(plan).empty());
}
