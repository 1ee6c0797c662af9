#include "apps/glint/events/events.h"

#include <charconv>
#include <cmath>
#include <filesystem>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>

#include "apps/glint/commands.h"
#include "apps/glint/output.h"
#include "apps/glint/picture/image.h"
#include "nnets/devices/dynapcnn_chip.h"
#include "nnets/formats/model_file.h"

namespace glint::cli {
namespace {

constexpr const char* kSteps = "Steps";  // the group of options that cut a recording for a network

/// "time 1" or "count 2000".
void readStep(const std::vector<std::string>& words, RecordingOptions& options) {
  const auto refuse = [&](const std::string& legal) {
    throw CLI::ValidationError("--by", "'" + words[0] + " " + words[1] + "', legal: " + legal);
  };
  const char* const end = words[1].data() + words[1].size();
  if (words[0] == "time") {
    double ms = 0;
    const auto [after, failure] = std::from_chars(words[1].data(), end, ms);
    if (failure != std::errc() || after != end || !(ms >= 0.001 && ms <= 1e9)) {
      refuse("time and milliseconds from 0.001 to 1e9");
    }
    options.by = events::FrameBy::Time;
    options.step = std::llround(ms * 1000);
    return;
  }
  const auto [after, failure] = std::from_chars(words[1].data(), end, options.step);
  if (words[0] != "count" || failure != std::errc() || after != end || options.step < 1) {
    refuse("time MS or count N");
  }
  options.by = events::FrameBy::Count;
}

/// "128x96+10+20": the size and where it begins; the latter may be left out.
void readCrop(const std::string& value, events::SensorView& view) {
  int numbers[4] = {0, 0, 0, 0};
  const char* at = value.data();
  const char* const end = at + value.size();
  int count = 0;
  for (const char* separators = "x++"; count < 4; ++count) {
    const auto [after, failure] = std::from_chars(at, end, numbers[count]);
    if (failure != std::errc()) break;
    at = after;
    if (at == end || count == 3 || *at != separators[count]) break;
    ++at;
  }
  if (at != end || (count != 1 && count != 3) || numbers[0] < 1 || numbers[1] < 1) {
    throw CLI::ValidationError("--crop", "'" + value + "', legal: WxH or WxH+LEFT+TOP");
  }
  view.width = numbers[0];
  view.height = numbers[1];
  view.left = numbers[2];
  view.top = numbers[3];
}

void addReading(CLI::App& command, RecordingOptions& options) {
  const std::string group = "Reading";
  command.add_flag("--up-to-damage", options.upToDamage, "Take a damaged file up to the damage")
      ->group(group);
  command.add_flag("--sort", options.sort, "Sort the events by time first; needs memory for all")
      ->group(group);
  command
      .add_option("--columns", options.file.columns,
                  "Columns of a .npy file of plain numbers (xytp)")
      ->group(group);
  command
      .add_option("--time-unit", options.file.timeUnit,
                  "Microseconds of a unit of time in a .npy file (1)")
      ->check(CLI::Range(1, 1000000000))
      ->group(group);
  command.add_option("--stream", options.file.stream, "Which stream of events of an AEDAT4 file")
      ->check(CLI::Range(0, 1000))
      ->group(group);
}

void addSteps(CLI::App& command, RecordingOptions& options) {
  const std::string group = kSteps;
  command
      .add_option_function<std::vector<std::string>>(
          "--by", [&options](const std::vector<std::string>& words) { readStep(words, options); },
          "Steps of MS milliseconds, or of N events: time MS (time 1), count N")
      ->expected(2)
      ->type_name("time|count N")
      ->group(group);
  command.add_option("--steps", options.most, "Run at most this many steps")
      ->check(CLI::Range(std::int64_t{1}, events::Framer::kMostFrames))
      ->group(group);
  command.add_flag("--keep-last", options.keepLast, "Run the incomplete last step, too")
      ->group(group);
  command.add_option("--pool", options.view.pool, "Make one pixel of NxN")
      ->check(CLI::Range(1, 1024))
      ->group(group);
  command
      .add_option_function<std::string>(
          "--crop", [&options](const std::string& value) { readCrop(value, options.view); },
          "Take a part, in pooled pixels")
      ->type_name("WxH+LEFT+TOP")
      ->group(group);
  command.add_flag("--flip-x", options.view.flipX, "Reverse columns, after the crop")->group(group);
  command.add_flag("--flip-y", options.view.flipY, "Reverse rows, after the crop")->group(group);
  command.add_flag("--swap", options.view.swapXY, "Swap columns and rows, last")->group(group);
}

/// Mistakes that would show only after the work is done.
void checkUse(const EventsOptions& options) {
  for (const std::string& file : {options.picture, options.plot}) {
    if (file.empty()) continue;
    if (const auto format = picture::formatOf(file); !format.ok()) {
      throw WrongUse{format.error().message};
    }
  }
  if (!options.chipConfig.empty() &&
      std::filesystem::path(options.chipConfig).extension() != ".json") {
    throw WrongUse{"--chip-config " + options.chipConfig + ": legal is a file that ends in .json"};
  }
  if (!options.chip.empty()) {
    if (const auto chip = dynapcnn::findChip(options.chip); !chip.ok()) {
      throw WrongUse{"--chip: " + chip.error().message};
    }
  }
  if (options.check && options.common.onReference()) {
    throw WrongUse{"--check compares the GPU with the reference; leave out --backend reference"};
  }
  if (options.countOnGpu && options.common.onReference()) {
    throw WrongUse{"--count-on-gpu needs the GPU; leave out --backend reference"};
  }
  if (!options.net.empty() && !options.picture.empty()) {
    throw WrongUse{"--picture shows a recording: leave out the network, or use --plot"};
  }
}

/// The files of a run are different ones, so that nothing is lost.
Status checkDistinct(const EventsOptions& options) {
  const auto same = [](const std::string& a, const std::string& b) {
    std::error_code failure;
    return !a.empty() && !b.empty() && (a == b || std::filesystem::equivalent(a, b, failure));
  };
  for (const std::string& written : {options.picture, options.plot, options.chipConfig}) {
    for (const std::string& read : {options.recording, options.net}) {
      if (same(written, read)) {
        return Error{Errc::Value, written + " would overwrite what is read; write to another file"};
      }
    }
  }
  if (same(options.plot, options.chipConfig)) {
    return Error{Errc::Value, "--plot and --chip-config name the same file, " + options.plot};
  }
  return {};
}

/// Only regular files are looked into: what a pipe gives is read once.
bool isFile(const std::string& path) {
  std::error_code failure;
  return std::filesystem::is_regular_file(path, failure);
}

bool isRecording(const std::string& path, const EventsOptions& options) {
  return isFile(path) && events::EventReader::open(path, options.read.file).ok();
}

bool isNetwork(const std::string& path) { return isFile(path) && readModelContainer(path).ok(); }

/// A network where a recording belongs, or the other way round.
Status checkKinds(const EventsOptions& options) {
  if (!isRecording(options.recording, options) && isNetwork(options.recording)) {
    const std::string what = options.recording + ": this is a network";
    if (options.net.empty()) {
      return Error{Errc::Value, what + ": name a recording behind it, glint events NET RECORDING"};
    }
    const std::string hint = isRecording(options.net, options)
                                 ? ", and " + options.net + " a recording; are they swapped?"
                                 : ", not a recording";
    return Error{Errc::Value, what + hint};
  }
  if (!options.net.empty() && isRecording(options.net, options) && !isNetwork(options.net)) {
    return Error{Errc::Value, options.net +
                                  ": this is a recording; the network is named first, "
                                  "glint events NET RECORDING; are they swapped?"};
  }
  return {};
}

Result<int> runEvents(const EventsOptions& options) {
  checkUse(options);
  GLINT_TRY(checkDistinct(options));
  GLINT_TRY(checkKinds(options));
  if (options.net.empty() && !options.ofNetworks.empty()) {
    throw WrongUse{options.ofNetworks + " needs a network: glint events NET RECORDING"};
  }
  return options.net.empty() ? describeRecording(options) : runOnRecording(options);
}

/// The first option that was given and means nothing without a network, or "".
std::string optionOfNetworks(const CLI::App& command) {
  for (const CLI::Option* option : command.get_options()) {
    std::string name = option->get_name();
    const bool needsOne = option->get_group() == kSteps || name == "--plot" || name == "--chip" ||
                          name == "--chip-config" || name == "--check" ||
                          name == "--count-on-gpu" || name == "--no-operations";
    if (needsOne && option->count() > 0) return name;
  }
  return {};
}

}  // namespace

void addEvents(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand(
      "events", "Run a spiking network on a recording of an event camera, or describe one");
  auto options = std::make_shared<EventsOptions>();
  auto files = std::make_shared<std::pair<std::string, std::string>>();
  command
      ->add_option("file", files->first,
                   "Recording: .bin (N-MNIST), .npy, .aedat4, .raw or .dat; or a network (.glint), "
                   "and its recording behind it")
      ->required();
  command->add_option("recording", files->second, "The recording for the network");
  command->add_option("--plot", options->plot, "Write what fires when as a diagram (.png, .jpg)");
  command->add_option("--picture", options->picture,
                      "Without a network: write where brightness rose and fell (.png, .jpg)");
  CLI::Option* const chip =
      command->add_option("--chip", options->chip,
                          "Memory and cores that the network takes on a chip, as speck2fmodule");
  command
      ->add_option("--chip-config", options->chipConfig,
                   "Write the configuration of the chip's cores (.json)")
      ->needs(chip);
  command->add_flag("--check", options->check,
                    "Compare every step with the reference; they must be equal");
  command->add_flag("--count-on-gpu", options->countOnGpu,
                    "Count the events of each step on the GPU, too; the counts are equal");
  command->add_flag("--no-operations", options->noOperations,
                    "Do not count synaptic operations, which takes a second pass");
  addSteps(*command, options->read);
  addReading(*command, options->read);
  addCommonOptions(*command, options->common);
  command->footer("Example: glint events net.glint recording.aedat4 --by time 1 --plot spikes.png");
  command->callback([options, files, command, &invocation] {
    options->ofNetworks = optionOfNetworks(*command);
    options->read.listEvents = options->countOnGpu;
    options->recording = files->second.empty() ? files->first : files->second;
    if (!files->second.empty()) options->net = files->first;
    invocation = {[options] { return runEvents(*options); }, &options->common};
  });
}

}  // namespace glint::cli
