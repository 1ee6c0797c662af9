// The references against recorded vectors, with ==. The folders are beside the repository.

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "nnets/formats/sinabs_vector.h"
#include "nnets/formats/vector_file.h"
#include "tests/support/skip.h"

namespace glint::test {
namespace {

std::vector<std::string> filesIn(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
    if (entry.path().extension() == ".safetensors") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// Runs every vector of a folder; those with layers of unknown types are counted, not run.
void verifyFolder(const std::string& name) {
  const std::string folder = std::string(GLINT_SOURCE_DIR) + "/../shared/data/akida/" + name;
  const std::vector<std::string> files = filesIn(folder);
  if (files.empty()) return skip("no vectors in ../shared/data/akida/" + name);
  int passed = 0;
  int skipped = 0;
  for (const std::string& file : files) {
    const Result<VectorFile> vector = loadVector(file);
    if (!vector.ok() && vector.error().code == Errc::Unsupported) {
      ++skipped;
      continue;
    }
    if (!vector.ok()) {
      FAIL_CHECK(vector.error().message);
      continue;
    }
    const Result<VectorResult> result = verifyReference(*vector);
    CHECK_MESSAGE(result.ok(), file, ": ", (result.ok() ? "" : result.error().message));
    if (!result.ok()) continue;
    for (const Mismatch& mismatch : result->mismatches) {
      FAIL_CHECK(file, ": ", mismatch.toString());
    }
    passed += result->mismatches.empty() ? 1 : 0;
  }
  MESSAGE(name, ": ", passed, " passed, ", skipped, " with layers of unknown types");
  CHECK(passed + skipped == static_cast<int>(files.size()));
  CHECK(passed > 0);
}

/// Runs every recorded run of sinabs in a folder.
void verifySinabsFolder(const std::string& name) {
  const std::string folder = std::string(GLINT_SOURCE_DIR) + "/../shared/data/sinabs/" + name;
  const std::vector<std::string> files = filesIn(folder);
  if (files.empty()) return skip("no runs in ../shared/data/sinabs/" + name);
  for (const std::string& file : files) {
    const Result<SinabsVector> vector = loadSinabsVector(file);
    if (!vector.ok()) {
      FAIL_CHECK(vector.error().message);
      continue;
    }
    const Result<VectorResult> result = verifyReference(*vector);
    CHECK_MESSAGE(result.ok(), file, ": ", (result.ok() ? "" : result.error().message));
    if (!result.ok()) continue;
    CHECK(result->values > 1000);
    for (const Mismatch& mismatch : result->mismatches) {
      FAIL_CHECK(file, ": ", mismatch.toString());
    }
  }
}

}  // namespace

TEST_CASE("sinabs: layers, with parameters and membranes at every step") {
  verifySinabsFolder("layers");
}

TEST_CASE("sinabs: networks") { verifySinabsFolder("nets"); }

TEST_CASE("Akida V1 layers and networks") { verifyFolder("v1"); }

TEST_CASE("Akida V2 layers") { verifyFolder("v2"); }

TEST_CASE("Akida V2 layers of transformers") { verifyFolder("v2_transformer"); }

TEST_CASE("Akida V2 networks, at every layer") { verifyFolder("nets"); }

}  // namespace glint::test
