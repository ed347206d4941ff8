#pragma once
#include <vector>

#include "io/hdf5/result_file.hpp"
#include "jobs/corpus_index/pair_counts.hpp"
#include "jobs/corpus_index/vector_config.hpp"
#include "src/corpus/corpus.hpp"
#include "src/drive/job.hpp"

namespace bellshard::corpus_index {

/// Vectors of the first words of the vocabulary, sharded by words: row k is that of token k + 1, of length 1 or all 0.
struct VectorRows {
  std::int64_t words = 0, components = 0;
  Block own;
  std::vector<float> value;             ///< [own word, component]
  std::vector<double> singular_value;   ///< [component], on every rank; empty where the vectors come from a file
};

/// How many words get a vector.
std::int64_t vector_words(VectorConfig const& config, corpus::Survey const& survey);

/// The vectors of vectors.file; all on rank 0. Words are written as the corpus's rule writes them; where two lines mean the same word the first one
/// counts, and a word that the file lacks gets 0. Exit 4 where the file is broken or has no word of the corpus. Collective.
VectorRows read_vectors(Context& context, VectorConfig const& config, corpus::CorpusConfig const& corpus, corpus::Survey const& survey);

/// Vectors from the corpus itself: which words stand near each other (kernels/count), what that tells (mutual_information.hpp), and its largest
/// singular vectors (singular_vectors.hpp). own: positions whose pairs this rank counts. Collective.
VectorRows train_vectors(Context& context, VectorConfig const& config, corpus::Survey const& survey, Block own, ReadTokens const& read);

void write_vectors(io::ResultFile& out, VectorConfig const& config, VectorRows const& rows);

/// What vectors take on the rank that holds most. Collective.
std::vector<MemoryItem> vector_memory(Context& context, VectorConfig const& config, corpus::Survey const& survey, std::int64_t most_positions);

/// Scales a row to length 1; false where it is 0.
bool to_unit_length(std::span<double const> row, float* unit);

}  // namespace bellshard::corpus_index
