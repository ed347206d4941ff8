#include "io/import/octile_map.hpp"

#include <array>
#include <fstream>
#include <sstream>

#include "src/base/error.hpp"

namespace bellshard::io {
namespace {

/// The number behind `word` in a header line such as "height 1024".
std::int64_t header_number(std::string const& line, std::string const& word, std::string const& name, int line_number) {
  std::istringstream in(line);
  std::string key;
  std::int64_t value = 0;
  in >> key >> value;
  BELLSHARD_INPUT(key == word && in && value > 0, "{}:{}: \"{}\" (want \"{} N\" with N > 0); an octile map begins with type, height, width, map",
                  name, line_number, line, word);
  return value;
}

std::string next_line(std::istream& in) {
  std::string line;
  std::getline(in, line);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

class DrawnRaster : public RasterSource {
 public:
  DrawnRaster(std::string const& drawing, std::string const& name) {
    std::istringstream in(drawing);
    while (in.peek() != std::char_traits<char>::eof()) {
      std::string const line = next_line(in);
      if (line.empty() && lines_.empty()) continue;
      if (line.empty() && in.peek() == std::char_traits<char>::eof()) break;
      lines_.push_back(line);
    }
    BELLSHARD_INPUT(!lines_.empty(), "{} is an empty drawing; give at least one line of '.' (free) and '@' (blocked)", name);
    for (std::size_t r = 0; r < lines_.size(); ++r) {
      BELLSHARD_INPUT(lines_[r].size() == lines_[0].size(), "{}: line {} has {} cells where the first has {}; draw every row equally long",
                      name, r + 1, lines_[r].size(), lines_[0].size());
    }
    rows_ = static_cast<std::int64_t>(lines_.size());
    columns_ = static_cast<std::int64_t>(lines_[0].size());
  }

  void read(Block rows, std::uint8_t* free) override {
    for (std::int64_t r = rows.begin; r < rows.end; ++r) {
      for (char c : lines_[static_cast<std::size_t>(r)]) *free++ = c == '.' ? 1 : 0;
    }
  }

 private:
  std::vector<std::string> lines_;
};

}  // namespace

OctileMap::OctileMap(std::filesystem::path path) : path_(std::move(path)) {
  std::string const name = path_.string();
  std::ifstream in(path_, std::ios::binary);
  BELLSHARD_INPUT(in.good(), "{}: cannot be read; check the path and its permissions", name);
  std::string const type = next_line(in);
  BELLSHARD_INPUT(type.rfind("type", 0) == 0, "{}:1: \"{}\" (want \"type octile\")", name, type);
  rows_ = header_number(next_line(in), "height", name, 2);
  columns_ = header_number(next_line(in), "width", name, 3);
  std::string const map = next_line(in);
  BELLSHARD_INPUT(map == "map", "{}:4: \"{}\" (want \"map\")", name, map);

  first_row_ = in.tellg();
  std::string first;
  std::getline(in, first);
  bool const carriage_return = !first.empty() && first.back() == '\r';
  BELLSHARD_INPUT(static_cast<std::int64_t>(first.size()) - (carriage_return ? 1 : 0) == columns_,
                  "{}:5: the first row has {} cells where the header says width {}", name, first.size(), columns_);
  line_bytes_ = columns_ + (carriage_return ? 2 : 1);
  std::int64_t const bytes = static_cast<std::int64_t>(std::filesystem::file_size(path_));
  std::int64_t const rest = bytes - first_row_ - columns_;  // behind the last row, if there were one alone
  BELLSHARD_INPUT(rest >= 0 && rest / line_bytes_ >= rows_ - 1, "{}: truncated: {} bytes, too few for {} x {} cells; fetch the map again", name, bytes, rows_, columns_);
}

void OctileMap::read(Block rows, std::uint8_t* free) {
  if (rows.empty()) return;
  std::ifstream in(path_, std::ios::binary);
  in.seekg(first_row_ + rows.begin * line_bytes_);
  std::string line(static_cast<std::size_t>(columns_), '\0');
  for (std::int64_t r = rows.begin; r < rows.end; ++r) {
    in.read(line.data(), columns_);
    BELLSHARD_INPUT(in.gcount() == columns_, "{}: row {} cannot be read; the file has changed or is truncated", path_.string(), r);
    for (std::int64_t c = 0; c < columns_; ++c) {
      char const cell = line[static_cast<std::size_t>(c)];
      BELLSHARD_INPUT(cell != '\n' && cell != '\r', "{}:{}: row {} ends after {} cells where the header says width {}", path_.string(),
                      r + 5, r, c, columns_);
      *free++ = cell == '.' ? 1 : 0;
    }
    if (r + 1 == rows_) break;  // what follows is no cell
    std::array<char, 2> end{};
    auto const end_bytes = line_bytes_ - columns_;
    in.read(end.data(), end_bytes);
    BELLSHARD_INPUT(in.gcount() == end_bytes && end[static_cast<std::size_t>(end_bytes) - 1] == '\n' && (end_bytes == 1 || end[0] == '\r'),
                    "{}:{}: row {} does not end after {} cells as the first one does; give all rows the width of the header and the same line ends", path_.string(), r + 5, r, columns_);
  }
}

std::unique_ptr<RasterSource> drawn_raster(std::string const& drawing, std::string const& name) {
  return std::make_unique<DrawnRaster>(drawing, name);
}

}  // namespace bellshard::io
