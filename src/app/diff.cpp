#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <set>
#include <type_traits>

#include "src/app/commands.hpp"
#include "src/app/variable.hpp"

namespace bellshard {
namespace {

constexpr auto no_index = std::numeric_limits<std::int64_t>::max();

/// How two variables of the same shape differ, over all ranks.
struct Difference {
  std::int64_t count = 0;
  double absolute = 0;
  double relative = 0;
  std::int64_t first = no_index;  ///< flat index of the first difference
  double first_a = 0, first_b = 0;
};

bool same_bits(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

/// Tolerance 0 asks for the same bits; else both not a number, or equal, or close.
bool agree(double a, double b, double tolerance) {
  if (tolerance == 0) return same_bits(a, b);
  if (std::isnan(a) && std::isnan(b)) return true;
  if (a == b) return true;
  return std::abs(a - b) <= tolerance * std::max(std::abs(a), std::abs(b)) && std::isfinite(a) && std::isfinite(b);
}
bool agree(std::int64_t a, std::int64_t b, double tolerance) {
  return a == b || (tolerance > 0 && agree(static_cast<double>(a), static_cast<double>(b), tolerance));
}
bool agree(std::uint64_t a, std::uint64_t b, double tolerance) {
  return a == b || (tolerance > 0 && agree(static_cast<double>(a), static_cast<double>(b), tolerance));
}

void note(Difference& difference, std::int64_t index, double a, double b) {
  auto const gap = std::abs(a - b);
  auto const absolute = std::isnan(gap) ? std::numeric_limits<double>::infinity() : gap;
  auto const scale = std::max(std::abs(a), std::abs(b));
  auto const relative = std::isfinite(scale) && scale > 0 ? absolute / scale : absolute;
  ++difference.count;
  difference.absolute = std::max(difference.absolute, absolute);
  difference.relative = std::max(difference.relative, relative);
  if (index < difference.first) {
    difference.first = index;
    difference.first_a = a;
    difference.first_b = b;
  }
}

void reduce(MPI_Comm comm, Difference& difference) {
  auto const own_first = difference.first;
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, &difference.count, 1, MPI_INT64_T, MPI_SUM, comm));
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, &difference.absolute, 1, MPI_DOUBLE, MPI_MAX, comm));
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, &difference.relative, 1, MPI_DOUBLE, MPI_MAX, comm));
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, &difference.first, 1, MPI_INT64_T, MPI_MIN, comm));
  int rank = 0, ranks = 1;
  BELLSHARD_MPI(MPI_Comm_rank(comm, &rank));
  BELLSHARD_MPI(MPI_Comm_size(comm, &ranks));
  int owner = own_first == difference.first ? rank : ranks - 1;
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, &owner, 1, MPI_INT, MPI_MIN, comm));
  std::array<double, 2> values = {difference.first_a, difference.first_b};
  BELLSHARD_MPI(MPI_Bcast(values.data(), 2, MPI_DOUBLE, owner, comm));
  difference.first_a = values[0];
  difference.first_b = values[1];
}

template <class T>
Difference compare(MPI_Comm comm, io::InputFile const& a, io::InputFile const& b, Variable const& variable, double tolerance) {
  Difference difference;
  std::vector<T> in_a, in_b;
  auto const width = variable.elements_per_item();
  for_each_piece(comm, variable, [&](Block items) {
    in_a.resize(static_cast<std::size_t>(items.size() * width));
    in_b.resize(in_a.size());
    a.read<T>(variable.path, items, in_a);
    b.read<T>(variable.path, items, in_b);
    for (std::size_t i = 0; i < in_a.size(); ++i) {
      if (agree(in_a[i], in_b[i], tolerance)) continue;
      auto const index = items.begin * width + static_cast<std::int64_t>(i);
      note(difference, index, static_cast<double>(in_a[i]), static_cast<double>(in_b[i]));
    }
  });
  reduce(comm, difference);
  return difference;
}

std::vector<std::int64_t> unflatten(std::int64_t index, std::vector<std::int64_t> const& shape) {
  std::vector<std::int64_t> place(shape.size());
  for (std::size_t d = shape.size(); d-- > 0; index /= shape[d]) place[d] = index % shape[d];
  return place;
}

/// What is said of one variable.
struct Verdict {
  bool same = false;
  std::string words = "same";
};

Verdict differs(std::string words) { return {false, std::move(words)}; }

Verdict compare_variable(MPI_Comm comm, io::InputFile const& a, io::InputFile const& b, std::string const& path,
                         double tolerance) {
  if (!b.has(path)) return differs("only in " + a.path().string());
  if (!a.has(path)) return differs("only in " + b.path().string());
  auto const of_a = describe_variable(a, path);
  auto const of_b = describe_variable(b, path);
  if (of_a.shape != of_b.shape) return differs(fmt::format("shape {} and {}", bracketed(of_a.shape), bracketed(of_b.shape)));
  if (of_a.unit != of_b.unit) return differs(fmt::format("unit {} and {}", of_a.unit, of_b.unit));
  if (!of_a.numeric || !of_b.numeric) {
    bool const same = of_a.numeric == of_b.numeric && a.read_text(path) == b.read_text(path);
    return same ? Verdict{true} : differs("text differs");
  }
  if (of_a.type != of_b.type && tolerance == 0) {
    return differs(fmt::format("type {} and {}", type_name(of_a.type), type_name(of_b.type)));
  }

  auto const either = [&](io::ElementType type) { return of_a.type == type || of_b.type == type; };
  bool const real = either(io::ElementType::float64) || either(io::ElementType::float32);
  auto const difference = real                              ? compare<double>(comm, a, b, of_a, tolerance)
                          : either(io::ElementType::uint64) ? compare<std::uint64_t>(comm, a, b, of_a, tolerance)
                                                            : compare<std::int64_t>(comm, a, b, of_a, tolerance);
  if (difference.count == 0) return {true};
  return differs(fmt::format("{} of {} values differ, by up to {:.3g} {} (relative {:.3g}); first at {}: {} and {}", difference.count,
                             of_a.items() * of_a.elements_per_item(), difference.absolute, of_a.unit, difference.relative,
                             bracketed(unflatten(difference.first, of_a.shape)), difference.first_a, difference.first_b));
}

}  // namespace

ExitCode diff_files(CommandLine const& line, MPI_Comm comm) {
  Context context(comm, line.options, line.verbosity);
  io::InputFile const a(comm, line.files[0]);
  io::InputFile const b(comm, line.files[1]);
  for (auto const* file : {&a, &b}) {
    BELLSHARD_INPUT(file->has("/results"), "{}: has no group /results, so there is nothing to compare; name a result file",
                    file->path().string());
  }
  auto const in_a = datasets_below(a, "/results");
  auto const in_b = datasets_below(b, "/results");
  std::set<std::string> names(in_a.begin(), in_a.end());
  names.insert(in_b.begin(), in_b.end());
  std::size_t width = 0, different = 0;
  for (auto const& name : names) width = std::max(width, name.size());

  std::string text;
  for (auto const& name : names) {
    auto const verdict = compare_variable(comm, a, b, "/results/" + name, line.relative_tolerance);
    if (!verdict.same) ++different;
    text += fmt::format("{:<{}}  {}\n", name, width, verdict.words);
  }
  text += different == 0 ? fmt::format("the same: {} variables\n", names.size())
                         : fmt::format("different: {} of {} variables\n", different, names.size());
  together(comm, [&] {
    if (context.root()) print_data(text);
  });
  return different == 0 ? ExitCode::done : ExitCode::verification_failed;
}

}  // namespace bellshard
