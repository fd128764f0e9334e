/* generate: makes what dash's shell scripts mktokens and mkbuiltins make, where there is no shell yet.
     generate tokens OUT.h OUT_VARS.h MKTOKENS       the table in that script: NAME, does it end a list (0 or 1), what messages call it
     generate builtins OUT.c OUT.h BUILTINS          FUNCTION [-FLAGS] NAME [[-FLAGS] NAME]..., behind the preprocessor */
#include <ctype.h>
#include "../musl/generate.h"

enum { MOST = 256 };

/* The table stands between a line that ends in <<\! and a line that is ! */
static void tokens(const char *header, const char *variables, FILE *in, const char *name)
{
	static struct { char *name, *shown; int ends; } table[MOST];
	FILE *out = open_file(header, "w");
	int count = 0, i, inside = 0, first = -1;
	char token[LONGEST], shown[LONGEST], *from, *to;

	while (read_line(in, name)) {
		if (!inside) {
			inside = strlen(line) > 4 && !strcmp(line + strlen(line) - 4, "<<\\!");
			continue;
		}
		if (!strcmp(line, "!"))
			break;
		if (count == MOST || sscanf(line, "%s %d %[^\n]", token, &table[count].ends, shown) != 3)
			stop("a token in another form", line);
		table[count].name = copy(token);
		table[count++].shown = copy(shown);
	}
	for (i = 0; i < count; i++) {
		fprintf(out, "#define %s %d\n", table[i].name, i);
		if (!strcmp(table[i].name, "TNOT"))
			first = i;
	}
	close_written(out, header);
	if (first < 0)
		stop("no table with TNOT in it", name);
	out = open_file(variables, "w");
	fprintf(out, "\n/* Array indicating which tokens mark the end of a list */\nstatic const char tokendlist[] = {\n");
	for (i = 0; i < count; i++)
		fprintf(out, "\t%d,\n", table[i].ends);
	fprintf(out, "};\n\nstatic const char *const tokname[] = {\n");
	for (i = 0; i < count; i++) {
		fprintf(out, "\t\"");
		for (from = table[i].shown; *from; from++)
			fprintf(out, *from == '"' ? "\\\"" : "%c", *from);
		fprintf(out, "\",\n");
	}
	fprintf(out, "};\n\n#define KWDOFFSET %d\n\nstatic const char *const parsekwd[] = {\n", first);
	for (i = first; i < count; i++) {
		for (from = to = table[i].shown; *from; from++)
			if (*from != '"')
				*to++ = *from;
		*to = 0;
		fprintf(out, "\t\"%s\"%s\n", table[i].shown, i + 1 < count ? "," : "");
	}
	fprintf(out, "};\n");
	close_written(out, variables);
}

static struct builtin { char *name, *function, *flags; } builtins_found[MOST];
static int by_name(const void *a, const void *b) { return strcmp(((struct builtin *)a)->name, ((struct builtin *)b)->name); }

/* The shell looks builtins up by bisection: the table is sorted by bytes. */
static void builtins(const char *source, const char *header, FILE *in, const char *name)
{
	struct builtin *one;
	FILE *out = open_file(source, "w");
	int count = 0, i, j, flags;
	char *function, *word, *given;

	fprintf(out, "#include \"shell.h\"\n#include \"builtins.h\"\n\n");
	while (read_line(in, name)) {
		function = line[0] == '#' ? 0 : strtok(line, " \t");
		if (!function)
			continue;
		function = copy(function);
		fprintf(out, "int %s(int, char **);\n", function);
		for (given = ""; (word = strtok(0, " \t")); given = "") {
			if (*word == '-') {
				given = copy(word + 1);
				word = strtok(0, " \t");
			}
			if (!word || count == MOST)
				stop("flags without a name, or too many names", name);
			builtins_found[count].name = copy(word);
			builtins_found[count].function = function;
			builtins_found[count++].flags = given;
		}
	}
	if (!count)
		stop("no builtins", name);
	qsort(builtins_found, count, sizeof *builtins_found, by_name);
	fprintf(out, "\nconst struct builtincmd builtincmd[] = {\n");
	for (one = builtins_found; one < builtins_found + count; one++) {
		flags = (strchr(one->flags, 's') ? 3 : 0) | (strchr(one->flags, 'u') ? 2 : 0) | (strchr(one->flags, 'a') ? 4 : 0);
		fprintf(out, "\t{ \"%s\", %s, %d },\n", one->name, strchr(one->flags, 'n') ? "NULL" : one->function, flags);
	}
	fprintf(out, "};\n");
	close_written(out, source);
	out = open_file(header, "w");
	/* A name for each function: the place of its first. */
	for (i = 0; i < count; i++) {
		for (j = 0; j < i && builtins_found[j].function != builtins_found[i].function; j++)
			;
		if (j < i)
			continue;
		fprintf(out, "#define ");
		for (word = builtins_found[i].function; *word; word++)
			fputc(toupper((unsigned char)*word), out);
		fprintf(out, " (builtincmd + %d)\n", i);
	}
	fprintf(out, "\n#define NUMBUILTINS %d\n\n#define BUILTIN_SPECIAL 0x1\n#define BUILTIN_REGULAR 0x2\n#define BUILTIN_ASSIGN 0x4\n\n", count);
	fprintf(out, "struct builtincmd {\n\tconst char *name;\n\tint (*builtin)(int, char **);\n\tunsigned flags;\n};\n\n");
	fprintf(out, "extern const struct builtincmd builtincmd[];\n");
	close_written(out, header);
}

int main(int count, char **arguments)
{
	FILE *in;

	if (count != 5 || (strcmp(arguments[1], "tokens") && strcmp(arguments[1], "builtins")))
		stop("generate tokens|builtins OUT OUT IN", "usage");
	in = open_file(arguments[4], "r");
	(arguments[1][0] == 't' ? tokens : builtins)(arguments[2], arguments[3], in, arguments[4]);
	return 0;
}
