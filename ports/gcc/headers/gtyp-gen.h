/* The files in which gengtype looks for types that the garbage collector follows: all that GCC's Makefile names, without the headers
   of the target that have none.  */
#define GCC "../source/gcc/"
static const char *const srcdir = "../source/gcc";
static const char *const lang_files[] = {
  GCC "c-lang.c", GCC "c-parse.in", GCC "c-tree.h", GCC "c-decl.c", GCC "c-common.c", GCC "c-common.h", GCC "c-pragma.c",
  GCC "c-objc-common.c", NULL
};
static const char *const langs_for_lang_files[] = {
  "c", "c", "c", "c", "c", "c", "c", "c", NULL
};
static const char *const all_files[] = {
  GCC "input.h", GCC "coretypes.h", GCC "cpplib.h", GCC "config/aarch64/aarch64.h", GCC "../include/hashtab.h",
  GCC "../include/splay-tree.h", GCC "bitmap.h", GCC "coverage.c", GCC "function.h", GCC "rtl.h", GCC "optabs.h",
  GCC "tree.h", GCC "libfuncs.h", GCC "hashtable.h", GCC "real.h", GCC "varray.h", GCC "insn-addr.h", GCC "cselib.h",
  GCC "basic-block.h", GCC "cgraph.h", GCC "c-common.h", GCC "c-tree.h", GCC "alias.c", GCC "bitmap.c", GCC "cselib.c",
  GCC "cgraph.c", GCC "dbxout.c", GCC "dwarf2out.c", GCC "dwarf2asm.c", GCC "dojump.c", GCC "emit-rtl.c", GCC "except.c",
  GCC "explow.c", GCC "expr.c", GCC "fold-const.c", GCC "function.c", GCC "gcse.c", GCC "integrate.c", GCC "lists.c",
  GCC "optabs.c", GCC "profile.c", GCC "ra-build.c", GCC "regclass.c", GCC "reg-stack.c", GCC "cfglayout.c",
  GCC "langhooks.c", GCC "sdbout.c", GCC "stmt.c", GCC "stor-layout.c", GCC "stringpool.c", GCC "tree.c", GCC "varasm.c",
  GCC "config/aarch64/aarch64.c", GCC "c-lang.c", GCC "c-parse.in", GCC "c-tree.h", GCC "c-decl.c", GCC "c-common.c",
  GCC "c-common.h", GCC "c-pragma.c", GCC "c-objc-common.c", NULL
};
static const char *const lang_dir_names[] = { "c", NULL };
