/* config.h: Firmseed's TinyCC. AArch64, one source file, no dynamic linking. {B}, the library's folder, is lib/tcc beside the
   program's bin, or what -B says: patch 29. Everything else lies around it, so that one program serves every place. */
#define TCC_VERSION "0.9.27"
#define TCC_TARGET_ARM64
#define CONFIG_TCCBOOT
#define CONFIG_TCC_STATIC
#define CONFIG_TCCDIR "/lib/tcc"
#define CONFIG_TCC_CRTPREFIX "{B}/.."
#define CONFIG_TCC_LIBPATHS "{B}/.."
#define CONFIG_TCC_SYSINCLUDEPATHS "{B}/include:{B}/../../include"
#define CONFIG_TCC_ELFINTERP "-"
