#include "src/app/variable.hpp"

#include "src/base/error.hpp"

namespace bellshard {

std::int64_t Variable::elements_per_item() const {
  std::int64_t n = 1;
  for (std::size_t d = 1; d < shape.size(); ++d) n *= shape[d];
  return n;
}

Variable describe_variable(io::InputFile const& file, std::string const& path) {
  Variable variable;
  variable.path = path;
  variable.shape = file.shape(path);
  variable.unit = file.text_attribute(path, "units").value_or("");
  variable.long_name = file.text_attribute(path, "long_name").value_or("");
  try {
    variable.type = file.type(path);
    variable.numeric = true;
  } catch (Error const& error) {
    if (error.code() != ExitCode::bad_input) throw;
  }
  return variable;
}

std::vector<std::string> datasets_below(io::InputFile const& file, std::string const& group) {
  constexpr auto deepest = 16;  // links may lead back
  BELLSHARD_INPUT(std::count(group.begin(), group.end(), '/') <= deepest, "{}:{}: groups lie more than {} deep in each other; a link of the file may lead back to a group above it",
                  file.path().string(), group, deepest);
  std::vector<std::string> names;
  for (auto const& name : file.children(group)) {
    auto const path = group + "/" + name;
    try {
      file.shape(path);
      names.push_back(name);
    } catch (Error const& error) {  // a group has no shape
      if (error.code() != ExitCode::bad_input) throw;
      for (auto const& inner : datasets_below(file, path)) names.push_back(name + "/" + inner);
    }
  }
  return names;
}

std::string type_name(io::ElementType type) {
  switch (type) {
    case io::ElementType::uint8: return "uint8";
    case io::ElementType::int8: return "int8";
    case io::ElementType::uint16: return "uint16";
    case io::ElementType::int16: return "int16";
    case io::ElementType::uint32: return "uint32";
    case io::ElementType::int32: return "int32";
    case io::ElementType::int64: return "int64";
    case io::ElementType::uint64: return "uint64";
    case io::ElementType::float32: return "float32";
    case io::ElementType::float64: return "float64";
    case io::ElementType::letter: return "text";
  }
  return "";
}

std::string bracketed(std::vector<std::int64_t> const& extents) {
  if (extents.empty()) return "scalar";
  return fmt::format("[{}]", fmt::join(extents, ", "));
}

void for_each_piece(MPI_Comm comm, Variable const& variable, std::function<void(Block items)> const& visit) {
  int rank = 0, ranks = 1;
  BELLSHARD_MPI(MPI_Comm_rank(comm, &rank));
  BELLSHARD_MPI(MPI_Comm_size(comm, &ranks));
  auto const shares = Partition::equal(variable.items(), ranks);
  auto const own = shares.block(rank);
  constexpr std::int64_t elements = 1 << 22;
  auto const step = std::max<std::int64_t>(1, elements / std::max<std::int64_t>(1, variable.elements_per_item()));
  // The first share is the largest.
  for (std::int64_t done = 0; done < shares.block(0).size(); done += step) {
    visit(intersect(own, {own.begin + done, own.begin + done + step}));
  }
}

}  // namespace bellshard
