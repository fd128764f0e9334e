/* config.h: TinyCC for musl. As ports/tinycc/config.h, but without headers of its own, and below /musl where nothing tells its place. */
#define TCC_VERSION "0.9.27"
#define TCC_TARGET_ARM64
#define CONFIG_TCCBOOT
#define CONFIG_TCC_STATIC
#define CONFIG_TCCDIR "/musl/lib/tcc"
#define CONFIG_TCC_CRTPREFIX "{B}/.."
#define CONFIG_TCC_LIBPATHS "{B}/.."
#define CONFIG_TCC_SYSINCLUDEPATHS "{B}/../../include"
#define CONFIG_TCC_ELFINTERP "-"
