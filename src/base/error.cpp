#include "src/base/error.hpp"

namespace bellshard {

void fail_contract(char const* condition, char const* file, int line) {
  fail(ExitCode::bug, "{}:{}: contract broken: {} (a bug in Bellshard; please report it with the job file)", file, line, condition);
}

void fail_library(char const* library, char const* call, std::string const& text, char const* file, int line) {
  fail(ExitCode::bug, "{} failed: {} [{} at {}:{}]", library, text, call, file, line);
}

}  // namespace bellshard
