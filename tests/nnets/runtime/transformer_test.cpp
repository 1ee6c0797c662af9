#include <doctest/doctest.h>

#include "nnets/formats/model_description.h"
#include "nnets/runtime/session.h"
#include "tests/nnets/runtime/gl_fixture.h"
#include "tests/support/random_model.h"

using namespace glint;

namespace {

/// Collects the layers of a description.
class Description {
 public:
  /// A layer that reads `from`, and the variables that are drawn, not the usual ones: names in
  /// quotes, with commas.
  void add(const std::string& name, const std::string& type, const std::string& from,
           const std::string& params, const std::string& variables = "") {
    text_ += (text_.empty() ? "" : ",") + std::string(R"({"name":")") + name + R"(","type":")" +
             type + R"(","inbounds":[)" + from + R"(],"params":{)" + params + "}";
    if (!variables.empty()) text_ += R"(,"variables":[)" + variables + "]";
    text_ += "}";
  }
  void addDense(const std::string& name, const std::string& from, int units, bool relu = false) {
    add(name, "Dense2D", "\"" + from + "\"",
        R"("buffer_bits":28,"units":)" + std::to_string(units) +
            (relu ? R"(,"activation":true)" : ""));
  }
  Model model(int seed) const {
    auto model = modelFromDescription(R"({"format":1,"random":{"seed":)" + std::to_string(seed) +
                                      R"(},"layers":[)" + text_ + "]}");
    if (!model.ok()) FAIL(model.error().message);
    return *std::move(model);
  }

 private:
  std::string text_;
};

/// A vision transformer of one block: patches of 4 by 4 of a picture, 16 channels in four heads.
Model visionTransformer(int seed) {
  Description d;
  d.add("stem", "Stem", "",
        R"("input_shape":[16,16,3],"filters":16,"kernel_size":4,"num_non_patch_tokens":1,
           "buffer_bits":28)");
  d.add("norm1", "MadNorm", R"("stem")", "");
  for (const char* name : {"q", "k", "v"}) d.addDense(name, "norm1", 16);
  d.add("attention", "Attention", R"("q","k","v")", R"("num_heads":4,"shiftmax_output_bits":9)");
  d.addDense("project", "attention", 16);
  d.add("add1", "Add", R"("stem","project")", "");
  d.add("norm2", "BatchNormalization", R"("add1")", "");
  d.addDense("mlp1", "norm2", 32, true);
  d.addDense("mlp2", "mlp1", 16);
  d.add("add2", "Add", R"("add1","mlp2")", "");
  d.add("token", "ExtractToken", R"("add2")", R"("begin":0,"end":1)");
  d.add("head", "Dense1D", R"("token")", R"("units":10,"buffer_bits":28,"output_bits":28)",
        R"("weights","bias","bias_shift")");
  return d.model(seed);
}

/// Runs two samples on the GPU; every layer has to equal the reference.
void requireEqual(Session& session, const Model& model) {
  for (std::uint64_t sample = 1; sample <= 2; ++sample) {
    const std::vector<Tensor> feeds = test::randomFeeds(model, sample);
    std::vector<LayerState> states;
    const auto expected = runReference(model, feeds, states);
    REQUIRE(expected.ok());
    const auto got = session.run(feeds);
    if (!got.ok()) FAIL(got.error().message);
    for (const auto& [layer, have] : *got) {
      CAPTURE(model.layer(layer).name);
      const Tensor& want = (*expected)[static_cast<std::size_t>(layer)];
      REQUIRE(have.shape() == want.shape());
      for (std::int64_t i = 0; i < want.size(); ++i) {
        CAPTURE(i);
        if (have.integer(i) != want.integer(i)) REQUIRE(have.integer(i) == want.integer(i));
      }
    }
  }
}

std::unique_ptr<Session> sessionOf(test::Gl& gl, const Model& model) {
  SessionOptions options;
  for (int i = 0; i < model.layerCount(); ++i) options.fetch.push_back(i);
  auto session = Session::create(*gl.context, model, options);
  if (!session.ok()) FAIL(session.error().message);
  return *std::move(session);
}

}  // namespace

TEST_CASE("a vision transformer runs on OpenGL ES 3 without a layer in software") {
  const auto gl = test::openGl();
  if (!gl) return;
  const Model model = visionTransformer(5);
  const auto session = sessionOf(*gl, model);
  for (int i = 0; i < model.layerCount(); ++i) {
    const LayerPlan& plan = session->schedule().layers[static_cast<std::size_t>(i)];
    CAPTURE(model.layer(i).name);
    CAPTURE(plan.why);
    CHECK(plan.backend == Backend::Hardware);
  }
  requireEqual(*session, model);
}

TEST_CASE("on OpenGL ES 2 what needs 32-bit integers runs in software, named") {
  gpu::CapabilityLimits limits;
  limits.esMajor = 2;
  const auto gl = test::openGl(limits);
  if (!gl) return;
  const Model model = visionTransformer(6);
  const auto session = sessionOf(*gl, model);
  for (int i = 0; i < model.layerCount(); ++i) {
    const LayerPlan& plan = session->schedule().layers[static_cast<std::size_t>(i)];
    const std::string_view type = model.layer(i).type();
    CAPTURE(type);
    CAPTURE(plan.why);
    const bool integers = type == "MadNorm" || type == "Attention";
    CHECK((plan.backend == Backend::Software) == integers);
    CHECK((plan.why.find("32-bit integers") != std::string::npos) == integers);
  }
  requireEqual(*session, model);
}

TEST_CASE("a head of more products than a program holds is refused by name") {
  const auto gl = test::openGl();
  if (!gl) return;
  Description d;
  d.add("in", "InputData", "", R"("input_shape":[1,2,1040],"input_signed":true)");
  d.add("attention", "Attention", R"("in","in","in")", R"("num_heads":1,"shiftmax_output_bits":9)");
  const Model model = d.model(1);
  const auto session = sessionOf(*gl, model);
  const LayerPlan& plan = session->schedule().layers[1];
  CHECK(plan.why == "a sum of 1040 products of two values, a program holds at most 1024");
  requireEqual(*session, model);
}
