#include <chrono>
#include <utility>

#include "apps/glint/arrays.h"
#include "apps/glint/output.h"
#include "apps/glint/run.h"
#include "nnets/formats/vector_file.h"

namespace glint::cli {
namespace {

using Outputs = std::map<int, Tensor>;

/// Outputs of one sample by the reference, in the element types of the interface.
Result<Outputs> referenceOutputs(const Model& model, const std::vector<Tensor>& feeds,
                                 std::vector<LayerState>& states) {
  GLINT_ASSIGN(std::vector<Tensor> all, runReference(model, feeds, states));
  Outputs outputs;
  for (const int layer : model.outputs()) {
    Tensor& output = all[static_cast<std::size_t>(layer)];
    if (isInteger(output.type())) {
      GLINT_ASSIGN(output, convertIntegers(output, model.outputType(layer).dtype()));
    }
    outputs.emplace(layer, std::move(output));
  }
  return outputs;
}

void append(Tensor& stacked, std::int64_t sample, std::int64_t count, const Tensor& output) {
  if (sample == 0) {
    Shape shape{count};
    for (int axis = 0; axis < output.shape().rank(); ++axis) shape.append(output.shape()[axis]);
    stacked = Tensor(output.type(), shape);
  }
  std::copy(output.bytes().begin(), output.bytes().end(),
            stacked.bytes().begin() + sample * static_cast<std::int64_t>(output.bytes().size()));
}

/// Samples through one model, one after the other.
class ArrayRun {
 public:
  ArrayRun(const RunOptions& options, Model model, std::vector<Tensor> feeds)
      : options_(options), model_(std::move(model)), feeds_(std::move(feeds)) {}

  Result<int> run() {
    GLINT_TRY(open());
    const std::int64_t count = feeds_[0].shape()[0];
    for (std::int64_t i = 0; i < count; ++i) {
      GLINT_TRY(runSample(i, count));
      progress_.show("computing", i + 1, count);
    }
    progress_.clear();
    report_.set("sample_ms", medianOf(times_));
    GLINT_TRY(writeOutputs());
    if (options_.check) describeCheck();
    if (options_.common.json) printJson(report_);
    return difference_.empty() ? kDone : kFailed;
  }

 private:
  void say(const char* label, const std::string& line) {
    if (!options_.common.json) print(text("%-9s ", label) + line);
  }

  Status open() {
    if (!options_.common.onReference()) {
      GLINT_ASSIGN(device_, openDevice(options_.common));
      GLINT_ASSIGN(session_, Session::create(*device_.context, model_,
                                             sessionOptions(device_, options_.common, progress_)));
      progress_.clear();
      noteSoftware(softwareLayers(model_, session_->schedule()));
      report_.set("layers", layersJson(model_, session_->schedule()));
    }
    const std::string device = session_ ? device_.name() : "the reference, on the processor";
    report_.set("device", device);
    report_.set("backend", options_.common.backend);
    report_.set("model", options_.model);
    report_.set("input", options_.input);
    say("device", device);
    return {};
  }

  Status runSample(std::int64_t i, std::int64_t count) {
    std::vector<Tensor> feeds;
    for (const Tensor& feed : feeds_) feeds.push_back(sampleOf(feed, i));
    const auto begin = std::chrono::steady_clock::now();
    GLINT_ASSIGN(const Outputs outputs,
                 session_ ? session_->run(feeds) : referenceOutputs(model_, feeds, states_));
    const auto end = std::chrono::steady_clock::now();
    times_.push_back(std::chrono::duration<double, std::milli>(end - begin).count());
    for (const auto& [layer, output] : outputs) {
      append(stacked_[model_.layer(layer).name], i, count, output);
    }
    if (!options_.check || !difference_.empty()) return {};
    GLINT_ASSIGN(const Outputs expected, referenceOutputs(model_, feeds, expectedStates_));
    for (const auto& [layer, output] : outputs) {
      const auto found = firstDifference(output, expected.at(layer));
      if (!found) continue;
      difference_ = describe(model_.layer(layer)) + ", sample " + std::to_string(i) + ", " + *found;
      break;
    }
    return {};
  }

  Status writeOutputs() {
    Json shapes = Json::object();
    for (const auto& [layer, tensor] : stacked_) {
      const std::string shape = std::string(name(tensor.type())) + " " + tensor.shape().toString();
      shapes.set(layer, shape);
      say("result", layer + ": " + shape);
    }
    report_.set("outputs", std::move(shapes));
    say("time", milliseconds(medianOf(times_)) + " ms a sample (median)");
    if (options_.output.empty()) return {};
    GLINT_TRY(saveOutputs(options_.output, stacked_));
    report_.set("output", options_.output);
    say("wrote", options_.output);
    return {};
  }

  void describeCheck() {
    std::int64_t values = 0;
    for (const auto& [layer, tensor] : stacked_) values += tensor.size();
    report_.set("checked_values", values);
    report_.set("agree", difference_.empty());
    if (difference_.empty()) {
      say("check", "GPU and reference agree on all " + grouped(values) + " values");
      return;
    }
    report_.set("difference", difference_);
    note("error: GPU and reference differ: " + difference_);
  }

  const RunOptions& options_;
  Model model_;
  std::vector<Tensor> feeds_;  ///< [n, x, y, c], by Model::feeds
  Progress progress_;
  Device device_;
  std::unique_ptr<Session> session_;        ///< goes before the device
  std::vector<LayerState> states_;          ///< of the reference: samples are steps
  std::vector<LayerState> expectedStates_;  ///< of the reference that checks
  std::map<std::string, Tensor> stacked_;
  std::vector<double> times_;
  std::string difference_;
  Json report_ = Json::object();
};

}  // namespace

Result<int> runArrays(const RunOptions& options, const Model& model) {
  if (!options.compare.empty()) throw WrongUse{"--compare needs a picture as input"};
  if (!options.output.empty() && !isArrayFile(options.output)) {
    throw WrongUse{"numbers in, numbers out: give -o a name in .npy or .safetensors"};
  }
  GLINT_ASSIGN(std::vector<Tensor> feeds, loadFeeds(options.input, model));
  GLINT_ASSIGN(Model bound, bindToFeeds(model, feeds));
  return ArrayRun(options, std::move(bound), std::move(feeds)).run();
}

}  // namespace glint::cli
