#include "nnets/api/sequence.h"

#include <algorithm>
#include <cstdio>

namespace glint::api {
namespace {

std::optional<double> metric(const std::map<std::string, double>& metrics, const char* name) {
  const auto found = metrics.find(name);
  if (found == metrics.end()) return std::nullopt;
  return found->second;
}

std::string number(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

}  // namespace

std::vector<Layer> Sequence::layers() const {
  std::vector<Layer> all;
  for (const Pass& pass : passes) all.insert(all.end(), pass.layers.begin(), pass.layers.end());
  return all;
}

std::string SequenceStatistics::toString() const {
  std::string text = "Average framerate = " + (fps ? number(*fps) + " fps" : "N/A");
  if (power) {
    text += "\nLast inference power range (mW): Avg " + number(power->average) + " / Min " +
            number(power->least) + " / Max " + number(power->greatest);
  }
  if (energy) text += "\nLast inference energy consumed (mJ/frame): " + number(*energy);
  return text;
}

SequenceStatistics statisticsOf(const std::map<std::string, double>& metrics,
                                const std::vector<PowerEvent>& events) {
  SequenceStatistics statistics;
  const std::optional<double> start = metric(metrics, "inference_start");
  const std::optional<double> end = metric(metrics, "inference_end");
  const std::optional<double> frames = metric(metrics, "inference_frames");
  if (!start || !end || !frames || *end <= *start || *frames <= 0) return statistics;
  const double seconds = (*end - *start) / 1000;
  statistics.fps = *frames / seconds;
  std::vector<double> powers;
  for (const PowerEvent& event : events) {
    if (event.ts >= *start && event.ts <= *end) powers.push_back(static_cast<double>(event.power));
  }
  if (powers.size() < 2) return statistics;
  powers.erase(powers.begin());
  double sum = 0;
  for (const double power : powers) sum += power;
  const auto [least, greatest] = std::minmax_element(powers.begin(), powers.end());
  statistics.power = {sum / static_cast<double>(powers.size()), *least, *greatest};
  statistics.energy = statistics.power->average * seconds / *frames;
  return statistics;
}

}  // namespace glint::api
