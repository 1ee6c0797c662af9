#include <cstdio>

#include "core/shape.h"
#include "nnets/graph/model.h"

int main() {
  const glint::Model model;
  const glint::Shape shape{3, 4, 5};
  std::printf("%d layers, %s\n", model.layerCount(), shape.toString().c_str());
  return model.layerCount() == 0 && model.feeds().empty() && shape.size() == 60 ? 0 : 1;
}
