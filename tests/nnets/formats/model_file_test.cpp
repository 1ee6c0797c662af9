#include "nnets/formats/model_file.h"

#include <algorithm>
#include <string>

#include <doctest/doctest.h>

#include "core/file.h"
#include "tests/core/temp_folder.h"
#include "tests/nnets/layer_fixture.h"

namespace glint::test {
namespace {

const std::string kInput =
    R"({"name":"in0","type":"InputData","params":{"input_shape":[2,2,1]},"inbounds":[]})";
const std::string kConv = R"({"name":"c","type":"Conv2D","params":{"filters":1,"kernel_size":1,)"
                          R"("weights_bits":4},"inbounds":["in0"]})";

SafeTensors container(const std::string& header) {
  SafeTensors file;
  file.metadata["glint"] = header;
  file.tensors["c/weights"] = tensorOf(DType::I8, Shape{1, 1, 1, 1}, {3});
  return file;
}

SafeTensors twoLayers(const std::string& more = "") {
  return container(R"({"format":1,"layers":[)" + kInput + "," + kConv + "]" + more + "}");
}

std::string errorOf(const SafeTensors& file) {
  const Result<Model> model = modelFromSafeTensors(file);
  return model.ok() ? "" : model.error().message;
}

std::string headerError(const std::string& header) { return errorOf(container(header)); }

std::string layersError(const std::string& layers) {
  return headerError(R"({"format":1,"layers":[)" + layers + "]}");
}

}  // namespace

TEST_CASE("a model file: layers, variables, picture texts") {
  const Result<Model> model =
      modelFromSafeTensors(twoLayers(R"(,"inputs":{"in0":{"mean":3}},"outputs":{"c":1})"));
  REQUIRE(model.ok());
  CHECK(model->layerCount() == 2);
  CHECK(model->layer(1).variable("weights", 0) == 3);
  CHECK(model->inputInfo.find("in0") != nullptr);
  CHECK(model->outputInfo.find("c") != nullptr);
}

TEST_CASE("saving and loading gives equal bytes, under any file name") {
  const Result<Model> model = modelFromSafeTensors(twoLayers(R"(,"inputs":{"in0":{"mean":3}})"));
  REQUIRE(model.ok());
  const TempFolder folder;
  REQUIRE(saveModel(*model, folder.file("a.glint")).ok());
  const Result<Model> again = loadModel(folder.file("a.glint"));
  REQUIRE_MESSAGE(again.ok(), again.error().message);
  REQUIRE(saveModel(*again, folder.file("b.fbz")).ok());
  CHECK(*readFile(folder.file("a.glint")) == *readFile(folder.file("b.fbz")));
  CHECK(loadModel(folder.file("b.fbz")).ok());
}

TEST_CASE("headers that are no model") {
  SafeTensors none;
  CHECK(holds(errorOf(none), {"no metadata 'glint'"}));
  CHECK(holds(headerError("{"), {"metadata 'glint'"}));
  CHECK(holds(headerError("[]"), {"an object"}));
  CHECK(holds(headerError(R"({"layers":[]})"), {"'format' is missing, legal: 1"}));
  CHECK(holds(headerError(R"({"format":"1","layers":[]})"), {R"('format' is "1")"}));
  CHECK(holds(headerError(R"({"format":2,"layers":[]})"), {"'format' is 2", "newer version"}));
  CHECK(holds(headerError(R"({"format":1,"layers":[]})"), {"'layers' is []"}));
  CHECK(holds(headerError(R"({"format":1})"), {"'layers' is missing"}));
  CHECK(holds(errorOf(twoLayers(R"(,"weights":1)")), {"unknown key 'weights'", "requires"}));
}

TEST_CASE("requirements this version does not have") {
  CHECK(errorOf(twoLayers(R"(,"requires":[])")).empty());
  const Result<Model> model = modelFromSafeTensors(twoLayers(R"(,"requires":["quantum"])"));
  CHECK(model.error().code == Errc::Unsupported);
  CHECK(holds(model.error().message, {"'requires' names \"quantum\""}));
  CHECK(holds(errorOf(twoLayers(R"(,"requires":"all")")), {"'requires' is \"all\"", "a list"}));
}

TEST_CASE("layers that are wrong") {
  CHECK(holds(layersError("3"), {"layer 0: is 3, legal: an object"}));
  CHECK(holds(layersError(R"({"type":"Add"})"), {"layer 0: 'name' is missing"}));
  CHECK(holds(layersError(R"({"name":"a","type":7})"), {"layer 'a': 'type' is 7"}));
  CHECK(holds(layersError(R"({"name":"a","type":"Add","inbound":["b"]})"),
              {"layer 'a' (Add): unknown key 'inbound'", "inbounds"}));
  CHECK(holds(layersError(R"({"name":"a","type":"Add","inbounds":"b"})"),
              {"layer 'a' (Add): 'inbounds' is \"b\""}));
  CHECK(holds(layersError(R"({"name":"a","type":"Add","inbounds":[1]})"), {"'inbounds' is [1]"}));
  CHECK(holds(layersError(kInput + R"(,{"name":"a","type":"Add","inbounds":["in0","b"]})"),
              {"the inbound is 'b'"}));
  CHECK(holds(layersError(R"({"name":"a","type":"Add","params":[]})"), {"params is []"}));
  const Result<Model> unknown =
      modelFromSafeTensors(container(R"({"format":1,"layers":[{"name":"a","type":"Conv3D"}]})"));
  CHECK(unknown.error().code == Errc::Unsupported);
  CHECK(unknown.error().message == "layer 'a': layer type 'Conv3D' is not known to this version");
}

TEST_CASE("output_signed must be what the layer reports") {
  const auto withSign = [](const char* sign) {
    std::string conv = kConv;
    conv.insert(conv.size() - 1, std::string(R"(,"output_signed":)") + sign);
    return layersError(kInput + "," + conv);
  };
  CHECK(withSign("true").empty());
  CHECK(withSign("false") ==
        "layer 'c' (Conv2D): 'output_signed' is false, but the output is int8 [2, 2, 1]");
  CHECK_FALSE(withSign("1").empty());
}

TEST_CASE("tensors must be the variables of the layers") {
  SafeTensors file = twoLayers();
  file.tensors.erase("c/weights");
  CHECK(holds(errorOf(file), {"layer 'c' (Conv2D): variable 'weights' is missing"}));
  file.tensors["c/weights"] = tensorOf(DType::I8, Shape{1, 1, 1, 1}, {9});
  CHECK(holds(errorOf(file), {"'weights' element 0 is 9, legal: -8 to 7"}));
  file.tensors["c/weights"] = tensorOf(DType::U8, Shape{1, 1, 1, 1}, {1});
  CHECK(holds(errorOf(file), {"'weights' is uint8, legal: int8"}));
  file.tensors["c/weights"] = tensorOf(DType::I8, Shape{1, 1, 1}, {1});
  CHECK(holds(errorOf(file), {"'weights' has shape [1, 1, 1], legal: [1, 1, 1, 1]"}));
  file = twoLayers();
  file.tensors["c/other"] = tensorOf(DType::I8, Shape{1}, {1});
  CHECK(holds(errorOf(file), {"layer 'c' (Conv2D): variable 'other' is unknown"}));
  file = twoLayers();
  file.tensors["d/weights"] = tensorOf(DType::I8, Shape{1}, {1});
  CHECK(errorOf(file) == "tensor 'd/weights' belongs to no layer");
  file = twoLayers();
  file.tensors["c"] = tensorOf(DType::I8, Shape{1}, {1});
  CHECK(errorOf(file) == "tensor 'c' belongs to no layer");
}

TEST_CASE("data of test vectors is legal only in test vectors") {
  SafeTensors file = twoLayers();
  file.tensors["out/c"] = tensorOf(DType::I8, Shape{1}, {1});
  CHECK(holds(errorOf(file), {"'out/c' belongs to no layer"}));
  file.metadata["vector"] = "{}";
  CHECK(errorOf(file).empty());
  file.tensors["inner/c"] = tensorOf(DType::I8, Shape{1}, {1});
  CHECK(holds(errorOf(file), {"'inner/c' belongs to no layer"}));
}

TEST_CASE("files of other kinds are refused with advice") {
  const TempFolder folder;
  const std::string text = "\x1c\0\0\0AKDA some flat buffer";
  const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
  REQUIRE(writeFile(folder.file("m.fbz"), bytes).ok());
  const Result<Model> fbz = loadModel(folder.file("m.fbz"));
  CHECK(fbz.error().code == Errc::Unsupported);
  CHECK(holds(fbz.error().message, {"m.fbz", "BrainChip", "convert"}));
  REQUIRE(writeFile(folder.file("m.bin"), bytes).ok());
  CHECK(holds(loadModel(folder.file("m.bin")).error().message, {"m.bin", "not a Glint model"}));
  CHECK(holds(loadModel(folder.file("absent")).error().message, {"absent"}));
  SafeTensors plain;
  plain.tensors["w"] = tensorOf(DType::I8, Shape{1}, {1});
  REQUIRE(writeSafeTensors(folder.file("plain"), plain).ok());
  CHECK(holds(loadModel(folder.file("plain")).error().message, {"plain", "not a Glint model"}));
}

}  // namespace glint::test
