/* kaem: kaem [-v] [SCRIPT [ARGUMENT...]] runs a script, one command a line, and stops at the first that fails, with its
   status (128 + N where signal N ended it); without a script it takes commands from standard input and goes on after a
   failure. -v shows each command.

   A word: letters, 'as it is', "with ${variables}", ${NAME}, ${NAME:-default}, ${1} for an argument. A variable's blanks part
   words, but not between quotes. # begins a comment, a backslash at a line's end joins the next line. NAME=value sets a variable, which commands get in their environment.
   ADVICE, where it is set, is shown beside a command that fails.
   Built in: cd DIR · exit [STATUS] · if exists PATH, if equal A B, else, fi · a command's name is sought in ${PATH}. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tool.h"

enum { MOST_WORDS = 4096, MOST_DEPTH = 16, MOST_VARIABLES = 512 };

static const char *script = "kaem";
static FILE *input;
static int line_number, interactive, verbose;
static char **arguments;
static int argument_count;
static char *variables[MOST_VARIABLES + 1];
static int variable_count;

/* The words of a command; text holds them, each with a zero behind it. Memory for text moves as it grows, so that
   words have only their offsets until the command is complete. */
static char *words[MOST_WORDS + 1], *text;
static int word_count, in_word;
static size_t text_size, text_room, starts[MOST_WORDS];

static void stop(const char *what, const char *about)
{
	fflush(stdout);
	fprintf(stderr, "%s:%d: %s: %s\n", script, line_number, what, about);
	if (!interactive)
		exit(1);
}

static void put(int c)
{
	if (text_size == text_room)
		text = allocate(text, text_room = 2 * text_room + 256);
	text[text_size++] = c;
}

static void begin_word(void)
{
	if (in_word)
		return;
	if (word_count == MOST_WORDS) {
		fprintf(stderr, "%s:%d: a command of more than %d words\n", script, line_number, MOST_WORDS);
		exit(1);
	}
	starts[word_count++] = text_size;
	in_word = 1;
}

static void end_word(void)
{
	if (in_word)
		put(0);
	in_word = 0;
}

static char **find_variable(const char *name, size_t length)
{
	int i;

	for (i = 0; i < variable_count; i++)
		if (!strncmp(variables[i], name, length) && variables[i][length] == '=')
			return &variables[i];
	return 0;
}

static void set_variable(const char *assignment)
{
	size_t length = strchr(assignment, '=') - assignment;
	char **old = find_variable(assignment, length);

	if (!old && variable_count == MOST_VARIABLES) {
		stop("too many variables", assignment);
		return;
	}
	if (!old)
		old = &variables[variable_count++];
	*old = strdup(assignment);
	environ = variables;
}

/* Behind a $: {NAME}, {NAME:-default} or {DIGITS}. Between quotes the value is (part of) one word. */
static void expand(int quoted)
{
	char name[256], *otherwise, **variable;
	const char *value = 0;
	int size = 0, c;

	if (fgetc(input) != '{') {
		stop("$ without {NAME} behind it", "a $ as it is goes into '...'");
		return;
	}
	while ((c = fgetc(input)) != '}') {
		if (c == EOF || c == '\n' || size == sizeof(name) - 1) {
			stop("${NAME without its }", "write ${NAME}");
			return;
		}
		name[size++] = c;
	}
	name[size] = 0;
	otherwise = strstr(name, ":-");
	if (otherwise) {
		*otherwise = 0;
		otherwise += 2;
	}
	if (isdigit(name[0])) {
		if (atoi(name) < argument_count)
			value = arguments[atoi(name)];
	} else {
		variable = find_variable(name, strlen(name));
		if (variable)
			value = strchr(*variable, '=') + 1;
	}
	if (!value)
		value = otherwise;
	if (!value) {
		stop("variable not set", name);
		return;
	}
	if (quoted)
		begin_word();
	for (; *value; value++) {
		if (!quoted && (*value == ' ' || *value == '\t')) {
			end_word();
			continue;
		}
		begin_word();
		put(*value);
	}
}

/* One line with those it is joined to; returns 0 at the end of the input. */
static int read_command(void)
{
	int c, quote = 0, any = 0, i;

	text_size = word_count = in_word = 0;
	line_number++;
	while ((c = fgetc(input)) != EOF) {
		any = 1;
		if (c == '\n') {
			if (!quote)
				break;
			line_number++;
		}
		if (!quote && (c == ' ' || c == '\t')) {
			end_word();
			continue;
		}
		if (!quote && !in_word && c == '#') {
			while (c != '\n' && c != EOF)
				c = fgetc(input);
			break;
		}
		if (c == '\\' && quote != '\'') {
			c = fgetc(input);
			if (c == '\n') {
				line_number++;
				continue;
			}
		} else if (c == quote || (!quote && (c == '"' || c == '\''))) {
			quote = c == quote ? 0 : c;
			begin_word(); /* "" is a word too */
			continue;
		} else if (c == '$' && quote != '\'') {
			expand(quote);
			continue;
		}
		begin_word();
		put(c);
	}
	if (quote)
		stop("a quote without its end", quote == '"' ? "\"" : "'");
	end_word();
	for (i = 0; i < word_count; i++)
		words[i] = text + starts[i];
	words[word_count] = 0;
	return any;
}

/* A command did not end well: all of it, and what to do. The script ends with the same status. */
static void fail(const char *how, int status)
{
	char **advice = find_variable("ADVICE", 6);
	int i;

	fflush(stdout);
	fprintf(stderr, "%s:%d: %s:", script, line_number, how);
	for (i = 0; i < word_count; i++)
		fprintf(stderr, " %s", words[i]);
	fprintf(stderr, "\n");
	if (advice)
		fprintf(stderr, "  what to do: %s\n", strchr(*advice, '=') + 1);
	if (!interactive)
		exit(status);
}

static void run(void)
{
	int status = 0, code;
	char how[32];
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		execvp(words[0], words);
		fprintf(stderr, "%s:%d: cannot run: %s: %s\n", script, line_number, words[0], strerror(errno));
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0) {
		stop(strerror(errno), words[0]);
		return;
	}
	if (status) {
		code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
		sprintf(how, WIFSIGNALED(status) ? "ended by signal %d" : "failed with status %d", code);
		fail(how, WIFSIGNALED(status) ? 128 + code : code);
	}
}

static int is_assignment(const char *word)
{
	const char *s = word;

	while (isalnum(*s) || *s == '_')
		s++;
	return s != word && *s == '=' && !isdigit(*word);
}

/* if exists PATH, if equal A B; 1 when it holds. */
static int condition(void)
{
	if (word_count == 3 && !strcmp(words[1], "exists"))
		return access(words[2], F_OK) == 0;
	if (word_count == 4 && !strcmp(words[1], "equal"))
		return !strcmp(words[2], words[3]);
	stop("not a condition", "write: if exists PATH, or: if equal A B");
	return 0;
}

static void run_script(void)
{
	int depth = 0, skip = 0, i; /* skip: the depth from which on nothing runs, 0: all runs */

	for (;;) {
		if (interactive) {
			fputs("firmseed$ ", stdout);
			fflush(stdout);
		}
		if (!read_command())
			break;
		if (!word_count)
			continue;
		if (!strcmp(words[0], "if")) {
			if (++depth == MOST_DEPTH)
				stop("too many nested ifs", "at most 15");
			if (!skip && !condition())
				skip = depth;
		} else if (!strcmp(words[0], "else")) {
			if (!depth)
				stop("else without if", words[0]);
			else if (!skip)
				skip = depth;
			else if (skip == depth)
				skip = 0;
		} else if (!strcmp(words[0], "fi")) {
			if (!depth)
				stop("fi without if", words[0]);
			else if (skip == depth--)
				skip = 0;
		} else if (!skip) {
			if (verbose) {
				for (i = 0; i < word_count; i++)
					printf(i ? " %s" : "+ %s", words[i]);
				putchar('\n');
			}
			if (!strcmp(words[0], "cd")) {
				if (word_count != 2 || chdir(words[1]) < 0)
					stop("cannot change to the directory", word_count == 2 ? words[1] : "write: cd DIR");
			} else if (!strcmp(words[0], "exit"))
				exit(word_count > 1 ? atoi(words[1]) : 0);
			else if (word_count == 1 && is_assignment(words[0]))
				set_variable(words[0]);
			else
				run();
		}
	}
	if (depth)
		stop("if without fi at the end of the script", "write: fi");
}

int main(int argc, char **argv)
{
	int first = 1;

	tool_name = "kaem";
	for (; environ[variable_count]; variable_count++) {
		if (variable_count == MOST_VARIABLES)
			die("too many variables in the environment", "environment");
		variables[variable_count] = environ[variable_count];
	}
	if (first < argc && !strcmp(argv[first], "-v")) {
		verbose = 1;
		first++;
	}
	input = stdin;
	interactive = first >= argc;
	if (!interactive) {
		script = argv[first];
		input = fopen(script, "r");
		if (!input)
			die(strerror(errno), script);
		arguments = argv + first;
		argument_count = argc - first;
	}
	run_script();
	return 0;
}
