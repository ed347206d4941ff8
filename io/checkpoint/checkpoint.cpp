#include "io/checkpoint/checkpoint.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "io/checkpoint/integrity.hpp"
#include "io/hdf5/input_file.hpp"
#include "io/hdf5/run_file.hpp"
#include "io/hdf5/together.hpp"
#include "src/base/fault.hpp"
#include "src/base/hash.hpp"

namespace bellshard::io {
namespace {

constexpr char const* schema = "bellshard.checkpoint";
constexpr std::int64_t schema_version = 1;
constexpr char const* state = "/state";

/// The number in STEM.checkpoint-NNNNNN.h5, or nothing for any other name.
std::optional<std::int64_t> number_in(std::string const& name, std::string const& stem) {
  auto const front = stem + ".checkpoint-";
  std::string const back = ".h5";
  if (!name.starts_with(front) || !name.ends_with(back) || name.size() < front.size() + 6 + back.size()) return std::nullopt;
  auto const* const first = name.data() + front.size();
  auto const* const last = name.data() + name.size() - back.size();
  std::int64_t number = 0;
  auto const [end, error] = std::from_chars(first, last, number);
  if (error != std::errc{} || end != last || number < 1) return std::nullopt;
  return number;
}

/// Dimensions of /state are shared by extent; a second axis of the same extent in one array gets one of its own, since
/// readers refuse an array that names a dimension twice.
class StateScales {
 public:
  explicit StateScales(RunFile& file) : file_(file) {}
  std::vector<std::int64_t> of(std::vector<std::int64_t> const& shape) {
    std::vector<std::int64_t> ids;
    std::map<std::int64_t, int> seen;
    for (auto const extent : shape) {
      auto const key = std::pair(extent, ++seen[extent]);
      auto found = known_.find(key);
      if (found == known_.end()) {
        auto const name = fmt::format("items_{}", extent) + (key.second > 1 ? fmt::format("_{}", key.second) : "");
        found = known_.emplace(key, file_.bare_scale(state, name, extent)).first;
      }
      ids.push_back(found->second);
    }
    return ids;
  }

 private:
  RunFile& file_;
  std::map<std::pair<std::int64_t, int>, std::int64_t> known_;
};

double number(InputFile const& file, char const* name) {
  auto const value = file.number_attribute(state, name);
  BELLSHARD_INPUT(value.has_value(), "{}: {} has no attribute {}; it is no checkpoint", file.path().string(), state, name);
  return *value;
}

std::int64_t whole_number(InputFile const& file, char const* name) {
  auto const value = number(file, name);
  BELLSHARD_INPUT(value >= 0 && value < 9e15, "{}: {}: its attribute {} is {}, no count", file.path().string(), state, name, value);
  return static_cast<std::int64_t>(value);
}

std::string text(InputFile const& file, char const* name) {
  auto const value = file.text_attribute(state, name);
  BELLSHARD_INPUT(value.has_value(), "{}: {} has no attribute {}; it is no checkpoint", file.path().string(), state, name);
  return *value;
}

/// HDF5's checksums cover an attribute up to 64 KiB; a fingerprint with a drawn map in it may be longer.
std::string hash_of(CheckpointHeader const& header) {
  return fmt::format("{:016x}", checksum(fmt::format("{}\n{}\n{}\n{}\n{:a}", header.job, header.fingerprint, header.sweep, header.restart_count, header.seconds)));
}

Trace read_trace(InputFile const& file) {
  Trace trace;
  auto const names = file.text_attribute("/trace", "columns").value_or("");
  for (std::size_t at = 0; at < names.size();) {
    auto const end = std::min(names.find(' ', at), names.size());
    auto const path = "/trace/" + names.substr(at, end - at);
    trace.push_back({names.substr(at, end - at), file.text_attribute(path, "units").value_or("1"),
                     file.text_attribute(path, "long_name").value_or(""), file.read_all<double>(path)});
    at = end + 1;
  }
  return trace;
}

}  // namespace

CheckpointStore::CheckpointStore(MPI_Comm comm, std::filesystem::path stem, StreamLimits limits)
    : comm_(comm), stem_(std::move(stem)), limits_(limits) {}

std::filesystem::path CheckpointStore::write(RunRecord const& record, CheckpointHeader const& header, Trace const& trace,
                                             std::vector<ShardedArray> const& arrays) {
  auto const present = numbers();
  auto const number = present.empty() ? 1 : present.back() + 1;
  auto const path = path_of(number);
  auto described = record;
  described.schema = schema;
  described.schema_version = schema_version;
  described.title = "Checkpoint: " + record.title;
  {
    RunFile file(comm_, path, described, limits_, Checksums::every_piece);
    file.group(state);
    file.attribute(state, "job", header.job);
    file.attribute(state, "fingerprint", header.fingerprint);
    file.attribute(state, "sweep", header.sweep);
    file.attribute(state, "restart_count", header.restart_count);
    file.attribute(state, "seconds", header.seconds);
    file.attribute(state, "attributes_hash", hash_of(header));
    StateScales scales(file);
    for (auto const& array : arrays) file.write(state, array, scales.of(array.shape));
    file.write(trace);
    write_checksums(comm_, file);
    file.commit();
  }

  // The newest two that are not known to be broken stay.
  std::set<std::int64_t> old(present.begin(), present.end());
  auto const before = std::find_if(present.rbegin(), present.rend(), [&](std::int64_t n) { return !broken_.contains(n); });
  if (before != present.rend()) old.erase(*before);
  drop(old);
  broken_.clear();
  return path;
}

std::optional<CheckpointStore::Found> CheckpointStore::newest(std::function<void(std::string const&)> const& warn) const {
  auto const present = numbers();
  std::string reasons;
  for (auto at = present.rbegin(); at != present.rend(); ++at) {
    try {
      return open(path_of(*at));
    } catch (Error const& error) {
      if (error.code() != ExitCode::bad_input) throw;
      broken_.insert(*at);
      reasons += std::string("\n  ") + error.what();
      warn(fmt::format("checkpoint passed over: {}", error.what()));
    }
  }
  BELLSHARD_INPUT(present.empty(), "no checkpoint of {} is whole; start anew with --restart never, or restore one:{}", stem_.string(), reasons);
  return std::nullopt;
}

CheckpointStore::Found CheckpointStore::open(std::filesystem::path const& path) const {
  InputFile const file(comm_, path, limits_);
  BELLSHARD_INPUT(file.text_attribute("/", "schema") == schema, "{}: is no checkpoint; name a file like {}", path.string(),
                  path_of(1).filename().string());
  auto const version = file.number_attribute("/", "schema_version").value_or(0);
  BELLSHARD_INPUT(version == schema_version, "{}: is a checkpoint of format version {}, but this program reads version {}; use the program that wrote it",
                  path.string(), version, schema_version);
  verify_checksums(comm_, file);
  CheckpointHeader const header{text(file, "job"), text(file, "fingerprint"), whole_number(file, "sweep"), whole_number(file, "restart_count"),
                                number(file, "seconds")};
  auto const hash = file.text_attribute(state, "attributes_hash");  // checkpoints of earlier versions have none
  BELLSHARD_INPUT(!hash || *hash == hash_of(header), "{}: the attributes of {} are damaged", path.string(), state);
  return {path, header, file.text_attribute("/", "source").value_or("an unknown program")};
}

Trace CheckpointStore::read(Found const& found, std::vector<ShardedArray> const& arrays) const {
  InputFile const file(comm_, found.path, limits_);
  for (auto const& array : arrays) file.restore(std::string(state) + "/" + array.name, array);
  return read_trace(file);
}

void CheckpointStore::remove_all() const {
  auto const present = numbers();
  auto const unfinished = present.empty() ? 1 : present.back() + 1;  // its .tmp, where a process died while writing
  drop({present.begin(), present.end()});
  drop({unfinished});
}

std::vector<std::int64_t> CheckpointStore::numbers() const {
  std::vector<std::int64_t> found;
  if (rank_of(comm_) == 0) {
    std::error_code code;  // no folder, no checkpoints
    auto const folder = stem_.has_parent_path() ? stem_.parent_path() : std::filesystem::path(".");
    for (std::filesystem::directory_iterator at(folder, code), end; !code && at != end; at.increment(code)) {
      if (auto const n = number_in(at->path().filename().string(), stem_.filename().string())) found.push_back(*n);
    }
    std::sort(found.begin(), found.end());
  }
  found.resize(from_root(comm_, found.size()));
  for (auto& n : found) n = from_root(comm_, n);
  return found;
}

std::filesystem::path CheckpointStore::path_of(std::int64_t number) const {
  return stem_.string() + fmt::format(".checkpoint-{:06}.h5", number);
}

void CheckpointStore::drop(std::set<std::int64_t> const& numbers) const {
  if (rank_of(comm_) == 0) {
    std::error_code ignored;  // one that stays does no harm
    for (auto const n : numbers) {
      std::filesystem::remove(path_of(n), ignored);
      std::filesystem::remove(path_of(n).string() + ".tmp", ignored);
    }
  }
  fault_place("checkpoint", "dropped");
  BELLSHARD_MPI(MPI_Barrier(comm_));
}

}  // namespace bellshard::io
