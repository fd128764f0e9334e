/* config.h: Firmseed's TinyCC. AArch64, one source file, no dynamic linking; everything lies below /lib and /include. */
#define TCC_VERSION "0.9.27"
#define TCC_TARGET_ARM64
#define CONFIG_TCCBOOT
#define CONFIG_TCC_STATIC
#define CONFIG_TCCDIR "/lib/tcc"
#define CONFIG_TCC_CRTPREFIX "/lib"
#define CONFIG_TCC_LIBPATHS "/lib"
#define CONFIG_TCC_SYSINCLUDEPATHS "/lib/tcc/include:/include"
#define CONFIG_TCC_ELFINTERP "-"
