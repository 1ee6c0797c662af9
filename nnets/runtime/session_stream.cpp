#include <algorithm>
#include <deque>
#include <utility>

#include "nnets/runtime/session.h"

namespace glint {
namespace {

/// One map of a state [x, y, maps, c] in I32; `oldness` counts from the newest.
Tensor mapOf(const Tensor& state, const TensorType& type, int maps, int oldness) {
  Tensor map(DType::I32, type.shape);
  const std::int64_t channels = type.channels();
  for (std::int64_t i = 0; i < map.size(); ++i) {
    const std::int64_t at = (i / channels * maps + maps - 1 - oldness) * channels + i % channels;
    map.as<std::int32_t>()[static_cast<std::size_t>(i)] =
        static_cast<std::int32_t>(state.integer(at));
  }
  return map;
}

void setMap(Tensor& state, const Tensor& map, int maps, int oldness) {
  const std::int64_t channels = map.shape().back();
  for (std::int64_t i = 0; i < map.size(); ++i) {
    const std::int64_t at = (i / channels * maps + maps - 1 - oldness) * channels + i % channels;
    state.as<std::int32_t>()[static_cast<std::size_t>(at)] =
        static_cast<std::int32_t>(map.integer(i));
  }
}

}  // namespace

/// A stream on a session. What layers on the GPU keep lies in textures of its own.
class SessionStream : public Stream {
 public:
  SessionStream(Session& session, Session::Kept kept)
      : session_(session), binding_(session.binding_), kept_(std::move(kept)) {}

  ~SessionStream() override {
    if (session_.kept_ == &kept_) session_.kept_ = &session_.own_;
  }

  const Model& model() const override { return session_.model(); }

  Status push(std::span<const Tensor> feeds) override {
    GLINT_TRY(checkBinding());
    GLINT_ASSIGN(Session::Drawn step, session_.begin(feeds, kept_));
    steps_.push_back(std::move(step));
    return {};
  }

  Result<Outputs> fetch() override {
    if (steps_.empty()) return Error{Errc::Value, "no step waits to be fetched"};
    GLINT_TRY(checkBinding());
    Session::Drawn step = std::move(steps_.front());
    steps_.pop_front();
    return session_.finish(std::move(step));
  }

  std::size_t pending() const override { return steps_.size(); }

  Status reset() override {
    GLINT_TRY(checkBinding());
    return session_.clear(kept_);
  }

  Result<State> state() override {
    GLINT_TRY(checkBinding());
    session_.kept_ = &kept_;
    State state = clearedState(model());
    for (std::size_t i = 0; i < kept_.software.size(); ++i) {
      for (const auto& [name, tensor] : kept_.software[i]) state.layers[i][name] = tensor;
    }
    for (const KeptState& view : session_.schedule().graph.states) {
      Tensor& tensor = state.layers[static_cast<std::size_t>(view.layer)].at(view.name);
      for (int age = 0; age < view.maps; ++age) {
        GLINT_ASSIGN(Session::Fetching fetching, session_.startFetch(view.value, age));
        GLINT_ASSIGN(const Tensor map, session_.finishFetch(fetching));
        setMap(tensor, map, view.maps, age);
      }
    }
    return state;
  }

  Status setState(const State& given) override {
    GLINT_TRY(checkBinding());
    GLINT_ASSIGN(const State state, checkedState(model(), given));
    GLINT_TRY(checkShared(state));
    session_.kept_ = &kept_;
    GLINT_TRY(session_.clear(kept_));
    kept_.software = state.layers;
    for (const KeptState& view : session_.schedule().graph.states) {
      const auto layer = static_cast<std::size_t>(view.layer);
      const Tensor& tensor = state.layers[layer].at(view.name);
      for (int age = 0; age < view.maps; ++age) {
        GLINT_TRY(session_.upload(view.value, mapOf(tensor, typeOf(view), view.maps, age), age));
      }
      kept_.software[layer].clear();
    }
    return {};
  }

 private:
  Status checkBinding() const {
    if (binding_ == session_.binding_) return {};
    return Error{Errc::Value, "the session was bound to another size since the stream was made"};
  }

  const TensorType& typeOf(const KeptState& view) const {
    return session_.schedule().graph.values[static_cast<std::size_t>(view.value)].type;
  }

  /// Layers that read one value share its maps on the device: where both have one, it is the same.
  Status checkShared(const State& state) const {
    const std::vector<KeptState>& views = session_.schedule().graph.states;
    for (std::size_t i = 0; i < views.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        const KeptState &a = views[i], &b = views[k];
        if (a.value != b.value) continue;
        const Tensor& of = state.layers[static_cast<std::size_t>(a.layer)].at(a.name);
        const Tensor& other = state.layers[static_cast<std::size_t>(b.layer)].at(b.name);
        for (int age = 0; age < std::min(a.maps, b.maps); ++age) {
          if (mapOf(of, typeOf(a), a.maps, age) == mapOf(other, typeOf(a), b.maps, age)) continue;
          return Error{Errc::Value, "the states of " + describe(model().layer(b.layer)) + " and " +
                                        describe(model().layer(a.layer)) +
                                        " differ, but both keep what the same layer gave"};
        }
      }
    }
    return {};
  }

  Session& session_;
  int binding_;
  Session::Kept kept_;
  std::deque<Session::Drawn> steps_;
};

Result<std::unique_ptr<Stream>> Session::stream() {
  GLINT_ASSIGN(Kept kept, makeKept());
  GLINT_TRY(context_.check("making a stream"));
  return std::unique_ptr<Stream>(std::make_unique<SessionStream>(*this, std::move(kept)));
}

Result<std::vector<std::unique_ptr<Stream>>> Session::streams(int count) {
  std::vector<std::unique_ptr<Stream>> streams;
  for (int i = 0; i < count; ++i) {
    GLINT_ASSIGN(std::unique_ptr<Stream> one, stream());
    streams.push_back(std::move(one));
  }
  return streams;
}

}  // namespace glint
