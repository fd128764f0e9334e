/* statement.c: parses statements into a flat list: expressions, jumps, marks (labels) and branches. Loops are laid out with
 * their test at the end. */

struct Node *first_statement, *last_statement;
int break_label;                /* 0: none */
int continue_label;
struct Node *current_switch;
struct Label *all_labels;

void statement(void);

struct Node *add_statement(int kind, struct Node *value, long label) {
    struct Node *n = new_node(kind, type_void, value, 0);
    n->value = label;
    if (last_statement)
        last_statement->next = n;
    else
        first_statement = n;
    last_statement = n;
    return n;
}

int new_label(void) { return ++label_count; }

void add_branch(struct Node *test, int label, int truth) {
    test = condition(test);
    if (test->kind == N_NUMBER) {
        if ((test->value != 0) == truth)
            add_statement(N_JUMP, 0, label);
        return;
    }
    add_statement(N_BRANCH, test, label)->high = truth;
}

struct Node *parenthesized(void) {
    expect('(', "'('");
    struct Node *n = expression();
    expect(')', "')'");
    return n;
}

/* if = "if" "(" expression ")" statement ["else" statement] */
void if_statement(void) {
    int otherwise = new_label();
    add_branch(parenthesized(), otherwise, 0);
    statement();
    if (accept(T_ELSE)) {
        int end = new_label();
        add_statement(N_JUMP, 0, end);
        add_statement(N_MARK, 0, otherwise);
        statement();
        add_statement(N_MARK, 0, end);
    } else {
        add_statement(N_MARK, 0, otherwise);
    }
}

void enter_loop(void) {
    if (loop_weight < 4096)
        loop_weight = loop_weight * 8;
}

/* The parts of a loop behind its head: body, step, test. The test of a do statement follows its body. */
void loop_rest(struct Node *test, struct Node *step, int is_do) {
    int body = new_label(), check = new_label();
    break_label = new_label();
    continue_label = new_label();
    int endless = !is_do && (test == 0 || (test->kind == N_NUMBER && test->value != 0));
    if (!endless && !is_do)
        add_statement(N_JUMP, 0, check);
    add_statement(N_MARK, 0, body);
    statement();
    add_statement(N_MARK, 0, continue_label);
    if (step)
        add_statement(N_EXPRESSION, step, 0);
    add_statement(N_MARK, 0, check);
    if (is_do) {
        expect(T_WHILE, "'while'");
        test = parenthesized();
        expect(';', "';'");
    }
    if (endless)
        add_statement(N_JUMP, 0, body);
    else
        add_branch(test, body, 1);
    add_statement(N_MARK, 0, break_label);
}

/* while = "while" "(" expression ")" statement */
void while_statement(void) {
    enter_loop();
    loop_rest(condition(parenthesized()), 0, 0);
}

/* for = "for" "(" (declaration | [expression] ";") [expression] ";" [expression] ")" statement */
void for_statement(void) {
    struct Node *test = 0, *step = 0;
    expect('(', "'('");
    enter_scope();
    if (at_type_name(tok)) {
        declaration();
    } else {
        if (tok->kind != ';')
            add_statement(N_EXPRESSION, expression(), 0);
        expect(';', "';'");
    }
    enter_loop();
    if (tok->kind != ';')
        test = condition(expression());
    expect(';', "';'");
    if (tok->kind != ')')
        step = expression();
    expect(')', "')'");
    loop_rest(test, step, 0);
    leave_scopes(scope_depth - 1);
}

/* do = "do" statement "while" "(" expression ")" ";" */
void do_statement(void) {
    enter_loop();
    loop_rest(0, 0, 1);
}

/* switch = "switch" "(" expression ")" statement */
void switch_statement(void) {
    struct Node *value = promote(parenthesized());
    if (!is_integer(value->type))
        fail("expected an integer to switch on, found the type", type_name(value->type));
    current_switch = add_statement(N_SWITCH, value, 0);
    break_label = new_label();
    statement();
    if (current_switch->value == 0)
        current_switch->value = break_label;
    add_statement(N_MARK, 0, break_label);
}

/* case = "case" constant ":" statement */
void case_statement(void) {
    struct Case *c = (struct Case *)take(sizeof(struct Case));
    struct Case **place;
    if (current_switch == 0)
        fail("'case' stands outside a switch", 0);
    next();
    struct Type *t = current_switch->lhs->type;
    c->value = wrap(t, constant_expression());
    expect(':', "':'");
    c->label = new_label();
    place = &current_switch->cases;                     /* sorted: a later case mostly comes behind all others */
    while (*place && (t->is_unsigned ? unsigned_less((*place)->value, c->value) : (*place)->value < c->value))
        place = &(*place)->next;
    if (*place && (*place)->value == c->value)
        fail("this case was there before", 0);
    c->next = *place;
    *place = c;
    add_statement(N_MARK, 0, c->label);
    statement();
}

void default_statement(void) {
    if (current_switch == 0)
        fail("'default' stands outside a switch", 0);
    if (current_switch->value)
        fail("there was a default before in this switch", 0);
    next();
    expect(':', "':'");
    current_switch->value = new_label();
    add_statement(N_MARK, 0, current_switch->value);
    statement();
}

struct Label *label_named(struct Ident *name) {
    if (name->label == 0) {
        name->label = (struct Label *)keep(sizeof(struct Label));
        name->label->name = name;
        name->label->number = new_label();
        name->label->line = tok->line;
        name->label->next = all_labels;
        all_labels = name->label;
    }
    return name->label;
}

/* goto = "goto" ident ";" */
void goto_statement(void) {
    if (tok->kind != T_IDENT)
        expected("a label");
    add_statement(N_JUMP, 0, label_named(tok->ident)->number);
    next();
    expect(';', "';'");
}

/* label = ident ":" statement */
void label_statement(void) {
    struct Label *label = label_named(tok->ident);
    if (label->defined)
        fail("there was the same label before:", tok->ident->name);
    label->defined = 1;
    next();
    next();
    attributes(0);
    add_statement(N_MARK, 0, label->number);
    if (tok->kind != '}')
        statement();
}

/* return = "return" [expression] ";" */
void return_statement(void) {
    struct Node *value = 0;
    if (tok->kind != ';')
        value = expression();
    if (value && result_pointer)
        value = assign(dereference(local_node(result_pointer)), value);
    if (value && (result_pointer || result_type->kind == TY_VOID)) {
        add_statement(N_EXPRESSION, value, 0);
        value = 0;
    } else if (value) {
        value = cast(value, result_type);
        if (is_aggregate(result_type)) {
            if (!same_type(value->type, result_type))
                fail("expected a value of the function's type, found", type_name(value->type));
            value = struct_argument(value);
        }
    }
    expect(';', "';'");
    add_statement(N_RETURN, value, 0);
}

void jump_statement(int label, char *outside) {
    if (label == 0)
        fail(outside, 0);
    next();
    expect(';', "';'");
    add_statement(N_JUMP, 0, label);
}

/* block = "{" {declaration | statement} "}" */
void block(void) {
    expect('{', "'{'");
    enter_scope();
    while (tok->kind != '}') {
        if (tok->kind == T_EOF)
            expected("'}'");
        if (at_type_name(tok) && !(tok->kind == T_IDENT && peek()->kind == ':'))
            declaration();
        else
            statement();
    }
    leave_scopes(scope_depth - 1);
    next();
}

/* statement = block | if | while | do | for | switch | case | default | goto | label | return | "break" ";" |
 *             "continue" ";" | [expression] ";" */
void plain_statement(void) {
    switch (tok->kind) {
    case '{': block(); return;
    case T_IF: next(); if_statement(); return;
    case T_WHILE: next(); while_statement(); return;
    case T_DO: next(); do_statement(); return;
    case T_FOR: next(); for_statement(); return;
    case T_SWITCH: next(); switch_statement(); return;
    case T_CASE: case_statement(); return;
    case T_DEFAULT: default_statement(); return;
    case T_GOTO: next(); goto_statement(); return;
    case T_RETURN: next(); return_statement(); return;
    case T_BREAK: jump_statement(break_label, "'break' stands outside a loop or switch"); return;
    case T_CONTINUE: jump_statement(continue_label, "'continue' stands outside a loop"); return;
    case ';': next(); return;
    case T_ASM: fail("cc has no assembler: put machine code into an array with section(\".text\")", 0);
    case T_IDENT:
        if (peek()->kind == ':') {
            label_statement();
            return;
        }
    }
    struct Node *n = expression();
    expect(';', "';'");
    add_statement(N_EXPRESSION, n, 0);
}

/* What a loop or switch changes for the statements within it ends with it. */
void statement(void) {
    int outer_break = break_label, outer_continue = continue_label;
    struct Node *outer_switch = current_switch;
    long outer_weight = loop_weight;
    enter_nesting();
    plain_statement();
    nesting--;
    break_label = outer_break;
    continue_label = outer_continue;
    current_switch = outer_switch;
    loop_weight = outer_weight;
}

void check_labels(void) {
    for (; all_labels; all_labels = all_labels->next) {
        all_labels->name->label = 0;
        if (!all_labels->defined) {
            tok->line = all_labels->line;
            fail("there is no label", all_labels->name->name);
        }
    }
}

struct Node *function_body(void) {
    first_statement = last_statement = current_switch = 0;
    break_label = continue_label = 0;
    block();
    check_labels();
    if (same_text(function_name->name, "main") && result_type->kind == TY_INT)
        add_statement(N_RETURN, number(0, type_int), 0);
    return first_statement;
}
