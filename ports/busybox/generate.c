/* generate: makes the headers that busybox's Makefile makes with sed, a shell and kconfig, where there are none yet.
     generate CONFIG CONTENTS AUTOCONF.h APPLETS.h
   CONFIG says which settings are on: NAME, or NAME VALUE; # begins a comment. All others are off, 0 or "". CONTENTS lists the files
   of the tarball, HASH  FOLDER/PATH: those below the working directory that define settings (config NAME in Config.in and Config.src,
   //config:config NAME in C) or programs (//applet:LINE) are read. include/applets.src.h says where the programs' lines go. */
#include "../musl/generate.h"

enum { MOST = 2048 };

static struct setting { char *name, *value; int is_known; } settings[MOST];
static int count;

static struct setting *find(const char *name)
{
	int i;

	for (i = 0; i < count; i++)
		if (!strcmp(settings[i].name, name))
			return &settings[i];
	return 0;
}

static struct setting *add(const char *name, const char *value)
{
	if (count == MOST)
		stop("too many settings", name);
	settings[count].name = copy(name);
	settings[count].value = copy(value);
	return &settings[count++];
}

static void read_choices(const char *name)
{
	FILE *in = open_file(name, "r");
	char *value;

	while (read_line(in, name)) {
		if (!line[0] || line[0] == '#')
			continue;
		value = strchr(line, ' ');
		if (value)
			*value++ = 0;
		if (find(line))
			stop("chosen twice", line);
		add(line, value ? value : "1");
	}
	fclose(in);
}

/* The line's text behind `mark`, or 0. */
static char *behind(char *text, const char *mark)
{
	return strncmp(text, mark, strlen(mark)) ? 0 : text + strlen(mark);
}

static char *skip_blanks(char *text) { return text + strspn(text, " \t"); }

/* A setting that nobody chose has the value of its type. */
static void type_of(struct setting *one, char *text)
{
	if (behind(text, "int"))
		one->value = "0";
	else if (behind(text, "string"))
		one->value = "\"\"";
	else if (!behind(text, "bool"))
		return;
	one->is_known = 1;
}

/* The settings and the programs of a file; the programs' lines go to `programs`. */
static void read_source(const char *name, FILE *programs)
{
	int is_c = !strcmp(name + strlen(name) - 2, ".c");
	FILE *in = open_file(name, "r");
	struct setting *open = 0, *found;
	char *text, *setting;

	while (read_line(in, name)) {
		text = behind(line, "//applet:");
		if (is_c && text)
			fprintf(programs, "%s\n", text);
		text = is_c ? behind(line, "//config:") : line;
		if (!text)
			continue;
		text = skip_blanks(text);
		setting = behind(text, "config ");
		if (setting) {
			setting = strtok(setting, " \t");
			found = find(setting);
			open = found && found->is_known ? 0 : found;
			if (!found)
				open = add(setting, "");
			else if (open)
				open->is_known = 1;
		} else if (open && !open->is_known) {
			type_of(open, text);
		}
	}
	fclose(in);
}

static void read_sources(const char *contents, FILE *programs)
{
	FILE *in = open_file(contents, "r");
	char *path, *end;
	int is_first;

	for (is_first = 1; read_line(in, contents); is_first = 0) {
		path = strlen(line) > 66 ? strchr(line + 66, '/') : 0;
		if (!path)
			stop("not HASH  FOLDER/PATH", line);
		end = path + strlen(path);
		if (!strcmp(end - 2, ".c") || strstr(path, "/Config.")) {
			path = copy(path + 1);
			read_source(path, programs);
			free(path);
		}
	}
	if (is_first)
		stop("an empty list", contents);
	fclose(in);
}

static void write_settings(const char *name)
{
	FILE *out = open_file(name, "w");
	struct setting *one;
	const char *on = "__VA_ARGS__", *off = "";
	int is_on;

	fprintf(out, "#define AUTOCONF_TIMESTAMP \"\"\n");
	for (one = settings; one < settings + count; one++) {
		if (!one->is_known)
			stop("chosen, or defined without a type, and no source defines it", one->name);
		is_on = one->value[0] != 0;
		if (is_on)
			fprintf(out, "#define CONFIG_%s %s\n", one->name, one->value);
		fprintf(out, "#define ENABLE_%s %d\n", one->name, is_on);
		fprintf(out, "#define IF_%s(...) %s\n", one->name, is_on ? on : off);
		fprintf(out, "#define IF_NOT_%s(...) %s\n", one->name, is_on ? off : on);
	}
	close_written(out, name);
}

/* applets.src.h with the programs in the place of the line INSERT. */
static void write_programs(const char *name, FILE *programs)
{
	const char *const source = "include/applets.src.h";
	FILE *in = open_file(source, "r"), *out = open_file(name, "w");
	int byte;

	rewind(programs);
	while (read_line(in, source))
		if (strcmp(line, "INSERT"))
			fprintf(out, "%s\n", line);
		else
			while ((byte = getc(programs)) != EOF)
				putc(byte, out);
	fclose(in);
	close_written(out, name);
}

int main(int argument_count, char **arguments)
{
	FILE *programs = tmpfile();

	if (argument_count != 5 || !programs)
		stop("generate CONFIG CONTENTS AUTOCONF.h APPLETS.h", "usage");
	read_choices(arguments[1]);
	read_sources(arguments[2], programs);
	write_settings(arguments[3]);
	write_programs(arguments[4], programs);
	return 0;
}
