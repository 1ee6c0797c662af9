#include <algorithm>
#include <filesystem>
#include <memory>
#include <numeric>
#include <set>

#include <CLI/CLI.hpp>

#include "apps/glint/commands.h"
#include "apps/glint/device.h"
#include "apps/glint/output.h"
#include "apps/glint/verify_learning.h"
#include "core/table.h"
#include "nnets/api/learning_vector.h"
#include "nnets/formats/model_file.h"
#include "nnets/formats/sinabs_vector.h"
#include "nnets/formats/vector_file.h"

namespace glint::cli {
namespace {

namespace fs = std::filesystem;

enum class Verdict { Passed, Failed, Skipped };

struct Outcome {
  std::string path;
  std::string kind;  ///< layer type, "network" or "unreadable"
  Verdict verdict = Verdict::Failed;
  std::string detail;  ///< first difference, error or reason
  std::int64_t values = 0;
};

/// The files named, and *.safetensors in the folders, in order.
Result<std::vector<std::string>> collect(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code failure;
    if (!fs::is_directory(path, failure)) {
      if (!fs::exists(path, failure)) {
        return Error{Errc::File, path + ": there is no such file or folder"};
      }
      files.push_back(path);
      continue;
    }
    std::vector<std::string> found;
    auto at = fs::recursive_directory_iterator(path, failure);
    while (!failure && at != fs::recursive_directory_iterator()) {
      if (at->path().extension() == ".safetensors") found.push_back(at->path().string());
      at.increment(failure);
    }
    if (failure) return Error{Errc::File, path + ": " + failure.message()};
    std::sort(found.begin(), found.end());
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

constexpr const char* kSpiking = "sinabs run";

/// The layer type that a vector is about: its only one, host edges aside.
std::string kindOf(const std::string& path) {
  const auto file = readModelContainer(path);
  if (!file.ok()) return "unreadable";
  if (isSinabsVector(*file)) return kSpiking;
  if (api::isLearningVector(*file)) return "AkidaUnsupervised";
  const auto header = file->metadata.find("glint");
  if (header == file->metadata.end()) return "unreadable";
  const Result<Json> json = parseJson(header->second);
  const Json* layers = json.ok() ? json->find("layers") : nullptr;
  if (layers == nullptr || layers->asArray() == nullptr) return "unreadable";
  std::set<std::string> inner, edges;
  for (const Json& layer : *layers->asArray()) {
    const Json* type = layer.find("type");
    if (type == nullptr || type->asString() == nullptr) return "unreadable";
    (isHostEdge(*type->asString()) ? edges : inner).insert(*type->asString());
  }
  const std::set<std::string>& kinds = inner.empty() ? edges : inner;
  if (kinds.size() == 1) return inner.empty() ? *kinds.begin() + " (host edge)" : *kinds.begin();
  return inner.empty() ? "host edges" : "network";
}

class Verifier {
 public:
  explicit Verifier(const CommonOptions& options) : options_(options) {}

  Status open() {
    if (options_.onReference()) return {};
    GLINT_ASSIGN(device_, openDevice(options_));
    return {};
  }

  std::string deviceName() const {
    return options_.onReference() ? "the reference, on the processor" : device_.name();
  }

  Outcome verify(const std::string& path) {
    Outcome outcome{path, kindOf(path), Verdict::Failed, {}, 0};
    if (outcome.kind == kSpiking) return verifySpiking(outcome);
    if (outcome.kind == "AkidaUnsupervised") return verifyLearned(outcome);
    const Result<VectorFile> vector = loadVector(path);
    if (!vector.ok()) return refuse(outcome, vector.error());
    if (options_.onReference()) return judge(outcome, verifyReference(*vector), "");
    auto session = openSession(vector->model);
    if (!session.ok()) return refuse(outcome, session.error());
    return judge(outcome, runOn(**session, *vector), software(**session));
  }

 private:
  /// A session that gives every layer's output.
  Result<std::unique_ptr<Session>> openSession(const Model& model) {
    SessionOptions options = sessionOptions(device_, options_, silent_);
    options.progress = nullptr;
    options.fetch.resize(static_cast<std::size_t>(model.layerCount()));
    std::iota(options.fetch.begin(), options.fetch.end(), 0);
    return Session::create(*device_.context, model, std::move(options));
  }

  Outcome verifySpiking(const Outcome& outcome) {
    const Result<SinabsVector> vector = loadSinabsVector(outcome.path);
    if (!vector.ok()) return refuse(outcome, vector.error());
    if (options_.onReference()) return judge(outcome, verifyReference(*vector), "");
    auto session = openSession(vector->model);
    if (!session.ok()) return refuse(outcome, session.error());
    auto stream = (*session)->stream();
    if (!stream.ok()) return refuse(outcome, stream.error());
    Stream& on = **stream;
    const SpikingRunner run{
        [&on](std::span<const Tensor> feeds) -> Result<std::vector<Tensor>> {
          GLINT_ASSIGN(Stream::Outputs outputs, on.step(feeds));
          std::vector<Tensor> layers(static_cast<std::size_t>(on.model().layerCount()));
          for (auto& [layer, tensor] : outputs) {
            layers[static_cast<std::size_t>(layer)] = std::move(tensor);
          }
          return layers;
        },
        [&on]() -> Result<std::vector<LayerState>> {
          GLINT_ASSIGN(State state, on.state());
          return std::move(state.layers);
        },
        [&on](const std::vector<LayerState>& states) { return on.setState({states}); }};
    return judge(outcome, verifySinabs(*vector, run), software(**session));
  }

  Outcome verifyLearned(const Outcome& outcome) {
    Result<SafeTensors> file = readModelContainer(outcome.path);
    if (!file.ok()) return refuse(outcome, file.error());
    const Device* device = options_.onReference() ? nullptr : &device_;
    SessionOptions options;
    if (device != nullptr) options = sessionOptions(device_, options_, silent_);
    options.progress = nullptr;
    std::string software;
    const Result<VectorResult> result = verifyLearning(*std::move(file), device, options, software);
    return judge(outcome, result, software);
  }

  static Result<VectorResult> runOn(Session& session, const VectorFile& vector) {
    const auto layers = static_cast<std::size_t>(vector.model.layerCount());
    GLINT_ASSIGN(const std::unique_ptr<Stream> stream, session.stream());
    const auto run = [&](std::span<const Tensor> feeds, bool reset) -> Result<SampleResult> {
      if (reset) GLINT_TRY(stream->reset());
      GLINT_ASSIGN(Stream::Outputs outputs, stream->step(feeds));
      SampleResult sample;
      sample.layers.resize(layers);
      for (auto& [layer, tensor] : outputs) {
        sample.layers[static_cast<std::size_t>(layer)] = std::move(tensor);
      }
      if (vector.state.empty()) return sample;
      GLINT_ASSIGN(State state, stream->state());
      sample.states = std::move(state.layers);
      return sample;
    };
    return verifyVector(vector, run);
  }

  /// Layers that should have run on the GPU; none when there are only host edges.
  static std::string software(const Session& session) {
    std::string all;
    for (const std::string& line : softwareLayers(session.model(), session.schedule())) {
      all += (all.empty() ? "" : "; ") + line;
    }
    return all;
  }

  /// What this version or device cannot do is skipped; everything else has failed.
  static Outcome refuse(Outcome outcome, const Error& error) {
    if (error.code == Errc::Unsupported) outcome.verdict = Verdict::Skipped;
    outcome.detail = error.message;
    if (outcome.detail.compare(0, outcome.path.size() + 2, outcome.path + ": ") == 0) {
      outcome.detail.erase(0, outcome.path.size() + 2);
    }
    return outcome;
  }

  static Outcome judge(Outcome outcome, const Result<VectorResult>& result,
                       const std::string& inSoftware) {
    if (!result.ok()) return refuse(outcome, result.error());
    outcome.values = result->values;
    if (!result->mismatches.empty()) {
      outcome.detail = result->mismatches[0].toString();
      return outcome;
    }
    outcome.verdict = inSoftware.empty() ? Verdict::Passed : Verdict::Skipped;
    outcome.detail = inSoftware;
    return outcome;
  }

  const CommonOptions& options_;
  Progress silent_;
  Device device_;
};

/// Counts by verdict.
struct Tally {
  std::int64_t passed = 0, failed = 0, skipped = 0;
  void add(Verdict verdict) {
    ++(verdict == Verdict::Passed ? passed : verdict == Verdict::Failed ? failed : skipped);
  }
};

void printOutcomes(const std::vector<Outcome>& outcomes) {
  for (const Outcome& outcome : outcomes) {
    if (outcome.verdict == Verdict::Passed) continue;
    print(std::string(outcome.verdict == Verdict::Failed ? "FAILED  " : "skipped ") + outcome.path +
          ": " + outcome.detail);
  }
  std::map<std::string, Tally> kinds;
  for (const Outcome& outcome : outcomes) kinds[outcome.kind].add(outcome.verdict);
  Table table({"Layer type", ">Passed", ">Failed", ">Skipped"});
  for (const auto& [kind, tally] : kinds) {
    table.row({kind, std::to_string(tally.passed), std::to_string(tally.failed),
               std::to_string(tally.skipped)});
  }
  print(table.toString());
}

Json outcomesJson(const std::vector<Outcome>& outcomes) {
  Json list = Json::array();
  for (const Outcome& outcome : outcomes) {
    Json entry = Json::object();
    entry.set("path", outcome.path);
    entry.set("type", outcome.kind);
    entry.set("verdict", outcome.verdict == Verdict::Passed   ? "passed"
                         : outcome.verdict == Verdict::Failed ? "failed"
                                                              : "skipped");
    entry.set("values", outcome.values);
    if (!outcome.detail.empty()) entry.set("detail", outcome.detail);
    list.push(std::move(entry));
  }
  return list;
}

Result<int> verify(const CommonOptions& options, const std::vector<std::string>& paths) {
  GLINT_ASSIGN(const std::vector<std::string> files, collect(paths));
  Verifier verifier(options);
  GLINT_TRY(verifier.open());
  if (!options.json) print("device    " + verifier.deviceName());
  std::vector<Outcome> outcomes;
  Tally all;
  std::int64_t values = 0;
  Progress progress;
  for (const std::string& file : files) {
    progress.show(fs::path(file).filename().string(), static_cast<std::int64_t>(outcomes.size()),
                  static_cast<std::int64_t>(files.size()));
    outcomes.push_back(verifier.verify(file));
    all.add(outcomes.back().verdict);
    values += outcomes.back().values;
  }
  progress.clear();
  if (options.json) {
    Json json = Json::object();
    json.set("device", verifier.deviceName());
    json.set("backend", options.backend);
    json.set("passed", all.passed);
    json.set("failed", all.failed);
    json.set("skipped", all.skipped);
    json.set("values", values);
    json.set("vectors", outcomesJson(outcomes));
    printJson(json);
  } else {
    if (files.empty()) note("error: no *.safetensors file in the folders named");
    printOutcomes(outcomes);
    print(text("%lld passed, %lld failed, %lld skipped", static_cast<long long>(all.passed),
               static_cast<long long>(all.failed), static_cast<long long>(all.skipped)));
  }
  return all.failed > 0 || all.passed == 0 ? kFailed : kDone;
}

}  // namespace

void addVerify(CLI::App& app, Invocation& invocation) {
  struct Options {
    CommonOptions common;
    std::vector<std::string> paths;
  };
  CLI::App* command = app.add_subcommand("verify", "Run test vectors; every value must be equal");
  auto options = std::make_shared<Options>();
  command->add_option("paths", options->paths, "Vector files, or folders of *.safetensors")
      ->required();
  addCommonOptions(*command, options->common);
  command->footer(
      "On the GPU a vector passes only if every layer ran there, except InputData, Quantizer and\n"
      "Dequantizer, which belong to the host.\n"
      "Example: glint verify --backend reference tests/data");
  command->callback([options, &invocation] {
    invocation = {[options] { return verify(options->common, options->paths); }, &options->common};
  });
}

}  // namespace glint::cli
