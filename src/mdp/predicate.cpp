#include "src/mdp/predicate.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "src/base/error.hpp"
#include "src/config/nearest.hpp"

namespace bellshard::mdp {
namespace {

bool starts_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool in_name(char c) { return starts_name(c) || (c >= '0' && c <= '9') || c == '.'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// The place of a name in a list that it joins where it is new.
int place_of(std::vector<std::string>& list, std::string const& name) {
  auto const found = std::find(list.begin(), list.end(), name);
  if (found != list.end()) return static_cast<int>(found - list.begin());
  list.push_back(name);
  return static_cast<int>(list.size()) - 1;
}

bool contains(std::vector<std::string> const& list, std::string const& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

}  // namespace

/// Recursive descent, one function for each level of binding.
class PredicateParser {
 public:
  using Op = Predicate::Op;
  using Node = Predicate::Node;

  PredicateParser(std::string_view text, StateNames const& names, Predicate& out) : text_(text), names_(names), out_(out) {}

  void parse() {
    alternatives();
    if (!at_end()) fail_at(at_, fmt::format("\"{}\" is one too much; join conditions with & or |", text_.substr(at_)));
  }

 private:
  static constexpr int deepest = 1000;  // parentheses and negations; the stack has an end

  int alternatives() {
    int left = conditions();
    while (take("|")) left = add({Op::disjunction, left, conditions()});
    return left;
  }

  int conditions() {
    int left = negation();
    while (take("&")) left = add({Op::conjunction, left, negation()});
    return left;
  }

  int negation() {
    if (++depth_ > deepest) fail_at(at_, "is nested too deeply; use fewer parentheses");
    bool const negated = !next_is("!=") && take("!");
    int const inner = negated ? add({Op::negation, negation()}) : condition();
    --depth_;
    return inner;
  }

  int condition() {
    if (take("(")) {
      auto const opened = at_;
      int const inner = alternatives();
      if (!take(")")) fail_at(at_, fmt::format("the parenthesis of column {} is not closed; add a )", opened));
      return inner;
    }
    auto const left = operand();
    auto const op = comparison();
    if (!op) return alone(left);
    int const a = compared(left);
    int const b = compared(operand());
    skip_space();
    auto const behind = at_;
    if (comparison()) fail_at(behind, "comparisons do not chain; write 1 <= x & x <= 3");
    return add({*op, a, b});
  }

  std::optional<Op> comparison() {
    // The long ones first: <= begins as < does.
    static constexpr std::array<std::pair<char const*, Op>, 6> signs{{{"!=", Op::unequal}, {"<=", Op::at_most}, {">=", Op::at_least},
                                                                      {"<", Op::less}, {">", Op::more}, {"=", Op::equal}}};
    for (auto const& [sign, op] : signs) {
      if (take(sign)) return op;
    }
    return {};
  }

  struct Operand {
    std::size_t column;  // from 0
    std::string name;    // or empty:
    double number = 0;
    bool truth = false;  // true or false
  };

  Operand operand() {
    skip_space();
    auto const start = at_;
    if (at_end()) fail_at(start, "the predicate ends where a label, a variable or a number is expected");
    char const first = text_[at_];
    if (first == '"') {
      auto const close = text_.find('"', at_ + 1);
      if (close == std::string_view::npos) fail_at(start, "the name has no closing quote");
      at_ = close + 1;
      return {start, std::string(text_.substr(start + 1, close - start - 1))};
    }
    if (starts_name(first)) {
      while (at_ < text_.size() && in_name(text_[at_])) ++at_;
      auto const word = text_.substr(start, at_ - start);
      if (word == "true") return {start, "", 1, true};
      if (word == "false") return {start, "", 0, true};
      return {start, std::string(word)};
    }
    double number = 0;
    auto const [end, failure] = std::from_chars(text_.data() + at_ + (first == '+' ? 1 : 0), text_.data() + text_.size(), number);
    if (failure != std::errc()) {
      fail_at(start, fmt::format("\"{}\" stands where a label, a variable or a number is expected (put other names in quotes)", first));
    }
    at_ = static_cast<std::size_t>(end - text_.data());
    return {start, "", number};
  }

  int alone(Operand const& operand) {
    if (operand.truth) return add({Op::constant, -1, -1, operand.number});
    if (operand.name.empty()) fail_at(operand.column, "a number alone is no condition; compare it, as in s1 = 12");
    if (contains(names_.labels, operand.name)) return add({Op::label, -1, -1, 0, place_of(out_.labels_, operand.name)});
    int const variable = compared(operand);
    return add({Op::unequal, variable, add({Op::constant})});
  }

  int compared(Operand const& operand) {
    if (operand.name.empty()) return add({Op::constant, -1, -1, operand.number});
    if (contains(names_.variables, operand.name)) return add({Op::variable, -1, -1, 0, place_of(out_.variables_, operand.name)});
    if (contains(names_.labels, operand.name)) {
      fail_at(operand.column, fmt::format("{0} is a label, which has no number; write {0} or !{0}", operand.name));
    }
    auto known = names_.labels;
    known.insert(known.end(), names_.variables.begin(), names_.variables.end());
    auto const meant = nearest(operand.name, known);
    std::string hint = "the model has neither labels nor variables";
    if (meant) {
      hint = fmt::format("did you mean {}?", *meant);
    } else if (!known.empty()) {
      hint = "the model has: ";
      for (std::size_t i = 0; i < std::min<std::size_t>(known.size(), 8); ++i) hint += (i > 0 ? ", " : "") + known[i];
      if (known.size() > 8) hint += ", ...";
    }
    fail_at(operand.column, fmt::format("no label or variable is called {}; {}", operand.name, hint));
  }

  int add(Node node) {
    out_.nodes_.push_back(node);
    return static_cast<int>(out_.nodes_.size()) - 1;
  }

  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  bool at_end() {
    skip_space();
    return at_ >= text_.size();
  }
  bool next_is(std::string_view sign) {
    skip_space();
    return text_.substr(at_).starts_with(sign);
  }
  bool take(std::string_view sign) {
    if (!next_is(sign)) return false;
    at_ += sign.size();
    return true;
  }

  [[noreturn]] void fail_at(std::size_t column, std::string const& message) const {
    fail(ExitCode::bad_job_file, "predicate '{}', column {}: {}", text_, column + 1, message);
  }

  std::string_view text_;
  StateNames const& names_;
  Predicate& out_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

Predicate::Predicate(std::string text, StateNames const& names) { PredicateParser(text, names, *this).parse(); }

}  // namespace bellshard::mdp
