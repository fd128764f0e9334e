/* One kind of code, one libgcc.  */
static const char *const multilib_raw[] = { ". ;", 0 };
static const char *const multilib_matches_raw[] = { 0 };
static const char *multilib_extra = "";
static const char *multilib_options = "";
static const char *const multilib_exclusions_raw[] = { 0 };
