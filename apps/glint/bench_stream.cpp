#include <memory>
#include <tuple>
#include <utility>

#include "apps/glint/bench.h"
#include "apps/glint/output.h"
#include "core/table.h"

namespace glint::cli {
namespace {

constexpr int kStreams = 4;

/// One way to take steps, and the streams that take them.
struct Way {
  std::string name;
  std::vector<std::unique_ptr<Stream>> streams;
};

/// A step of each stream: all are drawn before the first is fetched.
Status stepAll(const Way& way, const std::vector<Tensor>& feeds) {
  for (const auto& stream : way.streams) GLINT_TRY(stream->push(feeds));
  for (const auto& stream : way.streams) {
    const Result<Stream::Outputs> outputs = stream->fetch();
    if (!outputs.ok()) return outputs.error();
  }
  return {};
}

Result<Way> wayOf(const std::string& name, Session& session, int streams) {
  Way way{name, {}};
  GLINT_ASSIGN(way.streams, session.streams(streams));
  return way;
}

std::vector<int> layersWithState(const Model& model) {
  std::vector<int> layers;
  for (int i = 0; i < model.layerCount(); ++i) {
    if (!model.layer(i).stateTable(model.inputTypes(i)).empty()) layers.push_back(i);
  }
  return layers;
}

}  // namespace

Result<int> benchStream(const BenchOptions& options, const Model& model) {
  if (options.common.onReference()) throw WrongUse{"--stream compares ways on the GPU"};
  const std::vector<int> kept = layersWithState(model);
  if (kept.empty()) {
    return Error{Errc::Value, options.model + ": no layer of the model keeps state"};
  }
  Progress progress;
  GLINT_ASSIGN(const Device device, openDevice(options.common));
  SessionOptions onGpu = sessionOptions(device, options.common, progress);
  SessionOptions onHost = onGpu;
  onHost.software = kept;
  GLINT_ASSIGN(const auto resident, Session::create(*device.context, model, std::move(onGpu)));
  GLINT_ASSIGN(const auto hosted, Session::create(*device.context, model, std::move(onHost)));
  progress.clear();
  for (const std::string& layer : softwareLayers(resident->model(), resident->schedule())) {
    note("note: with the state on the GPU, " + layer);
  }
  std::vector<Way> ways;
  for (auto& [name, session, count] : {std::tuple{"state on the GPU", resident.get(), 1},
                                       {"state on the processor", hosted.get(), 1},
                                       {"streams in turn", resident.get(), kStreams}}) {
    GLINT_ASSIGN(Way way, wayOf(name, *session, count));
    ways.push_back(std::move(way));
  }
  const std::vector<Tensor> feeds = zeroFeeds(model);
  std::vector<Batches> batches;
  for (const Way& way : ways) {
    batches.emplace_back([&way, &feeds] { return stepAll(way, feeds); }, [] { return Status(); });
  }
  GLINT_ASSIGN(const auto samples, sampleInRounds(batches, options.seconds, [&](int done, int of) {
                 progress.show("timing", done, of);
               }));
  progress.clear();

  Json report = Json::object(), rows = Json::array();
  Table table({"Steps of " + options.model, ">Streams", ">Median ms", ">p10", ">p90", ">Steps/s"});
  for (std::size_t i = 0; i < ways.size(); ++i) {
    const Timing timing = timingOf(samples[i]);
    const auto count = static_cast<double>(ways[i].streams.size());
    const double rate = 1e3 * count / timing.median;
    table.row({ways[i].name, std::to_string(ways[i].streams.size()), milliseconds(timing.median),
               milliseconds(timing.p10), milliseconds(timing.p90), text("%.1f", rate)});
    Json row = Json::object();
    row.set("name", ways[i].name);
    row.set("streams", ways[i].streams.size());
    row.set("median_ms", timing.median);
    row.set("p10_ms", timing.p10);
    row.set("p90_ms", timing.p90);
    row.set("steps_per_s", rate);
    rows.push(std::move(row));
  }
  report.set("device", device.name());
  report.set("driver", device.driver());
  report.set("model", options.model);
  report.set("ways", std::move(rows));
  if (options.common.json) {
    printJson(report);
  } else {
    print("device    " + device.name() + ", driver " + device.driver());
    print(table.toString());
  }
  return kDone;
}

}  // namespace glint::cli
