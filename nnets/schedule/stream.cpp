#include "nnets/schedule/stream.h"

#include <deque>
#include <utility>

namespace glint {
namespace {

class ReferenceStream : public Stream {
 public:
  ReferenceStream(const Model& model, std::vector<int> fetch)
      : model_(model), wanted_(model.outputs()), state_(clearedState(model)) {
    wanted_.insert(wanted_.end(), fetch.begin(), fetch.end());
  }

  const Model& model() const override { return model_; }

  Status push(std::span<const Tensor> feeds) override {
    GLINT_ASSIGN(const std::vector<Tensor> all, runReference(model_, feeds, state_.layers));
    Outputs outputs;
    for (int layer : wanted_) {
      const Tensor& output = all[static_cast<std::size_t>(layer)];
      GLINT_ASSIGN(outputs[layer], isInteger(output.type())
                                       ? convertIntegers(output, model_.outputType(layer).dtype())
                                       : output);
    }
    results_.push_back(std::move(outputs));
    return {};
  }

  Result<Outputs> fetch() override {
    if (results_.empty()) return Error{Errc::Value, "no step waits to be fetched"};
    Outputs outputs = std::move(results_.front());
    results_.pop_front();
    return outputs;
  }

  std::size_t pending() const override { return results_.size(); }

  Status reset() override { return setState(clearedState(model_)); }
  Result<State> state() override { return state_; }
  Status setState(const State& state) override {
    GLINT_ASSIGN(state_, checkedState(model_, state));
    return {};
  }

 private:
  const Model& model_;
  std::vector<int> wanted_;
  State state_;
  std::deque<Outputs> results_;
};

}  // namespace

Result<Stream::Outputs> Stream::step(std::span<const Tensor> feeds) {
  if (pending() > 0) {
    return Error{Errc::Value, std::to_string(pending()) + " earlier steps wait to be fetched"};
  }
  GLINT_TRY(push(feeds));
  return fetch();
}

Result<std::vector<Stream::Outputs>> Stream::run(std::span<const std::vector<Tensor>> steps) {
  std::vector<Outputs> all;
  for (const std::vector<Tensor>& feeds : steps) {
    GLINT_ASSIGN(Outputs outputs, step(feeds));
    all.push_back(std::move(outputs));
  }
  return all;
}

Status Stream::snapshot(const std::string& path) {
  GLINT_ASSIGN(const State kept, state());
  return saveState(path, model(), kept);
}

Status Stream::restore(const std::string& path) {
  GLINT_ASSIGN(const State kept, loadState(path, model()));
  return setState(kept);
}

std::unique_ptr<Stream> referenceStream(const Model& model, std::vector<int> fetch) {
  return std::make_unique<ReferenceStream>(model, std::move(fetch));
}

}  // namespace glint
