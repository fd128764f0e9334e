/* What aarch64.c gives to aarch64.md, aarch64.h and the rest of the compiler.  */

#ifdef RTX_CODE
extern rtx aarch64_compare_op0, aarch64_compare_op1;

extern int aarch64_bitmask_immediate (HOST_WIDE_INT, enum machine_mode);
extern int aarch64_add_immediate (HOST_WIDE_INT);
extern int aarch64_fmov_immediate (rtx);
extern int aarch64_move_length (HOST_WIDE_INT, enum machine_mode);
extern int aarch64_symbolic (rtx);
extern int aarch64_legitimate_address (enum machine_mode, rtx, int);
extern rtx aarch64_legitimize_address (enum machine_mode, rtx);
extern int aarch64_mode_dependent_address (rtx);
extern int aarch64_const_double_ok (rtx, int);
extern enum reg_class aarch64_preferred_reload_class (rtx, enum reg_class);
extern void aarch64_expand_move (enum machine_mode, rtx *);
extern rtx aarch64_compare (enum rtx_code);
extern enum machine_mode aarch64_cc_mode (enum rtx_code, rtx, rtx);
extern const char *aarch64_output_constant (rtx *, enum machine_mode);
extern const char *aarch64_output_pair_move (rtx *);
extern const char *aarch64_output_branch (rtx, const char *, const char *);
extern void aarch64_print_operand (FILE *, rtx, int);
extern void aarch64_print_address (FILE *, rtx);
extern void aarch64_initialize_trampoline (rtx, rtx, rtx);
extern rtx aarch64_return_address (int, rtx);
#endif

#ifdef TREE_CODE
extern int aarch64_by_reference (enum machine_mode, tree);
extern int aarch64_argument_boundary (enum machine_mode, tree);
extern rtx aarch64_function_value (enum machine_mode, tree);
extern void aarch64_va_start (tree, rtx);
extern rtx aarch64_va_arg (tree, tree);
#ifdef RTX_CODE
extern rtx aarch64_function_arg (CUMULATIVE_ARGS *, enum machine_mode, tree);
extern void aarch64_function_arg_advance (CUMULATIVE_ARGS *,
					  enum machine_mode, tree);
#endif
#endif

extern void aarch64_override_options (void);
extern int aarch64_hard_regno_mode_ok (int, enum machine_mode);
extern int aarch64_hard_regno_nregs (int, enum machine_mode);
extern HOST_WIDE_INT aarch64_elimination_offset (int, int);
extern int aarch64_frame_is_empty (void);
extern void aarch64_expand_prologue (void);
extern void aarch64_expand_epilogue (int);
