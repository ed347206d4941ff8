#pragma once
#include <string>
#include <vector>

#include "io/hdf5/result_file.hpp"
#include "jobs/creativity_index/groups.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::creativity_index {

/// Every rank holds the whole result; rank 0 writes it.
class Writer {
 public:
  Writer(Context const& context, io::ResultFile& out) : root_(context.root()), out_(out) {}

  template <class T>
  void write(std::string const& name, std::vector<io::Axis> const& axes, std::vector<T> const& values, std::string const& unit, std::string const& meaning) {
    out_.write(name, axes, root_ ? Block{0, axes.front().size} : Block{}, values, {unit}, meaning);
  }
  /// The value and its interval: NAME, NAME_low, NAME_high.
  void write(std::string const& name, std::vector<io::Axis> const& axes, std::vector<Estimated> const& values, std::string const& meaning) {
    std::vector<double> value, low, high;
    for (auto const& one : values) {
      value.push_back(one.value);
      low.push_back(one.low);
      high.push_back(one.high);
    }
    write(name, axes, value, "1", meaning);
    write(name + "_low", axes, low, "1", meaning + ", lower end of the bootstrap interval of 95 percent");
    write(name + "_high", axes, high, "1", meaning + ", upper end of the bootstrap interval of 95 percent");
  }
  io::ResultFile& out() { return out_; }

 private:
  bool root_;
  io::ResultFile& out_;
};

/// Texts as bytes one after the other and where each begins: NAME [NAME_byte], NAME_offset [border].
inline void write_texts(Writer& writer, std::string const& name, io::Axis const& border, std::vector<std::string> const& texts, std::string const& meaning) {
  std::vector<std::uint8_t> letters;
  std::vector<std::int64_t> offset{0};
  for (auto const& text : texts) {
    letters.insert(letters.end(), text.begin(), text.end());
    offset.push_back(static_cast<std::int64_t>(letters.size()));
  }
  if (letters.empty()) letters.push_back(0);
  writer.write(name, {writer.out().bare_axis(name + "_byte", static_cast<std::int64_t>(letters.size()))}, letters, "1", meaning + ", one after the other, UTF-8");
  writer.write(name + "_offset", {border}, offset, "1", meaning + ": first byte of each in " + name);
}

}  // namespace bellshard::creativity_index
