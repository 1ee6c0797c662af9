#include <cmath>
#include <limits>
#include <set>

#include "core/safetensors.h"
#include "nnets/api/learning_vector.h"
#include "nnets/api/planned_device.h"
#include "tests/nnets/api/learn_fixture.h"
#include "tests/nnets/learning/written_rule.h"
#include "tests/support/skip.h"

namespace glint::test {
namespace {

Tensor slice(const Tensor& stacked, std::int64_t first, std::int64_t count) {
  Shape shape = stacked.shape();
  const auto row = stacked.bytes().size() / static_cast<std::size_t>(shape[0]);
  shape[0] = count;
  Tensor part(stacked.type(), shape);
  std::copy_n(stacked.bytes().begin() + first * static_cast<std::int64_t>(row),
              static_cast<std::size_t>(count) * row, part.bytes().begin());
  return part;
}

/// All that was learned, and what it was learned by.
std::string learnedText(const api::Model& model) { return model.toJson(); }

}  // namespace

TEST_CASE("a model learns by the definition, wherever labels come from") {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const int x = 2, y = 3, c = static_cast<int>(random.between(1, 7));
    const int classes = static_cast<int>(random.between(1, 3));
    const int units = classes * static_cast<int>(random.between(1, 3));
    const auto by = optimizer(static_cast<int>(random.between(1, x * y * c)), classes, seed);
    api::Model model = bits(x, y, c, units);
    REQUIRE(model.compile(by).ok());
    WrittenRule written(by.params(), x * y * c, units);
    for (int call = 0; call < 6; ++call) {
      CAPTURE(call);
      const std::int64_t n = random.between(0, 4);
      const Tensor inputs = samplesOf(random, Shape{n, x, y, c});
      // None, a number, a list of one, one each, an array of reals.
      const std::int64_t kind = random.between(0, 4);
      std::vector<int> list;
      std::vector<float> reals;
      for (std::int64_t i = 0; i < n; ++i) {
        list.push_back(static_cast<int>(random.between(-1, classes)));
        reals.push_back(static_cast<float>(list.back()) + (list.back() < 0 ? -0.75F : 0.75F));
      }
      const int one = static_cast<int>(random.between(0, classes));
      const api::Labels labels = kind == 0   ? api::Labels()
                                 : kind == 1 ? api::Labels(one + 0.5)
                                 : kind == 2 ? api::Labels(std::vector<int>{one})
                                 : kind == 3 ? api::Labels(list)
                                             : api::Labels(Tensor::of(Shape{n}, reals));
      const Result<Tensor> output =
          model.fit(inputs, labels, static_cast<int>(random.between(0, 3)));
      REQUIRE_MESSAGE(output.ok(), output.error().message);
      CHECK(output->shape() == Shape{n, 1, 1, units});
      CHECK(output->type() == DType::I32);
      for (std::int64_t i = 0; i < n; ++i) {
        std::set<std::int64_t> active;
        for (std::int64_t at = 0; at < x * y * c; ++at) {
          const std::int64_t column = at / c % y, row = at / c / y, channel = at % c;
          if (inputs.integer(i * x * y * c + at) != 0)
            active.insert(row + x * (column + y * channel));
        }
        const std::int64_t label = kind >= 3 ? list[static_cast<std::size_t>(i)] : one;
        const auto potentials = written.fit(active, kind > 0, label);
        for (std::int64_t u = 0; u < units; ++u) {
          CHECK(output->integer(i * units + u) == potentials[static_cast<std::size_t>(u)]);
        }
      }
      const api::Layer layer = *model.getLayer("learned");
      const LearnedState state = written.state();
      CHECK(*layer.getVariable("weights") ==
            Tensor::of(Shape{1, 1, x * y * c, units}, state.weights));
      CHECK(*layer.getVariable("threshold_learning") ==
            Tensor::of(Shape{units}, state.thresholdLearning));
      CHECK(*layer.getVariable("learning_steps") == Tensor::of(Shape{units}, state.learningSteps));
    }
  }
}

TEST_CASE("calls, batches, files, devices and buffers in between change nothing") {
  Random random(3);
  const Tensor inputs = samplesOf(random, Shape{24, 1, 1, 40});
  std::vector<int> labels;
  for (int i = 0; i < 24; ++i) labels.push_back(i % 4);
  api::Model once = bits(1, 1, 40, 9);
  REQUIRE(once.compile(optimizer(11, 3)).ok());
  const Result<Tensor> all = once.fit(inputs, labels);
  REQUIRE(all.ok());
  for (int batch : {1, 5, 24}) {
    api::Model model = bits(1, 1, 40, 9);
    REQUIRE(model.compile(optimizer(11, 3)).ok());
    CHECK(*model.fit(inputs, labels, batch) == *all);
    CHECK(learnedText(model) == learnedText(once));
  }
  api::Model parts = bits(1, 1, 40, 9);
  REQUIRE(parts.compile(optimizer(11, 3)).ok());
  const auto planned = std::make_shared<api::PlannedDevice>("planned", DeviceLimits{});
  for (int i = 0; i < 24; ++i) {
    CAPTURE(i);
    if (i % 4 == 0) parts = *api::Model::fromBuffer(*parts.toBuffer());
    if (i % 4 == 1) parts = *api::Model::fromJson(parts.toJson());
    if (i % 4 == 2) REQUIRE(parts.map(planned).ok());
    if (i % 4 == 3) {
      // Back to how it was, through the bytes of what was learned.
      const auto kept = parts.learnMem();
      REQUIRE(kept.ok());
      REQUIRE(parts.fit(inputs).ok());
      REQUIRE(parts.setLearnMem(*kept).ok());
    }
    CHECK(*parts.fit(slice(inputs, i, 1), labels[static_cast<std::size_t>(i)]) ==
          slice(*all, i, 1));
  }
  CHECK(learnedText(parts) == learnedText(once));
  CHECK(*parts.forward(inputs) == *once.forward(inputs));
}

TEST_CASE("behind an activation fit returns codes and learns the same") {
  Random random(4);
  const Tensor inputs = samplesOf(random, Shape{12, 1, 1, 30}, 50);
  api::Model plain = bits(1, 1, 30, 4);
  api::Model coded = bits(1, 1, 30, 4, "\"activation\": true, \"act_bits\": 4");
  for (api::Model* model : {&plain, &coded}) REQUIRE(model->compile(optimizer(12)).ok());
  const Result<Tensor> potentials = plain.fit(inputs), codes = coded.fit(inputs);
  REQUIRE((potentials.ok() && codes.ok()));
  CHECK(codes->type() == DType::U8);
  for (std::int64_t i = 0; i < potentials->size(); ++i) {
    CHECK(codes->integer(i) == std::min<std::int64_t>(potentials->integer(i), 15));
  }
  CHECK(*plain.getLayer("learned")->getVariable("weights") ==
        *coded.getLayer("learned")->getVariable("weights"));
}

TEST_CASE("labels that are no class are not learned, but their outputs are returned") {
  Random random(5);
  api::Model model = bits(1, 1, 16, 4);
  REQUIRE(model.compile(optimizer(4, 2)).ok());
  const std::string before = model.toJson();
  const Tensor inputs = samplesOf(random, Shape{3, 1, 1, 16});
  const Result<Tensor> expected = model.forward(inputs);
  for (const api::Labels& labels :
       {api::Labels(2), api::Labels(-1), api::Labels(1e300), api::Labels(-INFINITY),
        api::Labels(std::vector<int>{-7, 2, std::numeric_limits<int>::max()})}) {
    CHECK(*model.fit(inputs, labels) == *expected);
    CHECK(model.toJson() == before);
  }
  CHECK(model.fit(inputs, -0.9).ok());  // truncated: the first class
  CHECK(model.toJson() != before);
}

TEST_CASE("classes are added behind those that learned") {
  Random random(6);
  api::Model model = bits(1, 1, 20, 4);
  api::Layer layer = *model.getLayer("learned");
  setInts(layer, "threshold", DType::I32, Shape{4}, {1, 2, 3, 4});
  REQUIRE(layer.setVariable("act_step", Tensor::of(Shape{4}, std::vector<float>(4, 2.F))).ok());
  REQUIRE(model.compile(optimizer(5, 2, 9)).ok());
  CHECK(errorIn(model.addClasses(0)).message ==
        "layer 'learned' (FullyConnected): the number of classes to add is 0, legal: 1 or more");
  CHECK(errorIn(model.addClasses(40000)).code == Errc::Value);
  CHECK(errorIn(model.addClasses(std::numeric_limits<int>::max())).code == Errc::Value);
  const Tensor inputs = samplesOf(random, Shape{6, 1, 1, 20});
  REQUIRE(model.fit(inputs, std::vector<int>{0, 1, 0, 1, 0, 1}).ok());
  const Tensor before = *layer.getVariable("weights");
  REQUIRE(model.addClasses(3).ok());
  CHECK(model.learning()->get("num_classes").value() == 5);
  CHECK(model.outputShape() == Shape{1, 1, 10});
  const Tensor after = *layer.getVariable("weights");
  for (std::int64_t i = 0; i < 20; ++i) {
    for (std::int64_t u = 0; u < 4; ++u)
      CHECK(after.integer(i * 10 + u) == before.integer(i * 4 + u));
  }
  CHECK(*layer.getVariable("threshold") ==
        tensorOf(DType::I32, Shape{10}, {1, 2, 3, 4, 0, 0, 0, 0, 0, 0}));
  CHECK(*layer.getVariable("act_step") ==
        Tensor::of(Shape{10}, std::vector<float>{2, 2, 2, 2, 1, 1, 1, 1, 1, 1}));
  REQUIRE(model.fit(inputs, 4).ok());
  CHECK(layer.getVariable("threshold_learning")->integer(8) > 0);
  // Compiled again, it begins anew.
  REQUIRE(model.compile(optimizer(5, 5, 9)).ok());
  CHECK(model.getLayer("learned")->getVariable("learning_steps")->integer(8) == 0);
}

TEST_CASE("learning vectors") {
  const std::string folder = "../shared/data/akida/learning/";
  for (const char* name : {"labelled", "spatial_add_classes", "unlabelled"}) {
    CAPTURE(name);
    Result<SafeTensors> file = readSafeTensors(folder + name + ".safetensors");
    if (!file.ok()) return skip(folder + " is not here");
    CHECK(api::isLearningVector(*file));
    const auto vector = api::readLearningVector(*file);
    REQUIRE_MESSAGE(vector.ok(), vector.error().message);
    Result<api::Model> model = api::learningModel(*vector);
    REQUIRE(model.ok());
    const Result<VectorResult> result = api::verifyLearning(*vector, *model);
    REQUIRE_MESSAGE(result.ok(), result.error().message);
    CHECK_MESSAGE(result->mismatches.empty(), result->mismatches.front().toString());
    CHECK(result->values > 1000);
    // Any other seed shows.
    api::LearningVector changed = *vector;
    ++changed.optimizer.seed;
    Result<api::Model> wrong = api::learningModel(changed);
    REQUIRE(wrong.ok());
    CHECK_FALSE(api::verifyLearning(changed, *wrong)->mismatches.empty());
  }
}

}  // namespace glint::test