#include <memory>
#include <utility>

#include "nnets/api/planned_device.h"
#include "tests/nnets/api/fixture.h"

namespace glint::test {
namespace {

/// A device that adds 1 to what the references compute, so that it shows who ran.
class PlusOne : public api::Device {
 public:
  std::string desc() const override { return "plus one"; }

  Result<std::unique_ptr<api::Executor>> map(const glint::Model& model) override {
    ++maps;
    if (refuse) return Error{Errc::Driver, "no power"};
    return std::unique_ptr<api::Executor>(std::make_unique<Runner>(model));
  }

  int maps = 0;
  bool refuse = false;

 private:
  class Runner : public api::Executor {
   public:
    explicit Runner(glint::Model model) : model_(std::move(model)) {}

    Result<Tensor> run(std::span<const Tensor> feeds) override {
      std::vector<LayerState> states;
      GLINT_ASSIGN(std::vector<Tensor> outputs, runReference(model_, feeds, states));
      for (std::int32_t& value : outputs.back().as<std::int32_t>()) ++value;
      events_.push_back({static_cast<double>(events_.size()), 1000, 2, 3});
      return std::move(outputs.back());
    }
    std::vector<api::PowerEvent> powerEvents() override { return std::exchange(events_, {}); }

   private:
    glint::Model model_;
    std::vector<api::PowerEvent> events_;
  };
};

std::shared_ptr<api::Device> planned() {
  return std::make_shared<api::PlannedDevice>("a device of ES 3", DeviceLimits{});
}

Tensor oneInput(int value) {
  Tensor input(DType::U8, Shape{1, 3, 2, 2});
  input.as<std::uint8_t>()[0] = static_cast<std::uint8_t>(value);
  return input;
}

}  // namespace

TEST_CASE("a model runs where it is mapped, and in software without a device") {
  api::Model model = firstInputs(1);
  const auto device = std::make_shared<PlusOne>();
  REQUIRE(model.map(device).ok());
  CHECK(model.forward(oneInput(4))->integer(0) == 5);
  CHECK(model.powerEvents().size() == 1);
  CHECK(model.powerEvents()[0].power == 3);
  CHECK(model.predict(oneInput(4))->as<float>()[0] == 5.F);
  REQUIRE(model.map(nullptr).ok());
  CHECK(model.forward(oneInput(4))->integer(0) == 4);
  CHECK(model.powerEvents().empty());
}

TEST_CASE("changed variables are mapped again at the next run; changed layers unmap") {
  api::Model model = firstInputs(1);
  const auto device = std::make_shared<PlusOne>();
  REQUIRE(model.map(device).ok());
  api::Layer dense = *model.getLayer("dense");
  setInts(dense, "weights", DType::I8, Shape{1, 1, 12, 1}, std::vector<int>(12, 0));
  CHECK(device->maps == 1);
  CHECK(model.forward(oneInput(4))->integer(0) == 1);
  CHECK(model.forward(oneInput(4))->integer(0) == 1);
  CHECK(device->maps == 2);
  REQUIRE(model.popLayer().ok());
  REQUIRE(model.add(dense).ok());
  CHECK(model.forward(oneInput(4))->integer(0) == 0);
  CHECK(device->maps == 2);
}

TEST_CASE("a model that gets one more layer runs in software again") {
  api::Model model = firstInputs(1, "\"act_bits\": 4");
  REQUIRE(model.map(std::make_shared<PlusOne>()).ok());
  REQUIRE(model.add(layerOf("FullyConnected", R"("units": 1, "activation": false)")).ok());
  CHECK(model.forward(oneInput(4))->integer(0) == 0);
}

TEST_CASE("a device that refuses leaves the model as it is mapped") {
  api::Model model = firstInputs(1);
  const auto first = std::make_shared<PlusOne>();
  const auto second = std::make_shared<PlusOne>();
  second->refuse = true;
  REQUIRE(model.map(first).ok());
  CHECK(errorIn(model.map(second)).code == Errc::Driver);
  CHECK(model.forward(oneInput(1))->integer(0) == 2);
  CHECK(errorIn(api::Model().map(first)).code == Errc::Runtime);
}

TEST_CASE(
    "planned for a device: sequences and processors of the schedule, results of the reference") {
  api::Model model = firstInputs(5);
  CHECK(model.schedule() == nullptr);
  REQUIRE(model.sequences().size() == 1);
  CHECK(model.sequences()[0].backend == api::BackendType::Software);
  CHECK(model.sequences()[0].name == "SW/in-dense");
  CHECK(model.sequences()[0].bytes == 100);
  REQUIRE(model.map(planned(), true).ok());
  REQUIRE(model.sequences().size() == 1);
  const api::Sequence sequence = model.sequences()[0];
  CHECK(sequence.backend == api::BackendType::Hardware);
  CHECK(sequence.name == "HW/in-dense");
  CHECK(sequence.passes.size() == 1);
  CHECK(sequence.layers() == model.layers());
  CHECK_FALSE(sequence.program.has_value());
  CHECK(sequence.bytes > 100);
  CHECK(model.getLayer("in")->mapping().empty());
  int filters = 0;
  for (const NpMapping& np : model.getLayer("dense")->mapping()) filters += np.filters;
  CHECK(filters == 5);
  CHECK(model.forward(oneInput(7))->integer(0) == 7);
}

TEST_CASE("a layer in software splits the sequence; hw_only refuses it by name") {
  api::Model model;
  REQUIRE(model.add(input4()).ok());
  REQUIRE(model.add(layerOf("Conv2D", R"("filters": 2, "kernel_size": 1)", "a")).ok());
  REQUIRE(model.add(layerOf("Dequantizer", "", "end")).ok());
  REQUIRE(model.map(planned()).ok());
  REQUIRE(model.sequences().size() == 2);
  CHECK(model.sequences()[0].name == "HW/in-a");
  CHECK(model.sequences()[1].name == "SW/end");
  CHECK(model.sequences()[1].backend == api::BackendType::Software);
  CHECK(model.sequences()[1].bytes == 8);
  CHECK(model.statistics().size() == 2);
  const Error error = errorIn(model.map(planned(), true));
  CHECK(error.code == Errc::Runtime);
  CHECK(holds(error.message,
              {"layer 'end' (Dequantizer): would run in software", "hw_only", "a device of ES 3"}));
  CHECK(model.sequences().size() == 2);
}

}  // namespace glint::test
