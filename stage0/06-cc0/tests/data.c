/* Pointers, arrays, structs, function pointers, initials. */
struct point { int x; int y; };
struct list { char tag; struct list *next; long value; struct point at; char name[5]; int numbers[3]; };
struct odd { char a; int b; char c; long d; char e; };
enum color { RED, GREEN = 5, BLUE, LAST = BLUE * 2 };
enum { SIZE = 4 + 4 };

int numbers[SIZE];
long longs[3] = { 1, -2, 0x123456789 };
int ints[] = { 10, 20, 30, GREEN, 'x', -1, };
int padded[5] = { 1, 2 };
char letters[] = "letters";
char room[10] = "room";
char exact[4] = "four";
char bytes[] = { 1, 255, 'a', 0 };
char *words[] = { "zero", "one" " and " "a half", "two", 0 };
char *greeting = "hi\tthere\x21\041";
int *into = ints;
struct list head;
struct list table[3];
struct point corner;
long initial = -5;
int (*operation)(int, int);
int (*operations[3])(int a, int b);
char huge[70000];
char before = 7, after = 9;

int add(int a, int b) { return a + b; }
int sub(int a, int b) { return a - b; }
int apply(int (*f)(int, int), int a, int b) { return f(a, b) * 100 + (*f)(a, b); }
int (*nothing)(void);

struct actions { long id; int (*run)(int a, int b); };
struct actions actions[2];

long sum(int *from, long count) {
    long total = 0;
    while (count-- > 0)
        total += *from++;
    return total;
}

char *end_of(char *s) {
    while (*s)
        ++s;
    return s;
}

struct list nodes[10];
int node_count;

struct list *push(struct list *below, int value) {
    struct list *node = &nodes[node_count++];
    node->next = below;
    node->value = value;
    node->at.x = value * 2;
    node->at.y = -value;
    node->numbers[1] = value + 1;
    node->name[0] = 'a' + value;
    return node;
}

void arrays(void) {
    int i;
    for (i = 0; i < SIZE; i++)
        numbers[i] = i * i;
    show("numbers", sum(numbers, SIZE));
    show("inner", sum(numbers + 2, 3));
    show("address", sum(&numbers[5], 2));
    show("ints", sum(ints, sizeof(ints) / sizeof(ints[0])));
    show("padded", sum(padded, 5));
    show("longs", longs[0] + longs[1] + longs[2]);
    show("bytes", bytes[0] + bytes[1] + bytes[2] + sizeof bytes);
    show("negative index", into[3] + (into + 3)[-1]);
    into += 2;
    show("moved", *into);
    into--;
    show("moved back", *into++ + *into);
    show("difference", into - ints);
    show("difference of structs", &table[2] - table);
    show("compare", (&ints[1] < &ints[2]) + (into == &ints[2]) * 2 + (into != 0) * 4 + !into);
    int local[4];
    local[0] = 1;
    local[1] = local[0] + 1;
    *(local + 2) = 5;
    local[3] = local[1]++ * 10;
    local[0] += local[3];
    ++*(local + 1);
    show("local", sum(local, 4));
    char text[8];
    char *p = text;
    *p++ = 'o';
    *p++ = 'k';
    *p = 0;
    put_text(text);
    put_text("\n");
    p = text;
    p[0] -= 5;
    *p += 1;
    (*p)++;
    show("text", text[0] * 1000 + p[1]);
    i = 1;
    numbers[i++] = i;
    numbers[i] = numbers[i - 1] = 77;
    show("side effect", numbers[1] + i);
    huge[69999] = 3;
    huge[before] = 4;
    int far[3000];
    int last = 5;
    far[2999] = 6;
    last += far[2999];
    show("far", huge[69999] + huge[7] + last + after);
    long *q = (long *)(huge + 9);
    *q = 0x1122334455667788;
    show("unaligned", *(int *)(huge + 11) + *(long *)&huge[9]);
    for (i = 0; words[i]; i++)
        put_text(words[i]);
    put_text(greeting);
    put_text(letters);
    put_text(room);
    show("ends", end_of(letters) - letters + (end_of(room) - room));
    show("exact", exact[3] + sizeof exact);
    show("cut", *"literal" + "index"[2]);
}

void structs(void) {
    struct list *l = 0;
    struct list mine;
    struct list *m = &mine;
    struct point *p = &mine.at;
    int i;
    long total = 0;
    for (i = 0; i < 5; i++)
        l = push(l, i);
    while (l) {
        total = total * 3 + l->value + l->at.x * 7 + l->at.y + l->numbers[1] + l->name[0];
        l = l->next;
    }
    show("list", total);
    mine.value = 5;
    mine.at.y = 6;
    p->x = 7;
    m->numbers[2] = 8;
    m->next = m;
    mine.name[4] = 200;
    m->next->next->at.x++;
    (*m).at.y <<= 2;
    show("mine", mine.value + mine.at.x * 10 + m->at.y * 100 + (&mine)->numbers[2] * 1000 + m->name[4]);
    table[1].at.x = 3;
    table[i - 3].at.y = 4;
    head.next = table + 1;
    head.next->value = -9;
    show("table", table[1].at.x + head.next->at.y * 10 + table[1].value);
    corner.x = corner.y = 12;
    p = &corner;
    show("corner", p->x * p->y);
    show("sizes", sizeof(struct odd) + 100 * sizeof(struct list) + 100000 * sizeof corner + sizeof(char *) + sizeof l->name + sizeof(*l) + sizeof(int[3]));
    show("offset", (long)&((struct odd *)0)->d + (long)&((struct list *)0)->numbers[1]);
    show("enum", RED + GREEN * 10 + BLUE * 100 + LAST * 1000);
    show("initial", initial + before + after);
}

void functions(void) {
    operation = add;
    show("global", operation(3, 4));
    operation = &sub;
    show("through *", (*operation)(3, 4));
    show("parameter", apply(add, 5, 6) + apply(operation, 5, 6));
    operations[0] = add;
    operations[2] = sub;
    show("array", operations[0](1, 2) + operations[2](9, 2) * 10);
    actions[1].run = sub;
    struct actions *a = actions;
    a[1].id = 4;
    a++;
    show("member", a->run(a->id, 1) + actions[1].run(8, 8));
    int (*mine)(int, int) = add;
    show("local", mine(mine(1, 2), mine(mine(3, 4), 5)));
    show("compare", (mine == add) + (operation == add) * 2 + (nothing == 0) * 4 + (mine != 0) * 8);
    mine = mine == add ? sub : add;
    show("choice", mine(10, 3));
}

int main(int argc, char **argv, char **envp) {
    arrays();
    structs();
    functions();
    show("argc", argc);
    put_text(argv[2]);
    flush();
    return argv[1][0];
}
