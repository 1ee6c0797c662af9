#include "nnets/layers/dynapcnn/dynapcnn_network.h"

#include <string>

#include <doctest/doctest.h>

#include "tests/nnets/layer_fixture.h"

namespace glint::test {
namespace {

using namespace dynapcnn;
using Floats = std::vector<float>;

Conv2d convOf(Shape shape, const Floats& weights) {
  Conv2d conv;
  conv.weight = Tensor::of(shape, weights);
  return conv;
}

IafSqueeze neurons(float threshold) {
  IafSqueeze spk;
  spk.threshold = threshold;
  spk.minVMem = -threshold;
  return spk;
}

std::string errorOf(const std::vector<Module>& modules) {
  const auto network = DynapcnnNetwork::create(modules, {1, 4, 4});
  return network.ok() ? "" : network.error().message;
}

DynapcnnNetwork networkOf(const std::vector<Module>& modules, Shape shape = {1, 4, 4}) {
  auto network = DynapcnnNetwork::create(modules, shape, {.discretize = false});
  if (!network.ok()) FAIL(network.error().message);
  return std::move(network).value();
}

Floats weightsOf(const DynapcnnLayer& layer) {
  const auto w = layer.conv().weight.as<float>();
  return {w.begin(), w.end()};
}

}  // namespace

TEST_CASE("DynapcnnNetwork: average pooling goes into the next weights, several are one") {
  const DynapcnnNetwork network =
      networkOf({convOf({1, 1, 1, 1}, {1}), neurons(1), AvgPool2d{{2, 2}, {}}, Identity{},
                 AvgPool2d{{2, 2}, Pair{2, 2}}, Flatten{},
                 Linear{Tensor::of({2, 1}, Floats{32, -16}), {}}, ReLU{}});
  REQUIRE(network.layers().size() == 2);
  CHECK(*network.layers()[0].pool() == Pair{4, 4});
  CHECK(weightsOf(network.layers()[1]) == Floats{2, -1});
  CHECK(network.layers()[1].spk().threshold == 1);
  CHECK(*network.layers()[1].spk().minVMem == -1);
  CHECK(network.model().layerCount() == 3);
  CHECK(network.model().layer(1).name == "layer0");
  // What the second layer can add up exactly bounds what the first one gives.
  CHECK(static_cast<const SpikingLayer&>(network.model().layer(1)).countLimit == 16777215 / 3);
  CHECK(static_cast<const SpikingLayer&>(network.model().layer(2)).countLimit == 0);
  CHECK(network.memorySummary().total.neuron == 16 + 2);
  const auto bytes = DynapcnnNetwork::of(network.layers(), {}, {1, 4, 4}, 255);
  REQUIRE(bytes.ok());
  CHECK(static_cast<const SpikingLayer&>(bytes->model().layer(1)).countLimit == 255);
}

TEST_CASE("DynapcnnNetwork: sum pooling leaves weights, normalization is merged without epsilon") {
  Conv2d conv = convOf({1, 1, 1, 1}, {3});
  conv.bias = Tensor::of({1}, Floats{1});
  const BatchNorm2d norm{Tensor::of({1}, Floats{8}), Tensor::of({1}, Floats{5}),
                         Tensor::of({1}, Floats{3}), Tensor::of({1}, Floats{16})};
  const DynapcnnNetwork network = networkOf(
      {conv, norm, neurons(2), SumPool2d{{2, 2}, {}}, convOf({1, 1, 1, 1}, {4}), neurons(1)});
  CHECK(weightsOf(network.layers()[0]) == Floats{6});
  CHECK(network.layers()[0].conv().bias->as<float>()[0] == 5 + (1 - 3) * 2.f);
  CHECK(weightsOf(network.layers()[1]) == Floats{4});
}

TEST_CASE("DynapcnnNetwork: leading pooling is the camera's") {
  DynapcnnNetwork network =
      networkOf({AvgPool2d{{2, 2}, {}}, convOf({1, 1, 2, 2}, {4, 4, 4, 4}), neurons(1)});
  REQUIRE(network.dvs().has_value());
  CHECK(network.dvs()->pool == Pair{2, 2});
  CHECK(network.model().layer(1).name == "dvs");
  CHECK(weightsOf(network.layers()[0]) == Floats{1, 1, 1, 1});
  const auto out = network.forward(
      tensorOf(DType::I32, {2, 1, 4, 4}, {1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 4,
                                          1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
  if (!out.ok()) FAIL(out.error().message);
  CHECK(*out == tensorOf(DType::I32, {2, 1, 1, 1}, {10, 1}));
}

TEST_CASE("DynapcnnNetwork: what does not fit is named by its module") {
  const Conv2d one = convOf({1, 1, 1, 1}, {1});
  CHECK(errorOf({}) == "a network without layers, legal: one or more");
  CHECK(holds(errorOf({one, one, neurons(1)}), {"module 1 comes behind weights", "neurons"}));
  CHECK(holds(errorOf({one}), {"module 1 is missing behind weights"}));
  CHECK(holds(errorOf({one, neurons(1), neurons(1)}), {"module 2 is neither"}));
  CHECK(holds(errorOf({one, neurons(1), SumPool2d{{2, 2}, Pair{1, 1}}}),
              {"module 2 pools [2, 2] with stride [1, 1]"}));
  CHECK(holds(errorOf({one, neurons(1), AvgPool2d{{2, 2}, {}, {1, 1}}}),
              {"module 2 pools with padding [1, 1]"}));
  CHECK(holds(errorOf({one, neurons(1), AvgPool2d{{2, 2}, {}}}), {"no weights follow"}));
  CHECK(holds(errorOf({one, neurons(1), convOf({1, 2, 1, 1}, {1, 1}), neurons(1)}),
              {"module 2", "[1, 2, 1, 1]", "[1, 1, 1, 1]"}));
}

}  // namespace glint::test
