#include "src/config/literal.hpp"

#include <fmt/format.h>

#include "src/config/value.hpp"

namespace bellshard {

std::string Location::text() const {
  if (line == 0) return source;
  return fmt::format("{}:{}:{}", source, line, column);
}

std::string kind_name(Literal const& literal) {
  switch (literal.kind) {
    case Literal::Kind::flag: return "true or false";
    case Literal::Kind::integer: return "an integer";
    case Literal::Kind::real: return "a real";
    case Literal::Kind::text: return "a text";
    case Literal::Kind::list: return "a list";
    case Literal::Kind::table: return "a table";
    case Literal::Kind::date: return "a date or time";
  }
  return "";
}

std::string toml_text(Literal const& literal) {
  switch (literal.kind) {
    case Literal::Kind::flag: return literal.flag ? "true" : "false";
    case Literal::Kind::integer: return fmt::format("{}", literal.integer);
    case Literal::Kind::real: return toml_real(literal.real);
    case Literal::Kind::text: return toml_string(literal.text);
    case Literal::Kind::table: return "{...}";
    case Literal::Kind::date: return "a date";
    case Literal::Kind::list: break;
  }
  std::string text = "[";
  for (auto const& item : literal.items) {
    if (text.size() > 1) text += ", ";
    text += toml_text(item);
  }
  return text + "]";
}

}  // namespace bellshard
