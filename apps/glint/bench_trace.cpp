#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "apps/glint/bench.h"
#include "apps/glint/output.h"
#include "apps/glint/trace.h"
#include "gpu/timer_query.h"

/// `glint bench --trace`: what a session does from its making to its full speed, step by step.
namespace glint::cli {
namespace {

using Clock = Trace::Clock;

constexpr int kMain = 1, kBehind = 2, kGpu = 3;
/// Frames with the programs that start a session, and with the specialised ones.
constexpr int kFirstFrames = 3, kFrames = 10;

constexpr const char* kByGpu =
    "thread 1: the processor's time; GPU: GL_EXT_disjoint_timer_query, steps laid end to end, not "
    "before their commands were given";
constexpr const char* kByCpu =
    "the processor's time of each step; a step that draws ends with a flush and a wait, as the "
    "driver has no timer that can be used, so a frame takes longer than without a trace";

/// Writes a session's steps into a trace.
class Tracer {
 public:
  Tracer(const Model& model, gpu::Context& context, Trace& trace)
      : model_(model), context_(context), trace_(trace) {}

  /// Lets a session that is to be made tell what it does.
  void listen(SessionOptions& options) {
    options.progress = [this](int, int, const std::string& layer) { building(layer); };
    options.onStep = [this](const RunStep& step, bool begins) { onStep(step, begins); };
    options.onReady = [this](const gpu::BackgroundPrograms::Ready& ready) {
      trace_.add(kBehind, "compile", "compile " + ready.request.label, ready.begin, ready.end);
    };
  }

  /// The programs of the session are built.
  void built(Session& session) {
    building({});
    session_ = &session;
  }

  Status frame(const std::string& name) {
    const auto begin = Clock::now();
    const auto outputs = session_->run(zeroFeeds(model_));
    if (!outputs.ok()) return outputs.error();
    GLINT_TRY(status_);
    Json args = Json::object();
    args.set("specialised_ops", session_->specialisedOps());
    trace_.add(kMain, "frame", name, begin, Clock::now(), std::move(args));
    placeQueries();
    return {};
  }

  /// Frames that the GPU's clock jumped in, which its row lacks.
  int disjointFrames() const { return disjoint_; }

 private:
  struct Queried {
    std::string name;
    Json args;
    Clock::time_point ordered;
    gpu::TimerQuery query;
  };

  /// A program is about to be built, which ends the one before.
  void building(const std::string& layer) {
    const auto now = Clock::now();
    if (!building_.empty()) trace_.add(kMain, "compile", "build " + building_, buildingSince_, now);
    building_ = layer;
    buildingSince_ = now;
  }

  std::string ownerOf(int value) const {
    const std::vector<int>& owners = session_->schedule().graph.layerValue;
    for (std::size_t i = 0; i < owners.size(); ++i) {
      if (owners[i] == value) return model_.layer(static_cast<int>(i)).name;
    }
    // A value that a feed gives to the first layer, or one inside a layer.
    for (std::size_t i = 0; i < session_->schedule().feedValues.size(); ++i) {
      if (session_->schedule().feedValues[i] == value) return model_.layer(model_.feeds()[i]).name;
    }
    return "value " + std::to_string(value);
  }

  /// What a step is called, and its category.
  std::pair<std::string, std::string> describeStep(const RunStep& step) const {
    const Schedule& schedule = session_->schedule();
    if (const auto* draw = std::get_if<DrawStep>(&step)) {
      const int layer = schedule.graph.ops[static_cast<std::size_t>(draw->op)].layer;
      return {model_.layer(layer).name, "draw"};
    }
    if (const auto* upload = std::get_if<UploadStep>(&step)) {
      return {"upload " + ownerOf(upload->value), "upload"};
    }
    if (const auto* fetch = std::get_if<FetchStep>(&step)) {
      return {"read back " + ownerOf(fetch->value), "read-back"};
    }
    return {model_.layer(std::get<SoftwareStep>(step).layer).name, "software"};
  }

  int passesOf(int op) const {
    const std::vector<int>& first = session_->drawing(op).firstDraw;
    return first[static_cast<std::size_t>(op) + 1] - first[static_cast<std::size_t>(op)];
  }

  Json argsOf(const RunStep& step) const {
    const auto* draw = std::get_if<DrawStep>(&step);
    if (draw == nullptr) return {};
    const auto at = static_cast<std::size_t>(draw->op);
    const Schedule& schedule = session_->drawing(draw->op);
    std::int64_t macs = 0;
    for (int i = schedule.firstDraw[at]; i < schedule.firstDraw[at + 1]; ++i) {
      macs += schedule.draws[static_cast<std::size_t>(i)].macs;
    }
    Json args = Json::object();
    args.set("op", draw->op);
    args.set("passes", passesOf(draw->op));
    args.set("macs", macs);
    args.set("specialised", &schedule != &session_->schedule());
    return args;
  }

  void onStep(const RunStep& step, bool begins) {
    const bool draws = std::holds_alternative<DrawStep>(step);
    if (draws && passesOf(std::get<DrawStep>(step).op) == 0) return;  // in the passes of another
    if (begins) {
      stepSince_ = Clock::now();
      if (draws) startQuery(step);
      return;
    }
    const auto [name, category] = describeStep(step);
    const auto ordered = Clock::now();
    if (draws && query_) {
      query_->query.end();
      queried_.push_back(std::move(*query_));
      query_.reset();
    } else if (draws) {
      context_.submit();
      if (status_.ok()) status_ = session_->wait();
      trace_.add(kMain, "wait", "wait", ordered, Clock::now());
    }
    trace_.add(kMain, category, name, stepSince_, Clock::now(), argsOf(step));
  }

  void startQuery(const RunStep& step) {
    if (!context_.capabilities().timerQuery) return;
    auto made = gpu::TimerQuery::create(context_);
    if (!made.ok()) return;
    query_.emplace(
        Queried{describeStep(step).first, argsOf(step), stepSince_, std::move(made).value()});
    query_->query.begin();
  }

  void placeQueries() {
    const bool jumped = context_.capabilities().timerQuery && gpu::TimerQuery::disjoint(context_);
    if (jumped) ++disjoint_;
    Clock::time_point end{};
    for (Queried& one : queried_) {
      const std::chrono::nanoseconds time(one.query.nanoseconds());
      const Clock::time_point begin = std::max(end, one.ordered);
      end = begin + time;
      if (!jumped) trace_.add(kGpu, "gpu", one.name, begin, end, std::move(one.args));
    }
    queried_.clear();
  }

  const Model& model_;
  gpu::Context& context_;
  Trace& trace_;
  Session* session_ = nullptr;
  std::string building_;
  Clock::time_point buildingSince_, stepSince_;
  std::optional<Queried> query_;
  std::vector<Queried> queried_;
  Status status_;
  int disjoint_ = 0;
};

}  // namespace

Result<int> benchTrace(const BenchOptions& options, const Model& model) {
  if (options.common.onReference()) throw WrongUse{"--trace follows the GPU backend"};
  GLINT_ASSIGN(const Device device, openDevice(options.common));
  const bool timer = device.context->capabilities().timerQuery;
  Trace trace;
  trace.nameThread(kMain, "main thread");
  trace.nameThread(kBehind, "programs compiled behind");
  if (timer) trace.nameThread(kGpu, "GPU");
  Tracer tracer(model, *device.context, trace);
  Progress progress;
  SessionOptions wanted = sessionOptions(device, options.common, progress);
  specialiseOn(device, options.common, wanted);
  tracer.listen(wanted);
  auto begin = Clock::now();
  GLINT_ASSIGN(const std::unique_ptr<Session> session,
               Session::create(*device.context, model, std::move(wanted)));
  tracer.built(*session);
  trace.add(kMain, "session", "make the session", begin, Clock::now());
  for (int i = 0; i < kFirstFrames; ++i) {
    GLINT_TRY(tracer.frame("frame " + std::to_string(i)));
  }
  begin = Clock::now();
  if (const Status settled = session->settle(); !settled) {
    note("note: not all programs are specialised: " + settled.error().message);
  }
  trace.add(kMain, "session", "wait for specialised programs", begin, Clock::now());
  for (int i = kFirstFrames; i < kFirstFrames + kFrames; ++i) {
    GLINT_TRY(tracer.frame("frame " + std::to_string(i)));
  }
  trace.note("model", options.layer.empty() ? options.model : options.layer);
  trace.note("device", device.name());
  trace.note("driver", device.driver());
  trace.note("timing", timer ? kByGpu : kByCpu);
  trace.note("disjoint_frames", tracer.disjointFrames());
  GLINT_TRY(trace.write(options.trace));
  if (options.common.json) {
    Json json = Json::object();
    json.set("trace", options.trace);
    json.set("events", trace.size());
    json.set("timing", timer ? kByGpu : kByCpu);
    printJson(json);
  } else {
    print("wrote " + options.trace +
          text(": %zu events, %d frames; open it in chrome://tracing or "
               "ui.perfetto.dev",
               trace.size(), kFirstFrames + kFrames));
    print(std::string("timing    ") + (timer ? kByGpu : kByCpu));
  }
  return kDone;
}

}  // namespace glint::cli
