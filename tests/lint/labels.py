"""Every Kokkos::View that allocates and every parallel region has a label, so that profilers and error texts name it."""
import re

from tree import Tree, line_of, main

REGION = re.compile(r"\bparallel_(?:for|reduce|scan)\s*\(")
VIEW = re.compile(r"\b(?:Kokkos::)?(?:Dual)?View\s*<")
ALIAS = re.compile(r"\busing\s+(\w+)\s*=\s*(?:typename\s+)?Kokkos::(?:Dual)?View\s*<")
NAMES_A_LABEL = re.compile(r'"|\blabel|\bname|_label\b|_name\b')
# Not an allocation: wraps a pointer, or copies another View.
POINTER = re.compile(r"\.data\(\)|->|\bdata\b|\bpointer\b|\bhost\b|^&|_cast<|\bsubview\b|\bcreate_mirror")
DECLARATION = re.compile(r"^(?:const\s+)?[A-Za-z_:][\w:<>,\s*]*[\s&*]+\w+$|^void$|^std::")


def closing(text, begin, opening, ending):
    """Position behind the bracket that closes the one at begin."""
    depth = 0
    for position in range(begin, len(text)):
        depth += (text[position] == opening) - (text[position] == ending)
        if depth == 0:
            return position + 1
    return len(text)


def arguments(text):
    """Splits at the commas outside of brackets."""
    parts, depth, begin = [], 0, 0
    for position, character in enumerate(text):
        depth += (character in "([{<") - (character in ")]}>")
        if character == "," and depth == 0:
            parts.append(text[begin:position].strip())
            begin = position + 1
    parts.append(text[begin:].strip())
    return [part for part in parts if part]


def constructor_arguments(code, position):
    """The arguments of `[name](...)` or `[name]{...}` behind a View type, or nothing."""
    opened = re.compile(r"\s*(?:\w+\s*)?([({])").match(code, position)
    if not opened:
        return []
    bracket = opened.group(1)
    end = closing(code, opened.end() - 1, bracket, {"(": ")", "{": "}"}[bracket])
    return arguments(code[opened.end():end - 1])


def allocates_without_label(view, given):
    if not given or "Unmanaged" in view or NAMES_A_LABEL.search(given[0]):
        return False
    if len(given) == 1 and re.fullmatch(r"[a-z]\w*(view|View|_in|_out)|\w+\.\w+|std::move\(.*\)", given[0]):
        return False  # a copy of a View
    return not (POINTER.search(given[0]) or DECLARATION.match(given[0]))


def complaints(tree: Tree):
    found = []
    for path in tree.paths(r"^(src|kernels|io|jobs)/.*\.(hpp|cpp)$"):
        code = tree.code(path)
        for region in REGION.finditer(code):
            end = closing(code, region.end() - 1, "(", ")")
            first = (arguments(code[region.end():end - 1]) or [""])[0]
            if not NAMES_A_LABEL.search(first.split("[")[0]):
                found.append(f"{path}:{line_of(code, region.start())}: parallel region without a label, as in "
                             '"bellshard::dp::sweep_values"')
        types = [(view.start(), closing(code, view.end() - 1, "<", ">")) for view in VIEW.finditer(code)]
        for alias in ALIAS.findall(code):
            types += [(use.start(), use.end()) for use in re.finditer(rf"\b{alias}\b(?!\s*=)", code)]
        for begin, end in types:
            given = constructor_arguments(code, end)
            if allocates_without_label(code[begin:end], given):
                found.append(f"{path}:{line_of(code, begin)}: View without a label: its first argument is {given[0]}")
    return found


main(complaints,
     bad={"kernels/a.hpp": "Kokkos::parallel_for(n, KOKKOS_LAMBDA(int i) { v(i) = 0; });\n",
          "kernels/b.hpp": "Kokkos::parallel_reduce(\n  Kokkos::RangePolicy<Space>(space, 0, n), F{}, sum);\n",
          "src/dist/c.cpp": "Kokkos::View<double*, Space> values(n);\n",
          "src/dist/d.cpp": "auto v = Kokkos::View<double**>(rows, 3);\n",
          "jobs/one/e.cpp": "using Values = Kokkos::View<double*>;\nValues values{size};\n"},
     good={"kernels/f.hpp": 'Kokkos::parallel_for("bellshard::dp::zero", n, KOKKOS_LAMBDA(int i) { v(i) = 0; });\n'
                            'parallel_scan(label, policy, f);  // parallel_for(n)\n',
           "kernels/g.hpp": "void sweep(Kokkos::View<double const*> in, Kokkos::View<double*> const& out);\n"
                            "Kokkos::View<double*> make(std::int64_t n, Kokkos::View<int*> x);\n",
           "src/dist/h.cpp": 'Kokkos::View<double*> v("bellshard::halo", n), w;\n'
                             'Kokkos::View<int*> u(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::u"), n);\n'
                             "Kokkos::View<int*, Kokkos::MemoryTraits<Kokkos::Unmanaged>> p(ptr, n);\n"})
