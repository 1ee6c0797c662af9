#include "nnets/layers/akida_temporal/buffer_layer.h"

#include "nnets/layers/akida_v2/mac_layer_lower.h"

namespace glint::akida {

void BufferLayer::lowerSteps(OpBuilder& builder,
                             const std::function<void(SumInput&, int)>& addWeights) const {
  const int value = builder.input(0);
  builder.keep("fifo", value, fifoSize);
  std::vector<SumInput> inputs;
  for (int step = 0; step < fifoSize; ++step) {
    SumInput input;
    input.value = value;
    input.age = fifoSize - 1 - step;
    addWeights(input, step);
    lowerShifts(input, *this, builder.typeOf(value).channels());
    inputs.push_back(std::move(input));
  }
  lowerMac(builder, *this, slidingWindow(1, 1, Padding::Same), std::move(inputs),
           builder.outputType().shape, Padding::Same);
}

}  // namespace glint::akida
