#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "apps/glint/learn.h"
#include "apps/glint/output.h"

namespace glint::cli {
namespace {

std::string counted(std::size_t n) {
  return n == 1 ? "1 picture" : std::to_string(n) + " pictures";
}

std::size_t picturesOf(const std::vector<PictureClass>& classes) {
  return std::accumulate(
      classes.begin(), classes.end(), std::size_t{0},
      [](std::size_t sum, const PictureClass& one) { return sum + one.codes.size(); });
}

void noteResized(const PictureForm& form, std::size_t pictures,
                 const std::vector<PictureClass>& classes, std::vector<std::string>& notes) {
  std::size_t resized = 0;
  for (const PictureClass& one : classes) resized += one.resized;
  if (resized == 0) return;
  notes.push_back(
      text("the model takes %dx%d only: of %s %zu had another size, their middle was resized "
           "bicubically",
           form.width, form.height, counted(pictures).c_str(), resized));
}

/// Pictures that are the same to the model in two classes.
void noteTwins(const std::vector<PictureClass>& known, const std::vector<PictureClass>& heldOut,
               std::vector<std::string>& notes) {
  std::map<std::string, std::set<std::size_t>> classesOf;  // by the bytes of a picture
  for (std::size_t c = 0; c < known.size(); ++c) {
    for (const PictureClass* part : {&known[c], &heldOut[c]}) {
      for (const Tensor& codes : part->codes) {
        const auto bytes = codes.as<std::uint8_t>();
        classesOf[{bytes.begin(), bytes.end()}].insert(c);
      }
    }
  }
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> twins;
  for (const auto& [bytes, classes] : classesOf) {
    for (auto a = classes.begin(); a != classes.end(); ++a) {
      for (auto b = std::next(a); b != classes.end(); ++b) ++twins[{*a, *b}];
    }
  }
  for (const auto& [pair, count] : twins) {
    notes.push_back(counted(count) + (count == 1 ? " is" : " are") + " the same in '" +
                    known[pair.first].name + "' and '" + known[pair.second].name + "'");
  }
}

}  // namespace

std::vector<std::string> notesOf(const LearnOptions& options, const PictureForm& form,
                                 const std::vector<PictureClass>& known,
                                 const std::vector<PictureClass>& heldOut,
                                 const std::vector<std::string>& names) {
  std::vector<std::string> notes;
  const std::size_t tested = picturesOf(heldOut);
  noteResized(form, picturesOf(known) + tested, known, notes);
  noteTwins(known, heldOut, notes);
  if (names.size() == 1) {
    notes.push_back("'" + names[0] + "' is the only class: every picture will be named so");
  }
  for (std::size_t c = 0; c < known.size() && options.heldOut > 0; ++c) {
    if (!heldOut[c].codes.empty()) continue;
    notes.push_back("'" + known[c].name + "' has " + counted(known[c].codes.size()) +
                    ": none is held out, its accuracy is not measured");
  }
  if (tested == 0 && options.plotAsked) {
    notes.push_back("no picture is held out, so there is no accuracy to draw: --plot " +
                    options.plot + " is not written");
  }
  return notes;
}

}  // namespace glint::cli
