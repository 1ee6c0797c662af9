#include "nnets/runtime/tuner.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "nnets/devices/tuning.h"

namespace glint {
namespace {

/// Other texels have to be faster by more than measurements differ by themselves.
constexpr double kClearly = 0.97;

struct Candidate {
  MappingChoice choice;
  std::unique_ptr<Session> session;
  std::vector<double> ms;  ///< by layer; 0 for those that draw nothing
};

int passesOf(const Session& session, int layer) {
  int passes = 0;
  for (const int op : session.schedule().layers[static_cast<std::size_t>(layer)].ops) {
    const std::vector<int>& first = session.drawing(op).firstDraw;
    passes += first[static_cast<std::size_t>(op) + 1] - first[static_cast<std::size_t>(op)];
  }
  return passes;
}

/// The layer in whose passes `layer` is computed, or itself.
int hostOf(const Session& session, int layer) {
  const auto at = static_cast<std::size_t>(layer);
  const std::vector<int>& ops = session.schedule().layers[at].ops;
  const int inside = ops.empty() ? -1 : session.drawing(ops.front()).layers[at].inside;
  return inside < 0 || passesOf(session, layer) > 0 ? layer : hostOf(session, inside);
}

/// How the layer that draws is mapped, in words.
std::string describeMapping(const Session& session, const std::vector<int>& layers) {
  const int host = hostOf(session, layers.back());
  for (const int op : session.schedule().layers[static_cast<std::size_t>(host)].ops) {
    const OpMapping& mapping = session.drawing(op).mapping.ops[static_cast<std::size_t>(op)];
    if (mapping.passes.empty()) continue;
    int filters = 0;
    for (const NpMapping& np : mapping.passes.front().nps) filters += np.filters;
    return MappingChoice{mapping.placement, filters}.toString();
  }
  return "software";
}

class Tuner {
 public:
  Tuner(gpu::Context& context, const Model& model, const SessionOptions& options,
        const TunerOptions& how)
      : context_(context), model_(model), options_(options), how_(how) {
    options_.tuned.reset();
    options_.useTuned = false;
    options_.given = {};
    rules_ = options.mapping ? *options.mapping : mappingFor(context.capabilities().renderer);
  }

  Result<TuningReport> run() {
    GLINT_TRY(chooseTexels());
    makeCandidates();
    if (candidates_.empty()) return Error{Errc::Unsupported, "no mapping could be tried"};
    GLINT_TRY(measureLayers());
    choose();
    GLINT_TRY(compare());
    return std::move(report_);
  }

 private:
  TunerOptions::Work whole(Session& session) {
    return {[this, &session]() -> Status {
              GLINT_TRY(session.drawOnly());
              context_.submit();
              return {};
            },
            [&session] { return session.wait(); }};
  }

  /// The session that the rules give, at its full speed.
  Result<std::unique_ptr<Session>> ruled(Storage bytes) {
    SessionOptions options = options_;
    options.mapping = rules_;
    options.mapping->bytes = bytes;
    GLINT_ASSIGN(std::unique_ptr<Session> session,
                 Session::create(context_, model_, std::move(options)));
    // Programs that cannot be specialised are no reason not to tune.
    static_cast<void>(session->settle().ok());
    return session;
  }

  bool over(const std::string& what) {
    if (!how_.enough || !how_.enough()) {
      if (how_.progress) how_.progress(what);
      return false;
    }
    report_.notTried.push_back(what + ": no time left");
    return true;
  }

  Status chooseTexels() {
    bytes_ = rules_.bytes;
    GLINT_ASSIGN(ruled_, ruled(bytes_));
    if (ruled_->schedule().draws.empty()) {
      return Error{Errc::Unsupported, "no layer runs on the GPU: there is nothing to tune"};
    }
    std::vector<std::pair<Storage, std::unique_ptr<Session>>> others;
    for (const Storage other : {Storage::Norm8, Storage::Uint8, Storage::Packed}) {
      const bool possible = other == Storage::Norm8 || context_.capabilities().integerTextures;
      const std::string what = "texels " + std::string(texelsName(other));
      if (other == bytes_ || !possible || over(what)) continue;
      auto session = ruled(other);
      if (session.ok()) {
        others.emplace_back(other, std::move(session).value());
      } else {
        report_.notTried.push_back(what + ": " + session.error().message);
      }
    }
    if (others.empty()) return {};
    std::vector<TunerOptions::Work> works{whole(*ruled_)};
    for (auto& [bytes, session] : others) works.push_back(whole(*session));
    GLINT_ASSIGN(const std::vector<double> ms, how_.measure(works));
    const auto best = std::min_element(ms.begin() + 1, ms.end()) - ms.begin();
    if (ms[static_cast<std::size_t>(best)] < kClearly * ms[0]) {
      bytes_ = others[static_cast<std::size_t>(best - 1)].first;
    }
    return {};
  }

  void makeCandidates() {
    const int perTarget = bytes_ == Storage::Packed ? 16 : 4;
    const int most = context_.capabilities().maxDrawBuffers * perTarget;
    for (const Placement placement : {Placement::Inline, Placement::Uniform, Placement::Texture}) {
      for (const int filters : {16, 32, 64, 128, 8, 4}) {
        const MappingChoice choice{placement, filters};
        if (filters > most || filters > 8 * perTarget) continue;
        if (!candidates_.empty() && over(choice.toString())) continue;
        SessionOptions options = options_;
        options.share = nullptr;
        options.mapping = optionsFor(rules_, choice, bytes_);
        auto session = Session::create(context_, model_, std::move(options));
        if (!session.ok()) {
          report_.notTried.push_back(choice.toString() + ": " + session.error().message);
          continue;
        }
        candidates_.push_back({choice, std::move(session).value(), {}});
      }
    }
  }

  Status measureLayers() {
    std::vector<Session*> sessions{ruled_.get()};
    for (Candidate& one : candidates_) sessions.push_back(one.session.get());
    std::vector<TunerOptions::Work> works;
    std::vector<std::pair<std::size_t, std::size_t>> places;  // session, layer
    const auto layers = static_cast<std::size_t>(model_.layerCount());
    for (std::size_t s = 0; s < sessions.size(); ++s) {
      for (std::size_t layer = 0; layer < layers; ++layer) {
        Session& session = *sessions[s];
        const int index = static_cast<int>(layer);
        if (passesOf(session, index) == 0) continue;
        places.emplace_back(s, layer);
        works.push_back({[this, &session, index]() -> Status {
                           GLINT_TRY(session.drawLayer(index));
                           context_.submit();
                           return {};
                         },
                         [&session] { return session.wait(); }});
      }
    }
    if (how_.progress) how_.progress("timing layers");
    GLINT_ASSIGN(const std::vector<double> ms, how_.measure(works));
    ruledMs_.assign(layers, 0.);
    for (Candidate& one : candidates_) one.ms.assign(layers, 0.);
    for (std::size_t i = 0; i < places.size(); ++i) {
      const auto [s, layer] = places[i];
      (s == 0 ? ruledMs_ : candidates_[s - 1].ms)[layer] = ms[i];
    }
    return {};
  }

  /// Layers that share passes in any of the sessions belong together.
  std::vector<std::vector<int>> groups() const {
    std::vector<int> group(static_cast<std::size_t>(model_.layerCount()));
    std::iota(group.begin(), group.end(), 0);
    const auto join = [&](const Session& session) {
      for (int layer = 0; layer < model_.layerCount(); ++layer) {
        const int from = group[static_cast<std::size_t>(layer)];
        const int to = group[static_cast<std::size_t>(hostOf(session, layer))];
        for (int& one : group) {
          if (one == from) one = to;
        }
      }
    };
    join(*ruled_);
    for (const Candidate& one : candidates_) join(*one.session);
    std::vector<std::vector<int>> found;
    for (int first = 0; first < model_.layerCount(); ++first) {
      std::vector<int> members;
      for (int layer = 0; layer < model_.layerCount(); ++layer) {
        if (group[static_cast<std::size_t>(layer)] == first) members.push_back(layer);
      }
      if (!members.empty()) found.push_back(std::move(members));
    }
    return found;
  }

  static double sumOf(const std::vector<double>& ms, const std::vector<int>& layers) {
    double sum = 0;
    for (const int layer : layers) sum += ms[static_cast<std::size_t>(layer)];
    return sum;
  }

  void choose() {
    report_.tuned.bytes = bytes_;
    for (std::vector<int>& layers : groups()) {
      TunedGroup group;
      group.rulesMs = sumOf(ruledMs_, layers);
      if (group.rulesMs == 0) continue;  // software
      group.rules = describeMapping(*ruled_, layers);
      const Candidate* best = &candidates_.front();
      for (const Candidate& one : candidates_) {
        if (sumOf(one.ms, layers) < sumOf(best->ms, layers)) best = &one;
      }
      group.chosenMs = sumOf(best->ms, layers);
      group.chosen = describeMapping(*best->session, layers);
      for (const int layer : layers) {
        report_.tuned.layers.push_back({layer, model_.layer(layer).name, best->choice});
      }
      group.layers = std::move(layers);
      report_.groups.push_back(std::move(group));
    }
    std::sort(report_.tuned.layers.begin(), report_.tuned.layers.end(),
              [](const TunedLayer& a, const TunedLayer& b) { return a.layer < b.layer; });
    std::sort(report_.groups.begin(), report_.groups.end(),
              [](const TunedGroup& a, const TunedGroup& b) { return a.layers < b.layers; });
  }

  /// The whole as chosen against the whole as ruled: layers alone do not tell all.
  Status compare() {
    candidates_.clear();
    SessionOptions options = options_;
    options.mapping = rules_;
    options.useTuned = true;
    options.tuned = report_.tuned;
    if (how_.progress) how_.progress("the result");
    GLINT_ASSIGN(const std::unique_ptr<Session> tuned,
                 Session::create(context_, model_, std::move(options)));
    const std::vector<TunerOptions::Work> works{whole(*ruled_), whole(*tuned)};
    GLINT_ASSIGN(const std::vector<double> ms, how_.measure(works));
    report_.rulesMs = ms[0];
    report_.tunedMs = ms[1];
    return {};
  }

  gpu::Context& context_;
  const Model& model_;
  SessionOptions options_;
  const TunerOptions& how_;
  MappingOptions rules_;
  Storage bytes_ = Storage::Norm8;
  std::unique_ptr<Session> ruled_;  ///< with the texels that the rules choose
  std::vector<Candidate> candidates_;
  std::vector<double> ruledMs_;  ///< by layer
  TuningReport report_;
};

}  // namespace

Result<TuningReport> tune(gpu::Context& context, const Model& model, const SessionOptions& options,
                          const TunerOptions& how) {
  return Tuner(context, model, options, how).run();
}

}  // namespace glint
