#pragma once
#include <vector>

#include "src/corpus/index_file.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::creativity_index {

/// Parts of the index that this rank searches.
Block own_parts(Context const& context, corpus::IndexFile const& index);

/// The documents of this rank's parts and where they stand in the corpus.
class OwnDocuments {
 public:
  OwnDocuments(Context const& context, corpus::IndexFile const& index);  ///< collective

  /// The document that holds a position; -1 where another rank has it.
  std::int64_t at(std::int64_t position) const;
  std::int64_t begin(std::int64_t document) const { return first_[static_cast<std::size_t>(document - documents_.begin)]; }
  /// Its words, without the separator behind them.
  Block words(std::int64_t document) const { return {begin(document), begin(document + 1) - 1}; }

 private:
  Block documents_;
  std::vector<std::int64_t> first_;  ///< [own document + 1]
};

}  // namespace bellshard::creativity_index
