#include "tests/support/model_generator.h"

#include <doctest/doctest.h>

namespace glint::test {

ModelGenerator::Source ModelGenerator::source() {
  if (chance(80)) return sources_.back();
  return sources_[static_cast<std::size_t>(pick(0, static_cast<int>(sources_.size()) - 1))];
}

void ModelGenerator::fill(Layer& layer, const std::string& name, DType type, Shape shape,
                          std::int64_t lo, std::int64_t hi) {
  Tensor wide(DType::I64, shape);
  for (std::int64_t& v : wide.as<std::int64_t>()) {
    v = chance(3) ? (chance(50) ? lo : hi) : random_.between(lo, hi);
  }
  layer.variables[name] = *convertIntegers(wide, type);
}

std::unique_ptr<Layer> ModelGenerator::start(const std::string& type, const Json& params,
                                             const Source& in) {
  auto layer = makeLayer(type);
  layer->name = fresh("l");
  layer->inbounds = {in.name};
  REQUIRE(readFields(*layer, params).ok());
  return layer;
}

bool ModelGenerator::add(std::unique_ptr<Layer> layer) {
  const std::string name = layer->name;
  if (!model_.add(std::move(layer)).ok()) return false;
  sources_.push_back({name, model_.outputType(model_.layerCount() - 1)});
  return true;
}

}  // namespace glint::test
