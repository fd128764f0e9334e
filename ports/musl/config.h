/* config.h: TinyCC for musl. As ports/tinycc/config.h, but everything lies below /musl. */
#define TCC_VERSION "0.9.27"
#define TCC_TARGET_ARM64
#define CONFIG_TCCBOOT
#define CONFIG_TCC_STATIC
#define CONFIG_TCCDIR "/musl/lib/tcc"
#define CONFIG_TCC_CRTPREFIX "/musl/lib"
#define CONFIG_TCC_LIBPATHS "/musl/lib"
#define CONFIG_TCC_SYSINCLUDEPATHS "/musl/include"
#define CONFIG_TCC_ELFINTERP "-"
