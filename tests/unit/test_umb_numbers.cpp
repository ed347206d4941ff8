#include <catch2/catch.hpp>
#include <cmath>
#include <initializer_list>

#include "io/umb/numbers.hpp"
#include "io/umb/valuations.hpp"
#include "tests/unit/sample_job.hpp"
#include "tests/unit/small_mdp.hpp"

using namespace bellshard;
using io::UmbType;
using Kind = io::UmbType::Kind;

namespace {

std::vector<std::byte> bytes(std::initializer_list<int> values) {
  std::vector<std::byte> out;
  for (auto v : values) out.push_back(static_cast<std::byte>(v));
  return out;
}

}  // namespace

TEST_CASE("Booleans lie least bit first, in whole 64-bit words") {
  std::vector<std::uint8_t> values(70, 0);
  values[0] = values[9] = values[69] = 1;

  auto const packed = io::pack_bools(values);

  CHECK(packed == bytes({1, 2, 0, 0, 0, 0, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0}));
  CHECK(io::unpack_bools(packed, 70) == values);
}

TEST_CASE("bits are found and put at any place") {
  std::vector<std::byte> place(10);
  std::uint64_t const value = 0xfedcba9876543210;

  io::put_bits(place, 3, 64, value);
  io::put_bits(place, 67, 5, 0b10110);

  CHECK(io::bits_at(place, 3, 64) == value);
  CHECK(io::bits_at(place, 67, 5) == 0b10110);
  CHECK(io::bits_at(place, 0, 3) == 0);
}

TEST_CASE("numbers of every type are read") {
  auto const minus_three = bytes({0b11101000});  // -3 in the 5 upper bits
  CHECK(io::number_at(minus_three, 3, {Kind::integer, 5}) == -3);
  CHECK(io::number_at(minus_three, 3, {Kind::natural, 5}) == 29);
  CHECK(io::number_at(minus_three, 0, {Kind::boolean, 4}) == 1);

  std::vector<std::byte> wide(32);  // -1/4 as a rational of 256 bits
  for (std::size_t i = 0; i < 16; ++i) wide[i] = std::byte{0xff};
  wide[16] = std::byte{4};
  CHECK(io::number_at(wide, 0, {Kind::rational, 256}) == -0.25);

  auto const third = io::pack_integers<std::int64_t>(std::span<std::int64_t const>(std::vector<std::int64_t>{1, 3}));
  CHECK(io::number_at(third, 0, {Kind::rational, 128}) == 1.0 / 3);
}

TEST_CASE("intervals have two ends") {
  auto const ends = io::pack_integers<std::int64_t>(std::span<std::int64_t const>(std::vector<std::int64_t>{1, 4, 1, 2}));

  auto const numbers = io::unpack_numbers(ends, 1, {Kind::rational_interval, 256});

  CHECK(numbers.lower == std::vector<double>{0.25});
  CHECK(numbers.upper == std::vector<double>{0.5});
}

TEST_CASE("variables are packed as the specification's examples are") {
  // Example 2: struct { uint8 sv0 (offset -128), int16 sv1 } with 56 and -16897.
  io::UmbIndex index;
  index.states = 1;
  index.classes = {{{"sv0", {Kind::natural, 8}, false, -128}, {"sv1", {Kind::integer, 16}}}};

  auto const read = io::unpack_valuations(index, bytes({0b10111000, 0b11111111, 0b10111101}), {}, {}, "m.umb");

  REQUIRE(read.coordinates.size() == 2);
  CHECK(read.coordinates[0].value[0] == 56);
  CHECK(read.coordinates[1].value[0] == -16897);

  // Example 1: an optional variable between a Boolean and a string. The bit that says whether it is there goes before it, as the
  // specification's words have it and its readers do; its drawing puts it behind.
  index.classes = {{{"v0", {Kind::boolean, 2}},
                    {"v1", {Kind::natural, 6}, true},
                    {"", {Kind::natural, 5}},
                    {"v2", {Kind::text, 64}},
                    {"v3", {Kind::boolean, 3}},
                    {"", {Kind::natural, 7}}}};
  auto const example = bytes({0b11011101, 0b01000000, 0, 0, 0, 0, 0, 0, 0, 0b01000000, 0});
  auto const other = io::unpack_valuations(index, example, {}, {"xyz", "ab", "c"}, "m.umb");
  std::vector<double> values;
  for (auto const& coordinate : other.coordinates) values.push_back(coordinate.value[0]);
  CHECK(values == std::vector<double>{1, 27, 1, 1});
}

TEST_CASE("states of several classes, and options that are absent, have NaN where they have no value") {
  io::UmbIndex index;
  index.states = 3;
  index.classes = {{{"x", {Kind::natural, 8}}}, {{"y", {Kind::natural, 15}, true}}};
  std::vector<std::uint32_t> const class_of = {0, 1, 1};

  auto const read = io::unpack_valuations(index, bytes({7, 0b11, 1, 0b10, 0}), class_of, {}, "m.umb");

  CHECK(read.coordinates[0].value[0] == 7);
  CHECK(std::isnan(read.coordinates[0].value[1]));
  CHECK(std::isnan(read.coordinates[1].value[0]));
  CHECK(read.coordinates[1].value[1] == 129);
  CHECK(std::isnan(read.coordinates[1].value[2]));
}

TEST_CASE("packed variables come back, whole numbers in as few bits as they need") {
  auto const mdp = small_mdp();
  io::UmbIndex index;
  index.states = 3;

  auto const packed = io::pack_valuations(mdp, index);
  auto const read = io::unpack_valuations(index, packed, {}, mdp.state_name, "m.umb");

  CHECK(index.classes[0][0].type == UmbType{Kind::natural, 4});  // depth: -3 to 12
  CHECK(index.classes[0][0].offset == -3);
  CHECK(index.classes[0][1].type == UmbType{Kind::real, 64});
  CHECK(packed.size() % 3 == 0);
  CHECK(read.coordinates == mdp.coordinates);
  CHECK(read.state_name == mdp.state_name);
}

TEST_CASE("variables that do not fit are refused") {
  io::UmbIndex index;
  index.states = 2;
  auto const said = [&](std::vector<std::byte> const& packed, std::vector<std::uint32_t> const& class_of = {}) {
    return refusal([&] { io::unpack_valuations(index, packed, class_of, {"only"}, "m.umb"); });
  };

  index.classes = {{{"x", {Kind::natural, 7}}}};
  CHECK_THAT(said(bytes({1, 2})), Catch::Contains("have 7 bits, but whole bytes are needed"));
  index.classes = {{{"x", {Kind::natural, 8}}}};
  CHECK_THAT(said(bytes({1})), Catch::Contains("ends within state 1 of 2"));
  CHECK_THAT(said(bytes({1, 2, 3})), Catch::Contains("has 3 bytes, but 2 are needed"));
  CHECK_THAT(said(bytes({1, 2}), {0, 1}), Catch::Contains("state 1 are of class 1"));
  index.classes = {{{"x", {Kind::text, 64}}}};
  CHECK_THAT(said(bytes({0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0})), Catch::Contains("of state 1 is string 1, but there are 1"));
  index.classes = {{{"x", {Kind::real_interval, 128}}}};
  CHECK_THAT(said({}), Catch::Contains("is an interval"));
}
