#include "src/drive/job.hpp"

#include <numeric>

#include "io/hdf5/result_file.hpp"
#include "jobs/corpus_index/sort_parts.hpp"
#include "jobs/corpus_index/vector_rows.hpp"
#include "src/config/job_file.hpp"
#include "src/dist/reduce.hpp"
#include "src/drive/drive.hpp"
#include "src/drive/record.hpp"
#include "src/runtime/human.hpp"

namespace bellshard::corpus_index {
namespace {

constexpr std::int64_t most_positions = (std::int64_t{1} << 31) - 1;  // of a part: suffixes are numbered by 32 bits

struct Config {
  corpus::CorpusConfig corpus;
  std::int64_t parts = 0;
  VectorConfig vectors;
  std::string file = "index.h5";
};

/// Axes of /results that several variables lie over.
struct Axes {
  io::Axis position, part_border, document, document_border;
};

/// Texts one after the other, as letters and where each begins.
struct TextTable {
  std::vector<std::uint8_t> letters;
  std::vector<std::int64_t> begin;  ///< [own text] in the letters of all ranks
  Block own_letters;
  std::int64_t all_letters = 0;
};

/// Sum of the ranks below, and of all.
std::pair<std::int64_t, std::int64_t> before_and_all(MPI_Comm comm, int rank, std::int64_t own) {
  std::int64_t before = 0;
  BELLSHARD_MPI(MPI_Exscan(&own, &before, 1, MPI_INT64_T, MPI_SUM, comm));
  return {rank == 0 ? 0 : before, sum_over_ranks(comm, own)};
}

TextTable names_of(Context& context, corpus::Survey const& survey) {
  TextTable table;
  for (auto const& document : survey.own) {
    table.begin.push_back(static_cast<std::int64_t>(table.letters.size()));
    table.letters.insert(table.letters.end(), document.name.begin(), document.name.end());
  }
  auto const [before, all] = before_and_all(context.comm(), context.rank(), static_cast<std::int64_t>(table.letters.size()));
  for (auto& begin : table.begin) begin += before;
  table.own_letters = {before, before + static_cast<std::int64_t>(table.letters.size())};
  table.all_letters = all;
  return table;
}

/// A border axis has one item more than the axis that it cuts: the last rank writes it.
template <class T>
Block with_end(Context const& context, Block own, std::vector<T>& values, T end) {
  if (context.rank() + 1 < context.ranks()) return own;
  values.push_back(end);
  return {own.begin, own.end + 1};
}

void write_documents(Context& context, io::ResultFile& out, Axes const& axes, Config const& config, corpus::Survey const& survey) {
  std::vector<std::int64_t> offset, byte;
  std::vector<std::int32_t> file;
  std::int64_t own_positions = 0;
  for (auto const& document : survey.own) own_positions += document.tokens + 1;
  auto at = before_and_all(context.comm(), context.rank(), own_positions).first;
  for (auto const& document : survey.own) {
    offset.push_back(at);
    byte.push_back(document.place.byte);
    file.push_back(static_cast<std::int32_t>(document.place.file));
    at += document.tokens + 1;
  }
  auto const own = survey.own_documents;
  auto const with_border = with_end(context, own, offset, survey.positions());
  out.write("document_offset", {axes.document_border}, with_border, offset, {"1"}, "first position of a document; its last one is the separator before the next");
  out.write("document_file", {axes.document}, own, file, {"1"}, "file of a document, by its number on the axis file");
  out.write("document_byte", {axes.document}, own, byte, {"1"}, "first byte of a document in its file, unpacked");
  auto names = names_of(context, survey);
  auto const letters = out.bare_axis("document_name_byte", std::max<std::int64_t>(1, names.all_letters));
  if (names.all_letters == 0 && context.root()) names.letters.push_back(0), names.own_letters = {0, 1};
  out.write("document_name", {letters}, names.own_letters, names.letters, {"1"}, "names of all documents one after the other, UTF-8");
  auto const borders = with_end(context, own, names.begin, names.all_letters);
  out.write("document_name_offset", {axes.document_border}, borders, names.begin, {"1"}, "first byte of a document's name in document_name");
  std::vector<std::string> files;
  for (auto const& path : config.corpus.files) files.push_back(path.string());
  out.axis("file", files, "files of the corpus");
}

void write_words(Context const& context, io::ResultFile& out, corpus::Vocabulary const& vocabulary) {
  auto const words = vocabulary.size();
  auto const share = [&](std::int64_t size) { return context.root() ? Block{0, size} : Block{}; };
  auto const letters = out.bare_axis("word_byte", static_cast<std::int64_t>(vocabulary.letters().size()));
  auto const word = out.bare_axis("word", words);
  auto const border = out.bare_axis("word_border", words + 1);
  std::span const bytes(reinterpret_cast<std::uint8_t const*>(vocabulary.letters().data()), vocabulary.letters().size());
  out.write("word_letters", {letters}, share(letters.size), bytes, {"1"}, "all words one after the other, UTF-8; token k + 1 is word k");
  out.write("word_offset", {border}, share(border.size), vocabulary.offsets(), {"1"}, "first byte of a word in word_letters");
  out.write("word_count", {word}, share(words), vocabulary.counts(), {"count"}, "how often a word comes in the corpus");
}

Block positions_of(std::vector<corpus::Part> const& parts, Block own) {
  if (own.empty()) return {};
  return {parts[static_cast<std::size_t>(own.begin)].positions.begin, parts[static_cast<std::size_t>(own.end - 1)].positions.end};
}

/// Tokens as they lie beside the result until it is written.
ReadTokens token_reader(PartFiles const& files, corpus::TokenId largest) {
  return [&files, narrow = token_bytes(largest) == 2](Block items) {
    std::vector<std::uint32_t> tokens(static_cast<std::size_t>(items.size()));
    if (!narrow) {
      files.read_tokens(items, tokens.data());
      return tokens;
    }
    std::vector<std::uint16_t> stored(tokens.size());
    files.read_tokens(items, stored.data());
    tokens.assign(stored.begin(), stored.end());
    return tokens;
  };
}

void write_tokenizer(Context const& context, io::ResultFile& out, corpus::PieceModel const& model) {
  auto const byte = out.bare_axis("tokenizer_byte", static_cast<std::int64_t>(model.bytes().size()));
  out.write("tokenizer_model", {byte}, context.root() ? Block{0, byte.size} : Block{}, context.root() ? model.bytes() : std::span<std::uint8_t const>{}, {"1"},
            "the SentencePiece model that cut the corpus, as its file; token k + 1 is piece k");
}

void write_index(Context& context, Config const& config, corpus::Survey const& survey, std::vector<corpus::Part> const& parts, PartFiles const& files, Block own_parts,
                 VectorRows const& vectors, io::RunRecord const& record, DriveResult const& driven, std::filesystem::path const& path) {
  io::ResultFile out(context.comm(), path, record);
  Axes const axes{out.bare_axis("position", survey.positions()), out.axis("part_border", static_cast<std::int64_t>(parts.size()) + 1, "borders between parts"),
                  out.bare_axis("document", survey.documents), out.bare_axis("document_border", survey.documents + 1)};
  auto const own = positions_of(parts, own_parts);
  bool const narrow = token_bytes(survey.largest) == 2;
  io::ShardedArray token{"token", narrow ? io::ElementType::uint16 : io::ElementType::uint32, {survey.positions()}, own, false, "1",
                         "tokens of all documents: 0 behind each document, else the number of a word from 1 on (of an id: one more than the id)"};
  token.fetch = [&files](Block items, void* host) { files.read_tokens(items, host); };
  out.write(token, {axes.position});
  io::ShardedArray suffix{"suffix", io::ElementType::uint32, {survey.positions()}, own, false, "1",
                          "suffix array of each part: positions, counted from the part's first one, in the order of what follows them in the part"};
  suffix.fetch = [&files](Block items, void* host) { files.read_suffixes(items, host); };
  out.write(suffix, {axes.position});

  std::vector<std::int64_t> first_position, first_document;
  for (auto const& part : parts) {
    first_position.push_back(part.positions.begin);
    first_document.push_back(part.documents.begin);
  }
  first_position.push_back(survey.positions());
  first_document.push_back(survey.documents);
  Block const borders = context.root() ? Block{0, axes.part_border.size} : Block{};
  out.write("part_offset", {axes.part_border}, borders, first_position, {"1"}, "first position of a part");
  out.write("part_document", {axes.part_border}, borders, first_document, {"1"}, "first document of a part");
  write_documents(context, out, axes, config, survey);
  if (config.corpus.tokens == corpus::Tokens::words) write_words(context, out, survey.vocabulary);
  if (config.corpus.tokens == corpus::Tokens::sentencepiece) write_tokenizer(context, out, *config.corpus.model);
  if (config.vectors.asked()) write_vectors(out, config.vectors, vectors);
  config.corpus.describe([&](auto const& name, auto const& value) { out.attribute(name, value); });
  out.attribute("largest_token", static_cast<double>(survey.largest));
  out.attribute("skipped_documents", static_cast<double>(survey.skipped));
  out.write(driven.trace);
  out.commit();
}

class CorpusIndexJob : public Job {
 public:
  void declare(Keys& keys) override {
    config_.corpus.declare(keys);
    keys.table("index", "how it is indexed");
    keys.integer("index.parts", config_.parts, "runs of documents that are sorted and searched each by itself; 0: one a rank. More of them need less memory at a time")
        .range(0, 1e6)
        .unit("count");
    config_.vectors.declare(keys);
    keys.table("output", "where it goes");
    keys.text("output.file", config_.file, "the index, below the output folder (-o)");
  }

  void check_keys(Keys const& keys) override {
    if (config_.file.empty()) keys.reject("output.file", "output.file is empty; name the index, for example \"index.h5\"");
    config_.corpus.check(keys);
    config_.vectors.check(keys);
  }

  Estimate estimate(Context& context) override {
    auto const survey = look(context);
    auto const parts = cut(context, survey);
    double most = 0;
    for (auto const& part : parts) most = std::max(most, static_cast<double>(part.positions.size()));
    auto const token = token_bytes(survey.largest);
    auto const disk = static_cast<double>(survey.positions()) * static_cast<double>(token + 4);
    double const documents = max_over_ranks(context.comm(), static_cast<double>(survey.own.size()));
    std::vector<MemoryItem> memory{{"one part being sorted", sort_bytes(static_cast<std::int64_t>(most), token)},
                                   {"vocabulary", static_cast<double>(survey.vocabulary.letters().size()) + 120.0 * static_cast<double>(survey.vocabulary.size())},
                                   {"document table", 100 * documents}};
    if (config_.vectors.asked()) {
      auto const own = (static_cast<std::int64_t>(parts.size()) + context.ranks() - 1) / context.ranks();
      auto const vectors = vector_memory(context, config_.vectors, survey, own * static_cast<std::int64_t>(most));
      memory.insert(memory.end(), vectors.begin(), vectors.end());
    }
    return {{{"documents", fmt::format("{}", survey.documents)},
             {"tokens", fmt::format("{}", survey.tokens)},
             {config_.corpus.tokens == corpus::Tokens::words ? "words" : "token ids", fmt::format("{}", survey.largest)},
             {"parts", fmt::format("{}", parts.size())},
             {"index on the disk", human_bytes(disk + static_cast<double>(survey.documents) * 60)},
             {"beside it while sorting", human_bytes(disk)}},
            memory,
            {}};
  }

  ExitCode run(Context& context, Keys const& keys) override {
    auto const path = context.options().output_dir / config_.file;
    auto inputs = config_.corpus.files;
    if (config_.corpus.tokens == corpus::Tokens::sentencepiece) inputs.push_back(config_.corpus.tokenizer);
    if (config_.vectors.from_file()) inputs.push_back(config_.vectors.file);
    auto const record = make_record(context, "corpus_index", "suffix-array index of a corpus", inputs);
    auto const survey = look(context);
    context.log().info("{} documents, {} tokens, {} {}, {} of text in {}", human_count(static_cast<double>(survey.documents)),
                       human_count(static_cast<double>(survey.tokens)), human_count(static_cast<double>(survey.largest)),
                       config_.corpus.tokens == corpus::Tokens::words ? "words" : "token ids", human_bytes(survey.bytes),
                       human_seconds(context.seconds()));
    VectorRows vectors;
    if (config_.vectors.from_file()) vectors = read_vectors(context, config_.vectors, config_.corpus, survey);
    auto const parts = cut(context, survey);
    std::vector<Block> positions;
    for (auto const& part : parts) positions.push_back(part.positions);
    PartFiles const files(path, positions, token_bytes(survey.largest));
    SortParts step(context, config_.corpus, survey, parts, files);

    DriveOptions options;
    options.output = path;
    options.fingerprint = canonical_text(keys, {"corpus", "vectors"}) + fmt::format("[index]\nparts = {}\n", parts.size());
    for (auto const& [input, sha256] : record.inputs) options.fingerprint += fmt::format("# {}: SHA-256 {}\n", input, sha256);
    options.checkpoint_each_sweep = true;
    options.residual_unit = "count";
    options.residual_name = "parts that are not sorted yet";
    auto const driven = drive(context, step, record, options);
    if (driven.outcome == Outcome::stopped) return driven.exit_code();

    if (config_.vectors.trained()) vectors = train_vectors(context, config_.vectors, survey, positions_of(parts, step.own_parts()), token_reader(files, survey.largest));
    write_index(context, config_, survey, parts, files, step.own_parts(), vectors, record, driven, path);
    for (auto part = step.own_parts().begin; part < step.own_parts().end; ++part) files.remove(static_cast<int>(part));
    discard_checkpoints(context, options);
    context.log().info("{}", summary_line(driven, path));
    return driven.exit_code();
  }

 private:
  corpus::Survey look(Context& context) {
    config_.corpus.load_tokenizer(context.comm());
    auto survey = corpus::survey(context, config_.corpus);
    if (survey.skipped > 0) context.log().warn("broken documents passed over: {}, the first one: {}", survey.skipped, survey.first_skipped);
    return survey;
  }

  std::vector<corpus::Part> cut(Context& context, corpus::Survey const& survey) const {
    auto parts = corpus::cut(context.comm(), survey, static_cast<int>(config_.parts > 0 ? config_.parts : context.ranks()));
    for (auto const& part : parts) {
      BELLSHARD_INPUT(part.positions.size() <= most_positions, "a part of the index would have {} tokens, more than {}; set index.parts to {} or more",
                      part.positions.size(), most_positions, 2 * survey.positions() / most_positions + 1);
    }
    return parts;
  }

  Config config_;
};

BELLSHARD_JOB(corpus_index, CorpusIndexJob, "a suffix-array index of a text corpus, in which any words are found at once; sharded");

}  // namespace
}  // namespace bellshard::corpus_index
