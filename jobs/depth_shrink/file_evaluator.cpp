#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "io/text/json_line.hpp"
#include "jobs/depth_shrink/evaluator.hpp"

namespace bellshard::depth_shrink {
namespace {

using Rows = std::unordered_map<std::string, double>;

Rows read_rows(std::filesystem::path const& path) {
  Rows rows;
  io::for_each_record(path, [&](io::JsonLine const& record, std::string const& place) {
    auto const mask = record.text("mask");
    BELLSHARD_INPUT(mask && !mask->empty() && mask->find_first_not_of("01") == std::string_view::npos, "{}: no mask; write {{\"mask\": \"110111\", \"metric\": 0.53}}", place);
    auto const size = rows.empty() ? mask->size() : rows.begin()->first.size();
    BELLSHARD_INPUT(mask->size() == size, "{}: the mask {} has {} blocks, and those before {}", place, *mask, mask->size(), size);
    auto const metric = record.number("metric");
    BELLSHARD_INPUT(metric && std::isfinite(*metric), "{}: the mask {} has no metric, a finite number", place, *mask);
    auto const [row, is_new] = rows.emplace(*mask, *metric);
    BELLSHARD_INPUT(is_new || row->second == *metric, "{}: the mask {} has the metric {}, and {} before", place, *mask, *metric, row->second);
  });
  BELLSHARD_INPUT(!rows.empty(), "{}: there is no line with a mask in it", path.string());
  return rows;
}

class FileEvaluator : public Evaluator {
 public:
  FileEvaluator(Context& context, Config const& config) : path_(config.rows) {
    together(context.comm(), [&] { rows_ = read_rows(path_); });
  }

  std::vector<std::string> block_names() const override {
    std::vector<std::string> names;
    for (std::size_t b = 0; b < rows_.begin()->first.size(); ++b) names.push_back(std::to_string(b));
    return names;
  }
  std::vector<bool> removable() const override { return std::vector<bool>(rows_.begin()->first.size(), true); }
  std::int64_t images() const override { return 0; }
  void load() override {}
  void begin_at(std::size_t, Mask const&) override {}
  std::vector<double> influence() override { fail(ExitCode::bug, "a file of metrics has no block influence"); }
  std::vector<MemoryItem> memory() const override { return {{"masks and their metrics", static_cast<double>(rows_.size() * (rows_.begin()->first.size() + sizeof(Rows::value_type) + 32))}}; }

  std::vector<double> metrics(std::vector<Mask> const& masks) override {
    std::vector<double> metrics;
    std::vector<std::string> absent;
    for (auto const& mask : masks) {
      auto const row = rows_.find(text_of(mask));
      if (row == rows_.end()) absent.push_back(text_of(mask));
      else metrics.push_back(row->second);
    }
    auto const shown = std::min<std::size_t>(absent.size(), 100);  // all that a row of the table needs, mostly
    BELLSHARD_INPUT(absent.empty(), "{}: {} masks that are needed now are not in the file: {}{}; measure them, append them and run again", path_.string(), absent.size(),
                    fmt::join(absent.begin(), absent.begin() + static_cast<std::ptrdiff_t>(shown), " "), shown < absent.size() ? " ..." : "");
    return metrics;
  }

 private:
  std::filesystem::path path_;
  Rows rows_;
};

}  // namespace

std::unique_ptr<Evaluator> make_file_evaluator(Context& context, Config const& config) { return std::make_unique<FileEvaluator>(context, config); }

}  // namespace bellshard::depth_shrink
