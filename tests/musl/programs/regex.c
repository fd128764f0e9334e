/* regex and fnmatch: basic, extended, captures, errors. */
#include <fnmatch.h>
#include <regex.h>
#include <stdio.h>

static void try(const char *pattern, int flags, const char *text)
{
	regex_t compiled;
	regmatch_t matches[4];
	char message[64];
	int i, status = regcomp(&compiled, pattern, flags);

	printf("%s %s:", pattern, text);
	if (status) {
		regerror(status, &compiled, message, sizeof message);
		printf(" %s\n", message);
		return;
	}
	status = regexec(&compiled, text, 4, matches, 0);
	for (i = 0; !status && i < 4; i++)
		printf(" %d-%d", (int)matches[i].rm_so, (int)matches[i].rm_eo);
	printf(" %d\n", status);
	regfree(&compiled);
}

int main(void)
{
	try("a*b", 0, "xxaaab");
	try("\\(a\\)\\1", 0, "baac");
	try("(ab|cd)+([0-9]{2,3})$", REG_EXTENDED, "abcdab1234");
	try("(ab|cd)+([0-9]{2,3})$", REG_EXTENDED, "abcdab123");
	try("^[[:alpha:]_][[:alnum:]_]*", REG_EXTENDED, "name_1 = 2");
	try("HELLO", REG_ICASE, "say hello");
	try("a.c", REG_NEWLINE, "a\nc");
	try("x(y", REG_EXTENDED, "");
	try("[z-a]", 0, "");
	try("a{2", REG_EXTENDED, "");
	try("(a*)(b*)(c*)", REG_EXTENDED, "aabbbc");
	printf("%d %d %d\n", fnmatch("*.[ch]", "file.c", 0), fnmatch("*.[!ch]", "file.c", 0), fnmatch("*", "a/b", FNM_PATHNAME));
	return 0;
}
