#include "nnets/schedule/state.h"

#include <cmath>

#include <doctest/doctest.h>

#include "nnets/layers/akida/input_data.h"
#include "nnets/layers/akida_temporal/depthwise_buffer_temp_conv.h"
#include "nnets/layers/dynapcnn/spiking_layer.h"

using namespace glint;

namespace {

/// A FIFO of two steps over [1, 1, 2] of 8-bit codes.
Model fifoModel() {
  auto in = std::make_unique<akida::InputData>();
  in->name = "in";
  in->inputShape = {1, 1, 2};
  in->inputBits = 8;
  in->inputSigned = true;
  Model model;
  REQUIRE(model.add(std::move(in)).ok());
  auto temporal = std::make_unique<akida::DepthwiseBufferTempConv>();
  temporal->name = "t";
  temporal->inbounds = {"in"};
  temporal->fifoSize = 2;
  temporal->variables["weights"] = Tensor(DType::I8, Shape{1, 1, 2, 2});
  REQUIRE(model.add(std::move(temporal)).ok());
  return model;
}

const Shape kFifo{1, 1, 2, 2};

}  // namespace

TEST_CASE("a ring: pushing moves an index") {
  Ring ring;
  ring.slots = 3;
  CHECK(ring.slot(0) == 0);
  CHECK(ring.slot(1) == 2);
  CHECK(ring.slot(2) == 1);
  ring.push();
  CHECK(ring.slot(0) == 1);
  CHECK(ring.slot(1) == 0);
  CHECK(ring.next() == 2);
  for (int i = 0; i < 3; ++i) ring.push();
  CHECK(ring.slot(0) == 1);
}

TEST_CASE("snapshot and restore, in the narrowest type") {
  const Model model = fifoModel();
  State state = clearedState(model);
  state.layers[1]["fifo"] = Tensor::of<std::int32_t>(kFifo, std::vector<std::int32_t>{1, -2, 3, 4});
  const SafeTensors file = snapshot(model, state);
  CHECK(file.tensors.size() == 1);
  CHECK(file.tensors.at("state/t/fifo").type() == DType::I8);
  const Result<State> back = restore(model, file);
  REQUIRE(back.ok());
  CHECK(*back == state);
  CHECK(*restore(model, snapshot(model, {})) == clearedState(model));
  CHECK(clearedState(model).layers[1].at("fifo") == Tensor(DType::I32, kFifo));
}

TEST_CASE("a membrane in floating point stays one") {
  auto in = std::make_unique<akida::InputData>();
  in->name = "in";
  in->inputShape = {1, 1, 1};
  Model model;
  REQUIRE(model.add(std::move(in)).ok());
  auto spiking = std::make_unique<dynapcnn::SpikingLayer>();
  spiking->name = "s";
  spiking->inbounds = {"in"};
  spiking->filters = 2;
  spiking->integers = false;
  spiking->variables["weights"] = Tensor(DType::F32, Shape{1, 1, 1, 2});
  spiking->variables["threshold"] = Tensor::of(Shape{1}, std::vector<float>{1});
  REQUIRE(model.add(std::move(spiking)).ok());
  const Shape shape{1, 1, 2};
  State state = clearedState(model);
  CHECK(state.layers[1].at("membrane") == Tensor(DType::F32, shape));
  state.layers[1]["membrane"] = Tensor::of(shape, std::vector<float>{.25f, -1e9f});
  SafeTensors file = snapshot(model, state);
  CHECK(file.tensors.at("state/s/membrane") == state.layers[1].at("membrane"));
  CHECK(*restore(model, file) == state);
  file.tensors["state/s/membrane"] = Tensor(DType::I32, shape);
  CHECK(restore(model, file).error().message ==
        "tensor state/s/membrane is int32 [1, 1, 2], legal: float32 [1, 1, 2]; a snapshot of "
        "another model?");
  state.layers[1]["membrane"] = Tensor(DType::I32, shape);
  CHECK(!checkedState(model, state).ok());
  file.tensors["state/s/membrane"] = Tensor::of(shape, std::vector<float>{0, std::nanf("")});
  CHECK(restore(model, file).error().message ==
        "tensor state/s/membrane has an element that is not a number");
}

TEST_CASE("a snapshot of another model is refused by name") {
  const Model model = fifoModel();
  const auto refused = [&](const std::string& path, const Tensor& tensor) -> std::string {
    SafeTensors file = snapshot(model, {});
    file.tensors[path] = tensor;
    const Result<State> state = restore(model, file);
    REQUIRE(!state.ok());
    CHECK(state.error().code == Errc::Format);
    return state.error().message;
  };
  for (const char* path : {"state/other/fifo", "fifo", "state/in/fifo", "state/t/"}) {
    CHECK(refused(path, Tensor(DType::I8, kFifo)) ==
          std::string("tensor ") + path +
              " is no state of the model; a snapshot of another model?");
  }
  CHECK(refused("state/t/fifo", Tensor(DType::I8, Shape{1, 1, 3, 2})) ==
        "tensor state/t/fifo is int8 [1, 1, 3, 2], legal: int8 [1, 1, 2, 2]; a snapshot of another "
        "model?");
  CHECK(refused("state/t/fifo", Tensor(DType::I8, Shape{4, 3, 2, 2})) ==
        "tensor state/t/fifo is int8 [4, 3, 2, 2], legal: int8 [1, 1, 2, 2]; the snapshot is of "
        "another extent");
  CHECK(refused("state/t/fifo", Tensor(DType::I32, kFifo)) ==
        "tensor state/t/fifo is int32 [1, 1, 2, 2], legal: int8 [1, 1, 2, 2]; a snapshot of "
        "another model?");
  CHECK(restore(model, {}).error().message ==
        "tensor state/t/fifo is missing, legal: int8 [1, 1, 2, 2]; a snapshot of another model?");
}

TEST_CASE("a value beyond its range is refused") {
  auto in = std::make_unique<akida::InputData>();
  in->name = "in";
  in->inputShape = {1, 1, 1};
  in->inputBits = 4;
  Model model;
  REQUIRE(model.add(std::move(in)).ok());
  auto temporal = std::make_unique<akida::DepthwiseBufferTempConv>();
  temporal->name = "t";
  temporal->inbounds = {"in"};
  temporal->fifoSize = 2;
  temporal->variables["weights"] = Tensor(DType::I8, Shape{1, 1, 2, 1});
  REQUIRE(model.add(std::move(temporal)).ok());
  SafeTensors file;
  file.tensors["state/t/fifo"] =
      Tensor::of<std::uint8_t>(Shape{1, 1, 2, 1}, std::vector<std::uint8_t>{15, 16});
  CHECK(restore(model, file).error().message ==
        "tensor state/t/fifo has 16 as element 1, legal: 0 to 15");
}
