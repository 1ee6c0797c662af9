#include "nnets/formats/vector_file.h"

#include <string>

#include <doctest/doctest.h>

#include "core/safetensors.h"
#include "tests/core/temp_folder.h"
#include "tests/nnets/layer_fixture.h"

namespace glint::test {
namespace {

/// Two samples of an InputConv2D with one weight, 2.
SafeTensors vectorOf(DType inputType, const std::vector<int>& in, const std::vector<int>& out) {
  SafeTensors file;
  file.metadata["glint"] =
      R"({"format":1,"layers":[{"name":"c","type":"InputConv2D","params":{"input_shape":[1,2,1],)"
      R"("filters":1,"kernel_size":1,"activation":"NoActivation"},"inbounds":[]}]})";
  file.metadata["vector"] = R"({"origin":"by hand","note":"a note"})";
  file.tensors["c/weights"] = tensorOf(DType::I8, Shape{1, 1, 1, 1}, {2});
  file.tensors["in/c"] = tensorOf(inputType, Shape{2, 1, 2, 1}, in);
  file.tensors["out/c"] = tensorOf(DType::I8, Shape{2, 1, 2, 1}, out);
  return file;
}

Result<VectorFile> roundTrip(const SafeTensors& file) {
  const TempFolder folder;
  REQUIRE(writeSafeTensors(folder.file("v.safetensors"), file).ok());
  return loadVector(folder.file("v.safetensors"));
}

std::string errorOf(const SafeTensors& file) {
  const Result<VectorFile> vector = roundTrip(file);
  return vector.ok() ? "" : vector.error().message;
}

}  // namespace

TEST_CASE("a vector runs on the reference") {
  const Result<VectorFile> vector = roundTrip(vectorOf(DType::U8, {1, 2, 3, 4}, {2, 4, 6, 8}));
  REQUIRE_MESSAGE(vector.ok(), vector.error().message);
  CHECK(vector->origin == "by hand");
  CHECK(vector->note == "a note");
  CHECK(vector->count == 2);
  CHECK_FALSE(vector->steps);
  const Result<VectorResult> result = verifyReference(*vector);
  REQUIRE(result.ok());
  CHECK(result->values == 4);
  CHECK(result->mismatches.empty());
}

TEST_CASE("what differs is named") {
  const Result<VectorFile> vector = roundTrip(vectorOf(DType::U8, {1, 2, 3, 4}, {2, 4, 7, 9}));
  REQUIRE(vector.ok());
  const Result<VectorResult> result = verifyReference(*vector);
  REQUIRE(result.ok());
  REQUIRE(result->mismatches.size() == 1);
  CHECK(result->mismatches[0].toString() ==
        "layer 'c', sample 1, element 0: 6, expected 7 (2 elements differ)");
}

TEST_CASE("what predict must return is compared, too") {
  SafeTensors file;
  file.metadata["glint"] =
      R"({"format":1,"layers":[{"name":"i","type":"InputData","params":{"input_shape":[1,1,1]}},)"
      R"({"name":"f","type":"FullyConnected","params":{"units":1,"activation":false},)"
      R"("inbounds":["i"]}]})";
  file.metadata["vector"] = R"({"origin":"by hand"})";
  file.tensors["f/weights"] = tensorOf(DType::I8, Shape{1, 1, 1, 1}, {1});
  file.tensors["f/threshold"] = tensorOf(DType::I32, Shape{1}, {1});
  file.tensors["f/act_step"] = Tensor::of<float>(Shape{1}, {4.F});
  file.tensors["in/i"] = tensorOf(DType::U8, Shape{2, 1, 1, 1}, {3, 7});
  file.tensors["predict/f"] = Tensor::of<float>(Shape{2, 1, 1, 1}, {0.5F, 1.5F});
  CHECK(verifyReference(*roundTrip(file))->mismatches.empty());
  CHECK(verifyReference(*roundTrip(file))->values == 2);
  file.tensors["predict/f"] = Tensor::of<float>(Shape{2, 1, 1, 1}, {0.5F, 1.25F});
  const auto result = verifyReference(*roundTrip(file));
  REQUIRE(result->mismatches.size() == 1);
  CHECK(result->mismatches[0].toString() ==
        "layer 'predict/f', sample 1, element 0: 1.5, expected 1.25 (1 elements differ)");
}

TEST_CASE("a picture of signed codes") {
  const Result<VectorFile> vector = roundTrip(vectorOf(DType::I8, {-1, 2, 3, -4}, {-2, 4, 6, -8}));
  REQUIRE(vector.ok());
  CHECK(vector->model.inputTypes(0)[0].isSigned);
  CHECK(verifyReference(*vector)->mismatches.empty());
}

TEST_CASE("vectors that are wrong") {
  SafeTensors file = vectorOf(DType::U8, {1, 2, 3, 4}, {2, 4, 6, 8});
  file.metadata.erase("vector");
  file.tensors.erase("in/c");
  file.tensors.erase("out/c");
  CHECK(holds(errorOf(file), {"v.safetensors", "not a test vector"}));
  file.metadata["vector"] = "{}";
  CHECK(holds(errorOf(file), {"without tensors in/"}));
  file = vectorOf(DType::U8, {1, 2, 3, 4}, {2, 4, 6, 8});
  file.metadata["vector"] = R"({"steps":1})";
  CHECK(holds(errorOf(file), {"'steps' is 1"}));
  file.metadata["vector"] = R"({"reset_before":[true]})";
  CHECK(holds(errorOf(file), {"'reset_before' is [true]"}));
  file.metadata["vector"] = R"({"tolerance":{"codes":"1"}})";
  CHECK(holds(errorOf(file), {"'tolerance'"}));
  file.metadata["vector"] = "{}";
  file.tensors["out/d"] = file.tensors["out/c"];
  CHECK(holds(errorOf(file), {"'out/d' names no layer"}));
  file.tensors.erase("out/d");
  file.tensors["out/c"] = tensorOf(DType::I8, Shape{1, 1, 2, 1}, {1, 2});
  CHECK(holds(errorOf(file), {"'out/c' has shape [1, 1, 2, 1]"}));
  file.metadata["glint"] = R"({"format":1,"layers":[{"name":"c","type":"Conv3D"}]})";
  CHECK(roundTrip(file).error().code == Errc::Unsupported);
}

TEST_CASE("feeds out of range, missing feeds and tolerances") {
  Result<VectorFile> vector = roundTrip(vectorOf(DType::I32, {1, 2, 3, 256}, {2, 4, 6, 8}));
  REQUIRE(vector.ok());
  CHECK(holds(verifyReference(*vector).error().message, {"is 256, legal: 0 to 255"}));
  vector = roundTrip(vectorOf(DType::U8, {1, 2, 3, 4}, {2, 4, 6, 8}));
  REQUIRE(vector.ok());
  vector->out.clear();
  CHECK(holds(verifyReference(*vector).error().message, {"nothing was compared"}));
  vector->in.clear();
  CHECK(holds(verifyReference(*vector).error().message, {"layer 'c'", "no tensor in/"}));
  vector->tolerance = Tolerance{1, 0.5};
  CHECK(verifyReference(*vector).error().code == Errc::Unsupported);
}

TEST_CASE("comparing tensors") {
  const Tensor a = tensorOf(DType::I8, Shape{3}, {1, 2, 3});
  CHECK_FALSE(compare(a, tensorOf(DType::I32, Shape{1, 1, 3}, {1, 2, 3})).has_value());
  const std::optional<Mismatch> size = compare(a, tensorOf(DType::I8, Shape{1}, {1}));
  REQUIRE(size.has_value());
  CHECK(size->index == -1);
  CHECK(holds(size->toString(), {"1 elements, expected 3"}));
  const Tensor half = Tensor::of<float>(Shape{1}, {0.5F});
  CHECK_FALSE(compare(half, half).has_value());
  CHECK(holds(compare(half, Tensor::of<float>(Shape{1}, {0.25F}))->toString(),
              {"element 0: 0.25, expected 0.5"}));
}

TEST_CASE("states are compared after every step; a name that is no state is an error") {
  SafeTensors file;
  file.metadata["glint"] =
      R"({"format":1,"layers":[{"name":"i","type":"InputData","params":{"input_shape":[1,1,1],)"
      R"("input_bits":8}},{"name":"f","type":"DepthwiseBufferTempConv","params":{"fifo_size":2},)"
      R"("inbounds":["i"]}]})";
  file.metadata["vector"] = R"({"origin":"by hand","steps":true})";
  file.tensors["f/weights"] = tensorOf(DType::I8, Shape{1, 1, 2, 1}, {10, 1});
  file.tensors["in/i"] = tensorOf(DType::U8, Shape{2, 1, 1, 1}, {3, 7});
  file.tensors["out/f"] = tensorOf(DType::I8, Shape{2, 1, 1, 1}, {3, 37});
  file.tensors["state/f/fifo"] = tensorOf(DType::U8, Shape{2, 1, 1, 2, 1}, {0, 3, 3, 7});
  CHECK(verifyReference(*roundTrip(file))->mismatches.empty());
  CHECK(verifyReference(*roundTrip(file))->values == 6);
  file.tensors["state/f/fifo"] = tensorOf(DType::U8, Shape{2, 1, 1, 2, 1}, {0, 3, 3, 8});
  const auto result = verifyReference(*roundTrip(file));
  REQUIRE(result->mismatches.size() == 1);
  CHECK(result->mismatches[0].toString() ==
        "layer 'f/fifo', sample 1, element 1: 7, expected 8 (1 elements differ)");
  file.tensors["state/f/ring"] = file.tensors["state/f/fifo"];
  CHECK(verifyReference(*roundTrip(file)).error().message ==
        "tensor 'state/f/ring' is no state of its layer");
}

TEST_CASE("steps keep their state; samples and resets begin anew") {
  SafeTensors file = vectorOf(DType::U8, {1, 2, 3, 4}, {2, 4, 6, 8});
  const auto resets = [&](const char* metadata) {
    file.metadata["vector"] = metadata;
    const Result<VectorFile> vector = roundTrip(file);
    REQUIRE(vector.ok());
    std::vector<bool> seen;
    const Tensor any = tensorOf(DType::I32, Shape{1, 2, 1}, {0, 0});
    const auto run = [&](std::span<const Tensor>, bool reset) -> Result<SampleResult> {
      seen.push_back(reset);
      return SampleResult{{any}, {}};
    };
    CHECK(verifyVector(*vector, run).ok());
    return seen;
  };
  CHECK(resets("{}") == std::vector<bool>{true, true});
  CHECK(resets(R"({"steps":true})") == std::vector<bool>{true, false});
  CHECK(resets(R"({"steps":true,"reset_before":[1]})") == std::vector<bool>{true, true});
}

}  // namespace glint::test
