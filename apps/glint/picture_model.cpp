#include "apps/glint/picture_model.h"

#include <algorithm>
#include <cstring>

#include "apps/glint/picture/colour.h"
#include "apps/glint/picture/resize.h"
#include "nnets/graph/learning_params.h"

namespace glint::cli {
namespace {

/// The description of `layer` in `info`, or null.
const Json* infoOf(const Json& info, const Layer& layer) { return info.find(layer.name); }

Error notUnderstood(const Layer& layer, const std::string& key, const Json* value,
                    const std::string& legal) {
  return within(describe(layer),
                Error{Errc::Format, "the model file gives '" + key + "' as " +
                                        (value == nullptr ? "nothing" : value->dump()) +
                                        ", legal: " + legal});
}

Result<std::string> textOf(const Layer& layer, const Json& info, const std::string& key,
                           const std::string& legal) {
  const Json* value = info.find(key);
  if (value != nullptr && value->asString() != nullptr) return *value->asString();
  return notUnderstood(layer, key, value, legal);
}

Result<Colour> colourOf(const Layer& layer, const Json& info, std::int64_t channels) {
  const std::string legal = "\"luma\", \"gray\" or \"rgb\"";
  GLINT_ASSIGN(const std::string colour, textOf(layer, info, "colour", legal));
  if (colour != "luma" && colour != "gray" && colour != "rgb") {
    return notUnderstood(layer, "colour", info.find("colour"), legal);
  }
  const std::int64_t wanted = colour == "rgb" ? 3 : 1;
  if (channels != wanted) {
    return within(describe(layer),
                  Error{Errc::Value, "has " + std::to_string(channels) +
                                         " channels, but a picture with colour " + colour +
                                         " has " + std::to_string(wanted)});
  }
  if (colour == "luma") return Colour::Luma;
  return colour == "gray" ? Colour::Gray : Colour::Rgb;
}

Status readNumber(const Layer& layer, const Json& info, const std::string& key, double& number) {
  const Json* value = info.find(key);
  if (value == nullptr || value->asNumber(number)) return {};
  return notUnderstood(layer, key, value, "a number");
}

Status readNames(const Layer& layer, const Json& info, std::int64_t count,
                 std::vector<std::string>& names) {
  const Json* value = info.find("names");
  const std::string legal =
      "a list of " + std::to_string(count) + " texts, one a score or learned class";
  if (value == nullptr || value->asArray() == nullptr ||
      value->asArray()->size() != static_cast<std::size_t>(count)) {
    return notUnderstood(layer, "names", value, legal);
  }
  for (const Json& name : *value->asArray()) {
    if (name.asString() == nullptr) return notUnderstood(layer, "names", &name, legal);
    names.push_back(*name.asString());
  }
  return {};
}

}  // namespace

Result<std::optional<PictureInput>> pictureInput(const Model& model) {
  const std::vector<int> feeds = model.feeds();
  if (feeds.size() != 1) return std::optional<PictureInput>();
  const Layer& layer = model.layer(feeds[0]);
  const Json* info = infoOf(model.inputInfo, layer);
  if (info == nullptr) return std::optional<PictureInput>();
  GLINT_ASSIGN(const std::string kind, textOf(layer, *info, "kind", "\"image\""));
  if (kind != "image") return notUnderstood(layer, "kind", info->find("kind"), "\"image\"");
  const TensorType& type = model.inputTypes(feeds[0])[0];
  if (type.isFloat || type.isSigned || type.bits != 8) {
    return within(describe(layer),
                  Error{Errc::Value, "takes " + type.toString() + ", but pictures are uint8"});
  }
  PictureInput input;
  GLINT_ASSIGN(input.colour, colourOf(layer, *info, type.channels()));
  return std::optional<PictureInput>(input);
}

Result<PictureOutput> pictureOutput(const Model& model) {
  PictureOutput output;
  const std::vector<int> outputs = model.outputs();
  if (outputs.size() != 1) return output;
  const Layer& layer = model.layer(outputs[0]);
  const TensorType& type = model.outputType(outputs[0]);
  const Json* info = infoOf(model.outputInfo, layer);
  if (info == nullptr) return output;
  const std::string legal = "\"image\" or \"labels\"";
  GLINT_ASSIGN(const std::string kind, textOf(layer, *info, "kind", legal));
  if (kind == "labels") {
    output.kind = PictureOutput::Kind::Labels;
    const LearningParams* learned = layer.learning();
    GLINT_TRY(readNames(layer, *info, learned != nullptr ? learned->numClasses : type.shape.size(),
                        output.names));
    return output;
  }
  if (kind != "image") return notUnderstood(layer, "kind", info->find("kind"), legal);
  output.kind = PictureOutput::Kind::Image;
  GLINT_ASSIGN(output.colour, colourOf(layer, *info, type.channels()));
  GLINT_TRY(readNumber(layer, *info, "offset", output.offset));
  GLINT_TRY(readNumber(layer, *info, "scale", output.scale));
  return output;
}

Tensor codesOf(const picture::Image& image, Colour colour) {
  const picture::Image plain =
      colour == Colour::Rgb ? picture::rgbOf(image) : picture::lumaOf(image);
  return Tensor::of(Shape{plain.height, plain.width, plain.channels}, plain.pixels);
}

picture::Image pictureOf(const Tensor& codes, const PictureOutput& output,
                         const picture::Image& original) {
  picture::Image image(static_cast<int>(codes.shape()[1]), static_cast<int>(codes.shape()[0]),
                       static_cast<int>(codes.shape()[2]));
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    image.pixels[i] = picture::toPixel(
        numberAt(codes, static_cast<std::int64_t>(i)) * output.scale + output.offset);
  }
  return output.colour == Colour::Luma ? picture::withLuma(original, image) : image;
}

double numberAt(const Tensor& tensor, std::int64_t i) {
  const auto at = static_cast<std::size_t>(i);
  if (tensor.type() == DType::F32) return static_cast<double>(tensor.as<float>()[at]);
  if (tensor.type() == DType::F64) return tensor.as<double>()[at];
  return static_cast<double>(tensor.integer(i));
}

}  // namespace glint::cli
