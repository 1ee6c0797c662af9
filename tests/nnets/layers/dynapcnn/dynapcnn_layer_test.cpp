#include "nnets/layers/dynapcnn/dynapcnn_layer.h"

#include <numeric>
#include <string>

#include <doctest/doctest.h>

#include "tests/nnets/layer_fixture.h"

namespace glint::test {
namespace {

using dynapcnn::Conv2d;
using dynapcnn::DynapcnnLayer;
using dynapcnn::IafSqueeze;
using Floats = std::vector<float>;

Conv2d convOf(Shape shape, const Floats& weights) {
  Conv2d conv;
  conv.weight = Tensor::of(shape, weights);
  return conv;
}

/// A convolution whose weights do not matter.
Conv2d convOf(Shape shape) {
  return convOf(shape, Floats(static_cast<std::size_t>(shape.size()), 1.f));
}

IafSqueeze neurons(float threshold, std::optional<float> least) {
  IafSqueeze spk;
  spk.threshold = threshold;
  spk.minVMem = least;
  return spk;
}

DynapcnnLayer layerOf(Result<DynapcnnLayer> layer) {
  if (!layer.ok()) FAIL(layer.error().message);
  return std::move(layer).value();
}

Floats floatsOf(const Tensor& tensor) {
  const auto v = tensor.as<float>();
  return {v.begin(), v.end()};
}

}  // namespace

TEST_CASE("DynapcnnLayer: memory and shapes of the documented examples") {
  Conv2d conv = convOf({16, 2, 5, 5});
  conv.stride = {2, 2};
  conv.padding = {1, 1};
  const DynapcnnLayer nmnist = layerOf(DynapcnnLayer::create(conv, neurons(1, -1.f), {2, 34, 34}));
  CHECK(nmnist.memorySummary() == dynapcnn::MemorySummary{1024, 4096, 0});
  CHECK(nmnist.getNeuronShape() == Shape{16, 16, 16});

  conv = convOf({5, 3, 3, 3});
  conv.stride = {2, 2};
  conv.bias = Tensor::of({5}, Floats(5, 1.f));
  const DynapcnnLayer pooled =
      layerOf(DynapcnnLayer::create(conv, neurons(1, -1.f), {3, 19, 17}, Pair{4, 4}));
  CHECK(pooled.memorySummary() == dynapcnn::MemorySummary{384, 640, 5});
  CHECK(pooled.getOutputShape() == Shape{5, 2, 2});
  CHECK(pooled.summary().kernel == Shape{5, 3, 3, 3});
  CHECK(pooled.summary().neuron == Shape{5, 9, 8});
  CHECK(*pooled.summary().pool == Pair{4, 4});

  dynapcnn::Linear linear{Tensor(DType::F32, {10, 128}), Tensor(DType::F32, {10})};
  linear.weight.as<float>()[0] = 1;
  const DynapcnnLayer flat = layerOf(DynapcnnLayer::create(linear, neurons(1, -1.f), {8, 4, 4}));
  CHECK(flat.memorySummary() == dynapcnn::MemorySummary{2048, 10, 10});
  CHECK(flat.getOutputShape() == Shape{10, 1, 1});
}

TEST_CASE("DynapcnnLayer: one scale for all; the bias is not rescaled") {
  Conv2d conv = convOf({1, 1, 1, 2}, {-1, .5f});
  conv.bias = Tensor::of({1}, Floats{.25f});
  const DynapcnnLayer layer =
      layerOf(DynapcnnLayer::create(conv, neurons(1, -1.f), {1, 1, 2}, {}, true, 2));
  // Weights -.5, .25: the scale is 128 / .5; the threshold would allow 32767.
  CHECK(layer.scale() == 256);
  CHECK(floatsOf(layer.conv().weight) == Floats{-128, 64});
  CHECK(floatsOf(*layer.conv().bias) == Floats{64});
  CHECK(layer.spk().threshold == 256);
  CHECK(*layer.spk().minVMem == -256);
  CHECK(layer.layer().integers);
  CHECK(layer.warning().empty());
  CHECK(floatsOf(conv.weight) == Floats{-1, .5f});  // a copy was changed
  // Halves go to even numbers: scale 1 from the weight of 127.
  const DynapcnnLayer halves = layerOf(DynapcnnLayer::create(
      convOf({1, 1, 1, 4}, {127, .5f, 1.5f, -2.5f}), neurons(10, -10.f), {1, 1, 4}));
  CHECK(floatsOf(halves.conv().weight) == Floats{127, 0, 2, -2});
}

TEST_CASE("DynapcnnLayer: without a lower bound discretization has no scale, and says so") {
  const DynapcnnLayer layer =
      layerOf(DynapcnnLayer::create(convOf({1, 1, 1, 2}, {.4f, -.4f}), neurons(1, {}), {1, 1, 2}));
  CHECK(layer.scale() == 1);
  CHECK(*layer.spk().minVMem == -32768);
  CHECK(floatsOf(layer.conv().weight) == Floats{0, -0.f});
  CHECK(holds(layer.warning(), {"min_v_mem", "2 of 2 weights are 0"}));
  const auto none = DynapcnnLayer::create(convOf({1, 1, 1, 1}, {1}), neurons(.3f, {}), {1, 1, 1});
  REQUIRE(!none.ok());
  CHECK(holds(none.error().message, {"threshold 0.3", "becomes 0", "min_v_mem"}));
}

TEST_CASE("DynapcnnLayer: forward over time, rows of a batch, and membranes between calls") {
  IafSqueeze spk = neurons(5, -5.f);
  spk.batchSize = 2;
  DynapcnnLayer layer =
      layerOf(DynapcnnLayer::create(convOf({1, 1, 1, 1}, {1}), spk, {1, 1, 1}, {}, false));
  CHECK(layer.layer().integers);  // whole numbers from the start
  const Tensor in = tensorOf(DType::I32, {4, 1, 1, 1}, {3, 3, 10, 1});
  const auto out = layer.forward(in);
  if (!out.ok()) FAIL(out.error().message);
  CHECK(*out == tensorOf(DType::I32, {4, 1, 1, 1}, {0, 1, 2, 0}));
  CHECK(floatsOf(layer.membrane()) == Floats{1, 1});
  REQUIRE(layer.setMembrane(Tensor::of({2, 1, 1, 1}, Floats{4, -4})).ok());
  const Tensor more = tensorOf(DType::U8, {2, 1, 1, 1}, {1, 1});
  CHECK(*layer.forward(more) == tensorOf(DType::I32, {2, 1, 1, 1}, {1, 0}));
  CHECK(floatsOf(layer.membrane()) == Floats{0, -3});
  layer.zeroGrad();
  CHECK(floatsOf(layer.membrane()) == Floats{0, -3});
  layer.resetStates();
  CHECK(floatsOf(layer.membrane()) == Floats{0, 0});
  const Status half = layer.setMembrane(Tensor::of({2, 1, 1, 1}, Floats{.5f, 0}));
  CHECK(holds(half.error().message, {"no integers of 23 bits"}));
  const auto odd = layer.forward(tensorOf(DType::I32, {3, 1, 1, 1}, {0, 0, 0}));
  CHECK(holds(odd.error().message, {"int32 [3, 1, 1, 1]", "[2 * steps, 1, 1, 1]"}));
}

TEST_CASE("DynapcnnLayer: sinabs' channels first are [x, y, c], rows first") {
  // Features, rows, columns: 2, 1, 2. The weights tell all four inputs apart.
  DynapcnnLayer layer = layerOf(DynapcnnLayer::create(convOf({1, 2, 1, 2}, {1, 2, 4, 8}),
                                                      neurons(1, -1.f), {2, 1, 2}, {}, false));
  for (int i = 0; i < 4; ++i) {
    std::vector<int> in(4, 0);
    in[static_cast<std::size_t>(i)] = 1;
    layer.resetStates();
    const auto out = layer.forward(tensorOf(DType::I32, {1, 2, 1, 2}, in));
    REQUIRE(out.ok());
    CHECK(out->integer(0) == 1 << i);
  }
}

TEST_CASE("DynapcnnLayer: what is illegal is named") {
  const auto error = [](const dynapcnn::Weights& conv, const IafSqueeze& spk,
                        std::optional<Pair> pool = {}, float rescale = 1) {
    const auto layer = DynapcnnLayer::create(conv, spk, {2, 4, 4}, pool, true, rescale);
    return layer.ok() ? "" : layer.error().message;
  };
  Conv2d conv = convOf({1, 2, 3, 3});
  CHECK(error(conv, neurons(1, -1.f)).empty());
  CHECK(holds(error(conv, neurons(0, -1.f)), {"spk.threshold is 0", "above 0"}));
  CHECK(holds(error(conv, neurons(1, -1.f), Pair{1, 2}), {"pool is [1, 2]"}));
  CHECK(holds(error(conv, neurons(1, -1.f), {}, 0), {"rescale_weights is 0"}));
  CHECK(holds(error(convOf({1, 3, 3, 3}), neurons(1, -1.f)), {"[1, 3, 3, 3]", "[1, 2, 3, 3]"}));
  CHECK(holds(error(convOf({1, 2, 5, 5}), neurons(1, -1.f)), {"kernel_size is 5"}));
  conv.groups = 2;
  CHECK(error(conv, neurons(1, -1.f)) == "conv.groups is 2, legal: 1");
  conv.groups = 1;
  conv.dilation = {2, 2};
  CHECK(error(conv, neurons(1, -1.f)) == "conv.dilation is [2, 2], legal: [1, 1]");
  const dynapcnn::Linear linear{Tensor(DType::F32, {3, 30}), {}};
  CHECK(holds(error(linear, neurons(1, -1.f)), {"[3, 30]", "[out, 32]"}));
  IafSqueeze spk = neurons(1, -1.f);
  spk.vMem = Tensor(DType::F32, {1, 1, 3, 3});
  CHECK(holds(error(convOf({1, 2, 3, 3}), spk), {"spk.v_mem", "float32 [1, 1, 2, 2]"}));
}

}  // namespace glint::test
