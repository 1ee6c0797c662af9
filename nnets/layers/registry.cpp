#include <memory>
#include <string_view>
#include <vector>

#include "nnets/graph/layer.h"
#include "nnets/layers/akida/input_data.h"
#include "nnets/layers/akida_temporal/buffer_temp_conv.h"
#include "nnets/layers/akida_temporal/depthwise_buffer_temp_conv.h"
#include "nnets/layers/akida_temporal/stateful_recurrent.h"
#include "nnets/layers/akida_transformer/attention.h"
#include "nnets/layers/akida_transformer/batch_normalization.h"
#include "nnets/layers/akida_transformer/dense2d.h"
#include "nnets/layers/akida_transformer/extract_token.h"
#include "nnets/layers/akida_transformer/mad_norm.h"
#include "nnets/layers/akida_transformer/shiftmax.h"
#include "nnets/layers/akida_transformer/stem.h"
#include "nnets/layers/akida_v1/convolutional.h"
#include "nnets/layers/akida_v1/fully_connected.h"
#include "nnets/layers/akida_v1/input_convolutional.h"
#include "nnets/layers/akida_v1/separable_convolutional.h"
#include "nnets/layers/akida_v2/add.h"
#include "nnets/layers/akida_v2/concatenate.h"
#include "nnets/layers/akida_v2/conv2d.h"
#include "nnets/layers/akida_v2/conv2d_transpose.h"
#include "nnets/layers/akida_v2/dense1d.h"
#include "nnets/layers/akida_v2/depthwise_conv2d.h"
#include "nnets/layers/akida_v2/depthwise_conv2d_transpose.h"
#include "nnets/layers/akida_v2/dequantizer.h"
#include "nnets/layers/akida_v2/input_conv2d.h"
#include "nnets/layers/akida_v2/quantizer.h"
#include "nnets/layers/dynapcnn/dvs_layer.h"
#include "nnets/layers/dynapcnn/spiking_layer.h"

namespace glint {

std::unique_ptr<Layer> makeLayer(std::string_view type) {
#define LAYER(Class, typeName) \
  if (type == typeName) return std::make_unique<Class>();
#include "nnets/layers/layers.def"
#undef LAYER
  return nullptr;
}

std::vector<std::string_view> layerTypes() {
  return {
#define LAYER(Class, typeName) typeName,
#include "nnets/layers/layers.def"
#undef LAYER
  };
}

}  // namespace glint
