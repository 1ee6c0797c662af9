#include "apps/glint/events/report.h"

#include <algorithm>
#include <utility>

#include "apps/glint/output.h"
#include "apps/glint/picture/plot.h"
#include "core/table.h"

namespace glint::cli {
namespace {

constexpr std::size_t kColumns = 10;  // of the table of spikes over time

Json listOf(const std::vector<std::int64_t>& values) {
  Json list = Json::array();
  for (const std::int64_t value : values) list.push(value);
  return list;
}

Json listOf(const std::vector<int>& values) {
  return listOf(std::vector<std::int64_t>(values.begin(), values.end()));
}

std::string textOf(const std::vector<int>& values) {
  std::string line;
  for (const int value : values) line += (line.empty() ? "" : ", ") + std::to_string(value);
  return line.empty() ? "none" : line;
}

/// Where the step begins: seconds, or its number.
std::string timeText(const EventsReport& report, std::int64_t step) {
  if (report.secondsPerStep <= 0) return std::to_string(step);
  return text("%.3f", static_cast<double>(step) * report.secondsPerStep);
}

/// Spikes of each class in at most ten spans.
void printSpikes(const EventsReport& report) {
  const SpikeHistory& history = report.history;
  const std::size_t bins = history.bins().size();
  const std::size_t span = std::max<std::size_t>(1, (bins + kColumns - 1) / kColumns);
  std::vector<std::string> headers{"Class", ">Spikes"};
  for (std::size_t bin = 0; bin < bins; bin += span) {
    headers.push_back(">" +
                      timeText(report, static_cast<std::int64_t>(bin) * history.stepsPerBin()));
  }
  Table table(headers);
  for (std::size_t c = 0; c < history.totals().size(); ++c) {
    std::vector<std::string> row{std::to_string(c), grouped(history.totals()[c])};
    for (std::size_t bin = 0; bin < bins; bin += span) {
      std::int64_t sum = 0;
      for (std::size_t i = bin; i < std::min(bin + span, bins); ++i) sum += history.bins()[i][c];
      row.push_back(grouped(sum));
    }
    table.row(std::move(row));
  }
  print(table.toString());
  print(report.secondsPerStep > 0 ? "Columns begin at seconds from the first event."
                                  : "Columns begin at steps.");
}

}  // namespace

void SpikeHistory::add(const Tensor& output) {
  const std::size_t classes = totals_.size();
  if (steps_ % stepsPerBin_ == 0) {
    if (bins_.size() == kMostBins) {
      for (std::size_t i = 0; i < kMostBins; i += 2) {
        for (std::size_t c = 0; c < classes; ++c) bins_[i][c] += bins_[i + 1][c];
        if (i > 0) bins_[i / 2] = std::move(bins_[i]);
      }
      bins_.resize(kMostBins / 2);
      stepsPerBin_ *= 2;
    }
    bins_.emplace_back(classes);
  }
  for (std::int64_t i = 0; i < output.size(); ++i) {
    const std::int64_t spikes = output.integer(i);
    const auto c = static_cast<std::size_t>(i) % classes;
    bins_.back()[c] += spikes;
    totals_[c] += spikes;
  }
  ++steps_;
}

std::optional<int> SpikeHistory::winner() const {
  const auto most = std::max_element(totals_.begin(), totals_.end());
  if (most == totals_.end() || *most <= 0) return {};
  return static_cast<int>(most - totals_.begin());
}

ChipReport chipReport(const std::string& chip, const std::vector<dynapcnn::ChipLayer>& layers) {
  ChipReport report;
  report.chip = chip;
  const auto device = dynapcnn::findChip(chip);
  if (!device.ok()) {
    report.problems.push_back(device.error().message);
    return report;
  }
  for (const dynapcnn::ChipLayer& layer : layers) {
    report.layers.push_back(layer.name);
    report.memory.push_back(dynapcnn::memoryOf(layer));
    report.fits.push_back(dynapcnn::fittingCores(device->chip, report.memory.back()));
    const Status limits = dynapcnn::checkLimits(layer);
    if (!limits.ok()) report.problems.push_back(limits.error().message);
  }
  const auto mapping = dynapcnn::mapOnChip(layers, device->chip);
  if (mapping.ok()) report.cores = mapping->cores;
  if (!mapping.ok()) report.problems.push_back(mapping.error().message);
  return report;
}

Json toJson(const EventsReport& report) {
  Json json = Json::object();
  json.set("model", report.net);
  json.set("recording", report.recording);
  json.set("device", report.device);
  json.set("backend", report.backend);
  json.set("format", events::name(report.pass.info.format));
  json.set("events", report.pass.events);
  json.set("events_left_out", report.pass.unseen);
  json.set("steps", report.history.steps());
  if (report.secondsPerStep > 0) json.set("seconds_per_step", report.secondsPerStep);
  const std::optional<int> winner = report.history.winner();
  json.set("class", winner ? Json(*winner) : Json());
  json.set("spikes_per_class", listOf(report.history.totals()));
  json.set("steps_per_bin", report.history.stepsPerBin());
  Json bins = Json::array();
  for (const auto& bin : report.history.bins()) bins.push(listOf(bin));
  json.set("spikes", std::move(bins));
  json.set("step_ms", report.stepMs);
  json.set("steps_per_second", report.stepsPerSecond);
  json.set("macs_per_step", report.macs);
  if (report.operations) json.set("synaptic_operations_per_step", *report.operations);
  if (report.checked) json.set("checked_values", *report.checked);
  if (report.pass.damage) json.set("damage", report.pass.damage->message);
  if (!report.plot.empty()) json.set("plot", report.plot);
  return json;
}

Json toJson(const ChipReport& report) {
  Json json = Json::object();
  json.set("name", report.chip);
  Json layers = Json::array();
  for (std::size_t i = 0; i < report.layers.size(); ++i) {
    Json layer = Json::object();
    layer.set("name", report.layers[i]);
    layer.set("kernel", report.memory[i].kernel);
    layer.set("neuron", report.memory[i].neuron);
    layer.set("bias", report.memory[i].bias);
    layer.set("fits", listOf(report.fits[i]));
    if (!report.cores.empty()) layer.set("core", report.cores[i]);
    layers.push(std::move(layer));
  }
  json.set("layers", std::move(layers));
  Json problems = Json::array();
  for (const std::string& problem : report.problems) problems.push(problem);
  json.set("problems", std::move(problems));
  return json;
}

void printReport(const EventsReport& report) {
  print("device    " + report.device);
  print("recording " + std::string(events::name(report.pass.info.format)) + ", " +
        grouped(report.pass.events) + " events, " + grouped(report.history.steps()) + " steps");
  if (report.pass.unseen > 0) {
    print("left out  " + grouped(report.pass.unseen) + " events outside the crop");
  }
  printSpikes(report);
  const std::optional<int> winner = report.history.winner();
  print(winner ? "class     " + std::to_string(*winner) : "class     none: there were no spikes");
  print("speed     " + text("%.1f steps a second, ", report.stepsPerSecond) +
        milliseconds(report.stepMs) + " ms a step (median)");
  print("work      " + grouped(report.macs) + " multiply-accumulates a step, dense");
  if (report.operations) {
    print("          " + text("%.1f synaptic operations a step", *report.operations) +
          text(" (%.2f %%)", 100 * *report.operations /
                                 static_cast<double>(std::max<std::int64_t>(1, report.macs))));
  }
  if (report.checked) {
    print("check     equal to the reference in all " + grouped(*report.checked) + " values");
  }
  if (!report.plot.empty()) print("wrote     " + report.plot);
}

void printReport(const ChipReport& report) {
  Table table({"Layer on " + report.chip, ">Kernel", ">Neuron", ">Bias", "Fits cores", ">Core"});
  for (std::size_t i = 0; i < report.layers.size(); ++i) {
    table.row({report.layers[i], grouped(report.memory[i].kernel), grouped(report.memory[i].neuron),
               grouped(report.memory[i].bias), textOf(report.fits[i]),
               report.cores.empty() ? "-" : std::to_string(report.cores[i])});
  }
  print(table.toString());
  for (const std::string& problem : report.problems) print("chip      " + problem);
}

picture::Image rasterPlot(const EventsReport& report) {
  const SpikeHistory& history = report.history;
  const double unit = report.secondsPerStep > 0 ? report.secondsPerStep : 1;
  picture::Series spikes;
  spikes.line = false;
  spikes.mark = history.totals().size() > 40 ? 1 : 3;
  for (std::size_t bin = 0; bin < history.bins().size(); ++bin) {
    const double time =
        static_cast<double>(bin) * static_cast<double>(history.stepsPerBin()) * unit;
    for (std::size_t c = 0; c < history.totals().size(); ++c) {
      if (history.bins()[bin][c] > 0) spikes.points.emplace_back(time, static_cast<double>(c));
    }
  }
  picture::Plot plot;
  plot.title = "Spikes of each class";
  plot.xLabel = report.secondsPerStep > 0 ? "time in seconds" : "step";
  plot.yLabel = "class";
  plot.xRange = {0, std::max(unit, static_cast<double>(history.steps()) * unit)};
  plot.yRange = {-0.5, static_cast<double>(history.totals().size()) - 0.5};
  plot.series.push_back(std::move(spikes));
  plot.width = 960;
  return picture::drawPlot(plot);
}

}  // namespace glint::cli
