/* stdio: files, positions, buffers, scanning, wide characters. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

int main(void)
{
	char buffer[64], word[16], *text = 0;
	size_t size = 0;
	int i, number;
	double fraction;
	long double quad;
	FILE *file = fopen("stdio.txt", "w+");

	for (i = 0; i < 1000; i++)
		fprintf(file, "%d line %05d\n", i, i * i);
	printf("%ld\n", ftell(file));
	fseek(file, 4000, SEEK_SET);
	fgets(buffer, sizeof buffer, file);
	fgets(buffer, sizeof buffer, file);
	printf("%s", buffer);
	rewind(file);
	for (i = 0; fscanf(file, "%d %15s %*d", &number, word) == 2; i += number)
		;
	printf("%d %s %d\n", i, word, feof(file));
	ungetc('x', file);
	printf("%c\n", getc(file));
	printf("%d\n", getc(file));
	fclose(file);
	printf("%d\n", sscanf(" -12 0x1.8p3 1e400 3.1", "%d%lf%Lf", &number, &fraction, &quad));
	printf("%d %g %Lg\n", number, fraction, quad);
	printf("%d %s\n", sscanf("key=value;", "%*[^=]=%15[a-z]", word), word);
	file = open_memstream(&text, &size);
	fprintf(file, "%s-%s", "memory", "stream");
	fclose(file);
	printf("%s %zu\n", text, size);
	file = fmemopen(text, size, "r");
	printf("%c\n", fgetc(file));
	printf("%c\n", fgetc(file));
	fclose(file);
	free(text);
	swprintf((wchar_t *)buffer, 16, L"%ls %d", L"wide", 7);
	printf("%ls %zu\n", (wchar_t *)buffer, wcslen((wchar_t *)buffer));
	printf("%s\n", fopen("none/none", "r") ? "opened" : strerror(errno));
	printf("%d %d\n", remove("stdio.txt"), access("stdio.txt", F_OK));
	setvbuf(stdout, 0, _IONBF, 0);
	return fputs("end\n", stdout) < 0;
}
