/* What gcc -v says.  */
static const char configuration_arguments[] = "ports/gcc/build.kaem";
static const char thread_model[] = "single";
static const struct {
  const char *name, *value;
} configure_default_options[] = { { 0, 0 } };
