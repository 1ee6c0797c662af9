#include <algorithm>
#include <filesystem>

#include <doctest/doctest.h>

#include "nnets/formats/vector_file.h"
#include "nnets/runtime/session.h"
#include "tests/nnets/runtime/gl_fixture.h"
#include "tests/support/skip.h"

using namespace glint;
namespace fs = std::filesystem;

namespace {

/// Whether a layer works on the host on every backend, by definition.
bool isHostEdge(std::string_view type) { return type == "Quantizer" || type == "Dequantizer"; }

struct Tally {
  int equal = 0;
  int unknown = 0;
};

/// Runs one vector on the GPU; every recorded number must be equal, and only host edges may run in
/// software.
void check(test::Gl& gl, const fs::path& path, Tally& tally) {
  CAPTURE(path.filename());
  const auto vector = loadVector(path.string());
  if (!vector.ok() && vector.error().code == Errc::Unsupported) {
    ++tally.unknown;
    return;
  }
  REQUIRE(vector.ok());
  const Model& model = vector->model;
  SessionOptions options;
  for (int i = 0; i < model.layerCount(); ++i) options.fetch.push_back(i);
  const auto session = Session::create(*gl.context, model, options);
  if (!session.ok()) FAIL(session.error().message);
  for (int i = 0; i < model.layerCount(); ++i) {
    const LayerPlan& plan = (*session)->schedule().layers[static_cast<std::size_t>(i)];
    CAPTURE(plan.why);
    CHECK((plan.backend == Backend::Hardware || isHostEdge(model.layer(i).type())));
  }
  const auto stream = (*session)->stream();
  REQUIRE(stream.ok());
  const auto result =
      verifyVector(*vector, [&](std::span<const Tensor> feeds, bool reset) -> Result<SampleResult> {
        if (reset) GLINT_TRY((*stream)->reset());
        GLINT_ASSIGN(const auto outputs, (*stream)->step(feeds));
        GLINT_ASSIGN(State state, (*stream)->state());
        SampleResult sample;
        sample.layers.resize(static_cast<std::size_t>(model.layerCount()));
        sample.states = std::move(state.layers);
        for (const auto& [layer, tensor] : outputs) {
          sample.layers[static_cast<std::size_t>(layer)] = tensor;
        }
        return sample;
      });
  if (!result.ok()) FAIL(result.error().message);
  for (const Mismatch& mismatch : result->mismatches) FAIL_CHECK(mismatch.toString());
  ++tally.equal;
}

void checkFolder(const fs::path& folder, int atLeast) {
  if (!fs::is_directory(folder)) {
    test::skip(folder.string() + " is absent");
    return;
  }
  const auto gl = test::openGl();
  if (!gl) return;
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".safetensors") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  Tally tally;
  for (const fs::path& file : files) check(*gl, file, tally);
  MESSAGE(folder.filename().string()
          << ": " << tally.equal << " equal, " << tally.unknown << " with layers of unknown types");
  CHECK(tally.equal >= atLeast);
}

const fs::path kRoot = GLINT_SOURCE_DIR;

}  // namespace

TEST_CASE("our own networks, at every layer") { checkFolder(kRoot / "tests/data", 2); }

TEST_CASE("Akida V1 vectors") { checkFolder(kRoot / "../shared/data/akida/v1", 94); }

TEST_CASE("Akida V2 transformer vectors") {
  checkFolder(kRoot / "../shared/data/akida/v2_transformer", 81);
}

TEST_CASE("Akida V2 vectors") { checkFolder(kRoot / "../shared/data/akida/v2", 190); }
