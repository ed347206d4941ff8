"""Every Kokkos::View that allocates and every parallel region has a label, so that profilers and error texts name it.

A View of sizes alone does not compile; what can lack a label are view_alloc() and an empty text.
"""
import re

from tree import Tree, line_of, main

REGION = re.compile(r"\bparallel_(?:for|reduce|scan)\s*\(")
NESTED = re.compile(r"(?:Kokkos::)?(?:Team|Thread)\w*Range\b")  # inside a labelled region; takes no label
ALLOCATION = re.compile(r"\b(?:view_alloc|ViewAllocateWithoutInitializing)\s*\(")
EMPTY_LABEL = re.compile(r'\bView\s*<[^;"]*[({]\s*(?:\w+\()?""')
LABEL = re.compile(r'"[^"]|\blabel\w*|\w*_label\b|\bname\b|\w*_name\b')


def arguments(code, begin):
    """The arguments of a call whose opening parenthesis stands before begin."""
    parts, depth, start = [], 0, begin
    for position in range(begin, len(code)):
        depth += (code[position] in "([{<") - (code[position] in ")]}>" and code[position - 1] != "-")
        if depth < 0 or (depth == 0 and code[position] == ","):
            parts.append(code[start:position].strip())
            start = position + 1
        if depth < 0:
            break
    return parts


def complaints(tree: Tree):
    found = []
    for path in tree.paths(r"^(src|kernels|io|jobs|bench)/.*\.(hpp|cpp)$"):
        code = tree.code(path)
        for region in REGION.finditer(code):
            first = arguments(code, region.end())[0]
            if not NESTED.match(first) and not LABEL.match(first):
                found.append(f"{path}:{line_of(code, region.start())}: parallel region without a label, as in "
                             '"bellshard::dp::sweep_values"')
        for allocation in ALLOCATION.finditer(code):
            if not any(LABEL.match(argument) for argument in arguments(code, allocation.end())):
                found.append(f"{path}:{line_of(code, allocation.start())}: View without a label")
        found += [f"{path}:{line_of(code, empty.start())}: View with an empty label" for empty in EMPTY_LABEL.finditer(code)]
    return found


main(complaints,
     bad={"kernels/a.hpp": "Kokkos::parallel_for(n, KOKKOS_LAMBDA(int i) { v(i) = 0; });\n",
          "kernels/b.hpp": "Kokkos::parallel_reduce(\n  Kokkos::RangePolicy<Space>(space, 0, n), F{}, sum);\n",
          "kernels/c.hpp": 'Kokkos::parallel_for("", n, f);\n',
          "src/dist/d.cpp": "Values v(Kokkos::view_alloc(Kokkos::WithoutInitializing), n);\n",
          "jobs/one/e.cpp": 'Kokkos::View<double*, Space> values("", n);\n'},
     good={"kernels/f.hpp": 'Kokkos::parallel_for("bellshard::dp::zero", n, KOKKOS_LAMBDA(int i) { v(i) = 0; });\n'
                            'parallel_scan(label, Kokkos::RangePolicy<Space>(0, n), f);  // parallel_for(n)\n'
                            "parallel_for(Kokkos::TeamThreadRange(team, n), f);\n",
           "src/dist/g.cpp": 'Kokkos::View<double*> v("bellshard::halo", n), w;\n'
                             'Values u(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::u"), n);\n'})
