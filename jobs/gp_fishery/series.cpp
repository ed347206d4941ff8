#include "jobs/gp_fishery/series.hpp"

#include <algorithm>
#include <cmath>

#include "io/import/text_file.hpp"

namespace bellshard::gp_fishery {
namespace {

std::string_view unquoted(std::string_view text) {
  return text.size() >= 2 && text.front() == '"' && text.back() == '"' ? text.substr(1, text.size() - 2) : text;
}

/// The rows of a CSV file as the columns that are asked for, in this order.
class Columns {
 public:
  Columns(std::filesystem::path const& path, std::vector<std::string> const& names) : file_(path) {
    if (!file_.next()) fail(ExitCode::bad_input, "{}: is empty; its first line must name the columns {}", path.string(), names.front());
    auto const head = io::parts_of(file_.line(), ',');
    for (auto const& name : names) {
      auto const found = std::find_if(head.begin(), head.end(), [&](std::string_view part) { return unquoted(part) == name; });
      if (found == head.end()) file_.refuse("there is no column {}; the first line must name the columns", name);
      place_.push_back(static_cast<std::size_t>(found - head.begin()));
    }
    width_ = head.size();
  }

  bool next() {
    if (!file_.next_content("#")) return false;
    auto const parts = io::parts_of(file_.line(), ',');
    if (parts.size() != width_) file_.refuse("has {} columns, and the first line {}", parts.size(), width_);
    words_.clear();
    for (auto const place : place_) words_.emplace_back(unquoted(parts[place]));
    return true;
  }
  std::string const& text(std::size_t column) const { return words_[column]; }
  double stock(std::size_t column, char const* what) const {
    double const value = file_.real(words_[column], what);
    if (!std::isfinite(value) || value < 0) file_.refuse("{} is {}; it must be a finite number, 0 or more", what, words_[column]);
    return value;
  }
  io::TextFile const& file() const { return file_; }

 private:
  io::TextFile file_;
  std::vector<std::size_t> place_;
  std::size_t width_ = 0;
  std::vector<std::string> words_;
};

}  // namespace

Series Series::alive() const {
  Series some;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (x[i] > 0 && y[i] > 0) {
      some.x.push_back(x[i]);
      some.y.push_back(y[i]);
    }
  }
  return some;
}

Series read_series(Config const& config) {
  constexpr std::size_t fewest = 6, most = 2000;
  Series series;
  Columns rows(config.data, {"x", "y"});
  while (rows.next()) {
    for (std::size_t column : {0, 1}) {
      double const stock = rows.stock(column, column == 0 ? "x" : "y");
      if (stock > config.most_stock) rows.file().refuse("the stock {} lies beyond the grid, which ends at {}; enlarge grid.most", stock, config.most_stock);
      (column == 0 ? series.x : series.y).push_back(stock);
    }
    if (series.x.size() > most) rows.file().refuse("more than {} pairs; the factor of their covariances would not fit, so take fewer", most);
  }
  BELLSHARD_INPUT(series.alive().x.size() >= fewest, "{}: {} pairs of stocks above 0; no model can be fitted to fewer than {}", config.data.string(), series.alive().x.size(), fewest);
  return series;
}

std::vector<GivenPolicy> read_policies(Config const& config) {
  std::vector<GivenPolicy> policies;
  if (config.policies.empty()) return policies;
  Columns rows(config.policies, {"stock", "method", "value"});
  auto const grid = config.grid();
  auto const points = static_cast<std::size_t>(config.points);
  auto const index = [&](std::size_t column, char const* what) {
    double const stock = rows.stock(column, what), place = std::round(stock / config.grid_step());
    if (std::abs(stock - place * config.grid_step()) > 1e-6 * config.grid_step() || place >= static_cast<double>(points))
      rows.file().refuse("{} = {} is no point of the grid of {} points up to {}; set grid.points and grid.most to those of the policies", what, rows.text(column), config.points, config.most_stock);
    return static_cast<std::size_t>(place);
  };
  std::vector<std::size_t> filled;
  while (rows.next()) {
    auto const stock = index(0, "stock"), harvest = index(2, "value");
    auto const found = std::find_if(policies.begin(), policies.end(), [&](GivenPolicy const& policy) { return policy.name == rows.text(1); });
    auto const which = static_cast<std::size_t>(found - policies.begin());
    if (found == policies.end()) {
      policies.push_back({rows.text(1), std::vector<std::int32_t>(points, -1)});
      filled.push_back(0);
    }
    auto& place = policies[which].harvest[stock];
    if (place >= 0) rows.file().refuse("the method {} has two harvests at the stock {}", rows.text(1), rows.text(0));
    place = static_cast<std::int32_t>(harvest);
    ++filled[which];
  }
  BELLSHARD_INPUT(!policies.empty(), "{}: has no policy", config.policies.string());
  for (std::size_t p = 0; p < policies.size(); ++p)
    BELLSHARD_INPUT(filled[p] == points, "{}: the method {} has harvests at {} of the {} points; give one for each", config.policies.string(), policies[p].name, filled[p], points);
  return policies;
}

}  // namespace bellshard::gp_fishery
