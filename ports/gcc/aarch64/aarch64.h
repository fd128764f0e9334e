/* AArch64 for GCC 3.4: what the machine is like.
   Little endian, LP64, static code of the small model (a program lies within 4 GiB).
   "Arm ARM" is DDI 0487, "AAPCS64" the procedure call standard, IHI 0055.  */

/* Options.  There are none: every program is for ARMv8.0-A with floating point.  */

extern int target_flags;
#define TARGET_SWITCHES { { "", 0, "" } }
#define TARGET_VERSION fprintf (stderr, " (AArch64)")

#define TARGET_CPU_CPP_BUILTINS()		\
  do						\
    {						\
      builtin_define ("__aarch64__");		\
      builtin_define ("__AARCH64EL__");		\
      builtin_define ("__ARM_64BIT_STATE");	\
      builtin_define ("_LP64");			\
      builtin_define ("__LP64__");		\
      builtin_assert ("cpu=aarch64");		\
      builtin_assert ("machine=aarch64");	\
    }						\
  while (0)

#define OVERRIDE_OPTIONS aarch64_override_options ()
#define OPTIMIZATION_OPTIONS(LEVEL, SIZE)	\
  do						\
    if ((LEVEL) > 0)				\
      flag_omit_frame_pointer = 1;		\
  while (0)
#define CAN_DEBUG_WITHOUT_FP

/* Storage.  */

#define BITS_BIG_ENDIAN 0
#define BYTES_BIG_ENDIAN 0
#define WORDS_BIG_ENDIAN 0
#define UNITS_PER_WORD 8
#define PARM_BOUNDARY 64
#define STACK_BOUNDARY 128
#define FUNCTION_BOUNDARY 32
#define BIGGEST_ALIGNMENT 128
#define EMPTY_FIELD_BOUNDARY 32
#define STRICT_ALIGNMENT 0
#define SLOW_BYTE_ACCESS 1

/* Strings and arrays start at a word: what copies them goes by words.  */
#define CONSTANT_ALIGNMENT(EXP, ALIGN) \
  (TREE_CODE (EXP) == STRING_CST && (ALIGN) < BITS_PER_WORD \
   ? BITS_PER_WORD : (ALIGN))
#define DATA_ALIGNMENT(TYPE, ALIGN) \
  ((ALIGN) < BITS_PER_WORD && AGGREGATE_TYPE_P (TYPE) ? BITS_PER_WORD : (ALIGN))

/* A variable narrower than a w register fills one.  */
#define PROMOTE_MODE(MODE, UNSIGNEDP, TYPE)	\
  if (GET_MODE_CLASS (MODE) == MODE_INT		\
      && GET_MODE_SIZE (MODE) < 4)		\
    (MODE) = SImode;

/* Types of C.  */

#define INT_TYPE_SIZE 32
#define LONG_TYPE_SIZE 64
#define LONG_LONG_TYPE_SIZE 64
#define FLOAT_TYPE_SIZE 32
#define DOUBLE_TYPE_SIZE 64
#define LONG_DOUBLE_TYPE_SIZE 128
#define LIBGCC2_LONG_DOUBLE_TYPE_SIZE 128
#define DEFAULT_SIGNED_CHAR 0
#undef SIZE_TYPE
#define SIZE_TYPE "long unsigned int"
#undef PTRDIFF_TYPE
#define PTRDIFF_TYPE "long int"
#undef WCHAR_TYPE
#define WCHAR_TYPE "unsigned int"
#undef WCHAR_TYPE_SIZE
#define WCHAR_TYPE_SIZE 32
#define WINT_TYPE "unsigned int"

/* Registers: x0 to x30, sp, v0 to v31, the flags, and two that are no registers: where the
   arguments on the stack begin, and where the local variables end.  */

#define X0_REGNUM 0
#define STRUCT_VALUE_REGNUM_X8 8
#define IP0_REGNUM 16
#define STATIC_CHAIN_REGNUM 18
#define HARD_FRAME_POINTER_REGNUM 29
#define LR_REGNUM 30
#define STACK_POINTER_REGNUM 31
#define V0_REGNUM 32
#define CC_REGNUM 64
#define ARG_POINTER_REGNUM 65
#define FRAME_POINTER_REGNUM 66
#define FIRST_PSEUDO_REGISTER 67

#define GENERAL_REGNUM_P(N) ((unsigned) (N) <= LR_REGNUM)
#define FP_REGNUM_P(N) ((unsigned) (N) - V0_REGNUM < 32)
#define ARGUMENT_REGISTERS 8

#define REGISTER_NAMES							\
{									\
  "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7",			\
  "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",			\
  "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23",		\
  "x24", "x25", "x26", "x27", "x28", "x29", "x30", "sp",		\
  "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7",			\
  "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15",			\
  "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23",		\
  "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31",		\
  "cc", "ap", "sfp"							\
}

/* The same registers by their other names, for asm statements.  */
#define ADDITIONAL_REGISTER_NAMES					\
{									\
  { "w0", 0 }, { "w1", 1 }, { "w2", 2 }, { "w3", 3 },			\
  { "w4", 4 }, { "w5", 5 }, { "w6", 6 }, { "w7", 7 },			\
  { "w8", 8 }, { "fp", 29 }, { "lr", 30 }				\
}

#define FIXED_REGISTERS							\
{									\
  0, 0, 0, 0, 0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0, 0,			\
  0, 0, 0, 0, 0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 1, 1,			\
  0, 0, 0, 0, 0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0, 0,			\
  0, 0, 0, 0, 0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0, 0,			\
  1, 1, 1								\
}

/* AAPCS64, 6.1: a call keeps x19 to x29, sp and the low halves of v8 to v15.  */
#define CALL_USED_REGISTERS						\
{									\
  1, 1, 1, 1, 1, 1, 1, 1,  1, 1, 1, 1, 1, 1, 1, 1,			\
  1, 1, 1, 0, 0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 1, 1,			\
  1, 1, 1, 1, 1, 1, 1, 1,  0, 0, 0, 0, 0, 0, 0, 0,			\
  1, 1, 1, 1, 1, 1, 1, 1,  1, 1, 1, 1, 1, 1, 1, 1,			\
  1, 1, 1								\
}
#define HARD_REGNO_CALL_PART_CLOBBERED(REGNO, MODE) \
  (FP_REGNUM_P (REGNO) && ! call_used_regs[REGNO] && GET_MODE_SIZE (MODE) > 8)

/* Registers that no argument arrives in come first.  */
#define REG_ALLOC_ORDER							\
{									\
  9, 10, 11, 12, 13, 14, 15, 8, 7, 6, 5, 4, 3, 2, 1, 0, 17, 16, 18,	\
  19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,			\
  48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63,	\
  39, 38, 37, 36, 35, 34, 33, 32,					\
  40, 41, 42, 43, 44, 45, 46, 47, 64, 65, 66				\
}

#define HARD_REGNO_NREGS(REGNO, MODE) aarch64_hard_regno_nregs (REGNO, MODE)
#define HARD_REGNO_MODE_OK(REGNO, MODE) aarch64_hard_regno_mode_ok (REGNO, MODE)
#define MODES_TIEABLE_P(MODE1, MODE2) \
  (GET_MODE_CLASS (MODE1) == GET_MODE_CLASS (MODE2))

enum reg_class
{
  NO_REGS,
  GENERAL_REGS,		/* x0 to x30 */
  POINTER_REGS,		/* and sp: what an address begins with */
  FP_REGS,
  ALL_REGS,
  LIM_REG_CLASSES
};
#define N_REG_CLASSES ((int) LIM_REG_CLASSES)
#define REG_CLASS_NAMES \
  { "NO_REGS", "GENERAL_REGS", "POINTER_REGS", "FP_REGS", "ALL_REGS" }
#define REG_CLASS_CONTENTS				\
{							\
  { 0x00000000, 0x00000000, 0 },			\
  { 0x7fffffff, 0x00000000, 0 },			\
  { 0xffffffff, 0x00000000, 6 },			\
  { 0x00000000, 0xffffffff, 0 },			\
  { 0xffffffff, 0xffffffff, 7 }				\
}
#define REGNO_REG_CLASS(REGNO)				\
  (GENERAL_REGNUM_P (REGNO) ? GENERAL_REGS		\
   : FP_REGNUM_P (REGNO) ? FP_REGS			\
   : (REGNO) == CC_REGNUM ? NO_REGS : POINTER_REGS)
#define BASE_REG_CLASS POINTER_REGS
#define INDEX_REG_CLASS GENERAL_REGS
#define CLASS_MAX_NREGS(CLASS, MODE) \
  ((CLASS) == FP_REGS ? 1 \
   : (GET_MODE_SIZE (MODE) + UNITS_PER_WORD - 1) / UNITS_PER_WORD)

#define PREFERRED_RELOAD_CLASS(X, CLASS) aarch64_preferred_reload_class (X, CLASS)

/* Integers do not live in v registers, so that a double seen as an integer moves first.  */
#define CANNOT_CHANGE_MODE_CLASS(FROM, TO, CLASS) \
  ((FROM) != (TO) && reg_classes_intersect_p (CLASS, FP_REGS))

#define REGISTER_MOVE_COST(MODE, FROM, TO) \
  (((FROM) == FP_REGS) == ((TO) == FP_REGS) ? 2 : 6)
#define MEMORY_MOVE_COST(MODE, CLASS, IN) 8

#define REG_CLASS_FROM_LETTER(C) \
  ((C) == 'w' ? FP_REGS : (C) == 'k' ? POINTER_REGS : NO_REGS)

/* I, J: what add and sub take; K, L: what a logical operation on w and x takes;
   M, N: the distance of a shift of w and x.  */
#define CONST_OK_FOR_LETTER_P(VALUE, C)					\
  ((C) == 'I' ? aarch64_add_immediate (VALUE)				\
   : (C) == 'J' ? aarch64_add_immediate (- (unsigned HOST_WIDE_INT) (VALUE)) \
   : (C) == 'K' ? aarch64_bitmask_immediate (VALUE, SImode)		\
   : (C) == 'L' ? aarch64_bitmask_immediate (VALUE, DImode)		\
   : (C) == 'M' ? (VALUE) >= 0 && (VALUE) < 32				\
   : (C) == 'N' ? (VALUE) >= 0 && (VALUE) < 64				\
   : 0)
#define CONST_DOUBLE_OK_FOR_LETTER_P(X, C) aarch64_const_double_ok (X, C)
/* S: an address that adrp and add make; Z: zero, which is a register.  */
#define EXTRA_CONSTRAINT(X, C)						\
  ((C) == 'S' ? aarch64_symbolic (X)					\
   : (C) == 'Z' ? (X) == const0_rtx : 0)

/* The frame, from high addresses to low:

	arguments that came on the stack
			<- the CFA: arg pointer, sp at entry
	registers of unnamed arguments
			<- soft frame pointer
	local variables
	saved v and x registers
	x29, x30	<- x29, where it is used
	arguments of calls
			<- sp  */

#define STACK_GROWS_DOWNWARD
#define FRAME_GROWS_DOWNWARD
#define STARTING_FRAME_OFFSET 0
#define FIRST_PARM_OFFSET(FNDECL) 0
#define ACCUMULATE_OUTGOING_ARGS 1
#define RETURN_POPS_ARGS(DECL, FUNTYPE, SIZE) 0
#define FRAME_POINTER_REQUIRED current_function_calls_eh_return
#define ELIMINABLE_REGS							\
{									\
  { ARG_POINTER_REGNUM, STACK_POINTER_REGNUM },				\
  { ARG_POINTER_REGNUM, HARD_FRAME_POINTER_REGNUM },			\
  { FRAME_POINTER_REGNUM, STACK_POINTER_REGNUM },			\
  { FRAME_POINTER_REGNUM, HARD_FRAME_POINTER_REGNUM }			\
}
#define CAN_ELIMINATE(FROM, TO) \
  ((TO) == HARD_FRAME_POINTER_REGNUM || ! frame_pointer_needed)
#define INITIAL_ELIMINATION_OFFSET(FROM, TO, OFFSET) \
  ((OFFSET) = aarch64_elimination_offset (FROM, TO))
#define EXIT_IGNORE_STACK 1
#define EPILOGUE_USES(REGNO) ((REGNO) == LR_REGNUM)

#define RETURN_ADDR_RTX(COUNT, FRAME) aarch64_return_address (COUNT, FRAME)
#define DYNAMIC_CHAIN_ADDRESS(FRAME) (FRAME)
#define INITIAL_FRAME_ADDRESS_RTX hard_frame_pointer_rtx

/* Arguments and results: AAPCS64, 6.8 and 6.9.  */

typedef struct
{
  int general;			/* NGRN: x registers that are taken */
  int floating;			/* NSRN: v registers that are taken */
} CUMULATIVE_ARGS;

#define INIT_CUMULATIVE_ARGS(CUM, FNTYPE, LIBNAME, FNDECL, NAMED) \
  ((CUM).general = (CUM).floating = 0)
#define FUNCTION_ARG(CUM, MODE, TYPE, NAMED) \
  aarch64_function_arg (&(CUM), MODE, TYPE)
#define FUNCTION_ARG_ADVANCE(CUM, MODE, TYPE, NAMED) \
  aarch64_function_arg_advance (&(CUM), MODE, TYPE)
#define FUNCTION_ARG_PARTIAL_NREGS(CUM, MODE, TYPE, NAMED) 0
#define FUNCTION_ARG_PASS_BY_REFERENCE(CUM, MODE, TYPE, NAMED) \
  aarch64_by_reference (MODE, TYPE)
#define FUNCTION_ARG_BOUNDARY(MODE, TYPE) aarch64_argument_boundary (MODE, TYPE)
#define FUNCTION_ARG_REGNO_P(N) \
  ((N) < ARGUMENT_REGISTERS \
   || (FP_REGNUM_P (N) && (N) - V0_REGNUM < ARGUMENT_REGISTERS))

#define FUNCTION_VALUE(TYPE, FUNC) aarch64_function_value (TYPE_MODE (TYPE), TYPE)
#define LIBCALL_VALUE(MODE) aarch64_function_value (MODE, NULL_TREE)
#define FUNCTION_VALUE_REGNO_P(N) ((N) == X0_REGNUM || (N) == V0_REGNUM)
/* The hook says which aggregates are returned in memory.  */
#define DEFAULT_PCC_STRUCT_RETURN 0

#define EXPAND_BUILTIN_VA_START(VALIST, NEXT) aarch64_va_start (VALIST, NEXT)
#define EXPAND_BUILTIN_VA_ARG(VALIST, TYPE) aarch64_va_arg (VALIST, TYPE)

#define FUNCTION_PROFILER(FILE, LABELNO) \
  fputs ("\tmov\tx0, x30\n\tbl\t_mcount\n", FILE)

/* A nested function's trampoline: three instructions, padding, and two words.  */
#define TRAMPOLINE_SIZE 32
#define TRAMPOLINE_ALIGNMENT 64
#define TRAMPOLINE_TEMPLATE(FILE)			\
  do							\
    {							\
      fputs ("\tldr\tx17, .+16\n", FILE);		\
      fputs ("\tldr\tx18, .+20\n", FILE);		\
      fputs ("\tbr\tx17\n\tnop\n", FILE);		\
      fputs ("\t.8byte\t0, 0\n", FILE);			\
    }							\
  while (0)
#define INITIALIZE_TRAMPOLINE(TRAMP, FNADDR, CHAIN) \
  aarch64_initialize_trampoline (TRAMP, FNADDR, CHAIN)

/* Instructions are read by another cache than data: Arm ARM, B2.4.4.  */
#define CLEAR_INSN_CACHE(BEGIN, END)					\
  do									\
    {									\
      unsigned long __type, __line, __at;				\
      asm volatile ("mrs\t%0, ctr_el0" : "=r" (__type));		\
      __line = 4UL << (__type >> 16 & 15);				\
      for (__at = (unsigned long) (BEGIN) & -__line;			\
	   __at < (unsigned long) (END); __at += __line)		\
	asm volatile ("dc\tcvau, %0" : : "r" (__at) : "memory");	\
      asm volatile ("dsb\tish" : : : "memory");				\
      __line = 4UL << (__type & 15);					\
      for (__at = (unsigned long) (BEGIN) & -__line;			\
	   __at < (unsigned long) (END); __at += __line)		\
	asm volatile ("ic\tivau, %0" : : "r" (__at) : "memory");	\
      asm volatile ("dsb\tish\n\tisb" : : : "memory");			\
    }									\
  while (0)

/* Addresses.  */

#define MAX_REGS_PER_ADDRESS 2
#define CONSTANT_ADDRESS_P(X) 0
#define LEGITIMATE_CONSTANT_P(X)					\
  (GET_CODE (X) == CONST_INT || GET_CODE (X) == CONSTANT_P_RTX		\
   || (GET_CODE (X) == CONST_DOUBLE					\
       && (GET_MODE (X) == VOIDmode || aarch64_fmov_immediate (X)))	\
   || aarch64_symbolic (X))

#ifdef REG_OK_STRICT
#define GO_IF_LEGITIMATE_ADDRESS(MODE, X, LABEL) \
  do { if (aarch64_legitimate_address (MODE, X, 1)) goto LABEL; } while (0)
#define REG_OK_FOR_BASE_P(X) REGNO_OK_FOR_BASE_P (REGNO (X))
#define REG_OK_FOR_INDEX_P(X) REGNO_OK_FOR_INDEX_P (REGNO (X))
#else
#define GO_IF_LEGITIMATE_ADDRESS(MODE, X, LABEL) \
  do { if (aarch64_legitimate_address (MODE, X, 0)) goto LABEL; } while (0)
#define REG_OK_FOR_BASE_P(X) \
  (REGNO (X) >= FIRST_PSEUDO_REGISTER || REGNO_OK_FOR_BASE_P (REGNO (X)))
#define REG_OK_FOR_INDEX_P(X) \
  (REGNO (X) >= FIRST_PSEUDO_REGISTER || REGNO_OK_FOR_INDEX_P (REGNO (X)))
#endif

#define AARCH64_HARD_REGNO(N)					\
  ((N) < FIRST_PSEUDO_REGISTER ? (int) (N)			\
   : reg_renumber ? (int) reg_renumber[N] : -1)
#define REGNO_OK_FOR_INDEX_P(N) GENERAL_REGNUM_P (AARCH64_HARD_REGNO (N))
#define REGNO_OK_FOR_BASE_P(N)					\
  (GENERAL_REGNUM_P (AARCH64_HARD_REGNO (N))			\
   || AARCH64_HARD_REGNO (N) == STACK_POINTER_REGNUM		\
   || AARCH64_HARD_REGNO (N) == ARG_POINTER_REGNUM		\
   || AARCH64_HARD_REGNO (N) == FRAME_POINTER_REGNUM)

#define GO_IF_MODE_DEPENDENT_ADDRESS(X, LABEL) \
  do { if (aarch64_mode_dependent_address (X)) goto LABEL; } while (0)

#define LEGITIMIZE_ADDRESS(X, OLDX, MODE, WIN)			\
  do								\
    {								\
      rtx new_x = aarch64_legitimize_address (MODE, X);		\
								\
      if (new_x)						\
	{							\
	  (X) = new_x;						\
	  goto WIN;						\
	}							\
    }								\
  while (0)

/* Comparisons.  */

#define SELECT_CC_MODE(OP, X, Y) aarch64_cc_mode (OP, X, Y)
#define REVERSIBLE_CC_MODE(MODE) 1
#define REVERSE_CONDITION(CODE, MODE) \
  ((MODE) == CCFPmode || (MODE) == CCFPEmode \
   ? reverse_condition_maybe_unordered (CODE) : reverse_condition (CODE))

/* What the machine does.  */

#define Pmode DImode
#define FUNCTION_MODE DImode
#define MOVE_MAX 8
#define LOAD_EXTEND_OP(MODE) ZERO_EXTEND
#define SHIFT_COUNT_TRUNCATED 0
#define TRULY_NOOP_TRUNCATION(OUTPREC, INPREC) 1
#define STORE_FLAG_VALUE 1
#define NO_FUNCTION_CSE
#define BRANCH_COST 2
#define CLZ_DEFINED_VALUE_AT_ZERO(MODE, VALUE) \
  ((VALUE) = GET_MODE_BITSIZE (MODE), 1)
#define CTZ_DEFINED_VALUE_AT_ZERO(MODE, VALUE) \
  ((VALUE) = GET_MODE_BITSIZE (MODE), 1)

/* A switch jumps by a table of distances from the table's own address.  */
#define CASE_VECTOR_MODE SImode
#define CASE_VECTOR_PC_RELATIVE 1
#define JUMP_TABLES_IN_TEXT_SECTION 1

/* Assembly, as GNU as reads it.  */

#define ASM_COMMENT_START "//"
#undef ASM_APP_ON
#define ASM_APP_ON "#APP\n"
#undef ASM_APP_OFF
#define ASM_APP_OFF "#NO_APP\n"
#define TEXT_SECTION_ASM_OP "\t.text"
#define DATA_SECTION_ASM_OP "\t.data"
#define BSS_SECTION_ASM_OP "\t.bss"
#define GLOBAL_ASM_OP "\t.global\t"
#define LOCAL_LABEL_PREFIX "."
#undef USER_LABEL_PREFIX
#define USER_LABEL_PREFIX ""

#define PRINT_OPERAND(FILE, X, CODE) aarch64_print_operand (FILE, X, CODE)
#define PRINT_OPERAND_ADDRESS(FILE, X) aarch64_print_address (FILE, X)

#define ASM_OUTPUT_REG_PUSH(FILE, N) \
  asm_fprintf (FILE, "\tstr\t%s, [sp, -16]!\n", reg_names[N])
#define ASM_OUTPUT_REG_POP(FILE, N) \
  asm_fprintf (FILE, "\tldr\t%s, [sp], 16\n", reg_names[N])
#define ASM_OUTPUT_ADDR_DIFF_ELT(FILE, BODY, VALUE, REL) \
  fprintf (FILE, "\t.word\t.L%d - .L%d\n", VALUE, REL)
#define ASM_OUTPUT_ALIGN(FILE, LOG) \
  do { if ((LOG) != 0) fprintf (FILE, "\t.p2align\t%d\n", (LOG)); } while (0)

/* Debuggers and unwinders: the numbers of "DWARF for the Arm 64-bit Architecture".  */

#define DBX_REGISTER_NUMBER(N) \
  ((N) <= STACK_POINTER_REGNUM ? (N) \
   : FP_REGNUM_P (N) ? (N) - V0_REGNUM + 64 : 96)
#define DWARF_FRAME_REGISTERS 97
#define DWARF2_UNWIND_INFO 1
#define INCOMING_RETURN_ADDR_RTX gen_rtx_REG (Pmode, LR_REGNUM)
#define DWARF_FRAME_RETURN_COLUMN LR_REGNUM
#define EH_RETURN_DATA_REGNO(N) ((N) < 4 ? (int) (N) : INVALID_REGNUM)
#define EH_RETURN_STACKADJ_RTX gen_rtx_REG (Pmode, 4)
/* The return address that the epilogue will read.  */
#define EH_RETURN_HANDLER_RTX \
  gen_rtx_MEM (Pmode, plus_constant (hard_frame_pointer_rtx, 8))

/* Predicates of aarch64.md, which aarch64.c defines.  */
#define PREDICATE_CODES							\
  { "reg_or_zero", { CONST_INT, CONST_DOUBLE, SUBREG, REG } },		\
  { "add_operand", { CONST_INT, SUBREG, REG } },			\
  { "logical_operand", { CONST_INT, SUBREG, REG } },			\
  { "shift_distance_w", { CONST_INT, SUBREG, REG } },			\
  { "shift_distance_x", { CONST_INT, SUBREG, REG } },			\
  { "call_address", { SYMBOL_REF, SUBREG, REG } },			\
  { "move_source", { CONST_INT, CONST_DOUBLE, CONST, SYMBOL_REF,	\
		     LABEL_REF, CONSTANT_P_RTX, SUBREG, REG, MEM } },	\
  { "equality_operator", { EQ, NE } },					\
  { "sign_operator", { LT, GE } },					\
  { "shift_operator", { ASHIFT, ASHIFTRT, LSHIFTRT } },			\
  { "logical_operator", { AND, IOR, XOR } },				\
  { "shiftable_operator", { PLUS, AND, IOR, XOR } },			\
  { "extend_operator", { SIGN_EXTEND, ZERO_EXTEND } },
