#include "nnets/layers/dynapcnn/module_list.h"

#include <cmath>
#include <string>
#include <utility>

namespace glint::dynapcnn {
namespace {

/// Several poolings in a row, as one.
struct Pooled {
  Pair pool;
  float rescale = 1;  ///< by which what follows has to be divided
  bool any = false;
};

/// Walks the list; each part of a layer takes what belongs to it.
class Grouper {
 public:
  explicit Grouper(std::span<const Module> modules) : modules_(modules) {}

  Result<ModuleList> run(bool dvsInput) {
    ModuleList list;
    GLINT_ASSIGN(Pooled pooled, takeDvs(list, dvsInput));
    float rescale = pooled.rescale;
    for (skip(); at_ < modules_.size(); skip()) {
      LayerModules layer;
      layer.first = at_;
      layer.rescale = rescale;
      GLINT_TRY(takeWeights(layer));
      GLINT_TRY(takeNeurons(layer));
      GLINT_ASSIGN(pooled, takePools());
      if (pooled.any) layer.pool = pooled.pool;
      rescale = pooled.rescale;
      list.layers.push_back(std::move(layer));
    }
    if (rescale != 1) {
      return Error{Errc::Value,
                   "the last pooling takes averages, but no weights follow that could be divided, "
                   "legal: sum pooling"};
    }
    return list;
  }

 private:
  template <typename T>
  const T* is() const {
    return at_ < modules_.size() ? std::get_if<T>(&modules_[at_]) : nullptr;
  }

  void skip() {
    while (is<Identity>() != nullptr || is<Flatten>() != nullptr) ++at_;
  }

  Error wrong(const std::string& what, const std::string& legal) const {
    return {Errc::Value, "module " + std::to_string(at_) + " " + what + ", legal: " + legal};
  }

  Result<Pooled> takeDvs(ModuleList& list, bool dvsInput) {
    skip();
    Pooled pooled;
    if (const auto* dvs = is<Dvs>()) {
      list.dvs = *dvs;
      ++at_;
      return pooled;
    }
    GLINT_ASSIGN(pooled, takePools());
    if (!pooled.any && !dvsInput) return pooled;
    list.dvs = Dvs{};
    list.dvs->pool = pooled.pool;
    return pooled;
  }

  Status takeWeights(LayerModules& layer) {
    if (const auto* conv = is<Conv2d>()) {
      layer.weights = *conv;
    } else if (const auto* linear = is<Linear>()) {
      layer.weights = *linear;
    } else {
      return wrong("is neither a convolution nor a linear layer", "one of them");
    }
    ++at_;
    skip();
    const auto* norm = is<BatchNorm2d>();
    if (norm == nullptr) return {};
    auto* conv = std::get_if<Conv2d>(&layer.weights);
    if (conv == nullptr) return wrong("normalizes a linear layer", "behind a convolution");
    GLINT_TRY(merge(*norm, *conv));
    ++at_;
    return {};
  }

  Status merge(const BatchNorm2d& norm, Conv2d& conv) const {
    const std::int64_t filters = conv.weight.shape().rank() == 4 ? conv.weight.shape()[0] : 0;
    for (const Tensor* tensor : {&norm.gamma, &norm.beta, &norm.mean, &norm.variance}) {
      if (tensor->type() == DType::F32 && tensor->shape() == Shape{filters}) continue;
      return wrong("has a tensor of shape " + tensor->shape().toString(),
                   "float32 [" + std::to_string(filters) + "]");
    }
    if (conv.weight.type() != DType::F32)
      return wrong("follows weights that are not float32", "float32");
    Tensor bias(DType::F32, {filters});
    const std::int64_t each = filters > 0 ? conv.weight.size() / filters : 0;
    for (std::size_t f = 0; f < static_cast<std::size_t>(filters); ++f) {
      const float variance = norm.variance.as<float>()[f];
      if (!(variance > 0)) {
        return wrong(
            "has variance " + std::to_string(variance) + " in channel " + std::to_string(f),
            "above 0");
      }
      const float factor = norm.gamma.as<float>()[f] / std::sqrt(variance);
      const float before =
          conv.bias && conv.bias->size() == filters ? conv.bias->as<float>()[f] : 0;
      bias.as<float>()[f] = norm.beta.as<float>()[f] + (before - norm.mean.as<float>()[f]) * factor;
      for (float& w : conv.weight.as<float>().subspan(f * static_cast<std::size_t>(each),
                                                      static_cast<std::size_t>(each))) {
        w *= factor;
      }
    }
    conv.bias = std::move(bias);
    return {};
  }

  Status takeNeurons(LayerModules& layer) {
    skip();
    if (const auto* spk = is<IafSqueeze>()) {
      layer.spk = *spk;
    } else if (is<ReLU>() != nullptr) {
      layer.spk.minVMem = -1.f;
    } else {
      return wrong(at_ < modules_.size() ? "comes behind weights" : "is missing behind weights",
                   "neurons (IafSqueeze or ReLU)");
    }
    ++at_;
    return {};
  }

  Result<Pooled> takePools() {
    Pooled pooled;
    for (skip();; ++at_, skip()) {
      Pair kernel, stride;
      if (const auto* sum = is<SumPool2d>()) {
        kernel = sum->kernel;
        stride = sum->stride.value_or(kernel);
      } else if (const auto* average = is<AvgPool2d>()) {
        kernel = average->kernel;
        stride = average->stride.value_or(kernel);
        if (average->padding != Pair{0, 0}) {
          return wrong("pools with padding " + average->padding.toString(), "[0, 0]");
        }
        pooled.rescale *= static_cast<float>(kernel.x * kernel.y);
      } else {
        return pooled;
      }
      if (stride != kernel) {
        return wrong("pools " + kernel.toString() + " with stride " + stride.toString(),
                     "the stride of the kernel");
      }
      pooled.pool = {pooled.pool.x * kernel.x, pooled.pool.y * kernel.y};
      pooled.any = true;
    }
  }

  std::span<const Module> modules_;
  std::size_t at_ = 0;
};

}  // namespace

Result<ModuleList> groupModules(std::span<const Module> modules, bool dvsInput) {
  return Grouper(modules).run(dvsInput);
}

}  // namespace glint::dynapcnn
