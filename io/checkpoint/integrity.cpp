#include "io/checkpoint/integrity.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "io/hdf5/together.hpp"
#include "src/base/hash.hpp"

namespace bellshard::io {
namespace {

constexpr char const* group = "/checksum";

/// All pieces of all ranks, by variable and place, on rank 0.
std::vector<WrittenPiece> gathered(MPI_Comm comm, std::vector<WrittenPiece> const& own) {
  MPI_Datatype row = MPI_DATATYPE_NULL;
  BELLSHARD_MPI(MPI_Type_contiguous(sizeof(WrittenPiece), MPI_BYTE, &row));
  BELLSHARD_MPI(MPI_Type_commit(&row));
  auto const ranks = static_cast<std::size_t>(ranks_of(comm));
  int const n = static_cast<int>(own.size());
  std::vector<int> counts(ranks), offsets(ranks);
  BELLSHARD_MPI(MPI_Gather(&n, 1, MPI_INT, counts.data(), 1, MPI_INT, 0, comm));
  std::exclusive_scan(counts.begin(), counts.end(), offsets.begin(), 0);
  std::vector<WrittenPiece> all(static_cast<std::size_t>(offsets.back() + counts.back()));
  BELLSHARD_MPI(MPI_Gatherv(own.data(), n, row, all.data(), counts.data(), offsets.data(), row, 0, comm));
  MPI_Type_free(&row);
  std::sort(all.begin(), all.end(), [](auto const& a, auto const& b) {
    return std::pair(a.variable, a.items.begin) < std::pair(b.variable, b.items.begin);
  });
  return all;
}

template <class T>
ShardedArray column_of(std::string const& name, std::vector<T> const& values, std::int64_t rows, std::string const& long_name) {
  ShardedArray array{name, element_type<T>(), {rows}, {0, rows}, true, "1", long_name};
  array.fetch = [&values](Block items, void* host) {
    std::memcpy(host, values.data() + items.begin, static_cast<std::size_t>(items.size()) * sizeof(T));
  };
  return array;
}

/// The table as columns; of rows in their order.
struct Table {
  std::vector<std::int64_t> variable, begin, end;
  std::vector<std::uint64_t> hash;

  std::string own_checksum(std::string const& names) const {
    std::uint64_t const parts[] = {bellshard::checksum(variable.data(), variable.size() * sizeof(std::int64_t)),
                                   bellshard::checksum(begin.data(), begin.size() * sizeof(std::int64_t)),
                                   bellshard::checksum(end.data(), end.size() * sizeof(std::int64_t)),
                                   bellshard::checksum(hash.data(), hash.size() * sizeof(std::uint64_t)), bellshard::checksum(names)};
    return fmt::format("{:016x}", bellshard::checksum(parts, sizeof parts));
  }
};

std::string lines(std::vector<std::string> const& names) {
  std::string text;
  for (auto const& name : names) text += name + "\n";
  return text;
}

std::vector<std::string> split_lines(std::string const& text) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at < text.size();) {
    auto const end = std::min(text.find('\n', at), text.size());
    names.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return names;
}

/// Reads pieces [begin, end) of the table, all of one variable, in turns.
void verify_variable(MPI_Comm comm, InputFile const& file, std::string const& name, Table const& table, Block rows) {
  auto const shape = file.shape(name);
  auto const type = file.type(name);
  auto const length = shape.empty() ? 1 : shape[0];
  auto const width = shape.empty() ? 1 : std::accumulate(shape.begin() + 1, shape.end(), std::int64_t{1}, std::multiplies<>{});
  std::int64_t covered = 0;
  for (auto i = rows.begin; i < rows.end; ++i) {
    auto const row = static_cast<std::size_t>(i);
    BELLSHARD_INPUT(table.begin[row] == covered && table.end[row] > covered, "{}: the checksums of {} leave a gap", file.path().string(), name);
    covered = table.end[row];
  }
  BELLSHARD_INPUT(covered == (width == 0 ? 0 : length), "{}: the checksums of {} do not cover it", file.path().string(), name);

  auto const ranks = ranks_of(comm);
  std::vector<char> buffer;
  std::string wrong;
  for (auto first = rows.begin; first < rows.end; first += ranks) {
    auto const mine = first + rank_of(comm);
    bool const own = mine < rows.end;
    auto const row = static_cast<std::size_t>(mine);
    auto const items = own ? Block{table.begin[row], table.end[row]} : Block{};
    auto const elements = static_cast<std::size_t>(items.size() * width);
    together(comm, [](Hdf5Error const& error) { return error; }, [&] { buffer.resize(elements * bytes_of(type)); });
    file.read_block(name, items, buffer.data(), elements, type);
    if (own && wrong.empty() && bellshard::checksum(buffer.data(), buffer.size()) != table.hash[row]) {
      wrong = fmt::format("{}: {}, items {} to {}: wrong checksum, the file was damaged after it was written", file.path().string(), name,
                          items.begin, items.end - 1);
    }
  }
  together(comm, [](Hdf5Error const& error) { return error; }, [&] { BELLSHARD_INPUT(wrong.empty(), "{}", wrong); });
}

}  // namespace

void write_checksums(MPI_Comm comm, RunFile& file) {
  auto const names = lines(file.variables());
  Table table;
  for (auto const& piece : gathered(comm, file.pieces())) {
    table.variable.push_back(piece.variable);
    table.begin.push_back(piece.items.begin);
    table.end.push_back(piece.items.end);
    table.hash.push_back(piece.hash);
  }
  auto const rows = from_root(comm, static_cast<std::int64_t>(table.hash.size()));
  auto const own_checksum = table.own_checksum(names);

  file.group(group);
  auto const piece = file.counting_scale(group, "piece", rows, 0, "piece");
  file.write(group, column_of("variable", table.variable, rows, "line of variable_names that this piece belongs to"), {piece});
  file.write(group, column_of("begin", table.begin, rows, "first item of the piece on axis 0"), {piece});
  file.write(group, column_of("end", table.end, rows, "item behind the last one of the piece"), {piece});
  file.write(group, column_of("hash", table.hash, rows, "XXH3 of the piece as it lies in memory, little-endian"), {piece});
  file.attribute(group, "variable_names", names);
  file.attribute(group, "table_hash", own_checksum);
}

void verify_checksums(MPI_Comm comm, InputFile const& file) {
  auto const at = [](char const* name) { return std::string(group) + "/" + name; };
  BELLSHARD_INPUT(file.has(group), "{}: has no checksums; it is no checkpoint", file.path().string());
  auto const names = file.text_attribute(group, "variable_names").value_or("");
  Table table;
  table.variable = file.read_all<std::int64_t>(at("variable"));
  table.begin = file.read_all<std::int64_t>(at("begin"));
  table.end = file.read_all<std::int64_t>(at("end"));
  table.hash = file.read_all<std::uint64_t>(at("hash"));
  BELLSHARD_INPUT(table.own_checksum(names) == file.text_attribute(group, "table_hash").value_or(""),
                  "{}: the table of checksums is damaged", file.path().string());
  std::int64_t row = 0;
  auto const variables = split_lines(names);
  for (std::size_t v = 0; v < variables.size(); ++v) {
    auto const first = row;
    while (row < static_cast<std::int64_t>(table.hash.size()) && table.variable[static_cast<std::size_t>(row)] == static_cast<std::int64_t>(v)) ++row;
    verify_variable(comm, file, variables[v], table, {first, row});
  }
}

}  // namespace bellshard::io
