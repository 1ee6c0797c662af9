#include <algorithm>

#include "apps/glint/learn.h"
#include "apps/glint/output.h"
#include "apps/glint/picture/plot.h"
#include "core/table.h"

namespace glint::cli {
namespace {

Status drawAccuracy(const LearnOptions& options, const LearnReport& report) {
  picture::Plot plot;
  plot.title = "Learned from a few examples";
  plot.xLabel = "examples of each class";
  plot.yLabel = "accuracy on " + std::to_string(report.tested) + " other pictures";
  plot.yRange = {{0, 1}};
  picture::Series learned{"Glint", {}, true, 5, std::nullopt};
  picture::Series nearest{"nearest neighbour, same features", {}, true, 5, std::nullopt};
  for (const LearnPoint& point : report.points) {
    const auto x = static_cast<double>(point.examples);
    learned.points.emplace_back(x, point.accuracy);
    nearest.points.emplace_back(x, point.nearest);
  }
  plot.xRange = {{0, std::max(1., static_cast<double>(report.points.back().examples))}};
  plot.series = {std::move(nearest), std::move(learned)};
  return picture::saveImage(options.plot, picture::drawPlot(plot));
}

void printReport(const LearnOptions& options, const LearnReport& report) {
  std::string names;
  for (const std::string& name : report.names) names += (names.empty() ? "" : ", ") + name;
  print("device    " + report.device);
  print("classes   " + names);
  print(text("learned   %zu pictures, %lld of %lld neurons with %d of %lld weights each",
             report.learned, static_cast<long long>(report.learnedNeurons),
             static_cast<long long>(report.neurons) * static_cast<long long>(report.names.size()),
             report.numWeights, static_cast<long long>(report.inputs)));
  if (!report.points.empty()) {
    Table table({">Examples", ">Accuracy", ">Nearest neighbour"});
    for (const LearnPoint& point : report.points) {
      table.row({std::to_string(point.examples), text("%.3f", point.accuracy),
                 text("%.3f", point.nearest)});
    }
    print(text("accuracy  on %zu pictures that were held out, by examples of each class",
               report.tested));
    print(table.toString());
    print("wrote     " + options.plot);
  }
  print("wrote     " + options.output);
}

Json toJson(const LearnOptions& options, const LearnReport& report) {
  Json json = Json::object();
  json.set("device", report.device);
  json.set("backend", options.common.backend);
  json.set("model", options.model);
  json.set("output", options.output);
  if (!report.points.empty()) json.set("plot", options.plot);
  json.set("classes", Json(Json::Array(report.names.begin(), report.names.end())));
  json.set("learned", report.learned);
  json.set("held_out", report.tested);
  json.set("num_weights", report.numWeights);
  json.set("neurons_per_class", report.neurons);
  json.set("neurons_learned", report.learnedNeurons);
  Json points = Json::array();
  for (const LearnPoint& point : report.points) {
    Json entry = Json::object();
    entry.set("examples", point.examples);
    entry.set("accuracy", point.accuracy);
    entry.set("nearest_neighbour", point.nearest);
    points.push(std::move(entry));
  }
  json.set("points", std::move(points));
  return json;
}

}  // namespace

Status reportLearning(const LearnOptions& options, const LearnReport& report) {
  if (!report.points.empty()) GLINT_TRY(drawAccuracy(options, report));
  if (options.common.json) {
    printJson(toJson(options, report));
  } else {
    printReport(options, report);
  }
  return {};
}

}  // namespace glint::cli
