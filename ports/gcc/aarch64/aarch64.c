/* AArch64 for GCC 3.4: frames, arguments, addresses and what assembly looks like.
   aarch64.h says what the machine is like, aarch64.md what its instructions do.
   One file, long as it is: GCC 3.4's build and its garbage collector know one for each target.  */

#include "config.h"
#include "system.h"
#include "coretypes.h"
#include "tm.h"
#include "rtl.h"
#include "tree.h"
#include "regs.h"
#include "hard-reg-set.h"
#include "real.h"
#include "insn-config.h"
#include "conditions.h"
#include "output.h"
#include "insn-attr.h"
#include "flags.h"
#include "recog.h"
#include "reload.h"
#include "function.h"
#include "expr.h"
#include "optabs.h"
#include "except.h"
#include "toplev.h"
#include "ggc.h"
#include "integrate.h"
#include "langhooks.h"
#include "tm_p.h"
#include "target.h"
#include "target-def.h"

/* What a function with unnamed arguments knows of them.  */
struct machine_function GTY (())
{
  int unnamed_general;		/* x registers that may hold some */
  int unnamed_floating;		/* v registers, likewise */
};

/* What the last cmp pattern was to compare: the branch or the store that follows asks.  */
rtx aarch64_compare_op0, aarch64_compare_op1;

/* Constants.  */

/* Whether add or sub has VALUE as its operand: 12 bits, or 12 bits and 12 zeros below.  */

int
aarch64_add_immediate (HOST_WIDE_INT value)
{
  return (value & ~ (HOST_WIDE_INT) 0xfff) == 0
	 || (value & ~ (HOST_WIDE_INT) 0xfff000) == 0;
}

/* Whether a logical instruction has VALUE as its operand: a number of 2, 4, ... 64 bits, repeated,
   that is one run of ones, rotated (Arm ARM, DecodeBitMasks).  */

int
aarch64_bitmask_immediate (HOST_WIDE_INT value, enum machine_mode mode)
{
  unsigned HOST_WIDE_INT bits = value, mask, turned, changes;
  int size = 64, half;

  if (mode != DImode)
    {
      bits &= 0xffffffff;
      bits |= bits << 32;
    }
  for (half = 32; half >= 2; half /= 2)
    {
      mask = ((unsigned HOST_WIDE_INT) 1 << half) - 1;
      if ((bits & mask) != (bits >> half & mask))
	break;
      size = half;
    }
  mask = size == 64 ? ~ (unsigned HOST_WIDE_INT) 0
	 : ((unsigned HOST_WIDE_INT) 1 << size) - 1;
  bits &= mask;
  if (bits == 0 || bits == mask)
    return 0;
  /* A run begins at one place of the circle and ends at one.  */
  turned = (bits >> 1 | bits << (size - 1)) & mask;
  changes = bits ^ turned;
  changes &= changes - 1;
  return (changes & (changes - 1)) == 0;
}

/* How many of the 16-bit quarters of VALUE, as wide as MODE, are not FILL.  */

static int
quarters_other_than (HOST_WIDE_INT value, enum machine_mode mode, int fill)
{
  int count = 0, at;

  for (at = 0; at < GET_MODE_BITSIZE (mode); at += 16)
    count += (value >> at & 0xffff) != fill;
  return count;
}

/* The bytes of the instructions that move VALUE to a register.  */

int
aarch64_move_length (HOST_WIDE_INT value, enum machine_mode mode)
{
  int zeros, ones;

  if (mode != DImode)
    mode = SImode;
  zeros = quarters_other_than (value, mode, 0);
  ones = quarters_other_than (value, mode, 0xffff);
  if (zeros <= 1 || ones <= 1 || aarch64_bitmask_immediate (value, mode))
    return 4;
  return 4 * MIN (zeros, ones);
}

/* Write the moves of the constant operands[1] to the register operands[0].  */

const char *
aarch64_output_constant (rtx *operands, enum machine_mode mode)
{
  HOST_WIDE_INT value = INTVAL (operands[1]);
  int fill, first = 1, at;
  rtx out[3];

  if (mode != DImode)
    mode = SImode;
  if (aarch64_move_length (value, mode) == 4)
    return mode == DImode ? "mov\t%x0, %1" : "mov\t%w0, %1";
  fill = quarters_other_than (value, mode, 0)
	 <= quarters_other_than (value, mode, 0xffff) ? 0 : 0xffff;
  out[0] = operands[0];
  for (at = 0; at < GET_MODE_BITSIZE (mode); at += 16)
    {
      int quarter = value >> at & 0xffff;

      if (quarter == fill)
	continue;
      out[1] = GEN_INT (first && fill ? quarter ^ 0xffff : quarter);
      out[2] = GEN_INT (at);
      output_asm_insn (! first
		       ? (mode == DImode ? "movk\t%x0, %1, lsl %2"
			  : "movk\t%w0, %1, lsl %2")
		       : fill
		       ? (mode == DImode ? "movn\t%x0, %1, lsl %2"
			  : "movn\t%w0, %1, lsl %2")
		       : (mode == DImode ? "movz\t%x0, %1, lsl %2"
			  : "movz\t%w0, %1, lsl %2"), out);
      first = 0;
    }
  return "";
}

/* Whether X is a number that one instruction makes in a v register: +0, or what fmov has as its
   operand, a sign, 4 bits of a fraction and an exponent from -3 to 4.  */

int
aarch64_fmov_immediate (rtx x)
{
  REAL_VALUE_TYPE value;
  long words[2];
  int exponent;

  if (GET_CODE (x) != CONST_DOUBLE || GET_MODE (x) == VOIDmode)
    return 0;
  if (x == CONST0_RTX (GET_MODE (x)))
    return 1;
  if (GET_MODE (x) != SFmode && GET_MODE (x) != DFmode)
    return 0;
  REAL_VALUE_FROM_CONST_DOUBLE (value, x);
  REAL_VALUE_TO_TARGET_DOUBLE (value, words);
  if ((words[0] & 0xffffffff) != 0 || (words[1] & 0xffff) != 0)
    return 0;
  exponent = (int) (words[1] >> 20 & 0x7ff) - 1023;
  return exponent >= -3 && exponent <= 4;
}

/* G is +0, H every number that aarch64_fmov_immediate allows.  */

int
aarch64_const_double_ok (rtx x, int letter)
{
  if (GET_MODE (x) == VOIDmode)
    return 0;
  return letter == 'G' ? x == CONST0_RTX (GET_MODE (x))
	 : letter == 'H' ? aarch64_fmov_immediate (x) : 0;
}

/* A floating-point number that no instruction makes is read from memory; all other constants are
   made in x registers.  */

enum reg_class
aarch64_preferred_reload_class (rtx x, enum reg_class class)
{
  if (GET_CODE (x) == CONST_DOUBLE && GET_MODE (x) != VOIDmode)
    {
      if (x == CONST0_RTX (GET_MODE (x)))
	return class;
      return class != GENERAL_REGS && aarch64_fmov_immediate (x)
	     ? FP_REGS : NO_REGS;
    }
  if (CONSTANT_P (x))
    return class == FP_REGS ? NO_REGS : GENERAL_REGS;
  if (class == POINTER_REGS && GET_CODE (x) != PLUS)
    return GENERAL_REGS;
  return class;
}

/* Whether adrp and add make the address X: a symbol or a label, perhaps with an offset that does
   not lead far from it.  */

int
aarch64_symbolic (rtx x)
{
  if (GET_CODE (x) == CONST && GET_CODE (XEXP (x, 0)) == PLUS
      && GET_CODE (XEXP (XEXP (x, 0), 1)) == CONST_INT)
    {
      HOST_WIDE_INT offset = INTVAL (XEXP (XEXP (x, 0), 1));

      if (offset < -0x100000 || offset > 0x100000)
	return 0;
      x = XEXP (XEXP (x, 0), 0);
    }
  return GET_CODE (x) == SYMBOL_REF || GET_CODE (x) == LABEL_REF;
}

/* Predicates.  */

int
reg_or_zero (rtx x, enum machine_mode mode)
{
  return register_operand (x, mode) || (mode != VOIDmode && x == CONST0_RTX (mode));
}

int
add_operand (rtx x, enum machine_mode mode)
{
  if (GET_CODE (x) == CONST_INT)
    return aarch64_add_immediate (INTVAL (x))
	   || aarch64_add_immediate (- (unsigned HOST_WIDE_INT) INTVAL (x));
  return register_operand (x, mode);
}

int
logical_operand (rtx x, enum machine_mode mode)
{
  if (GET_CODE (x) == CONST_INT)
    return aarch64_bitmask_immediate (INTVAL (x), mode);
  return register_operand (x, mode);
}

int
shift_distance_w (rtx x, enum machine_mode mode)
{
  if (GET_CODE (x) == CONST_INT)
    return INTVAL (x) >= 0 && INTVAL (x) < 32;
  return register_operand (x, mode);
}

int
shift_distance_x (rtx x, enum machine_mode mode)
{
  if (GET_CODE (x) == CONST_INT)
    return INTVAL (x) >= 0 && INTVAL (x) < 64;
  return register_operand (x, mode);
}

int
call_address (rtx x, enum machine_mode mode)
{
  return GET_CODE (x) == SYMBOL_REF || register_operand (x, mode);
}

int
move_source (rtx x, enum machine_mode mode)
{
  if (CONSTANT_P (x))
    return LEGITIMATE_CONSTANT_P (x);
  return general_operand (x, mode);
}

int
equality_operator (rtx x, enum machine_mode mode ATTRIBUTE_UNUSED)
{
  return GET_CODE (x) == EQ || GET_CODE (x) == NE;
}

int
sign_operator (rtx x, enum machine_mode mode ATTRIBUTE_UNUSED)
{
  return GET_CODE (x) == LT || GET_CODE (x) == GE;
}

int
shift_operator (rtx x, enum machine_mode mode)
{
  enum rtx_code code = GET_CODE (x);

  return GET_MODE (x) == mode
	 && (code == ASHIFT || code == ASHIFTRT || code == LSHIFTRT);
}

int
logical_operator (rtx x, enum machine_mode mode)
{
  enum rtx_code code = GET_CODE (x);

  return GET_MODE (x) == mode && (code == AND || code == IOR || code == XOR);
}

int
shiftable_operator (rtx x, enum machine_mode mode)
{
  return logical_operator (x, mode)
	 || (GET_MODE (x) == mode && GET_CODE (x) == PLUS);
}

int
extend_operator (rtx x, enum machine_mode mode)
{
  return GET_MODE (x) == mode
	 && (GET_CODE (x) == SIGN_EXTEND || GET_CODE (x) == ZERO_EXTEND);
}

/* Registers.  */

int
aarch64_hard_regno_nregs (int regno, enum machine_mode mode)
{
  if (FP_REGNUM_P (regno))
    return 1;
  return (GET_MODE_SIZE (mode) + UNITS_PER_WORD - 1) / UNITS_PER_WORD;
}

/* v registers hold numbers of floating point, and only these; x registers hold all.  */

int
aarch64_hard_regno_mode_ok (int regno, enum machine_mode mode)
{
  if (GET_MODE_CLASS (mode) == MODE_CC)
    return regno == CC_REGNUM;
  if (GENERAL_REGNUM_P (regno))
    return regno + aarch64_hard_regno_nregs (regno, mode) <= LR_REGNUM + 1;
  if (FP_REGNUM_P (regno))
    return mode == SFmode || mode == DFmode || mode == TFmode;
  return mode == Pmode && regno != CC_REGNUM;
}

/* Addresses.  */

static int
base_register (rtx x, int strict)
{
  if (GET_MODE (x) != Pmode)
    return 0;
  if (! strict && GET_CODE (x) == SUBREG)
    x = SUBREG_REG (x);
  return GET_CODE (x) == REG
	 && (strict ? REGNO_OK_FOR_BASE_P (REGNO (x))
	     : REGNO (x) >= FIRST_PSEUDO_REGISTER || REGNO_OK_FOR_BASE_P (REGNO (x)));
}

static int
index_register (rtx x, enum machine_mode mode, int strict)
{
  if (GET_MODE (x) != mode)
    return 0;
  if (! strict && GET_CODE (x) == SUBREG)
    x = SUBREG_REG (x);
  return GET_CODE (x) == REG
	 && (strict ? REGNO_OK_FOR_INDEX_P (REGNO (x))
	     : REGNO (x) >= FIRST_PSEUDO_REGISTER || REGNO_OK_FOR_INDEX_P (REGNO (x)));
}

/* An index: an x register, or a w register that is extended, times one or times SIZE.  */

static int
index_operand (rtx x, int size, int strict)
{
  if (GET_CODE (x) == MULT && GET_CODE (XEXP (x, 1)) == CONST_INT
      && INTVAL (XEXP (x, 1)) == size)
    x = XEXP (x, 0);
  if (GET_CODE (x) == SIGN_EXTEND || GET_CODE (x) == ZERO_EXTEND)
    return index_register (XEXP (x, 0), SImode, strict);
  return index_register (x, Pmode, strict);
}

/* Whether a value of MODE is moved by parts: as the halves of a complex number, or by ldp.  */

static int
moves_by_parts (enum machine_mode mode)
{
  return GET_MODE_SIZE (mode) > UNITS_PER_WORD
	 || (GET_MODE_CLASS (mode) != MODE_INT && GET_MODE_CLASS (mode) != MODE_FLOAT);
}

/* An offset: 9 bits with a sign, or 12 bits times the size.  What moves by parts has offsets that
   all of them allow.  */

static int
offset_ok (HOST_WIDE_INT offset, enum machine_mode mode)
{
  int size = GET_MODE_SIZE (mode);

  if (moves_by_parts (mode))
    return offset >= -256 && offset + size <= 256
	   && (size <= UNITS_PER_WORD || (offset & 7) == 0);
  if (offset >= -256 && offset < 256)
    return 1;
  return offset >= 0 && offset % size == 0 && offset / size < 4096;
}

int
aarch64_legitimate_address (enum machine_mode mode, rtx x, int strict)
{
  int size = GET_MODE_SIZE (mode);
  rtx base, other;

  if (base_register (x, strict))
    return 1;
  if (GET_CODE (x) != PLUS || mode == BLKmode)
    return 0;
  base = XEXP (x, 0);
  other = XEXP (x, 1);
  if (GET_CODE (other) == CONST_INT)
    return base_register (base, strict) && offset_ok (INTVAL (other), mode);
  if (moves_by_parts (mode))
    return 0;
  return (base_register (base, strict) && index_operand (other, size, strict))
	 || (base_register (other, strict) && index_operand (base, size, strict));
}

/* Make an address of X, a register and too large an offset: the high bits of the offset are added
   before, so that neighbours share the sum.  Where nothing is to be done, return 0.  */

rtx
aarch64_legitimize_address (enum machine_mode mode, rtx x)
{
  HOST_WIDE_INT offset, high;

  if (GET_CODE (x) != PLUS || GET_CODE (XEXP (x, 1)) != CONST_INT
      || GET_CODE (XEXP (x, 0)) != REG || moves_by_parts (mode))
    return NULL_RTX;
  offset = INTVAL (XEXP (x, 1));
  high = offset & ~ (HOST_WIDE_INT) 0xfff;
  if (! offset_ok (offset - high, mode) || ! add_operand (GEN_INT (high), Pmode))
    return NULL_RTX;
  return plus_constant (force_reg (Pmode, plus_constant (XEXP (x, 0), high)),
			offset - high);
}

/* Whether X is an address for some modes, and none for narrower ones.  */

int
aarch64_mode_dependent_address (rtx x)
{
  if (GET_CODE (x) != PLUS)
    return 0;
  if (GET_CODE (XEXP (x, 1)) == CONST_INT)
    return INTVAL (XEXP (x, 1)) > 4000;
  return GET_CODE (XEXP (x, 0)) == MULT || GET_CODE (XEXP (x, 1)) == MULT;
}

/* Moves, comparisons and branches.  */

void
aarch64_expand_move (enum machine_mode mode, rtx *operands)
{
  if (no_new_pseudos)
    return;
  if (GET_CODE (operands[0]) == MEM && ! reg_or_zero (operands[1], mode))
    operands[1] = force_reg (mode, operands[1]);
  else if (CONSTANT_P (operands[1]) && ! LEGITIMATE_CONSTANT_P (operands[1]))
    {
      /* A symbol with a long way to go, or a number of floating point.  */
      if (GET_CODE (operands[1]) == CONST
	  && GET_CODE (XEXP (operands[1], 0)) == PLUS)
	operands[1]
	  = expand_binop (mode, add_optab,
			  force_reg (mode, XEXP (XEXP (operands[1], 0), 0)),
			  force_reg (mode, XEXP (XEXP (operands[1], 0), 1)),
			  operands[0], 0, OPTAB_DIRECT);
      else
	operands[1] = validize_mem (force_const_mem (mode, operands[1]));
    }
}

enum machine_mode
aarch64_cc_mode (enum rtx_code code, rtx x, rtx y)
{
  if (GET_MODE_CLASS (GET_MODE (x)) == MODE_FLOAT)
    switch (code)
      {
      case LT: case LE: case GT: case GE:
	return CCFPEmode;
      default:
	return CCFPmode;
      }
  if (y == const0_rtx
      && (code == EQ || code == NE || code == LT || code == GE)
      && (GET_CODE (x) == AND || GET_CODE (x) == PLUS || GET_CODE (x) == MINUS))
    return CC_NZmode;
  return CCmode;
}

/* Compare two numbers of 128 bits by a function of libgcc: it leaves an int to be compared with 0.
   With a NaN it says what makes LT, LE, GT and GE false.  */

static enum rtx_code
compare_quads (enum rtx_code code)
{
  const char *name;

  switch (code)
    {
    case EQ: case NE: name = "__eqtf2"; break;
    case LT: case UNGE: name = "__lttf2"; break;
    case LE: case UNGT: name = "__letf2"; break;
    case GT: case UNLE: name = "__gttf2"; break;
    case GE: case UNLT: name = "__getf2"; break;
    case ORDERED: case UNORDERED: name = "__unordtf2"; break;
    default: abort ();
    }
  aarch64_compare_op0
    = emit_library_call_value (gen_rtx_SYMBOL_REF (Pmode, name), NULL_RTX,
			       LCT_CONST, SImode, 2,
			       aarch64_compare_op0, TFmode,
			       aarch64_compare_op1, TFmode);
  aarch64_compare_op1 = const0_rtx;
  switch (code)
    {
    case UNGE: return GE;
    case UNGT: return GT;
    case UNLE: return LE;
    case UNLT: return LT;
    case ORDERED: return EQ;
    case UNORDERED: return NE;
    default: return code;
    }
}

/* Emit the comparison that was asked for, and give what is true when CODE holds.  */

rtx
aarch64_compare (enum rtx_code code)
{
  enum machine_mode mode;
  rtx flags;

  if (GET_MODE (aarch64_compare_op0) == TFmode)
    code = compare_quads (code);
  mode = aarch64_cc_mode (code, aarch64_compare_op0, aarch64_compare_op1);
  flags = gen_rtx_REG (mode, CC_REGNUM);
  emit_insn (gen_rtx_SET (VOIDmode, flags,
			  gen_rtx_COMPARE (mode, aarch64_compare_op0,
					   aarch64_compare_op1)));
  return gen_rtx_fmt_ee (code, VOIDmode, flags, const0_rtx);
}

/* The conditional INSN: BRANCH jumps to a label where its condition holds. Where the label is too far
   for it, INVERSE jumps past a b instruction where the condition does not hold.  */

const char *
aarch64_output_branch (rtx insn, const char *branch, const char *inverse)
{
  static char buffer[64];

  if (get_attr_length (insn) == 4)
    return branch;
  sprintf (buffer, "%s\n\tb\t%%l0", inverse);
  return buffer;
}

/* Move 16 bytes between any two of two x registers, a v register and memory.  */

const char *
aarch64_output_pair_move (rtx *operands)
{
  rtx to = operands[0], from = operands[1];
  int to_float = GET_CODE (to) == REG && FP_REGNUM_P (REGNO (to));

  if (GET_CODE (from) == CONST_INT || GET_CODE (from) == CONST_DOUBLE)
    {
      if (GET_CODE (to) == MEM)
	return "stp\txzr, xzr, %0";
      return to_float ? "movi\t%v0.2d, 0" : "mov\t%x0, 0\n\tmov\t%X0, 0";
    }
  if (GET_CODE (to) == MEM)
    return FP_REGNUM_P (REGNO (from)) ? "str\t%q1, %0" : "stp\t%x1, %X1, %0";
  if (GET_CODE (from) == MEM)
    return to_float ? "ldr\t%q0, %1" : "ldp\t%x0, %X0, %1";
  if (FP_REGNUM_P (REGNO (from)))
    return to_float ? "mov\t%v0.16b, %v1.16b"
	   : "fmov\t%x0, %d1\n\tfmov\t%X0, %v1.d[1]";
  if (to_float)
    return "fmov\t%d0, %x1\n\tfmov\t%v0.d[1], %X1";
  return REGNO (to) == REGNO (from) + 1
	 ? "mov\t%X0, %X1\n\tmov\t%x0, %x1" : "mov\t%x0, %x1\n\tmov\t%X0, %X1";
}

/* Assembly.  */

/* The condition that a b.cond or csel tests for the comparison X.  */

static const char *
condition_name (rtx x, int inverse)
{
  enum machine_mode mode = GET_MODE (XEXP (x, 0));
  enum rtx_code code = GET_CODE (x);

  if (inverse)
    code = REVERSE_CONDITION (code, mode);
  if (mode == CCFPmode || mode == CCFPEmode)
    switch (code)
      {
      case EQ: return "eq";
      case NE: return "ne";
      case LT: return "mi";
      case LE: return "ls";
      case GT: return "gt";
      case GE: return "ge";
      case UNORDERED: return "vs";
      case ORDERED: return "vc";
      case UNLT: return "lt";
      case UNLE: return "le";
      case UNGT: return "hi";
      case UNGE: return "pl";
      default: abort ();
      }
  switch (code)
    {
    case EQ: return "eq";
    case NE: return "ne";
    case LT: return mode == CC_NZmode ? "mi" : "lt";
    case GE: return mode == CC_NZmode ? "pl" : "ge";
    case LE: return "le";
    case GT: return "gt";
    case LTU: return "cc";
    case LEU: return "ls";
    case GTU: return "hi";
    case GEU: return "cs";
    default: abort ();
    }
}

static const char *
operator_name (rtx x)
{
  switch (GET_CODE (x))
    {
    case PLUS: return "add";
    case MINUS: return "sub";
    case AND: return "and";
    case IOR: return "orr";
    case XOR: return "eor";
    case ASHIFT: return "lsl";
    case ASHIFTRT: return "asr";
    case LSHIFTRT: return "lsr";
    case SIGN_EXTEND: return "s";
    case ZERO_EXTEND: return "u";
    default: abort ();
    }
}

/* Letters before an operand's number: w, x, s, d, q, v a register by that name, or the zero
   register; X the second register of a pair; C and D the condition that a comparison stands for, and
   its inverse; O the name of an operation.  */

void
aarch64_print_operand (FILE *file, rtx x, int letter)
{
  switch (letter)
    {
    case 'C':
    case 'D':
      fputs (condition_name (x, letter == 'D'), file);
      return;
    case 'O':
      fputs (operator_name (x), file);
      return;
    case 'w':
    case 'x':
    case 'X':
      if (GET_CODE (x) == REG && GENERAL_REGNUM_P (REGNO (x)))
	fprintf (file, "%c%d", letter == 'w' ? 'w' : 'x',
		 (int) REGNO (x) + (letter == 'X'));
      else if (GET_CODE (x) == REG && REGNO (x) == STACK_POINTER_REGNUM)
	fputs ("sp", file);
      else if (x == const0_rtx
	       || (GET_CODE (x) == CONST_DOUBLE && x == CONST0_RTX (GET_MODE (x))))
	fprintf (file, "%czr", letter == 'w' ? 'w' : 'x');
      else
	output_operand_lossage ("operand of %%%c is no x register", letter);
      return;
    case 's':
    case 'd':
    case 'q':
    case 'v':
      if (GET_CODE (x) == REG && FP_REGNUM_P (REGNO (x)))
	fprintf (file, "%c%d", letter, REGNO (x) - V0_REGNUM);
      else
	output_operand_lossage ("operand of %%%c is no v register", letter);
      return;
    case 0:
      break;
    default:
      output_operand_lossage ("unknown operand letter %%%c", letter);
      return;
    }
  switch (GET_CODE (x))
    {
    case REG:
      /* An asm statement names no width: d for a double, x for an integer.  */
      if (FP_REGNUM_P (REGNO (x)))
	fprintf (file, "%c%d",
		 GET_MODE (x) == SFmode ? 's' : GET_MODE (x) == DFmode ? 'd' : 'q',
		 REGNO (x) - V0_REGNUM);
      else
	fputs (reg_names[REGNO (x)], file);
      break;
    case MEM:
      output_address (XEXP (x, 0));
      break;
    case CONST_DOUBLE:
      {
	REAL_VALUE_TYPE value;
	char text[64];

	REAL_VALUE_FROM_CONST_DOUBLE (value, x);
	real_to_decimal (text, &value, sizeof text, 20, 1);
	fputs (text, file);
	break;
      }
    default:
      output_addr_const (file, x);
    }
}

void
aarch64_print_address (FILE *file, rtx x)
{
  rtx base, other;

  if (GET_CODE (x) == REG)
    {
      fprintf (file, "[%s]", reg_names[REGNO (x)]);
      return;
    }
  if (GET_CODE (x) != PLUS)
    {
      output_addr_const (file, x);
      return;
    }
  base = XEXP (x, 0);
  other = XEXP (x, 1);
  /* The index may come first; sp is none.  */
  if (GET_CODE (base) != REG
      || (GET_CODE (other) == REG && REGNO (other) == STACK_POINTER_REGNUM))
    {
      base = other;
      other = XEXP (x, 0);
    }
  fprintf (file, "[%s, ", reg_names[REGNO (base)]);
  if (GET_CODE (other) == CONST_INT)
    fprintf (file, HOST_WIDE_INT_PRINT_DEC, INTVAL (other));
  else
    {
      int size = 1;
      const char *extension = "lsl";

      if (GET_CODE (other) == MULT)
	{
	  size = INTVAL (XEXP (other, 1));
	  other = XEXP (other, 0);
	}
      if (GET_CODE (other) == REG)
	fputs (reg_names[REGNO (other)], file);
      else
	{
	  extension = GET_CODE (other) == SIGN_EXTEND ? "sxtw" : "uxtw";
	  fprintf (file, "w%d", REGNO (XEXP (other, 0)));
	}
      if (size > 1)
	fprintf (file, ", %s %d", extension, exact_log2 (size));
      else if (GET_CODE (other) != REG)
	fprintf (file, ", %s", extension);
    }
  fputs ("]", file);
}

/* The frame.  */

static int
register_is_saved (int regno)
{
  if (regno == HARD_FRAME_POINTER_REGNUM || regno == LR_REGNUM
      || regno == STACK_POINTER_REGNUM)
    return 0;
  if (current_function_calls_eh_return && regno < 4)
    return 1;
  return regs_ever_live[regno] && ! call_used_regs[regno]
	 && (GENERAL_REGNUM_P (regno) || FP_REGNUM_P (regno));
}

/* x29 and x30 are saved together: they are the frame record of AAPCS64, 6.4.6.  */

static int
record_is_saved (void)
{
  return frame_pointer_needed || regs_ever_live[LR_REGNUM]
	 || regs_ever_live[HARD_FRAME_POINTER_REGNUM]
	 || current_function_calls_eh_return;
}

static HOST_WIDE_INT
rounded (HOST_WIDE_INT size)
{
  return (size + 15) & ~ (HOST_WIDE_INT) 15;
}

static HOST_WIDE_INT
unnamed_area (void)
{
  return rounded (8 * cfun->machine->unnamed_general)
	 + 16 * cfun->machine->unnamed_floating;
}

static HOST_WIDE_INT
saved_area (void)
{
  int regno;
  HOST_WIDE_INT size = record_is_saved () ? 16 : 0;

  for (regno = 0; regno < CC_REGNUM; regno++)
    if (register_is_saved (regno))
      size += 8;
  return rounded (size);
}

static HOST_WIDE_INT
outgoing_area (void)
{
  return rounded (current_function_outgoing_args_size);
}

/* From the CFA down to what x29 points to, or would.  */

static HOST_WIDE_INT
frame_above_record (void)
{
  return unnamed_area () + rounded (get_frame_size ()) + saved_area ();
}

HOST_WIDE_INT
aarch64_elimination_offset (int from, int to)
{
  HOST_WIDE_INT offset = frame_above_record ();

  if (from == FRAME_POINTER_REGNUM)
    offset -= unnamed_area ();
  if (to == STACK_POINTER_REGNUM)
    offset += outgoing_area ();
  return offset;
}

int
aarch64_frame_is_empty (void)
{
  return reload_completed && ! record_is_saved ()
	 && frame_above_record () + outgoing_area () == 0;
}

/* Mark INSN for the unwinder, which shall read it as PATTERN where that is given.  */

static void
mark_frame_insn (rtx insn, rtx pattern)
{
  RTX_FRAME_RELATED_P (insn) = 1;
  if (pattern)
    REG_NOTES (insn) = gen_rtx_EXPR_LIST (REG_FRAME_RELATED_EXPR, pattern,
					  REG_NOTES (insn));
}

/* sp += SIZE, which may be negative.  x16 is free where a function begins and ends.  */

static void
move_stack (HOST_WIDE_INT size, int in_prologue)
{
  rtx amount = GEN_INT (size), insn;

  if (size == 0)
    return;
  if (! add_operand (amount, Pmode))
    {
      rtx scratch = gen_rtx_REG (Pmode, IP0_REGNUM);

      emit_move_insn (scratch, amount);
      amount = scratch;
    }
  insn = emit_insn (gen_adddi3 (stack_pointer_rtx, stack_pointer_rtx, amount));
  if (in_prologue)
    mark_frame_insn (insn, gen_rtx_SET (VOIDmode, stack_pointer_rtx,
					plus_constant (stack_pointer_rtx, size)));
}

static rtx
save_slot (enum machine_mode mode, HOST_WIDE_INT offset)
{
  return gen_rtx_MEM (mode, plus_constant (stack_pointer_rtx, offset));
}

/* Save the registers that a caller wants back, or restore them; sp is at the record.  */

static void
move_saved_registers (int restore)
{
  HOST_WIDE_INT offset = 0;
  rtx waiting = NULL_RTX, insn;
  int regno, last = -1;

  if (record_is_saved ())
    {
      rtx fp = hard_frame_pointer_rtx, lr = gen_rtx_REG (Pmode, LR_REGNUM);
      rtx slot0 = save_slot (Pmode, 0), slot1 = save_slot (Pmode, 8);

      if (restore)
	emit_insn (gen_load_pair (fp, slot0, lr, slot1));
      else
	{
	  insn = emit_insn (gen_store_pair (slot0, fp, slot1, lr));
	  mark_frame_insn (insn, NULL_RTX);
	  RTX_FRAME_RELATED_P (XVECEXP (PATTERN (insn), 0, 0)) = 1;
	  RTX_FRAME_RELATED_P (XVECEXP (PATTERN (insn), 0, 1)) = 1;
	}
      offset = 16;
    }
  /* Two by two: the one that WAITING holds, and the next of its kind.  */
  for (regno = 0; regno <= CC_REGNUM; regno++)
    {
      enum machine_mode mode = FP_REGNUM_P (regno) ? DFmode : DImode;
      rtx reg, slot0, slot1;

      if (regno == V0_REGNUM || regno == CC_REGNUM)
	{
	  if (waiting)
	    {
	      slot0 = save_slot (GET_MODE (waiting), offset);
	      if (restore)
		emit_move_insn (waiting, slot0);
	      else
		mark_frame_insn (emit_move_insn (slot0, waiting), NULL_RTX);
	      offset += 8;
	    }
	  waiting = NULL_RTX;
	}
      if (! register_is_saved (regno))
	continue;
      reg = gen_rtx_REG (mode, regno);
      if (! waiting)
	{
	  waiting = reg;
	  last = regno;
	  continue;
	}
      slot0 = save_slot (mode, offset);
      slot1 = save_slot (mode, offset + 8);
      if (restore)
	emit_insn (mode == DFmode ? gen_load_pair_df (waiting, slot0, reg, slot1)
		   : gen_load_pair (waiting, slot0, reg, slot1));
      else
	{
	  insn = emit_insn (mode == DFmode
			    ? gen_store_pair_df (slot0, waiting, slot1, reg)
			    : gen_store_pair (slot0, waiting, slot1, reg));
	  mark_frame_insn (insn, NULL_RTX);
	  RTX_FRAME_RELATED_P (XVECEXP (PATTERN (insn), 0, 0)) = 1;
	  RTX_FRAME_RELATED_P (XVECEXP (PATTERN (insn), 0, 1)) = 1;
	}
      offset += 16;
      waiting = NULL_RTX;
    }
}

void
aarch64_expand_prologue (void)
{
  rtx insn;

  move_stack (- frame_above_record (), 1);
  move_saved_registers (0);
  if (frame_pointer_needed)
    {
      insn = emit_move_insn (hard_frame_pointer_rtx, stack_pointer_rtx);
      mark_frame_insn (insn, NULL_RTX);
    }
  move_stack (- outgoing_area (), 1);
  if (frame_above_record () + outgoing_area () != 0)
    emit_insn (gen_blockage ());
}

void
aarch64_expand_epilogue (int sibling)
{
  if (! aarch64_frame_is_empty ())
    {
      /* Nothing is read from the frame when it is gone: a signal may write there.  */
      emit_insn (gen_blockage ());
      if (frame_pointer_needed)
	emit_move_insn (stack_pointer_rtx, hard_frame_pointer_rtx);
      else
	move_stack (outgoing_area (), 0);
      move_saved_registers (1);
      emit_insn (gen_blockage ());
      move_stack (frame_above_record (), 0);
      if (current_function_calls_eh_return)
	emit_insn (gen_adddi3 (stack_pointer_rtx, stack_pointer_rtx,
			       EH_RETURN_STACKADJ_RTX));
    }
  if (! sibling)
    emit_jump_insn (gen_return_from_epilogue ());
}

rtx
aarch64_return_address (int count, rtx frame)
{
  if (count == 0)
    return get_hard_reg_initial_val (Pmode, LR_REGNUM);
  return gen_rtx_MEM (Pmode, memory_address (Pmode, plus_constant (frame, 8)));
}

void
aarch64_initialize_trampoline (rtx trampoline, rtx function, rtx chain)
{
  emit_move_insn (gen_rtx_MEM (Pmode, plus_constant (trampoline, 16)), function);
  emit_move_insn (gen_rtx_MEM (Pmode, plus_constant (trampoline, 24)), chain);
  emit_library_call (gen_rtx_SYMBOL_REF (Pmode, "__clear_cache"), LCT_NORMAL,
		     VOIDmode, 2, trampoline, Pmode,
		     plus_constant (trampoline, TRAMPOLINE_SIZE), Pmode);
}

/* `this' += DELTA, and what the virtual table has at VCALL_OFFSET; then FUNCTION.  */

static void
aarch64_output_mi_thunk (FILE *file, tree thunk ATTRIBUTE_UNUSED,
			 HOST_WIDE_INT delta, HOST_WIDE_INT vcall_offset,
			 tree function)
{
  rtx out[3];

  out[0] = gen_rtx_REG (Pmode, IP0_REGNUM);
  if (delta)
    {
      out[1] = GEN_INT (delta);
      output_asm_insn (aarch64_output_constant (out, DImode), out);
      fputs ("\tadd\tx0, x0, x16\n", file);
    }
  if (vcall_offset)
    {
      out[1] = GEN_INT (vcall_offset);
      output_asm_insn (aarch64_output_constant (out, DImode), out);
      fputs ("\tldr\tx17, [x0]\n\tldr\tx16, [x17, x16]\n"
	     "\tadd\tx0, x0, x16\n", file);
    }
  fputs ("\tb\t", file);
  assemble_name (file, XSTR (XEXP (DECL_RTL (function), 0), 0));
  fputs ("\n", file);
}

static bool
aarch64_can_output_mi_thunk (tree thunk ATTRIBUTE_UNUSED,
			     HOST_WIDE_INT delta ATTRIBUTE_UNUSED,
			     HOST_WIDE_INT vcall_offset ATTRIBUTE_UNUSED,
			     tree function ATTRIBUTE_UNUSED)
{
  return true;
}

static bool
aarch64_function_ok_for_sibcall (tree decl, tree exp ATTRIBUTE_UNUSED)
{
  return decl != NULL_TREE && ! current_function_calls_eh_return;
}

/* Arguments and results.  */

/* How many numbers of floating point TYPE consists of, if of one to four of one mode and of nothing
   else (AAPCS64, 5.9.5): otherwise -1.  An empty TYPE has none.  *ELEMENT is that mode, or VOIDmode
   before the first was seen.  */

static int
count_floats (tree type, enum machine_mode *element)
{
  enum machine_mode mode;
  tree field;
  int count = 0, more;
  HOST_WIDE_INT length;

  switch (TREE_CODE (type))
    {
    case REAL_TYPE:
    case COMPLEX_TYPE:
      mode = TYPE_MODE (type);
      if (TREE_CODE (type) == COMPLEX_TYPE)
	mode = GET_MODE_INNER (mode);
      if (mode != SFmode && mode != DFmode && mode != TFmode)
	return -1;
      if (*element == VOIDmode)
	*element = mode;
      if (*element != mode)
	return -1;
      return TREE_CODE (type) == COMPLEX_TYPE ? 2 : 1;

    case ARRAY_TYPE:
      more = count_floats (TREE_TYPE (type), element);
      length = int_size_in_bytes (TREE_TYPE (type));
      if (more < 0 || length <= 0 || int_size_in_bytes (type) < 0)
	return -1;
      length = int_size_in_bytes (type) / length;
      return length > 4 ? -1 : more * length;

    case RECORD_TYPE:
    case UNION_TYPE:
    case QUAL_UNION_TYPE:
      for (field = TYPE_FIELDS (type); field; field = TREE_CHAIN (field))
	{
	  if (TREE_CODE (field) != FIELD_DECL)
	    continue;
	  more = count_floats (TREE_TYPE (field), element);
	  if (more < 0)
	    return -1;
	  if (TREE_CODE (type) == RECORD_TYPE)
	    count += more;
	  else
	    count = MAX (count, more);
	}
      /* Padding is something else.  */
      if (count && int_size_in_bytes (type)
		   != count * (HOST_WIDE_INT) GET_MODE_SIZE (*element))
	return -1;
      return count;

    default:
      return -1;
    }
}

/* How many v registers a value takes: 0 where it is none for them.  */

static int
floating_registers (enum machine_mode mode, tree type,
		    enum machine_mode *element)
{
  int count;

  *element = VOIDmode;
  if (type)
    {
      count = count_floats (type, element);
      return count < 1 || count > 4 ? 0 : count;
    }
  if (GET_MODE_CLASS (mode) == MODE_FLOAT)
    {
      *element = mode;
      return 1;
    }
  if (GET_MODE_CLASS (mode) == MODE_COMPLEX_FLOAT)
    {
      *element = GET_MODE_INNER (mode);
      return 2;
    }
  return 0;
}

static HOST_WIDE_INT
value_size (enum machine_mode mode, tree type)
{
  return type ? int_size_in_bytes (type) : (HOST_WIDE_INT) GET_MODE_SIZE (mode);
}

/* COUNT registers from REGNO on, with an ELEMENT each, as a value of MODE.  */

static rtx
registers_rtx (enum machine_mode mode, int regno, int count,
	       enum machine_mode element)
{
  rtvec parts;
  int i;

  if (mode == element)
    return gen_rtx_REG (mode, regno);
  parts = rtvec_alloc (count);
  for (i = 0; i < count; i++)
    RTVEC_ELT (parts, i)
      = gen_rtx_EXPR_LIST (VOIDmode, gen_rtx_REG (element, regno + i),
			   GEN_INT (i * GET_MODE_SIZE (element)));
  return gen_rtx_PARALLEL (mode, parts);
}

/* The x registers from REGNO on, as a value of MODE of SIZE bytes.  */

static rtx
general_rtx (enum machine_mode mode, int regno, HOST_WIDE_INT size)
{
  if (mode == BLKmode && size > 0)
    return registers_rtx (mode, regno, (size + 7) / 8, DImode);
  return gen_rtx_REG (mode, regno);
}

/* Whether an argument, or a result, that no v registers take is too large for x registers.  */

int
aarch64_by_reference (enum machine_mode mode, tree type)
{
  enum machine_mode element;
  HOST_WIDE_INT size = value_size (mode, type);

  if (floating_registers (mode, type, &element))
    return 0;
  return size < 0 || size > 16;
}

int
aarch64_argument_boundary (enum machine_mode mode, tree type)
{
  int alignment = type ? TYPE_ALIGN (type) : GET_MODE_ALIGNMENT (mode);

  return alignment > PARM_BOUNDARY ? 2 * PARM_BOUNDARY : PARM_BOUNDARY;
}

/* The x register at which an argument that is none for v registers begins, and in *WORDS how many
   it takes.  */

static int
first_general (CUMULATIVE_ARGS *cum, enum machine_mode mode, tree type,
	       int *words)
{
  int first = cum->general;

  *words = (value_size (mode, type) + 7) / 8;
  if (*words > 1
      && aarch64_argument_boundary (mode, type) > PARM_BOUNDARY)
    first += first & 1;
  return first;
}

rtx
aarch64_function_arg (CUMULATIVE_ARGS *cum, enum machine_mode mode, tree type)
{
  enum machine_mode element;
  int count, first;

  if (mode == VOIDmode)
    return NULL_RTX;
  count = floating_registers (mode, type, &element);
  if (count)
    return cum->floating + count > ARGUMENT_REGISTERS ? NULL_RTX
	   : registers_rtx (mode, V0_REGNUM + cum->floating, count, element);
  first = first_general (cum, mode, type, &count);
  if (count == 0 || first + count > ARGUMENT_REGISTERS)
    return NULL_RTX;
  return general_rtx (mode, X0_REGNUM + first, value_size (mode, type));
}

/* One that went to the stack takes all later ones of its kind along.  */

void
aarch64_function_arg_advance (CUMULATIVE_ARGS *cum, enum machine_mode mode,
			      tree type)
{
  enum machine_mode element;
  int count = floating_registers (mode, type, &element);

  if (count)
    cum->floating = MIN (cum->floating + count, ARGUMENT_REGISTERS + 1);
  else
    {
      int first = first_general (cum, mode, type, &count);

      if (count)
	cum->general = MIN (first + count, ARGUMENT_REGISTERS + 1);
    }
  if (cum->floating > ARGUMENT_REGISTERS)
    cum->floating = ARGUMENT_REGISTERS;
  if (cum->general > ARGUMENT_REGISTERS)
    cum->general = ARGUMENT_REGISTERS;
}

rtx
aarch64_function_value (enum machine_mode mode, tree type)
{
  enum machine_mode element;
  int count = floating_registers (mode, type, &element);

  if (count)
    return registers_rtx (mode, V0_REGNUM, count, element);
  return general_rtx (mode, X0_REGNUM, value_size (mode, type));
}

static bool
aarch64_return_in_memory (tree type, tree fntype ATTRIBUTE_UNUSED)
{
  return AGGREGATE_TYPE_P (type) || TYPE_MODE (type) == BLKmode
	 || int_size_in_bytes (type) > 16
	 ? aarch64_by_reference (TYPE_MODE (type), type) : false;
}

static rtx
aarch64_struct_value (tree fntype ATTRIBUTE_UNUSED, int incoming ATTRIBUTE_UNUSED)
{
  return gen_rtx_REG (Pmode, STRUCT_VALUE_REGNUM_X8);
}

static bool
aarch64_strict_argument_naming (CUMULATIVE_ARGS *cum ATTRIBUTE_UNUSED)
{
  return true;
}

/* Unnamed arguments.  AAPCS64, appendix B: the structure va_list.  */

static tree
aarch64_build_va_list (void)
{
  static const char *const names[]
    = { "__stack", "__gr_top", "__vr_top", "__gr_offs", "__vr_offs" };
  tree record = (*lang_hooks.types.make_type) (RECORD_TYPE);
  tree last = NULL_TREE;
  int i;

  TYPE_NAME (record) = build_decl (TYPE_DECL, get_identifier ("__va_list"), record);
  for (i = 0; i < 5; i++)
    {
      tree field = build_decl (FIELD_DECL, get_identifier (names[i]),
			       i < 3 ? ptr_type_node : integer_type_node);

      DECL_FIELD_CONTEXT (field) = record;
      if (last)
	TREE_CHAIN (last) = field;
      else
	TYPE_FIELDS (record) = field;
      last = field;
    }
  layout_type (record);
  return record;
}

/* The member of VALIST with this number.  */

static tree
va_member (tree valist, int number)
{
  tree field = TYPE_FIELDS (va_list_type_node);

  while (number--)
    field = TREE_CHAIN (field);
  return build (COMPONENT_REF, TREE_TYPE (field), valist, field);
}

enum { VA_STACK, VA_GR_TOP, VA_VR_TOP, VA_GR_OFFS, VA_VR_OFFS };

static void
set_member (tree valist, int number, rtx value)
{
  tree member = va_member (valist, number);
  tree set = build (MODIFY_EXPR, TREE_TYPE (member), member,
		    make_tree (TREE_TYPE (member), value));

  TREE_SIDE_EFFECTS (set) = 1;
  expand_expr (set, const0_rtx, VOIDmode, EXPAND_NORMAL);
}

static rtx
get_member (tree valist, int number)
{
  tree member = va_member (valist, number);

  return copy_to_reg (expand_expr (member, NULL_RTX, TYPE_MODE (TREE_TYPE (member)),
				   EXPAND_NORMAL));
}

/* Keep the argument registers that no named argument took, just below the CFA.  */

static void
aarch64_setup_varargs (CUMULATIVE_ARGS *cum, enum machine_mode mode, tree type,
		       int *pretend_size ATTRIBUTE_UNUSED, int no_rtl)
{
  CUMULATIVE_ARGS next = *cum;
  int general, floating, i;

  aarch64_function_arg_advance (&next, mode, type);
  general = ARGUMENT_REGISTERS - next.general;
  floating = ARGUMENT_REGISTERS - next.floating;
  cfun->machine->unnamed_general = general;
  cfun->machine->unnamed_floating = floating;
  if (no_rtl)
    return;
  for (i = 0; i < general + floating; i++)
    {
      int is_general = i < general;
      rtx slot
	= gen_rtx_MEM (is_general ? DImode : TFmode,
		       plus_constant (virtual_incoming_args_rtx,
				      is_general ? (i - general) * 8
				      : - rounded (8 * general)
					+ (i - general - floating) * 16));

      set_mem_alias_set (slot, get_varargs_alias_set ());
      emit_move_insn (slot, is_general
		      ? gen_rtx_REG (DImode, X0_REGNUM + next.general + i)
		      : gen_rtx_REG (TFmode, V0_REGNUM + next.floating + i - general));
    }
}

void
aarch64_va_start (tree valist, rtx nextarg)
{
  int general = cfun->machine->unnamed_general;
  int floating = cfun->machine->unnamed_floating;
  rtx top = virtual_incoming_args_rtx;

  set_member (valist, VA_STACK, nextarg);
  set_member (valist, VA_GR_TOP, top);
  set_member (valist, VA_VR_TOP, plus_constant (top, - rounded (8 * general)));
  set_member (valist, VA_GR_OFFS, GEN_INT (- 8 * general));
  set_member (valist, VA_VR_OFFS, GEN_INT (- 16 * floating));
}

/* The address of the next argument, which is of TYPE: AAPCS64, appendix B.4.  */

rtx
aarch64_va_arg (tree valist, tree type)
{
  enum machine_mode mode = TYPE_MODE (type), element;
  int reference = aarch64_by_reference (mode, type);
  int count, aligned, offs_member, top_member;
  HOST_WIDE_INT size, taken;
  rtx address = gen_reg_rtx (Pmode), offset, next, stack;
  rtx from_stack = gen_label_rtx (), done = gen_label_rtx ();

  if (reference)
    {
      type = build_pointer_type (type);
      mode = Pmode;
    }
  size = int_size_in_bytes (type);
  aligned = aarch64_argument_boundary (mode, type) > PARM_BOUNDARY;
  count = floating_registers (mode, type, &element);
  taken = count ? 16 * count : (size + 7) & -8;
  offs_member = count ? VA_VR_OFFS : VA_GR_OFFS;
  top_member = count ? VA_VR_TOP : VA_GR_TOP;

  if (taken)
    {
      /* From the registers, if all of it is there.  */
      offset = get_member (valist, offs_member);
      emit_cmp_and_jump_insns (offset, const0_rtx, GE, NULL_RTX, SImode, 0,
			       from_stack);
      if (aligned && ! count)
	{
	  offset = expand_binop (SImode, add_optab, offset, GEN_INT (15),
				 NULL_RTX, 0, OPTAB_DIRECT);
	  offset = expand_binop (SImode, and_optab, offset, GEN_INT (-16),
				 NULL_RTX, 0, OPTAB_DIRECT);
	}
      next = expand_binop (SImode, add_optab, offset, GEN_INT (taken), NULL_RTX,
			   0, OPTAB_DIRECT);
      set_member (valist, offs_member, next);
      emit_cmp_and_jump_insns (next, const0_rtx, GT, NULL_RTX, SImode, 0,
			       from_stack);
      next = expand_binop (Pmode, add_optab, get_member (valist, top_member),
			   convert_to_mode (Pmode, offset, 0), NULL_RTX, 0,
			   OPTAB_DIRECT);
      if (count > 1 && GET_MODE_SIZE (element) < 16)
	{
	  /* Each v register has 16 bytes of its own: bring its numbers together.  */
	  rtx whole = assign_temp (type, 0, 1, 0);
	  int i;

	  for (i = 0; i < count; i++)
	    {
	      rtx slot = gen_rtx_MEM (element, plus_constant (next, 16 * i));

	      set_mem_alias_set (slot, get_varargs_alias_set ());
	      emit_move_insn (adjust_address (whole, element,
					      i * GET_MODE_SIZE (element)),
			      copy_to_reg (slot));
	    }
	  next = XEXP (whole, 0);
	}
      emit_move_insn (address, next);
      emit_jump_insn (gen_jump (done));
      emit_barrier ();
      emit_label (from_stack);
    }
  stack = get_member (valist, VA_STACK);
  if (aligned)
    {
      stack = expand_binop (Pmode, add_optab, stack, GEN_INT (15), NULL_RTX, 0,
			    OPTAB_DIRECT);
      stack = expand_binop (Pmode, and_optab, stack, GEN_INT (-16), NULL_RTX, 0,
			    OPTAB_DIRECT);
    }
  emit_move_insn (address, stack);
  set_member (valist, VA_STACK, plus_constant (stack, (size + 7) & -8));
  emit_label (done);
  if (reference)
    {
      rtx pointer = gen_rtx_MEM (Pmode, address);

      set_mem_alias_set (pointer, get_varargs_alias_set ());
      address = copy_to_reg (pointer);
    }
  return address;
}

static struct machine_function *
new_machine_function (void)
{
  return ggc_alloc_cleared (sizeof (struct machine_function));
}

/* Costs.  */

static bool
aarch64_rtx_costs (rtx x, int code, int outer_code, int *total)
{
  switch (code)
    {
    case CONST_INT:
      if (outer_code == SET || outer_code == MEM)
	*total = COSTS_N_INSNS (aarch64_move_length (INTVAL (x), DImode) / 4) / 2;
      else if (((outer_code == PLUS || outer_code == COMPARE || outer_code == MINUS)
		&& add_operand (x, DImode))
	       || ((outer_code == AND || outer_code == IOR || outer_code == XOR)
		   && logical_operand (x, DImode))
	       || outer_code == ASHIFT || outer_code == ASHIFTRT
	       || outer_code == LSHIFTRT || x == const0_rtx)
	*total = 0;
      else
	*total = COSTS_N_INSNS (aarch64_move_length (INTVAL (x), DImode) / 4);
      return true;
    case CONST:
    case SYMBOL_REF:
    case LABEL_REF:
      *total = COSTS_N_INSNS (2);
      return true;
    case CONST_DOUBLE:
      *total = COSTS_N_INSNS (aarch64_fmov_immediate (x) ? 1 : 4);
      return true;
    case MULT:
      *total = COSTS_N_INSNS (GET_MODE (x) == DImode ? 4 : 3);
      return false;
    case DIV:
    case UDIV:
    case MOD:
    case UMOD:
      *total = COSTS_N_INSNS (GET_MODE (x) == DImode ? 20 : 12);
      return false;
    default:
      return false;
    }
}

/* What an address costs beyond a register: an extended or scaled index takes longer.  */

static int
aarch64_address_cost (rtx x)
{
  if (GET_CODE (x) == REG)
    return 1;
  if (GET_CODE (x) == PLUS && GET_CODE (XEXP (x, 1)) == CONST_INT)
    return 1;
  return 2;
}

void
aarch64_override_options (void)
{
  init_machine_status = new_machine_function;
}

#undef TARGET_ASM_ALIGNED_HI_OP
#define TARGET_ASM_ALIGNED_HI_OP "\t.hword\t"
#undef TARGET_ASM_ALIGNED_SI_OP
#define TARGET_ASM_ALIGNED_SI_OP "\t.word\t"
#undef TARGET_ASM_ALIGNED_DI_OP
#define TARGET_ASM_ALIGNED_DI_OP "\t.xword\t"
/* The stack is executable where a nested function's address was taken.  */
#undef TARGET_ASM_FILE_END
#define TARGET_ASM_FILE_END file_end_indicate_exec_stack
#undef TARGET_ASM_OUTPUT_MI_THUNK
#define TARGET_ASM_OUTPUT_MI_THUNK aarch64_output_mi_thunk
#undef TARGET_ASM_CAN_OUTPUT_MI_THUNK
#define TARGET_ASM_CAN_OUTPUT_MI_THUNK aarch64_can_output_mi_thunk
#undef TARGET_FUNCTION_OK_FOR_SIBCALL
#define TARGET_FUNCTION_OK_FOR_SIBCALL aarch64_function_ok_for_sibcall
#undef TARGET_RETURN_IN_MEMORY
#define TARGET_RETURN_IN_MEMORY aarch64_return_in_memory
#undef TARGET_STRUCT_VALUE_RTX
#define TARGET_STRUCT_VALUE_RTX aarch64_struct_value
#undef TARGET_STRICT_ARGUMENT_NAMING
#define TARGET_STRICT_ARGUMENT_NAMING aarch64_strict_argument_naming
#undef TARGET_SETUP_INCOMING_VARARGS
#define TARGET_SETUP_INCOMING_VARARGS aarch64_setup_varargs
#undef TARGET_BUILD_BUILTIN_VA_LIST
#define TARGET_BUILD_BUILTIN_VA_LIST aarch64_build_va_list
#undef TARGET_RTX_COSTS
#define TARGET_RTX_COSTS aarch64_rtx_costs
#undef TARGET_ADDRESS_COST
#define TARGET_ADDRESS_COST aarch64_address_cost

struct gcc_target targetm = TARGET_INITIALIZER;

#include "gt-aarch64.h"
