#include "apps/glint/stream.h"

#include <chrono>
#include <csignal>
#include <deque>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "apps/glint/arrays.h"
#include "apps/glint/commands.h"
#include "apps/glint/engine.h"
#include "apps/glint/output.h"
#include "apps/glint/run.h"
#include "apps/glint/stream_files.h"
#include "apps/glint/stream_output.h"

namespace glint::cli {
namespace {

/// Less than that gives no figure of the speed.
constexpr std::int64_t kFewestTimed = 10;
constexpr double kShortestTimed = 0.1;

/// A model and what flows through it.
class StreamRun {
 public:
  StreamRun(const StreamOptions& options, Model model)
      : options_(options), model_(std::move(model)) {}

  Result<int> run() {
    GLINT_TRY(openEnds());
    GLINT_TRY(openStream());
    Status status = flow();
    if (delivered_ > 0 && (status.ok() || status.error().code == Errc::Format)) {
      // A stream that breaks off was whole up to there.
      GLINT_TRY(finish());
    }
    if (!status.ok()) return status.error();
    if (options_.common.json) printJson(report_);
    return difference_.empty() ? kDone : kFailed;
  }

 private:
  void say(const char* label, const std::string& line) {
    const std::string whole = text("%-9s ", label) + line;
    if (options_.common.json) return;
    if (output_->takesStdout()) {
      note(whole);
    } else {
      print(whole);
    }
  }

  Status openEnds() {
    GLINT_ASSIGN(input_, openStreamInput(options_.inputs, options_.raw, model_));
    Result<PictureOutput> described = pictureOutput(model_);
    if (!described.ok()) return within(options_.model, described.error());
    film_ = described->kind == PictureOutput::Kind::Image && input_->framed() &&
            !isArrayFile(options_.output);
    if (!film_) {
      if (!options_.output.empty() && !isArrayFile(options_.output)) {
        const bool unframed = described->kind == PictureOutput::Kind::Image;
        throw WrongUse{"-o " + options_.output + ": " +
                       (unframed ? (options_.raw ? "--raw" : inputName(options_)) +
                                       " gives steps without frames, whose results are numbers"
                                 : options_.model + " gives numbers") +
                       "; write them to .npy or .safetensors"};
      }
      output_ = numbersOutput(model_, *described, options_.output, options_.common.json);
      return {};
    }
    if (!options_.output.empty() && !options_.output.ends_with(".y4m")) {
      throw WrongUse{"-o " + options_.output + ": a film is written to .y4m"};
    }
    if (options_.output.empty() && isatty(STDOUT_FILENO) != 0) {
      throw WrongUse{"the result is a film: pipe it on, or write it with -o FILE.y4m"};
    }
    if (options_.output.empty() && options_.common.json) {
      throw WrongUse{"--json needs standard output: write the film with -o FILE.y4m"};
    }
    auto film = filmOutput(model_, *described, *input_, options_.output);
    if (!film.ok()) return within(inputName(options_), film.error());
    output_ = std::move(film).value();
    return {};
  }

  Status openStream() {
    const bool reference = options_.common.onReference();
    if (reference) {
      stream_ = referenceStream(model_);
    } else {
      GLINT_ASSIGN(device_, openDevice(options_.common));
      GLINT_ASSIGN(session_, Session::create(*device_.context, model_,
                                             sessionOptions(device_, options_.common, progress_)));
      progress_.clear();
      noteSoftware(softwareLayers(session_->model(), session_->schedule()));
      GLINT_ASSIGN(stream_, session_->stream());
    }
    if (options_.check) expected_ = referenceStream(model_);
    if (!options_.restore.empty()) {
      GLINT_TRY(stream_->restore(options_.restore));
      if (expected_ != nullptr) GLINT_TRY(expected_->restore(options_.restore));
    }
    const std::string device = reference ? "the reference, on the processor" : device_.name();
    say("device", reference ? device : device + ", driver " + device_.driver());
    say("model", options_.model + ": " + std::to_string(model_.layerCount()) + " layers, " +
                     grouped(model_.macs()) + " multiply-accumulates a step");
    say("input", input_->describe());
    report_.set("device", device);
    report_.set("backend", options_.common.backend);
    report_.set("model", options_.model);
    report_.set("macs", model_.macs());
    return {};
  }

  /// All steps. Errors of the input end the stream, after what came before was delivered.
  Status flow() {
    // Frames overlap: one is drawn while the one before is read back. Scores come at once.
    const std::size_t depth = film_ ? 1 : 0;
    Status input;
    if (session_ != nullptr) counters_ = device_.context->counters();
    for (;;) {
      Result<std::optional<StreamStep>> step = input_->next();
      if (!step.ok()) input = step.error();
      if (!step.ok() || !step->has_value()) break;
      GLINT_TRY(push(**step));
      waiting_.push_back(std::move(**step));
      // The reference waits until nothing is drawn beside it: it is no part of the model's time.
      if (waiting_.size() > depth) GLINT_TRY(deliver(expected_ == nullptr ? 1 : waiting_.size()));
    }
    GLINT_TRY(deliver(waiting_.size()));
    timed_ = std::chrono::steady_clock::now() - begin_ - checking_;
    progress_.clear();
    if (!input.ok() || steps_ > 0) return input;
    return within(
        inputName(options_),
        Error{Errc::Format, input_->framed() ? "the film has no frames" : "there are no steps"});
  }

  bool startsAnew(std::int64_t step) const {
    return options_.resetEvery > 0 && step > 0 && step % options_.resetEvery == 0;
  }

  Status push(const StreamStep& step) {
    if (startsAnew(steps_)) GLINT_TRY(stream_->reset());
    Status status = stream_->push(step.feeds);
    if (!status.ok()) return within("step " + std::to_string(steps_), status.error());
    ++steps_;
    return {};
  }

  /// The oldest `count` of the steps that wait.
  Status deliver(std::size_t count) {
    std::vector<Stream::Outputs> fetched(count);
    for (Stream::Outputs& outputs : fetched) {
      GLINT_ASSIGN(outputs, stream_->fetch());
    }
    for (const Stream::Outputs& outputs : fetched) {
      const StreamStep step = std::move(waiting_.front());
      waiting_.pop_front();
      if (expected_ != nullptr) GLINT_TRY(check(step, outputs));
      GLINT_TRY(output_->put(step, outputs));
      progress_.show("streaming", ++delivered_, input_->length());
    }
    if (warmUp_ > 0) return {};
    warmUp_ = delivered_;
    checking_ = {};
    begin_ = std::chrono::steady_clock::now();
    return {};
  }

  Status check(const StreamStep& step, const Stream::Outputs& outputs) {
    const auto begin = std::chrono::steady_clock::now();
    if (startsAnew(delivered_)) GLINT_TRY(expected_->reset());
    GLINT_ASSIGN(const Stream::Outputs expected, expected_->step(step.feeds));
    for (const auto& [layer, output] : outputs) {
      checked_ += output.size();
      const auto found = firstDifference(output, expected.at(layer));
      if (!found || !difference_.empty()) continue;
      difference_ =
          describe(model_.layer(layer)) + ", step " + std::to_string(delivered_) + ", " + *found;
    }
    checking_ += std::chrono::steady_clock::now() - begin;
    return {};
  }

  Status finish() {
    GLINT_TRY(output_->finish(report_));
    if (!options_.snapshot.empty()) GLINT_TRY(stream_->snapshot(options_.snapshot));
    report_.set("steps", delivered_);
    describeSpeed();
    if (!options_.output.empty()) say("wrote", options_.output);
    if (!options_.snapshot.empty()) say("snapshot", options_.snapshot);
    if (expected_ == nullptr) return {};
    report_.set("checked_values", checked_);
    report_.set("agree", difference_.empty());
    if (difference_.empty()) {
      say("check", "GPU and reference agree on all " + grouped(checked_) + " values");
      return {};
    }
    report_.set("difference", difference_);
    note("error: GPU and reference differ: " + difference_);
    return {};
  }

  void describeSpeed() {
    std::string line = grouped(delivered_) + (delivered_ == 1 ? " step" : " steps");
    const double seconds = std::chrono::duration<double>(timed_).count();
    const std::int64_t steps = delivered_ - warmUp_;
    if (steps >= kFewestTimed && seconds >= kShortestTimed) {
      const double rate = static_cast<double>(steps) / seconds;
      line += text(", %.1f a second", rate);
      report_.set("steps_per_s", rate);
    }
    if (session_ != nullptr && steps_ > 0) {
      const gpu::Counters& now = device_.context->counters();
      const std::int64_t up = (now.bytesUploaded - counters_.bytesUploaded) / steps_;
      const std::int64_t down = (now.bytesRead - counters_.bytesRead) / steps_;
      line += "; " + grouped(up) + " bytes up and " + grouped(down) + " down a step";
      report_.set("bytes_up", up);
      report_.set("bytes_down", down);
    }
    say("stream", line);
  }

  const StreamOptions& options_;
  Model model_;
  Progress progress_;
  Device device_;
  std::unique_ptr<Session> session_;  ///< goes before the device
  std::unique_ptr<Stream> stream_;    ///< goes before the session
  std::unique_ptr<Stream> expected_;
  std::unique_ptr<StreamInput> input_;
  std::unique_ptr<StreamOutput> output_;
  std::deque<StreamStep> waiting_;
  bool film_ = false;
  std::int64_t steps_ = 0, delivered_ = 0, checked_ = 0;
  std::int64_t warmUp_ = 0;  ///< the first steps, which figures leave out
  std::chrono::steady_clock::time_point begin_;
  std::chrono::steady_clock::duration checking_{}, timed_{};
  gpu::Counters counters_;
  std::string difference_;
  Json report_ = Json::object();
};

}  // namespace

Result<int> runStream(const StreamOptions& options) {
  if (options.check && options.common.onReference()) {
    throw WrongUse{"--check compares the GPU with the reference; leave out --backend reference"};
  }
  GLINT_TRY(checkFiles(options));
  // A pipe whose reader went away shall be an error with a name.
  std::signal(SIGPIPE, SIG_IGN);
  GLINT_ASSIGN(Model model, loadModelAt(options.model, {}));
  return StreamRun(options, std::move(model)).run();
}

void addStream(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand("stream", "Run a model step by step on what comes in");
  auto options = std::make_shared<StreamOptions>();
  command->add_option("model", options->model, "Model file (.glint) or description (bench/*.json)")
      ->required();
  command->add_option("input", options->inputs,
                      "A film (Y4M, 8 bits), an array of steps (.npy, .safetensors), a folder of "
                      "pictures, or pictures; '-' or nothing: film or .npy on standard input");
  command->add_flag("--raw", options->raw,
                    "The input is bare steps: the feed's numbers, one step behind the other");
  command->add_option("-o,--output", options->output,
                      "Write the film (.y4m; else to standard output) or the numbers (.npy, "
                      ".safetensors)");
  command->add_option("--restore", options->restore, "Go on from a snapshot's state");
  command->add_option("--snapshot", options->snapshot, "Write the state after the last step");
  command->add_option("--reset-every", options->resetEvery, "Clear the state after so many steps")
      ->check(CLI::Range(1, 1 << 30));
  command->add_flag("--check", options->check,
                    "Compare every value with the reference; they must be equal");
  addCommonOptions(*command, options->common);
  command->footer(
      "Example: ffmpeg -i dark.mp4 -pix_fmt yuv420p -f yuv4mpegpipe - | glint stream "
      "assets/models/lowlight.glint | ffmpeg -i - clean.mp4\n"
      "A film that breaks off is an error; what was whole is delivered, and the snapshot written.");
  command->callback([options, &invocation] {
    invocation = {[options] { return runStream(*options); }, &options->common};
  });
}

}  // namespace glint::cli
