#include "io/umb/valuations.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "io/umb/numbers.hpp"
#include "src/base/error.hpp"

namespace bellshard::io {
namespace {

using Kind = UmbType::Kind;

constexpr char const* name_variable = "state_name";

bool names_states(UmbVariable const& variable) { return variable.name == name_variable && variable.type.kind == Kind::text; }

/// Where a variable stands within the records of its class, and which coordinate it is.
struct Field {
  UmbVariable variable;
  std::int64_t bit = 0;
  std::size_t coordinate = 0;
};
struct Record {
  std::vector<Field> fields;
  std::int64_t bits = 0;
};

std::size_t coordinate_named(std::string const& name, std::int64_t states, Valuations& out) {
  auto const found = std::find_if(out.coordinates.begin(), out.coordinates.end(), [&](auto const& c) { return c.name == name; });
  if (found != out.coordinates.end()) return static_cast<std::size_t>(found - out.coordinates.begin());
  out.coordinates.push_back({name, std::vector<double>(static_cast<std::size_t>(states), std::numeric_limits<double>::quiet_NaN())});
  return out.coordinates.size() - 1;
}

std::vector<Record> lay_out(UmbIndex const& index, std::string const& origin, Valuations& out) {
  std::vector<Record> records;
  for (auto const& variables : index.classes) {
    Record record;
    for (auto const& variable : variables) {
      if (variable.optional) ++record.bits;  // says whether there is a value
      if (!variable.name.empty()) {
        BELLSHARD_INPUT(!is_interval(variable.type), "{}: index.json: variable {} is an interval, but UMB's variables have one value",
                        origin, variable.name);
        auto const coordinate = names_states(variable) ? 0 : coordinate_named(variable.name, index.states, out);
        record.fields.push_back({variable, record.bits, coordinate});
      }
      record.bits += variable.type.bits;
    }
    BELLSHARD_INPUT(record.bits % 8 == 0, "{}: index.json: the variables of a state have {} bits, but whole bytes are needed", origin,
                    record.bits);
    records.push_back(std::move(record));
  }
  return records;
}

/// The fewest bits for numbers up to `greatest`, at least one.
std::int64_t width_of(double greatest) {
  return std::max<std::int64_t>(1, std::bit_width(static_cast<std::uint64_t>(greatest)));
}

UmbVariable variable_for(ExplicitMdp::Named<double> const& coordinate) {
  constexpr double exact = 9007199254740992.0;  // 2^53: whole numbers beyond are no longer all there
  auto const& values = coordinate.value;
  // NaN and -0 are none of them either.
  auto const is_whole = [&](double v) { return std::abs(v) < exact && v == std::floor(v) && !(v == 0 && std::signbit(v)); };
  if (!std::all_of(values.begin(), values.end(), is_whole)) return {coordinate.name, {Kind::real, 64}};
  auto const [least, greatest] = std::minmax_element(values.begin(), values.end());
  auto const offset = std::min(0.0, *least);
  return {coordinate.name, {Kind::natural, width_of(*greatest - offset)}, false, static_cast<std::int64_t>(offset)};
}

std::uint64_t stored(double value, UmbVariable const& variable) {
  if (variable.type.kind == Kind::real) return std::bit_cast<std::uint64_t>(value);
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(value) - variable.offset);
}

}  // namespace

Valuations unpack_valuations(UmbIndex const& index, std::span<std::byte const> bytes, std::span<std::uint32_t const> class_of,
                             std::vector<std::string> const& strings, std::string const& origin) {
  Valuations out;
  auto const records = lay_out(index, origin, out);
  auto const total = static_cast<std::int64_t>(bytes.size()) * 8;
  std::int64_t begin = 0;
  for (std::int64_t state = 0; state < index.states; ++state) {
    auto const s = static_cast<std::size_t>(state);
    auto const number = class_of.empty() ? 0 : class_of[s];
    BELLSHARD_INPUT(number < records.size(), "{}: valuations of state {} are of class {}, but there are {}", origin, state, number,
                    records.size());
    auto const& record = records[number];
    BELLSHARD_INPUT(begin + record.bits <= total, "{}: valuations/states/valuations.bin ends within state {} of {}", origin, state,
                    index.states);
    for (auto const& [variable, bit, coordinate] : record.fields) {
      if (variable.optional && bits_at(bytes, begin + bit - 1, 1) == 0) continue;
      auto const value = number_at(bytes, begin + bit, variable.type);
      if (variable.type.kind == Kind::text) {
        BELLSHARD_INPUT(value < static_cast<double>(strings.size()), "{}: variable {} of state {} is string {}, but there are {}", origin,
                        variable.name, state, value, strings.size());
      }
      if (names_states(variable)) {
        out.state_name.resize(static_cast<std::size_t>(index.states));
        out.state_name[s] = strings[static_cast<std::size_t>(value)];
      } else {
        out.coordinates[coordinate].value[s] = value + static_cast<double>(variable.offset);
      }
    }
    begin += record.bits;
  }
  BELLSHARD_INPUT(begin == total, "{}: valuations/states/valuations.bin has {} bytes, but {} are needed", origin, bytes.size(), begin / 8);
  return out;
}

std::vector<std::byte> pack_valuations(ExplicitMdp const& mdp, UmbIndex& index) {
  std::vector<UmbVariable> variables;
  std::int64_t bits = 0;
  for (auto const& coordinate : mdp.coordinates) {
    variables.push_back(variable_for(coordinate));
    bits += variables.back().type.bits;
  }
  if (!mdp.state_name.empty()) {
    variables.push_back({name_variable, {Kind::text, 64}});
    bits += 64;
    index.strings = mdp.states();
  }
  if (variables.empty()) return {};
  auto const size = (bits + 7) / 8 * 8;
  std::vector<std::byte> bytes(static_cast<std::size_t>(mdp.states() * size / 8));
  for (std::int64_t state = 0; state < mdp.states(); ++state) {
    auto bit = state * size;
    for (std::size_t v = 0; v < variables.size(); ++v) {
      bool const name = v == mdp.coordinates.size();
      auto const s = static_cast<std::size_t>(state);
      auto const value = name ? static_cast<std::uint64_t>(state) : stored(mdp.coordinates[v].value[s], variables[v]);
      put_bits(bytes, bit, variables[v].type.bits, value);
      bit += variables[v].type.bits;
    }
  }
  if (size > bits) variables.push_back({"", {Kind::natural, size - bits}});
  index.classes.push_back(std::move(variables));
  return bytes;
}

}  // namespace bellshard::io
