/* AArch64 with Linux's system calls, linked statically.  */

#define TARGET_OS_CPP_BUILTINS()	\
  do					\
    {					\
      LINUX_TARGET_OS_CPP_BUILTINS ();	\
    }					\
  while (0)

#undef ASM_SPEC
#define ASM_SPEC ""
#undef LINK_SPEC
#define LINK_SPEC "-static"

#undef LINKER_NAME
#define LINKER_NAME "ld"

/* musl's start files and library; there is one kind of program.  GNU ld puts .ctors into .init_array, which musl runs.  */
#undef STARTFILE_SPEC
#define STARTFILE_SPEC "crt1.o%s crti.o%s"
#undef ENDFILE_SPEC
#define ENDFILE_SPEC "crtn.o%s"
#undef LIB_SPEC
#define LIB_SPEC "-lc"
