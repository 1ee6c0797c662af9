#include "nnets/graph/fields.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "nnets/graph/layer.h"

namespace glint {
namespace {

constexpr std::array kPaddings{"Valid", "Same"};
constexpr std::array kPoolTypes{"NoPooling", "Max", "Average"};
constexpr std::array kActivations{"NoActivation", "ReLU", "LUT"};

/// "a, b, c"
template <typename Names>
std::string list(const Names& names) {
  std::string text;
  for (const auto& item : names) {
    if (!text.empty()) text += ", ";
    text += item;
  }
  return text;
}

bool readInt(const Json& json, int& value) {
  const std::int64_t* number = json.asInt();
  if (number == nullptr || !std::in_range<int>(*number)) return false;
  value = static_cast<int>(*number);
  return true;
}

/// Reads each declared field from an object. Keeps the first error.
class Reader : public FieldVisitor {
 public:
  explicit Reader(const Json& params) : params_(params) {}

  void field(std::string_view name, int& value, Need need) override {
    const Json* json = find(name, need);
    if (json != nullptr && !readInt(*json, value)) wrong(name, *json, "an integer of 32 bits");
  }

  void field(std::string_view name, std::optional<int>& value, Need need) override {
    const Json* json = find(name, need);
    if (json == nullptr) return;
    int read = 0;
    if (!json->isNull() && !readInt(*json, read)) {
      return wrong(name, *json, "an integer of 32 bits or null");
    }
    value = json->isNull() ? std::nullopt : std::optional(read);
  }

  void field(std::string_view name, bool& value, Need need) override {
    const Json* json = find(name, need);
    if (json == nullptr) return;
    if (const bool* flag = json->asBool()) {
      value = *flag;
    } else {
      wrong(name, *json, "true or false");
    }
  }

  void field(std::string_view name, std::vector<int>& value, Need need) override {
    const Json* json = find(name, need);
    if (json == nullptr) return;
    const Json::Array* items = json->asArray();
    std::vector<int> read(items != nullptr ? items->size() : 0);
    bool ok = items != nullptr;
    for (std::size_t i = 0; ok && i < read.size(); ++i) ok = readInt((*items)[i], read[i]);
    if (!ok) return wrong(name, *json, "a list of integers of 32 bits");
    value = std::move(read);
  }

  void field(std::string_view name, Pair& value, Need need) override {
    const Json* json = find(name, need);
    if (json == nullptr) return;
    const Json::Array* items = json->asArray();
    Pair read;
    if (items == nullptr || items->size() != 2 || !readInt((*items)[0], read.x) ||
        !readInt((*items)[1], read.y)) {
      return wrong(name, *json, "a list of two integers of 32 bits");
    }
    value = read;
  }

  void field(std::string_view name, Padding& value, Need need) override {
    enumerator(name, value, need, kPaddings);
  }
  void field(std::string_view name, PoolType& value, Need need) override {
    enumerator(name, value, need, kPoolTypes);
  }
  void field(std::string_view name, ActivationType& value, Need need) override {
    const Json* json = params_.find(name);
    const bool* flag = json != nullptr ? json->asBool() : nullptr;
    if (flag == nullptr) return enumerator(name, value, need, kActivations);
    known_.push_back(name);
    value = *flag ? ActivationType::ReLU : ActivationType::NoActivation;
  }

  /// The first error, or that of a parameter nobody declared.
  Status finish() const {
    if (!status_.ok()) return status_;
    for (const Json::Member& member : *params_.asObject()) {
      if (std::find(known_.begin(), known_.end(), member.first) != known_.end()) continue;
      const std::string legal = known_.empty() ? "none" : list(known_);
      return Error{Errc::Value, "unknown parameter '" + member.first + "' (value " +
                                    member.second.dump() + "), legal: " + legal};
    }
    return {};
  }

 private:
  const Json* find(std::string_view name, Need need) {
    known_.push_back(name);
    const Json* json = params_.find(name);
    if (json == nullptr && need == Need::Required) {
      fail("parameter '" + std::string(name) + "' is missing; it has no default");
    }
    return json;
  }

  template <typename E, std::size_t N>
  void enumerator(std::string_view name, E& value, Need need,
                  const std::array<const char*, N>& names) {
    const Json* json = find(name, need);
    if (json == nullptr) return;
    const std::string* text = json->asString();
    for (std::size_t i = 0; text != nullptr && i < N; ++i) {
      if (*text != names[i]) continue;
      value = static_cast<E>(i);
      return;
    }
    wrong(name, *json, list(names));
  }

  void wrong(std::string_view name, const Json& value, const std::string& legal) {
    fail("parameter '" + std::string(name) + "' is " + value.dump() + ", legal: " + legal);
  }
  void fail(std::string message) {
    if (status_.ok()) status_ = Error{Errc::Value, std::move(message)};
  }

  const Json& params_;
  std::vector<std::string_view> known_;
  Status status_;
};

/// Collects each declared field. Changes none of them.
class Writer : public FieldVisitor {
 public:
  void field(std::string_view name, int& value, Need) override { set(name, value); }
  void field(std::string_view name, std::optional<int>& value, Need) override {
    set(name, value ? Json(*value) : Json());
  }
  void field(std::string_view name, bool& value, Need) override { set(name, value); }
  void field(std::string_view name, std::vector<int>& value, Need) override {
    set(name, Json(Json::Array(value.begin(), value.end())));
  }
  void field(std::string_view name, Pair& value, Need) override {
    set(name, Json(Json::Array{value.x, value.y}));
  }
  void field(std::string_view name, Padding& value, Need) override {
    set(name, glint::name(value));
  }
  void field(std::string_view name, PoolType& value, Need) override {
    set(name, glint::name(value));
  }
  void field(std::string_view name, ActivationType& value, Need) override {
    set(name, glint::name(value));
  }

  Json take() { return std::move(object_); }

 private:
  void set(std::string_view name, Json value) { object_.set(std::string(name), std::move(value)); }

  Json object_ = Json::object();
};

}  // namespace

std::string_view name(Padding v) { return kPaddings[static_cast<std::size_t>(v)]; }
std::string_view name(PoolType v) { return kPoolTypes[static_cast<std::size_t>(v)]; }
std::string_view name(ActivationType v) { return kActivations[static_cast<std::size_t>(v)]; }

std::string Pair::toString() const {
  return "[" + std::to_string(x) + ", " + std::to_string(y) + "]";
}

Status readFields(Layer& layer, const Json& params) {
  if (params.asObject() == nullptr) {
    return within(describe(layer),
                  Error{Errc::Value, "params is " + params.dump() + ", legal: an object"});
  }
  Reader reader(params);
  layer.fields(reader);
  const Status status = reader.finish();
  return status.ok() ? status : within(describe(layer), status.error());
}

Json writeFields(const Layer& layer) {
  Writer writer;
  const_cast<Layer&>(layer).fields(writer);  // the writer only reads
  return writer.take();
}

}  // namespace glint
