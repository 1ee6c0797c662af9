#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

/// Names in the document that defines the Akida interface.
namespace glint::test {

struct SeedNames {
  /// Methods and properties of a class, by class: "Model" -> add, add_classes, ...
  std::map<std::string, std::set<std::string>> members;
  /// Members of an enumeration, in order.
  std::map<std::string, std::vector<std::string>> enumerators;
  /// Constructor arguments by class, with their defaults as written; "" where there is none.
  std::map<std::string, std::vector<std::pair<std::string, std::string>>> arguments;
  /// Functions and attributes of the module itself.
  std::set<std::string> functions;
};

/// Reads a text like akida-runtime-api.txt.
SeedNames parseSeed(const std::string& text);

}  // namespace glint::test
