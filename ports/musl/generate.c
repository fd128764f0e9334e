/* generate: makes what musl's Makefile makes with sed and a shell.
     generate types OUT IN...       bits/alltypes.h: TYPEDEF and STRUCT lines become definitions for those who ask by __NEED_NAME
     generate calls OUT IN          bits/syscall.h: each __NR_NAME as SYS_NAME too
     generate commands OUT SOURCES  a script of kaem: the files of the list by ${TCC} with ${FLAGS}, then libc.a of ${OBJECTS} and them
   OUT is written only where all went well. */
#include "generate.h"

static FILE *out;

/* TYPEDEF what it is NAME;  or  STRUCT NAME { members }; */
static void types(FILE *in, const char *name)
{
	char *type, *end;

	while (read_line(in, name)) {
		end = line + strlen(line) - 1;
		if (!strncmp(line, "TYPEDEF ", 8)) {
			type = strrchr(line, ' ');
			if (*end != ';' || type < line + 8)
				stop("a TYPEDEF in another form", name);
			*end = *type++ = 0;
			fprintf(out, "#if defined(__NEED_%s) && !defined(__DEFINED_%s)\ntypedef %s %s;\n#define __DEFINED_%s\n#endif\n\n",
				type, type, line + 8, type, type);
		} else if (!strncmp(line, "STRUCT ", 7)) {
			type = line + 7;
			end = strchr(type, ' ');
			if (!end)
				stop("a STRUCT in another form", name);
			*end++ = 0;
			fprintf(out, "#if defined(__NEED_struct_%s) && !defined(__DEFINED_struct_%s)\nstruct %s %s\n#define __DEFINED_struct_%s\n#endif\n\n",
				type, type, type, end, type);
		} else
			fprintf(out, "%s\n", line);
	}
}

static void calls(FILE *in, const char *name)
{
	char *number;

	while (read_line(in, name)) {
		fprintf(out, "%s\n", line);
		number = strstr(line, "__NR_");
		if (number)
			fprintf(out, "%.*sSYS_%s\n", (int)(number - line), line, number + 5);
	}
}

/* Paths below ${FROM}, sorted, become objects with the same paths below ${TO}: the compiler puts them where it stands. */
static void commands(FILE *in, const char *name)
{
	char folder[LONGEST] = "", *base, *end;

	while (read_line(in, name)) {
		base = strrchr(line, '/');
		end = line + strlen(line) - 2;
		if (!base || end <= base + 1 || strcmp(end, ".c"))
			stop("a name that is not FOLDER/NAME.c", line);
		*base = 0;
		if (strcmp(folder, line)) {
			strcpy(folder, line);
			fprintf(out, "\nmkdir -p ${TO}/%s\ncd ${TO}/%s\n${TCC} -c ${FLAGS}", line, line);
		}
		fprintf(out, " \\\n  ${FROM}/%s/%s", line, base + 1);
	}
	fprintf(out, "\ncd ${TO}\nrm -f libc.a\n${TCC} -ar libc.a ${OBJECTS}");
	rewind(in);
	while (read_line(in, name))
		fprintf(out, " \\\n  %.*s.o", (int)strlen(line) - 2, line);
	fprintf(out, "\n");
}

int main(int count, char **arguments)
{
	static const struct { const char *name; void (*make)(FILE *, const char *); } kinds[] = {
		{ "types", types }, { "calls", calls }, { "commands", commands },
	};
	FILE *in;
	int kind, i;

	for (kind = 0; kind < 3; kind++)
		if (count > 3 && !strcmp(arguments[1], kinds[kind].name))
			break;
	if (kind == 3)
		stop("generate types|calls|commands OUT IN...", "usage");
	out = open_file(arguments[2], "w");
	for (i = 3; i < count; i++) {
		in = open_file(arguments[i], "r");
		kinds[kind].make(in, arguments[i]);
		fclose(in);
	}
	close_written(out, arguments[2]);
	return 0;
}
