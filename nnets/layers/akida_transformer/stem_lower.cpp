#include "nnets/layers/akida_transformer/stem.h"

#include "core/fixed_point.h"
#include "nnets/layers/akida_v2/mac_layer_lower.h"

namespace glint::akida {

Status Stem::lower(OpBuilder& builder) const {
  const TensorType in = builder.typeOf(builder.input(0));
  const TensorType& output = builder.outputType();
  const std::int64_t across = in.x() / kernelSize;
  const TensorType patches{Shape{across, across, filters}, post.bufferBits, true, false};
  const TensorType lined{output.shape, post.bufferBits, true, false};

  Op embed;
  embed.geometry = slidingWindow(kernelSize, kernelSize, Padding::Valid);
  embed.inputs = {lowerWeights(*this, builder.input(0), kernelSize, in.channels(), filters, false)};
  embed.steps = sumSteps(*this, filters);
  embed.output = builder.addInner("patches", patches);
  const int embedded = embed.output;
  builder.add(std::move(embed));

  // What is known of each token beforehand: all of those in front, the positions of the others.
  std::vector<std::int32_t> known;
  for (std::int64_t token = 0; token < output.y(); ++token)
    for (std::int64_t f = 0; f < filters; ++f) {
      std::int64_t v = positionAt(token, f);
      if (token < numNonPatchTokens) {
        v = fixed_point::saturate(v + tokenAt(token, f), post.bufferBits);
      }
      known.push_back(static_cast<std::int32_t>(v));
    }
  Op line;
  line.geometry.kind = WindowGeometry::Kind::Lined;
  line.geometry.lead = numNonPatchTokens;
  line.inputs = {ownChannel(embedded, filters),
                 ownChannel(builder.addConstant("positions", lined, std::move(known)), filters)};
  line.steps.push_back(clampAll(filters, integerRange(post.bufferBits, true)));
  appendOutput(line.steps, *this, output);
  builder.add(std::move(line));
  return {};
}

}  // namespace glint::akida
