#include <doctest/doctest.h>

#include "nnets/runtime/session.h"
#include "platform/egl/egl_shared.h"
#include "tests/nnets/runtime/gl_fixture.h"
#include "tests/support/random_model.h"

using namespace glint;
using test::Gl;
using test::openGl;

namespace {

SessionOptions sharing(const Gl& gl) {
  SessionOptions options;
  options.mapping.emplace().specialises = true;
  options.mapping->inlineBudget = 0;  // start with weights in uniforms and textures
  options.share = [&egl = *gl.egl] { return egl::shareContext(egl, {}); };
  return options;
}

}  // namespace

TEST_CASE("specialised programs take over between frames and give the same results") {
  const auto gl = openGl();
  if (!gl) return;
  int swapped = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    CAPTURE(seed);
    const Model model = test::randomModel(seed);
    const auto session = Session::create(*gl->context, model, sharing(*gl));
    if (!session.ok()) FAIL(session.error().message);
    const std::vector<Tensor> feeds = test::randomFeeds(model, seed);
    std::vector<LayerState> states;
    const auto expected = runReference(model, feeds, states);
    REQUIRE(expected.ok());
    const auto check = [&] {
      const auto got = (*session)->run(feeds);
      REQUIRE(got.ok());
      for (const auto& [layer, tensor] : *got) {
        CHECK(*convertIntegers(tensor, DType::I32) == (*expected)[static_cast<std::size_t>(layer)]);
      }
    };
    check();
    check();
    REQUIRE((*session)->settle().ok());
    check();
    swapped += (*session)->specialisedOps();
  }
  CHECK(swapped > 3);
}

TEST_CASE("a start whose constants are fetched compiles fewer programs, with the same results") {
  const auto gl = openGl();
  if (!gl) return;
  int fetching = 0;
  for (std::uint64_t seed = 21; seed <= 26; ++seed) {
    CAPTURE(seed);
    const Model model = test::randomModel(seed);
    SessionOptions options = sharing(*gl);
    options.mapping->startFetchesConstants = options.mapping->compilesForExtents = true;
    const auto session = Session::create(*gl->context, model, options);
    if (!session.ok()) FAIL(session.error().message);
    for (const ProgramPlan& program : (*session)->schedule().programs) {
      fetching += program.kernel.fetchesConstants ? 1 : 0;
    }
    const std::vector<Tensor> feeds = test::randomFeeds(model, seed);
    std::vector<LayerState> states;
    const auto expected = runReference(model, feeds, states);
    REQUIRE(expected.ok());
    const auto got = (*session)->run(feeds);
    REQUIRE(got.ok());
    CHECK((*session)->specialisedOps() == 0);
    for (const auto& [layer, tensor] : *got) {
      CHECK(*convertIntegers(tensor, DType::I32) == (*expected)[static_cast<std::size_t>(layer)]);
    }
    REQUIRE((*session)->settle().ok());
    for (std::size_t op = 0; op < (*session)->schedule().graph.ops.size(); ++op) {
      const Schedule& schedule = (*session)->drawing(static_cast<int>(op));
      CHECK(!schedule.mapping.ops[op].fetchesConstants);
    }
  }
  CHECK(fetching > 6);
}

TEST_CASE("a session that ends while programs are compiled leaves nothing behind") {
  const auto gl = openGl();
  if (!gl) return;
  const auto before = gl->context->liveObjects();
  { REQUIRE(Session::create(*gl->context, test::randomModel(5), sharing(*gl)).ok()); }
  CHECK(gl->context->liveObjects() == before);
}
