#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bellshard::fuzz {

/// An HDF5 file in text. HDF5 itself is not built with sanitizers and may fall over files that are broken as such, so the fuzzer writes whole
/// files whose content is anything: which objects there are, of what type and shape, with what values and attributes. A line is one of
///
///     dataset PATH TYPE SHAPE VALUE...            the last value is repeated up to the end
///     attribute OBJECT NAME TYPE SHAPE VALUE...
///     group PATH
///     link PATH TARGET                            soft; TARGET may be anything, the link itself too
///     attach DATASET AXIS SCALE                   SCALE becomes a dimension scale of an axis
///     seal                                        checksums of a checkpoint are made right for what stands in the lines before
///
/// TYPE: i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 be64 letter text text8 enum pair list reference. SHAPE: [3,2], [] (one number) or null (none).
/// In text \n is a line end and \s a blank. What is no such line is passed over.
struct Hdf5Notation {
  struct Values {
    std::string type;
    std::optional<std::vector<std::int64_t>> shape;  ///< none: a null space
    std::vector<std::string> words;
  };
  struct Object {
    bool is_dataset = false;
    Values values;
    std::vector<std::pair<std::string, Values>> attributes;
    std::string link;
  };
  std::vector<std::pair<std::string, Object>> objects;  ///< in the order of their first line
  struct Scale {
    std::string dataset, scale;
    unsigned axis;
  };
  std::vector<Scale> scales;

  explicit Hdf5Notation(std::string_view text);
  void write(std::filesystem::path const& path) const;

 private:
  Object& at(std::string const& path);
  void seal();
};

}  // namespace bellshard::fuzz
