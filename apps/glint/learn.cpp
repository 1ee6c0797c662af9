#include "apps/glint/learn.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "apps/glint/learn_features.h"
#include "apps/glint/output.h"
#include "nnets/formats/model_file.h"
#include "nnets/learning/learned_layer.h"
#include "nnets/runtime/gl_device.h"

namespace glint::cli {
namespace {

constexpr int kNeurons = 20;          ///< of a class
constexpr double kCompetition = 0.1;  ///< more leaves neurons idle (docs/learning.md)

constexpr const char* kSuited =
    "a model for pictures like assets/models/digit_features.glint, a chain of layers of Akida 1.0 "
    "whose last one gives 1 bit";

/// One model from folders to file.
class Learner {
 public:
  explicit Learner(const LearnOptions& options) : options_(options) {}

  Result<int> run() {
    GLINT_TRY(checkFiles(options_));
    GLINT_ASSIGN(glint::Model graph, loadModelAt(options_.model, {}));
    GLINT_TRY(prepare(graph));
    GLINT_TRY(readPictures());
    splitPictures();
    for (const std::string& line : notesOf(options_, form_, classes_, heldOut_, report_.names)) {
      note("note: " + line);
    }
    GLINT_TRY(extract(graph));
    GLINT_TRY(compile(std::move(graph)));
    GLINT_TRY(teach());
    GLINT_TRY(save());
    GLINT_TRY(reportLearning(options_, report_));
    return kDone;
  }

 private:
  bool endsInFullyConnected(const glint::Model& graph) const {
    return graph.layerCount() > 1 && graph.layer(graph.layerCount() - 1).type() == "FullyConnected";
  }

  /// What pictures become, and the classes that were learned already.
  Status prepare(const glint::Model& graph) {
    Result<std::optional<PictureInput>> input = pictureInput(graph);
    if (!input.ok()) return within(options_.model, input.error());
    if (!input->has_value()) {
      return Error{Errc::Value, options_.model +
                                    ": the model file does not say how a picture becomes its input "
                                    "(docs/file-format.md), legal: " +
                                    kSuited};
    }
    const TensorType& feed = graph.inputTypes(graph.feeds()[0])[0];
    form_ = {static_cast<int>(feed.y()), static_cast<int>(feed.x()), (*input)->colour};
    const glint::Layer& last = graph.layer(graph.layerCount() - 1);
    if (endsInFullyConnected(graph) && options_.neurons) {
      throw WrongUse{"--neurons: " + describe(last) + " of the model has its neurons already"};
    }
    if (last.learning() == nullptr) return {};
    if (options_.shapesLayer()) {
      throw WrongUse{
          "the model has learned already and goes on as it is; leave out --num-weights, "
          "--competition and --seed"};
    }
    Result<PictureOutput> output = pictureOutput(graph);
    if (!output.ok()) return within(options_.model, output.error());
    if (output->kind != PictureOutput::Kind::Labels) {
      return within(options_.model + ": " + describe(last),
                    Error{Errc::Value,
                          "learned classes without names, legal: 'outputs' of kind "
                          "labels with one name a class"});
    }
    report_.names = output->names;
    return {};
  }

  Status readPictures() {
    for (const std::string& folder : options_.folders) {
      progress_.show("reading", static_cast<std::int64_t>(classes_.size()),
                     static_cast<std::int64_t>(options_.folders.size()));
      GLINT_ASSIGN(PictureClass loaded, loadClass(folder, form_, options_.skipUnreadable));
      for (const std::string& why : loaded.skipped) note("skipped: " + why);
      for (const PictureClass& other : classes_) {
        if (other.name != loaded.name) continue;
        return Error{Errc::Value, folder + ": a second folder called '" + loaded.name +
                                      "'; each class has one folder of its own name"};
      }
      const auto known = std::find(report_.names.begin(), report_.names.end(), loaded.name);
      labels_.push_back(static_cast<int>(known - report_.names.begin()));
      if (known == report_.names.end()) report_.names.push_back(loaded.name);
      classes_.push_back(std::move(loaded));
    }
    progress_.clear();
    return {};
  }

  /// The last pictures of each class are held out.
  void splitPictures() {
    heldOut_ = classes_;
    for (std::size_t c = 0; c < classes_.size(); ++c) {
      std::vector<Tensor>& codes = classes_[c].codes;
      const auto count = static_cast<double>(codes.size());
      const auto most = static_cast<std::ptrdiff_t>(codes.size()) - 1;
      const auto held =
          std::min(static_cast<std::ptrdiff_t>(std::lround(count * options_.heldOut)), most);
      heldOut_[c].codes.assign(codes.end() - held, codes.end());
      codes.resize(codes.size() - static_cast<std::size_t>(held));
      most_ = std::max(most_, codes.size());
      report_.learned += codes.size();
      report_.tested += heldOut_[c].codes.size();
    }
  }

  Status map(api::Model& model) {
    if (options_.common.onReference()) {
      report_.device = "the reference, on the processor";
      return {};
    }
    if (glDevice_ == nullptr) {
      GLINT_ASSIGN(device_, openDevice(options_.common));
      report_.device = device_.name();
      glDevice_ = std::make_shared<GlDevice>(*device_.context,
                                             sessionOptions(device_, options_.common, progress_));
    }
    Status mapped = model.map(glDevice_);
    progress_.clear();
    return mapped;
  }

  /// Features of all pictures: what neighbours are compared by, and how many of them are 1.
  Status extract(const glint::Model& graph) {
    glint::Model extractor = graph;
    if (endsInFullyConnected(graph)) extractor.popLayer();
    const glint::Layer& last = extractor.layer(extractor.layerCount() - 1);
    const TensorType& type = extractor.outputType(extractor.layerCount() - 1);
    if (type.bits != 1 || type.isSigned || extractor.outputs().size() != 1) {
      return within(options_.model + ": " + describe(last),
                    Error{Errc::Value, "gives " + type.toString() +
                                           "; what learns reads one map of 1-bit features "
                                           "(act_bits 1), legal: " +
                                           kSuited});
    }
    api::Model features(std::move(extractor));
    GLINT_TRY(map(features));
    GLINT_ASSIGN(known_, featuresOf(features, classes_, labels_, progress_));
    GLINT_ASSIGN(unknown_, featuresOf(features, heldOut_, labels_, progress_));
    return {};
  }

  Status compile(glint::Model graph) {
    const auto classes = static_cast<int>(report_.names.size());
    const bool learned = graph.layer(graph.layerCount() - 1).learning() != nullptr;
    if (!endsInFullyConnected(graph)) {
      Json parameters;
      parameters.set("units", options_.neurons.value_or(kNeurons) * classes);
      parameters.set("weights_bits", 1);
      parameters.set("activation", false);
      model_ = api::Model(std::move(graph));
      GLINT_ASSIGN(const api::Layer layer, api::Layer::create("FullyConnected", parameters));
      GLINT_TRY(model_.add(layer));
    } else {
      model_ = api::Model(std::move(graph));
    }
    if (learned) {
      const int before = model_.learning()->params().numClasses;
      if (classes > before) GLINT_TRY(model_.addClasses(classes - before));
    } else {
      LearningParams params;
      params.numWeights = options_.numWeights.value_or(usualOnes(known_));
      params.numClasses = classes;
      params.learningCompetition = static_cast<float>(options_.competition.value_or(kCompetition));
      params.seed = options_.seed.value_or(0);
      GLINT_TRY(model_.compile(api::Optimizer(params)));
    }
    return map(model_);
  }

  /// Picture `i` of each class that has one; each by itself, for many neurons learn slowly.
  Status teachTurn(std::size_t i) {
    for (std::size_t c = 0; c < classes_.size(); ++c) {
      if (i >= classes_[c].codes.size()) continue;
      progress_.show("learning", taught_++, static_cast<std::int64_t>(report_.learned));
      const Tensor& codes = classes_[c].codes[i];
      const Shape& shape = codes.shape();
      const Tensor one = codes.reshaped(Shape{1, shape[0], shape[1], shape[2]});
      GLINT_ASSIGN(const Tensor ignored, model_.fit(one, std::vector<int>{labels_[c]}));
    }
    return {};
  }

  Status teach() {
    std::size_t taught = 0;
    for (const std::size_t examples : checkpoints(most_)) {
      for (; taught < examples; ++taught) GLINT_TRY(teachTurn(taught));
      if (report_.tested == 0) continue;
      GLINT_TRY(measure(examples));
    }
    progress_.clear();
    if (model_.schedule() != nullptr) {
      report_.software = softwareLayers(model_.graph(), *model_.schedule());
      for (const std::string& line : report_.software) note("note: " + line);
    }
    return {};
  }

  Status measure(std::size_t examples) {
    const auto classes = static_cast<int>(report_.names.size());
    std::size_t most = 0, right = 0;
    for (const PictureClass& one : heldOut_) most = std::max(most, one.codes.size());
    for (std::size_t i = 0; i < most; ++i) {
      progress_.show("measuring after " + std::to_string(examples), static_cast<std::int64_t>(i),
                     static_cast<std::int64_t>(most));
      const Examples next = examplesOf(heldOut_, labels_, i, i + 1);
      GLINT_ASSIGN(const Tensor found, model_.predictClasses(next.inputs, classes));
      for (std::size_t k = 0; k < next.labels.size(); ++k) {
        right += found.integer(static_cast<std::int64_t>(k)) == next.labels[k] ? 1 : 0;
      }
    }
    // known_ has the classes in turns; those with fewer pictures drop out.
    std::size_t known = 0;
    for (const PictureClass& one : classes_) known += std::min(examples, one.codes.size());
    const std::size_t nearest = nearestRight(known_, known, unknown_);
    const auto tested = static_cast<double>(report_.tested);
    report_.points.push_back(
        {examples, static_cast<double>(right) / tested, static_cast<double>(nearest) / tested});
    return {};
  }

  Status save() {
    glint::Model graph = model_.graph();
    const int last = graph.layerCount() - 1;
    const LearningParams& params = *graph.layer(last).learning();
    Json output;
    output.set("kind", "labels");
    output.set("names", Json(Json::Array(report_.names.begin(), report_.names.end())));
    graph.outputInfo = Json::object();
    graph.outputInfo.set(graph.layer(last).name, std::move(output));
    GLINT_ASSIGN(const LearnedState state, learnedState(graph));
    report_.inputs = state.inputs;
    report_.neurons = state.units() / params.numClasses;
    report_.numWeights = params.numWeights;
    report_.learnedNeurons =
        state.units() - std::count(state.learningSteps.begin(), state.learningSteps.end(), 0);
    return saveModel(graph, options_.output);
  }

  const LearnOptions& options_;
  Progress progress_;
  PictureForm form_;
  std::vector<PictureClass> classes_, heldOut_;  ///< by folder: to learn from, and to test
  std::vector<int> labels_;                      ///< by folder: the number of its class
  std::size_t most_ = 0;                         ///< examples of a class
  std::int64_t taught_ = 0;                      ///< pictures
  std::vector<FeatureSample> known_, unknown_;
  Device device_;
  std::shared_ptr<GlDevice> glDevice_;
  api::Model model_;  ///< goes before the devices
  LearnReport report_;
};

}  // namespace

Result<int> runLearn(const LearnOptions& options) { return Learner(options).run(); }

}  // namespace glint::cli
