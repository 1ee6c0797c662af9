#include "nnets/schedule/state.h"

#include <doctest/doctest.h>

#include "nnets/layers/akida/input_data.h"

using namespace glint;

namespace {

Model oneLayerModel() {
  auto layer = std::make_unique<akida::InputData>();
  layer->name = "in";
  layer->inputShape = {1, 1, 4};
  Model model;
  REQUIRE(model.add(std::move(layer)).ok());
  return model;
}

}  // namespace

TEST_CASE("a ring: pushing moves an index") {
  StateRing ring;
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

TEST_CASE("snapshot and restore") {
  const Model model = oneLayerModel();
  State state;
  state.layers.resize(1);
  state.layers[0]["fifo"] =
      Tensor::of<std::int32_t>({2, 2}, std::vector<std::int32_t>{1, -2, 3, 4});
  const Result<State> back = restore(model, snapshot(model, state));
  REQUIRE(back.ok());
  CHECK(*back == state);
  state.reset();
  CHECK(state.layers[0].empty());
}

TEST_CASE("a snapshot of another model is refused by name") {
  const Model model = oneLayerModel();
  for (const char* path : {"state/other/fifo", "fifo", "state/in/"}) {
    SafeTensors file;
    file.tensors[path] = Tensor(DType::I32, {1});
    const Result<State> refused = restore(model, file);
    REQUIRE(!refused.ok());
    CHECK(refused.error().message.find(path) != std::string::npos);
  }
}
