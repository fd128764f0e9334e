/* The target: an ELF machine with Linux's system calls, then ours.  */
#ifndef GCC_TM_H
#define GCC_TM_H
#ifdef IN_GCC
#include "config/elfos.h"
#include "config/svr4.h"
#include "config/linux.h"
#include "config/aarch64/aarch64.h"
#include "config/aarch64/linux.h"
#include "defaults.h"
#endif
#if defined IN_GCC && !defined GENERATOR_FILE && !defined USED_FOR_TARGET
#include "insn-constants.h"
#include "insn-flags.h"
#endif
#endif
