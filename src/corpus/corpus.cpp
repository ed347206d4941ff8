#include "src/corpus/corpus.hpp"

#include <algorithm>

#include "src/dist/partition.hpp"
#include "src/dist/reduce.hpp"

namespace bellshard::corpus {
namespace {

/// Numbers of all ranks, one after the other.
template <class T>
std::vector<T> gather(MPI_Comm comm, T const& own) {
  int ranks = 1;
  BELLSHARD_MPI(MPI_Comm_size(comm, &ranks));
  std::vector<T> all(static_cast<std::size_t>(ranks));
  BELLSHARD_MPI(MPI_Allgather(&own, sizeof(T), MPI_BYTE, all.data(), sizeof(T), MPI_BYTE, comm));
  return all;
}

/// A text of one rank, on every rank.
std::string spoken(MPI_Comm comm, int rank, std::string text) {
  auto size = static_cast<int>(text.size());
  BELLSHARD_MPI(MPI_Bcast(&size, 1, MPI_INT, rank, comm));
  text.resize(static_cast<std::size_t>(size));
  BELLSHARD_MPI(MPI_Bcast(text.data(), size, MPI_CHAR, rank, comm));
  return text;
}

TokenId checked_id(io::Document const& document, TokenId id) {
  BELLSHARD_INPUT(id < no_word - 1, "document {}: the token id {} is too large; ids up to {} can be indexed", document.name, id, no_word - 2);
  return id + 1;  // 0 is the separator
}

/// Calls take(id) for the tokens of a document; a word that is not in the vocabulary is no_word.
template <class Take>
void for_each_token(CorpusConfig const& config, Vocabulary const& vocabulary, io::Document const& document, Take const& take) {
  if (config.tokens == Tokens::ids) {
    for (auto const id : document.ids) take(checked_id(document, id));
  } else if (config.tokens == Tokens::sentencepiece) {
    config.model->cut(document.text, [&](CutToken const& token) { take(token.id); });
  } else {
    for (Words words(document.text, config.rule); words.next();) take(vocabulary.id(words.word()));
  }
}

}  // namespace

void CorpusConfig::declare(Keys& keys) {
  keys.table("corpus", "what is indexed");
  keys.files("corpus.files", files, "files of documents, also compressed (gzip, xz, zstd, bzip2): JSONL, a document a line; else text, a document a file; * and ? match names")
      .required()
      .example("[\"reference.jsonl\"]");
  keys.choice("corpus.format", format, {{"auto", io::DocumentFormat::automatic}, {"jsonl", io::DocumentFormat::jsonl}, {"text", io::DocumentFormat::text}},
              "auto: by the name, .jsonl and .ndjson are JSONL");
  keys.text("corpus.text_field", text_field, "JSONL: the field with the text");
  keys.text("corpus.name_field", name_field, "JSONL: the field with the name; where it is absent, the file and the byte are the name");
  keys.choice("corpus.broken", broken, {{"refuse", io::BrokenDocument::refuse}, {"skip", io::BrokenDocument::skip}},
              "a document that cannot be read (broken UTF-8, no JSON, a field absent): refuse the corpus, or skip and count it");
  keys.choice("corpus.tokens", tokens, {{"words", Tokens::words}, {"ids", Tokens::ids}, {"sentencepiece", Tokens::sentencepiece}},
              "words: of the text; ids: whole numbers from 0 that a tokenizer has put into the field ids_field of JSONL; sentencepiece: pieces of the text by a model");
  keys.variant("corpus.tokens", "sentencepiece", "pieces of words, by a SentencePiece model",
               [&] { keys.file("corpus.tokenizer", tokenizer, "the model, NAME.model of spm_train (unigram or byte pairs)").required().example("\"tokenizer.model\""); });
  keys.text("corpus.ids_field", ids_field, "JSONL: the field with the token ids");
  keys.choice("corpus.case", rule.letter_case, {{"fold", LetterCase::fold}, {"keep", LetterCase::keep}}, "do upper and lower case count as the same?");
  keys.choice("corpus.punctuation", rule.punctuation, {{"drop", Punctuation::drop}, {"keep", Punctuation::keep}}, "keep: every punctuation mark and symbol is a word");
}

void CorpusConfig::check(Keys const& keys) const {
  for (auto const* key : {"corpus.case", "corpus.punctuation"}) {
    if (tokens == Tokens::sentencepiece && keys.given(key)) keys.reject(key, fmt::format("{} has no use with corpus.tokens = \"sentencepiece\": the model says how texts are cut; remove it", key));
  }
}

void CorpusConfig::load_tokenizer(MPI_Comm comm) {
  if (tokens != Tokens::sentencepiece) return;
  together(comm, [&] { model = std::make_shared<PieceModel const>(tokenizer); });
}

io::DocumentFiles CorpusConfig::documents() const {
  return {files, format, text_field, tokens == Tokens::ids ? ids_field : "", name_field, {}, broken};
}

void CorpusConfig::describe(std::function<void(std::string const&, std::string const&)> const& say) const {
  say("tokens", tokens == Tokens::words ? "words" : tokens == Tokens::ids ? "ids" : "sentencepiece");
  if (tokens == Tokens::sentencepiece) {
    say("tokenizer", tokenizer.filename().string());
    say("tokenizer_xxh3", fmt::format("{:016x}", checksum(model->bytes().data(), model->bytes().size())));
    return;
  }
  say("case", rule.letter_case == LetterCase::fold ? "fold" : "keep");
  say("punctuation", rule.punctuation == Punctuation::drop ? "drop" : "keep");
}

Survey survey(Context& context, CorpusConfig const& config) {
  Survey found;
  WordCounts words;
  together(context.comm(), [&] {
    io::DocumentSource source(config.documents(), context.rank(), context.ranks());
    while (source.next()) {
      auto const& document = source.document();
      DocumentEntry entry{document.place, 0, document.name};
      if (config.tokens == Tokens::ids) {
        for (auto const id : document.ids) found.largest = std::max(found.largest, checked_id(document, id));
        entry.tokens = static_cast<std::int64_t>(document.ids.size());
      } else if (config.tokens == Tokens::sentencepiece) {
        config.model->cut(document.text, [&](CutToken const& token) {
          found.largest = std::max(found.largest, token.id);
          ++entry.tokens;
        });
      } else {
        for (Words cut(document.text, config.rule); cut.next(); ++entry.tokens) words.add(cut.word());
      }
      found.tokens += entry.tokens;
      found.own.push_back(std::move(entry));
    }
    found.skipped = source.skipped();
    found.first_skipped = source.first_skipped();
    found.bytes = source.bytes_read();
  });

  found.own_documents.end = static_cast<std::int64_t>(found.own.size());
  auto const counts = gather(context.comm(), found.own_documents.end);
  auto const axis = Partition::of_sizes(counts);
  found.own_documents = axis.block(context.rank());
  found.documents = axis.size();
  found.tokens = sum_over_ranks(context.comm(), found.tokens);
  auto const speaker = min_over_ranks(context.comm(), static_cast<std::int64_t>(found.skipped > 0 ? context.rank() : context.ranks() - 1));
  found.first_skipped = spoken(context.comm(), static_cast<int>(speaker), found.first_skipped);
  found.skipped = sum_over_ranks(context.comm(), found.skipped);
  found.bytes = sum_over_ranks(context.comm(), found.bytes);
  BELLSHARD_INPUT(found.tokens > 0, "the corpus is empty: {} documents without a token in {} file{}{}; check corpus.files", found.documents, config.files.size(),
                  config.files.size() == 1 ? "" : "s", found.skipped > 0 ? fmt::format(", {} broken ones passed over", found.skipped) : "");
  if (config.tokens == Tokens::words) {
    found.vocabulary = merge(context.comm(), words);
    found.largest = static_cast<TokenId>(found.vocabulary.size());
  } else {
    found.largest = static_cast<TokenId>(max_over_ranks(context.comm(), static_cast<std::int64_t>(found.largest)));
  }
  return found;
}

std::vector<Part> cut(MPI_Comm comm, Survey const& survey, int parts) {
  std::int64_t own_positions = 0;
  for (auto const& document : survey.own) own_positions += document.tokens + 1;
  int rank = 0;
  BELLSHARD_MPI(MPI_Comm_rank(comm, &rank));
  auto const before = gather(comm, own_positions);
  std::int64_t at = 0;
  for (int r = 0; r < rank; ++r) at += before[static_cast<std::size_t>(r)];

  // A document belongs to the part that its middle lies in.
  struct Share {
    std::int64_t documents = 0, positions = 0;
    io::DocumentPlace first;
  };
  std::vector<Share> own(static_cast<std::size_t>(parts));
  auto const total = survey.positions();
  for (auto const& document : survey.own) {
    auto const middle = at + (document.tokens + 1) / 2;
    auto const part = std::min<std::int64_t>(parts - 1, static_cast<std::int64_t>(static_cast<__int128>(middle) * parts / total));
    auto& share = own[static_cast<std::size_t>(part)];
    if (share.documents++ == 0) share.first = document.place;
    share.positions += document.tokens + 1;
    at += document.tokens + 1;
  }

  std::vector<Share> all(before.size() * own.size());
  auto const bytes = static_cast<int>(own.size() * sizeof(Share));
  BELLSHARD_MPI(MPI_Allgather(own.data(), bytes, MPI_BYTE, all.data(), bytes, MPI_BYTE, comm));
  std::vector<Part> result;
  std::int64_t document = 0, position = 0;
  for (std::size_t p = 0; p < own.size(); ++p) {
    Part part{{}, {document, document}, {position, position}};
    for (std::size_t r = 0; r < before.size(); ++r) {
      auto const& share = all[r * own.size() + p];
      if (share.documents > 0 && part.documents.empty()) part.first = share.first;
      part.documents.end += share.documents;
      part.positions.end += share.positions;
    }
    document = part.documents.end;
    position = part.positions.end;
    result.push_back(part);
  }
  return result;
}

std::vector<TokenId> read_tokens(CorpusConfig const& config, Vocabulary const& vocabulary, Part const& part) {
  std::vector<TokenId> tokens;
  tokens.reserve(static_cast<std::size_t>(part.positions.size()));
  bool known = true;
  io::DocumentSource source(config.documents(), part.first, part.documents.size());
  while (source.next()) {
    for_each_token(config, vocabulary, source.document(), [&](TokenId id) {
      known = known && id != no_word;
      tokens.push_back(id);
    });
    tokens.push_back(separator);
  }
  BELLSHARD_INPUT(known && static_cast<std::int64_t>(tokens.size()) == part.positions.size(),
                  "the files of the corpus changed while they were read; run again when nobody writes to them");
  return tokens;
}

}  // namespace bellshard::corpus
