#include "tests/nnets/api/seed_names.h"

#include <regex>
#include <sstream>

namespace glint::test {
namespace {

/// "a, b=(1, 1), c=<X: 1>" -> pairs of names and defaults.
std::vector<std::pair<std::string, std::string>> splitArguments(const std::string& text) {
  std::vector<std::string> items(1);
  int depth = 0;
  for (const char c : text) {
    if (c == '(' || c == '<') ++depth;
    if (c == ')' || c == '>') --depth;
    if (c == ',' && depth == 0) {
      items.emplace_back();
    } else if (c != ' ' || !items.back().empty()) {
      items.back() += c;
    }
  }
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const std::string& item : items) {
    const std::size_t equals = item.find('=');
    if (item.empty()) continue;
    pairs.emplace_back(item.substr(0, equals),
                       equals == std::string::npos ? "" : item.substr(equals + 1));
  }
  return pairs;
}

}  // namespace

SeedNames parseSeed(const std::string& text) {
  static const std::regex kClass(
      R"(^- class akida\.([A-Za-z0-9_.]+)(?:\((.*)\)(?:\[source\])?)?.*$)");
  static const std::regex kFunction(R"(^- akida\.([a-z_]+).*$)");
  static const std::regex kMember(R"(^- (?:static |property )?([a-z_]+)(?:\(.*)?$)");
  static const std::regex kEnumerator(R"(^([A-Z][A-Za-z0-9]*)(?: : .*)?$)");
  SeedNames names;
  std::istringstream lines(text);
  std::string line, owner;
  bool inMembers = false;
  std::smatch match;
  while (std::getline(lines, line)) {
    if (std::regex_match(line, match, kClass)) {
      if (inMembers) names.enumerators[owner].pop_back();  // it was the heading of this class
      inMembers = false;
      owner = match[1];
      if (match[2].matched) names.arguments[owner] = splitArguments(match[2]);
    } else if (std::regex_match(line, match, kFunction)) {
      names.functions.insert(match[1]);
    } else if (line == "Members:") {
      inMembers = true;
    } else if (std::regex_match(line, match, kMember) && match[1] != "return") {
      names.members[owner].insert(match[1]);
    } else if (inMembers) {
      inMembers = std::regex_match(line, match, kEnumerator);
      if (inMembers) names.enumerators[owner].push_back(match[1]);
    }
  }
  return names;
}

}  // namespace glint::test
