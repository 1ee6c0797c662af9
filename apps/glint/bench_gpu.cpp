#include <chrono>
#include <memory>
#include <set>
#include <utility>

#include "apps/glint/bench.h"
#include "apps/glint/output.h"
#include "apps/glint/run.h"

/// Times the draws of a model on a GL device. Every run, of the whole or of a layer, is a
/// submission of its own, as a frame is: else the runs of a batch would become one, which a driver
/// that works in tiles, or on threads, finishes sooner than any layer of a network can be.
namespace glint::cli {
namespace {

/// What is drawn for one layer.
struct LayerDraws {
  std::size_t passes = 0;
  std::set<std::string> programs;  ///< texts
};

LayerDraws drawsOf(const Session& session, int layer) {
  LayerDraws found;
  for (const int op : session.schedule().layers[static_cast<std::size_t>(layer)].ops) {
    const Schedule& schedule = session.drawing(op);
    const auto at = static_cast<std::size_t>(op);
    for (int i = schedule.firstDraw[at]; i < schedule.firstDraw[at + 1]; ++i) {
      const auto program =
          static_cast<std::size_t>(schedule.draws[static_cast<std::size_t>(i)].program);
      ++found.passes;
      found.programs.insert(schedule.programs[program].fragment);
    }
  }
  return found;
}

/// The layer in whose passes `layer`, which draws nothing, is computed; -1 when there is none.
int drawnIn(const Session& session, const std::vector<BenchRow>& rows, int layer) {
  while (layer >= 0 && rows[static_cast<std::size_t>(layer)].passes == 0) {
    const auto at = static_cast<std::size_t>(layer);
    const std::vector<int>& ops = session.schedule().layers[at].ops;
    layer = ops.empty() ? -1 : session.drawing(ops.front()).layers[at].inside;
  }
  return layer;
}

std::vector<BenchRow> rowsOf(const Session& session) {
  const Model& model = session.model();
  std::vector<BenchRow> rows;
  for (int i = 0; i < model.layerCount(); ++i) {
    const LayerDraws draws = drawsOf(session, i);
    BenchRow row;
    row.name = model.layer(i).name + " (" + std::string(model.layer(i).type()) + ")";
    row.macs = model.layer(i).macs(model.inputTypes(i));
    row.passes = draws.passes;
    row.programs = draws.programs.size();
    row.timed = row.passes > 0;
    rows.push_back(std::move(row));
  }
  for (int i = 0; i < model.layerCount(); ++i) {
    BenchRow& row = rows[static_cast<std::size_t>(i)];
    if (row.timed) continue;
    const LayerPlan& plan = session.schedule().layers[static_cast<std::size_t>(i)];
    if (const int by = drawnIn(session, rows, i); by >= 0) {
      rows[static_cast<std::size_t>(by)].macs += row.macs;
      row.inside = model.layer(by).name;
      row.why = "in " + row.inside;
    } else {
      row.why = plan.why.empty() ? "draws nothing" : "software: " + plan.why;
    }
  }
  return rows;
}

/// Creates the session, and waits until it has reached its full speed.
Result<std::unique_ptr<Session>> settled(const Device& device, const Model& model,
                                         const CommonOptions& common, BenchReport& report,
                                         Progress& progress) {
  device.context->counters() = {};
  const auto begin = Clock::now();
  SessionOptions wanted = sessionOptions(device, common, progress);
  specialiseOn(device, common, wanted);
  GLINT_ASSIGN(std::unique_ptr<Session> session,
               Session::create(*device.context, model, std::move(wanted)));
  report.compileMs = millisecondsSince(begin);
  progress.show("specialising programs", 0, 1);
  const auto settling = Clock::now();
  if (const Status status = session->settle(); !status) {
    note("note: not all programs are specialised: " + status.error().message);
  }
  report.settleMs = millisecondsSince(settling);
  progress.clear();
  report.compiled = device.context->counters().programsCompiled;
  report.loaded = device.context->counters().programsLoaded;
  report.tuned = session->tuned();
  return session;
}

/// Times the whole and the rows in `timed`, and fills the report with it.
Status time(Session& session, gpu::Context& context, const std::vector<int>& timed, double seconds,
            BenchReport& report, Progress& progress) {
  const auto wait = [&] { return session.wait(); };
  std::vector<Batches> batches;
  batches.emplace_back(
      [&]() -> Status {
        GLINT_TRY(session.drawOnly());
        context.submit();
        return {};
      },
      wait);
  for (const int layer : timed) {
    batches.emplace_back(
        [&session, &context, layer]() -> Status {
          GLINT_TRY(session.drawLayer(layer));
          context.submit();
          return {};
        },
        wait);
  }
  GLINT_ASSIGN(const auto samples, sampleInRounds(batches, seconds, [&](int done, int of) {
                 progress.show("timing", done, of);
               }));
  report.all.timing = timingOf(samples[0]);
  std::vector<double> sums(samples[0].size(), 0.), shares;
  for (std::size_t i = 0; i < timed.size(); ++i) {
    report.layers[static_cast<std::size_t>(timed[i])].timing = timingOf(samples[i + 1]);
    for (std::size_t round = 0; round < sums.size(); ++round) sums[round] += samples[i + 1][round];
  }
  if (timed.empty()) return {};
  for (std::size_t round = 0; round < sums.size(); ++round) {
    shares.push_back(sums[round] / samples[0][round]);
  }
  report.layersMs = medianOf(sums);
  report.layerShare = medianOf(shares);
  return {};
}

}  // namespace

Result<BenchReport> benchGpu(const Model& model, const BenchOptions& options, bool layers) {
  GLINT_ASSIGN(Device device, openDevice(options.common));
  Progress progress;
  BenchReport report;
  report.device = device.name();
  report.driver = device.driver();
  GLINT_ASSIGN(const std::unique_ptr<Session> session,
               settled(device, model, options.common, report, progress));
  for (const std::string& line : softwareLayers(model, session->schedule())) note("note: " + line);
  if (session->schedule().draws.empty()) {
    return Error{Errc::Unsupported, "no layer runs on the GPU: there is nothing to time"};
  }
  GLINT_TRY(session->run(zeroFeeds(model)));
  report.layers = rowsOf(*session);
  std::vector<int> timed;
  std::set<std::string> programs;
  for (int i = 0; i < model.layerCount(); ++i) {
    const BenchRow& row = report.layers[static_cast<std::size_t>(i)];
    report.all.passes += row.passes;
    programs.merge(drawsOf(*session, i).programs);
    if (layers && row.timed) timed.push_back(i);
  }
  report.all.programs = programs.size();
  GLINT_TRY(time(*session, *device.context, timed, options.seconds, report, progress));
  if (!layers) report.layers.clear();
  report.what =
      "draws only, without upload and read-back; every run is submitted as a frame is (a flush "
      "behind it), batches of runs end by reading one texel; the whole and the layers in turn";
  return report;
}

}  // namespace glint::cli
