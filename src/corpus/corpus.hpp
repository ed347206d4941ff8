#pragma once
#include <functional>
#include <string>
#include <vector>

#include "io/text/document_source.hpp"
#include "src/config/keys.hpp"
#include "src/corpus/piece_model.hpp"
#include "src/corpus/tokenizer.hpp"
#include "src/corpus/vocabulary.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::corpus {

enum class Tokens { words, ids, sentencepiece };

/// What a corpus is read from, and how it becomes tokens: the tables [corpus] of a job file.
struct CorpusConfig {
  std::vector<std::filesystem::path> files;
  io::DocumentFormat format = io::DocumentFormat::automatic;
  std::string text_field = "text", ids_field = "ids", name_field = "id";
  io::BrokenDocument broken = io::BrokenDocument::refuse;
  Tokens tokens = Tokens::words;
  WordRule rule;
  std::filesystem::path tokenizer;                ///< Tokens::sentencepiece: the model, and once it is loaded:
  std::shared_ptr<PieceModel const> model;

  void declare(Keys& keys);
  void check(Keys const& keys) const;  ///< no key that would have no effect
  void load_tokenizer(MPI_Comm comm);  ///< before the first look; exit 4 where it is none. Collective.
  io::DocumentFiles documents() const;
  /// Says, as name and text, what must be the same for targets: the attributes of an index.
  void describe(std::function<void(std::string const&, std::string const&)> const& say) const;
};

/// A document as the index lists it.
struct DocumentEntry {
  io::DocumentPlace place;
  std::int64_t tokens = 0;
  std::string name;
};

/// What one look at all texts finds: the vocabulary and each document's tokens.
struct Survey {
  Vocabulary vocabulary;                   ///< empty where the tokens are no words
  TokenId largest = 0;                     ///< of the ids in use
  std::int64_t documents = 0, tokens = 0;  ///< of all ranks; without separators
  Block own_documents;                     ///< of this rank
  std::vector<DocumentEntry> own;          ///< [own document]
  std::int64_t skipped = 0;                ///< broken ones
  std::string first_skipped;
  double bytes = 0;                        ///< of all texts

  std::int64_t positions() const { return tokens + documents; }  ///< with a separator behind every document
};

/// Each rank reads its share of the bytes. Exit 4 where a document is broken and they are not to be passed over, or where no document is left. Collective.
Survey survey(Context& context, CorpusConfig const& config);

/// A contiguous run of documents that is indexed by itself.
struct Part {
  io::DocumentPlace first;
  Block documents;
  Block positions;  ///< of its tokens in the stream of all tokens; a separator behind every document
};

/// Cuts the documents into parts of about the same number of positions; the cut depends on the corpus and on `parts` alone. The same on every rank; collective.
std::vector<Part> cut(MPI_Comm comm, Survey const& survey, int parts);

/// The tokens of a part, a separator behind every document; exit 4 where the files have changed since the survey.
std::vector<TokenId> read_tokens(CorpusConfig const& config, Vocabulary const& vocabulary, Part const& part);

}  // namespace bellshard::corpus
