#include "apps/glint/run.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <utility>

#include "apps/glint/device.h"
#include "apps/glint/engine.h"
#include "apps/glint/events/events.h"
#include "apps/glint/events/network.h"
#include "apps/glint/events/report.h"
#include "apps/glint/output.h"
#include "core/file.h"
#include "events/gpu/accumulator.h"
#include "nnets/devices/dynapcnn_config.h"
#include "nnets/devices/synaptic_operations.h"

namespace glint::cli {
namespace {

using events::Frame;

/// A stream on the backend that the options name.
struct Runner {
  std::unique_ptr<Session> session;  ///< null on the reference
  std::unique_ptr<Stream> stream;
};

class EventRun {
 public:
  EventRun(const EventsOptions& options, EventNetwork network)
      : options_(options), network_(std::move(network)), output_(network_.model.outputs()[0]) {}

  Result<int> run() {
    report_.net = options_.net;
    report_.recording = options_.recording;
    report_.backend = options_.common.backend;
    report_.macs = network_.model.macs();
    report_.history = SpikeHistory(network_.classes);
    if (options_.read.by == events::FrameBy::Time) {
      report_.secondsPerStep = static_cast<double>(options_.read.step) * 1e-6;
    }
    GLINT_TRY(classify());
    if (!options_.noOperations && !network_.spiking.empty()) GLINT_TRY(countOperations());
    progress_.clear();
    if (!options_.plot.empty()) {
      GLINT_TRY(picture::saveImage(options_.plot, rasterPlot(report_)));
      report_.plot = options_.plot;
    }
    show();
    return options_.chipConfig.empty() ? kDone : writeChipConfig();
  }

 private:
  Result<Runner> open(std::vector<int> fetch) {
    Runner runner;
    if (options_.common.onReference()) {
      report_.device = "the reference, on the processor";
      runner.stream = referenceStream(network_.model, std::move(fetch));
      return runner;
    }
    if (device_.context == nullptr) {
      GLINT_ASSIGN(device_, openDevice(options_.common));
      report_.device = device_.name();
    }
    SessionOptions options = sessionOptions(device_, options_.common, progress_);
    options.fetch = std::move(fetch);
    GLINT_ASSIGN(runner.session,
                 Session::create(*device_.context, network_.model, std::move(options)));
    progress_.clear();
    GLINT_ASSIGN(runner.stream, runner.session->stream());
    return runner;
  }

  /// One step; an error says which one.
  static Result<Stream::Outputs> step(Stream& stream, const Frame& frame) {
    Result<Stream::Outputs> outputs = stream.step(std::span(&frame.counts, 1));
    if (outputs.ok()) return outputs;
    Error error = within("step " + std::to_string(frame.index), outputs.error());
    if (error.code == Errc::Value) error.message += "; take shorter steps (--by)";
    return error;
  }

  Result<RecordingPass> eachFrame(const events::Framer::Sink& sink) {
    if (!options_.countOnGpu) {
      return forEachFrame(options_.recording, options_.read, network_.input, network_.channels,
                          progress_, sink);
    }
    const events::SensorView::Size& size = network_.input;
    GLINT_ASSIGN(const auto accumulator,
                 events::EventAccumulator::create(*device_.context, size.width, size.height));
    const auto count = [&](const Frame& listed) -> Status {
      Frame frame = listed;
      GLINT_ASSIGN(frame.counts, accumulator->accumulate(frame.list, network_.channels == 1));
      if (options_.check) GLINT_TRY(compareCounts(frame));
      return sink(frame);
    };
    return forEachFrame(options_.recording, options_.read, size, network_.channels, progress_,
                        count);
  }

  /// The counts of the GPU with those of the CPU.
  Status compareCounts(const Frame& frame) const {
    Tensor counts(DType::I32, frame.counts.shape());
    const Shape& shape = counts.shape();
    for (const events::Event& event : frame.list) {
      const std::int64_t c = shape[2] == 2 && event.on ? 1 : 0;
      const std::int64_t at = (event.y * shape[1] + event.x) * shape[2] + c;
      ++counts.as<std::int32_t>()[static_cast<std::size_t>(at)];
    }
    const auto difference = firstDifference(frame.counts, counts);
    if (!difference) return {};
    return Error{Errc::Runtime, "GPU and CPU count events differently: step " +
                                    std::to_string(frame.index) + ", " + *difference};
  }

  /// The timed pass: outputs, and nothing else is fetched.
  Status classify() {
    GLINT_ASSIGN(Runner runner, open({}));
    if (runner.session) noteSoftware(softwareLayers(network_.model, runner.session->schedule()));
    const std::unique_ptr<Stream> reference =
        options_.check ? referenceStream(network_.model) : nullptr;
    std::vector<double> times;
    const auto take = [&](const Frame& frame) -> Status {
      const auto begin = std::chrono::steady_clock::now();
      GLINT_ASSIGN(const Stream::Outputs outputs, step(*runner.stream, frame));
      const std::chrono::duration<double, std::milli> taken =
          std::chrono::steady_clock::now() - begin;
      times.push_back(taken.count());
      report_.history.add(outputs.at(output_));
      return reference ? compare(*reference, frame, outputs.at(output_)) : Status();
    };
    GLINT_ASSIGN(report_.pass, eachFrame(take));
    if (report_.history.steps() == 0) {
      return Error{Errc::Value, options_.recording + ": " + grouped(report_.pass.events) +
                                    " events make no whole step; take shorter steps (--by), or "
                                    "--keep-last"};
    }
    double seconds = 0;
    for (std::size_t i = 1; i < times.size(); ++i) seconds += times[i] * 1e-3;
    if (times.size() == 1) seconds = times[0] * 1e-3;
    report_.stepsPerSecond =
        static_cast<double>(std::max<std::size_t>(1, times.size() - 1)) / std::max(seconds, 1e-9);
    report_.stepMs = medianOf(std::move(times));
    return {};
  }

  Status compare(Stream& reference, const Frame& frame, const Tensor& got) {
    GLINT_ASSIGN(const Stream::Outputs expected, step(reference, frame));
    const auto difference = firstDifference(got, expected.at(output_));
    if (difference) {
      return Error{Errc::Runtime, "GPU and reference differ: step " + std::to_string(frame.index) +
                                      ", " + *difference};
    }
    report_.checked = report_.checked.value_or(0) + got.size();
    return {};
  }

  /// A pass that fetches what every spiking layer reads.
  Status countOperations() {
    std::vector<int> read;
    std::vector<dynapcnn::FanOut> reach;
    for (const EventNetwork::Spiking& spiking : network_.spiking) {
      const std::vector<int>& inbounds = network_.model.inboundsOf(spiking.layer);
      read.push_back(inbounds.empty() ? -1 : inbounds[0]);
      reach.emplace_back(spiking.facts);
    }
    std::vector<int> fetch;
    for (const int layer : read) {
      if (layer >= 0) fetch.push_back(layer);
    }
    GLINT_ASSIGN(Runner runner, open(std::move(fetch)));
    double sum = 0;
    const auto take = [&](const Frame& frame) -> Status {
      GLINT_ASSIGN(const Stream::Outputs outputs, step(*runner.stream, frame));
      for (std::size_t i = 0; i < read.size(); ++i) {
        const Tensor& spikes = read[i] < 0 ? frame.counts : outputs.at(read[i]);
        sum += static_cast<double>(reach[i].operations(spikes));
      }
      return {};
    };
    GLINT_ASSIGN(const RecordingPass pass, eachFrame(take));
    report_.operations = sum / static_cast<double>(std::max<std::int64_t>(1, pass.frames));
    return {};
  }

  Result<int> writeChipConfig() {
    GLINT_ASSIGN(const dynapcnn::ChipDevice device, dynapcnn::findChip(options_.chip));
    Result<Json> cores = dynapcnn::networkConfig(network_.model, device.chip);
    if (!cores.ok()) return within(options_.chip, cores.error());
    Json config = Json::object();
    config.set("chip", device.chip.name);
    config.set("layers", *std::move(cores));
    const std::string text = config.dump(-1) + "\n";
    GLINT_TRY(writeFile(options_.chipConfig, std::as_bytes(std::span(text))));
    if (!options_.common.json) print("wrote     " + options_.chipConfig);
    return kDone;
  }

  void show() {
    std::optional<ChipReport> chip;
    if (!options_.chip.empty()) {
      std::vector<dynapcnn::ChipLayer> layers;
      for (const EventNetwork::Spiking& spiking : network_.spiking) layers.push_back(spiking.facts);
      chip = chipReport(options_.chip, layers);
    }
    if (report_.pass.damage) {
      note("note: " + report_.pass.damage->message + "; what comes before counts");
    }
    if (!report_.pass.remark.empty()) note("note: " + report_.pass.remark);
    const TensorType& output = network_.model.outputType(output_);
    if (network_.spiking.empty() && output.isSigned) {
      note(
          "note: no layer of the network fires: in the place of spikes are the values of its "
          "output " +
          output.toString() + ", which can be negative");
    }
    const events::SensorView::Size& seen = report_.pass.seen;
    if (seen.width < network_.input.width || seen.height < network_.input.height) {
      note(text("note: the recording shows %dx%d pixels, the network sees %dx%d: the rest is empty",
                seen.width, seen.height, network_.input.width, network_.input.height));
    }
    if (options_.common.json) {
      Json json = toJson(report_);
      if (chip) json.set("chip", toJson(*chip));
      printJson(json);
      return;
    }
    printReport(report_);
    if (chip) printReport(*chip);
  }

  const EventsOptions& options_;
  EventNetwork network_;
  int output_;
  Progress progress_;
  Device device_;
  EventsReport report_;
};

}  // namespace

Result<int> runOnRecording(const EventsOptions& options) {
  GLINT_ASSIGN(EventNetwork network, loadEventNetwork(options.net));
  return EventRun(options, std::move(network)).run();
}

}  // namespace glint::cli
