#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "gpu/background_programs.h"
#include "gpu/context/context.h"
#include "gpu/fullscreen.h"
#include "gpu/program.h"
#include "gpu/program_cache.h"
#include "gpu/readback.h"
#include "nnets/graph/model.h"
#include "nnets/runtime/device_limits.h"
#include "nnets/runtime/device_resources.h"
#include "nnets/schedule/positions.h"
#include "nnets/schedule/schedule.h"
#include "nnets/schedule/stream.h"

namespace glint {

struct SessionOptions {
  std::optional<MappingOptions> mapping;  ///< empty: what the rules choose for the device
  Mapping given;                          ///< see ScheduleOptions::given
  /// What measuring chose (tuned.h). Empty: what `glint bench --tune` left in cacheDirectory for
  /// this model and device, if anything, unless a placement is forced. Such a session starts with
  /// these programs, which are in the cache, too, and has nothing to specialise.
  std::optional<Tuned> tuned;
  bool useTuned = true;        ///< false: neither
  std::vector<int> fetch;      ///< layers whose outputs run() returns besides the model's outputs
  std::vector<int> software;   ///< layers to keep off the GPU
  std::string cacheDirectory;  ///< program binaries; empty: none are kept
  /// Told before each program is built: (ready, of, name of the next). May be empty.
  std::function<void(int, int, const std::string&)> progress;
  /// Makes a context for a thread that compiles specialised programs, with weights as literals,
  /// from the second step on, while steps work with those that build quickly; they are swapped in
  /// between two frames, with the same results. The thread helps to build those, too. Empty: the
  /// session stays with the programs it starts with.
  std::function<Result<std::unique_ptr<gpu::SharedContext>>()> share;
  /// Told before (true) and after each step of run(), for traces. May be empty.
  std::function<void(const RunStep&, bool)> onStep;
  /// Told of each program that the thread made ready, for traces. May be empty.
  std::function<void(const gpu::BackgroundPrograms::Ready&)> onReady;
};

/// Runs one model on one GL context. Not thread-safe; calls come from the context's GL thread, and
/// the context outlives the session.
class Session {
 public:
  /// Schedules the model, builds its programs and textures. Errors: those of makeSchedule, and
  /// Driver with the compiler's log.
  static Result<std::unique_ptr<Session>> create(gpu::Context& context, const Model& model,
                                                 SessionOptions options = {});

  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Binds the model to feeds of x by y. No program is compiled again. Errors: Value for models
  /// that are not fully convolutional; Unsupported when textures would be too large. On an error
  /// the session is as before.
  Status rebind(std::int64_t x, std::int64_t y);

  /// One sample: feeds in the order of Model::feeds, integer tensors of the feeds' shapes (F32 for
  /// a Quantizer). Returns, by layer index, the outputs of the model's outputs and of
  /// SessionOptions::fetch, in the element type that TensorType::dtype names.
  /// Samples are consecutive steps of a stream of the session's own where layers keep state.
  /// Errors: Type, Value (a feed of the wrong shape or range), Driver.
  Result<std::map<int, Tensor>> run(std::span<const Tensor> feeds);
  /// Clears that state; a rebind does, too.
  Status reset();

  /// Replaces the weights of a layer that learns, for all streams: uploads those textures that
  /// change; nothing is compiled. Errors (Type, Value): see glint::setVariable, and the layer was
  /// not compiled to learn; Driver.
  Status setWeights(int layer, const Tensor& weights);

  /// A sequence of steps with a state of its own, cleared. Shares programs and all textures that
  /// hold no state; the session outlives it. After a rebind its calls fail with Value.
  Result<std::unique_ptr<Stream>> stream();
  /// Several of them, such as one for each camera; each gives the bits that it gives alone.
  Result<std::vector<std::unique_ptr<Stream>>> streams(int count);

  /// Waits until all specialised programs are in use. Errors: why the compiling thread gave up (the
  /// session goes on with the programs it has).
  Status settle();
  /// How many ops draw with specialised programs.
  int specialisedOps() const;

  /// Draws everything once on whatever the textures hold, without transfers: for benchmarks.
  Status drawOnly();
  /// The same for the draws of one layer.
  Status drawLayer(int layer);
  /// Waits until the GPU is idle, by reading one texel: for benchmarks.
  Status wait();

  const Model& model() const { return model_; }
  const Schedule& schedule() const { return schedule_; }
  /// Whether measurements chose the mapping, rather than the rules.
  bool tuned() const { return options_.tuned.has_value(); }
  /// The schedule whose draws compute `op` now: the specialised one where its programs are ready.
  const Schedule& drawing(int op) const;

 private:
  Session(gpu::Context& context, Model model, SessionOptions options);
  Status bind(const Model& model);
  Status buildPrograms(const Schedule& schedule);
  struct Built;
  struct BoundDraws;
  Built finish(gpu::Program program, const std::vector<std::string>& samplers);
  BoundDraws bindDraws(const Schedule& schedule, DrawConstants constants);
  Status replaceConstants(Schedule& schedule, DrawConstants& constants, int layer);
  Status buildShared(const Schedule& schedule);
  Status startBackground();
  Status specialise();
  std::vector<gpu::ProgramRequest> missingPrograms(const Schedule& schedule);
  void adoptReady();
  void takeReady();
  /// From the second step on, programs are specialised.
  Status beginStep();
  void setDrawVectors(Built& built, const DrawPosition& position);
  Status draw(const DrawPlan& plan, const BoundDraws& bound, std::size_t index, int step);
  /// In a scan, at step `step`.
  Status drawOp(int op, int step);
  /// Neighbouring ops, those of scans again and again.
  Status drawOps(std::span<const int> ops);

  friend class SessionStream;
  /// What one stream keeps on the device, and of layers in software.
  struct Kept {
    std::unique_ptr<DeviceResources> device;
    std::vector<Ring> rings;           ///< by graph value
    std::vector<LayerState> software;  ///< by layer

    /// Moves on to the next map of all rings of a scan, or, when -1, of those in no scan.
    void push(const OpGraph& graph, int scan);
  };
  /// A value on its way to the host.
  struct Fetching {
    int value = -1;
    std::vector<gpu::Readback> planes;
  };
  /// A step that was drawn: values on the host, and those on their way.
  struct Drawn {
    std::vector<Tensor> host;
    std::vector<Fetching> fetching;
  };
  Result<Kept> makeKept();
  Status clear(Kept& kept);
  Result<Drawn> begin(std::span<const Tensor> feeds, Kept& kept);
  Result<std::map<int, Tensor>> finish(Drawn step);
  const gpu::Texture& textureAt(int index) const;
  gpu::Framebuffer& framebufferAt(const std::vector<int>& textures) const;
  /// Of a ring, the map of `age` steps ago.
  Status upload(int value, const Tensor& tensor, int age);
  Result<Fetching> startFetch(int value, int age);
  Result<Tensor> finishFetch(Fetching& fetching);
  Status runSoftware(int layer, std::vector<Tensor>& host);
  void findTuned(const Model& model);
  MappingOptions mapping() const;
  bool specialises() const;
  ScheduleOptions scheduleOptions() const;

  gpu::Context& context_;
  SessionOptions options_;
  Model model_;
  Schedule schedule_;
  gpu::ProgramCache cache_;
  gpu::Fullscreen fullscreen_;
  /// Programs by their text: they survive a rebind.
  struct Built {
    gpu::Program program;
    int draw = -1, sizes = -1, floats = -1, ints = -1, viewport = -1;  ///< uniform places
    const DrawPlan* lastDraw = nullptr;                                ///< whose constants it holds
  };
  std::map<std::string, Built> programs_;
  std::set<std::string> requested_;  ///< texts given to background_
  /// The draws of a schedule with what they need; null programs are not built yet.
  struct BoundDraws {
    DrawConstants constants;
    std::vector<Built*> programs;
  };
  BoundDraws draws_;
  /// The same schedule with specialised programs, op by op as they become ready.
  struct Fast {
    Schedule schedule;
    BoundDraws draws;
    std::vector<bool> ready;  ///< by op
  };
  Fast fast_;
  int stepsBegun_ = 0;  ///< since the model was bound
  std::unique_ptr<gpu::BackgroundPrograms> background_;
  std::unique_ptr<DeviceResources> resources_;
  bool constantsThere_ = false;  ///< constant maps are in their textures
  Kept own_;                     ///< of run()
  Kept* kept_ = nullptr;         ///< of the step that is being drawn
  int binding_ = 0;              ///< counts rebinds
};

}  // namespace glint
