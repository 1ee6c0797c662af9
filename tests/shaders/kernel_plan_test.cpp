#include "shaders/kernel_plan.h"

#include <doctest/doctest.h>

#include "tests/shaders/plan_fixture.h"

using namespace glint;

TEST_CASE("a sound plan is accepted") { CHECK(validate(test::smallPlan()).empty()); }

TEST_CASE("each unsound plan is named") {
  KernelPlan plan = test::smallPlan();
  SUBCASE("operand") { plan.fetches[0].operand = 1; }
  SUBCASE("plane") { plan.fetches[0].plane = 2; }
  SUBCASE("address") { plan.fetches[0].address = 1; }
  SUBCASE("target") { plan.macs[0].target = 1; }
  SUBCASE("weight") { plan.macs[0].constant = 99; }
  SUBCASE("component") { plan.macs[0].component = 4; }
  SUBCASE("order of fetches") { std::swap(plan.macs.front(), plan.macs.back()); }
  SUBCASE("initial value") { plan.init[0] = 99; }
  SUBCASE("targets") { plan.init.push_back(-1); }
  SUBCASE("epilogue constant") { plan.epilogue[0][0].constants[0] = 99; }
  SUBCASE("too few epilogue constants") { plan.epilogue[0][0].constants.clear(); }
  SUBCASE("a threshold without bounds") {
    plan.epilogue[0].push_back({EpilogueStep::Kind::ThresholdFloat, {}});
  }
  SUBCASE("a bound outside the table") {
    plan.epilogue[0].push_back({EpilogueStep::Kind::ThresholdFloat, {0, 99}});
  }
  SUBCASE("a threshold of limbs where there are none") {
    plan.epilogue[0].front() = {EpilogueStep::Kind::ThresholdLimbs, {0, 1}};
  }
  SUBCASE("int step on a float") {
    plan.epilogue[0].push_back({EpilogueStep::Kind::ClampInt, {0, 0}});
  }
  SUBCASE("integer store of a float") { plan.output.storage = Storage::Int32; }
  CHECK(!validate(plan).empty());
}
