#include "src/mdp/models/file_source.hpp"
#include "src/mdp/models/kinds.hpp"

namespace bellshard::mdp {
namespace {

class FileKind : public ModelKind {
 public:
  void declare(Keys& keys) override {
    keys.file("model.file", file_, "explicit model, an HDF5 file as docs/formats.md describes it; `bellshard convert` makes one of other formats")
        .required()
        .example("\"model.h5\"");
  }
  std::unique_ptr<Source> make(Context& context) override { return std::make_unique<FileSource>(context.comm(), file_); }
  std::vector<std::filesystem::path> inputs() const override { return {file_}; }

 private:
  std::filesystem::path file_;
};

}  // namespace

std::unique_ptr<ModelKind> make_file_kind() { return std::make_unique<FileKind>(); }

}  // namespace bellshard::mdp
