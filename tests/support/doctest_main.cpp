#define DOCTEST_CONFIG_IMPLEMENT
#include <cstdio>

#include <doctest/doctest.h>

#include "tests/support/skip.h"

namespace glint::test {
namespace {

int skips = 0;
int asserts = 0;

/// Keeps the number of assertions of the run; prints nothing.
struct AssertCounter : doctest::IReporter {
  explicit AssertCounter(const doctest::ContextOptions&) {}
  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats& stats) override { asserts = stats.numAsserts; }
  void test_case_start(const doctest::TestCaseData&) override {}
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_end(const doctest::CurrentTestCaseStats&) override {}
  void test_case_exception(const doctest::TestCaseException&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData&) override {}
  void log_message(const doctest::MessageData&) override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}
};

REGISTER_LISTENER("assert_counter", 1, AssertCounter);

}  // namespace

void skip(const std::string& reason) {
  ++skips;
  std::printf("SKIPPED: %s\n", reason.c_str());
}

}  // namespace glint::test

int main(int argc, char** argv) {
  constexpr int kSkipped = 77;
  const int failures = doctest::Context(argc, argv).run();
  const bool checkedNothing = glint::test::skips > 0 && glint::test::asserts == 0;
  return failures == 0 && checkedNothing ? kSkipped : failures;
}
