/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shell_vars: finding the assignments in a shell file: just as much of the shell's grammar as that takes. */
#include "shell_vars.h"

#include "cleanup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NESTING_MAX 32

/* --- words --- */

static size_t skip_at(const char *text, size_t len, size_t i, unsigned int depth);

/* Behind the closing character of what began before i; VW_SHELL_OPEN = there is none. in_quotes: ' is nothing special there. */
static size_t skip_until(const char *text, size_t len, size_t i, char open, char close,
	bool in_quotes, unsigned int depth)
{
	unsigned int nested = 0;

	while (i < len) {
		size_t next = i;

		if (text[i] == '\\' && i + 1 < len) {
			i += 2;
			continue;
		}
		if (text[i] == close && nested == 0)
			return i + 1;
		nested += open && text[i] == open;
		nested -= text[i] == close;
		if (!(in_quotes && text[i] == '\''))
			next = skip_at(text, len, i, depth + 1);
		if (next == VW_SHELL_OPEN)
			return VW_SHELL_OPEN;
		i = next > i ? next : i + 1;
	}
	return VW_SHELL_OPEN;
}

static size_t skip_at(const char *text, size_t len, size_t i, unsigned int depth)
{
	const char *end;

	if (depth > NESTING_MAX)
		return VW_SHELL_OPEN;
	switch (text[i]) {
	case '\'':
		end = memchr(text + i + 1, '\'', len - i - 1);
		return end ? (size_t)(end - text) + 1 : VW_SHELL_OPEN;
	case '"':
		return skip_until(text, len, i + 1, 0, '"', true, depth);
	case '`':
		return skip_until(text, len, i + 1, 0, '`', false, depth);
	case '$':
		if (i + 1 < len && text[i + 1] == '(')
			return skip_until(text, len, i + 2, '(', ')', false, depth);
		if (i + 1 < len && text[i + 1] == '{')
			return skip_until(text, len, i + 2, 0, '}', true, depth);
		return i;
	default:
		return i;
	}
}

size_t vw_shell_skip(const char *text, size_t len, size_t i)
{
	return skip_at(text, len, i, 0);
}

static bool is_name(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (!first && c >= '0' && c <= '9');
}

size_t vw_shell_name(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && is_name(text[n], n == 0))
		n++;
	return n;
}

/* $NAME or ${NAME} at text[i]: its end; else i. */
static size_t simple_variable(const char *text, size_t len, size_t i)
{
	bool brace = i + 1 < len && text[i + 1] == '{';
	size_t begin = i + 1 + brace, n;

	if (text[i] != '$' || begin >= len)
		return i;
	n = vw_shell_name(text + begin, len - begin);
	if (n == 0 || (brace && (begin + n >= len || text[begin + n] != '}')))
		return i;
	return begin + n + brace;
}

/* No more than $NAME in it, and in a bare word nothing that a shell looks at. */
static bool is_plain(const char *text, size_t begin, size_t end, bool bare)
{
	for (size_t i = begin; i < end;) {
		size_t next = simple_variable(text, end, i);

		if (next > i) {
			i = next;
			continue;
		}
		if (text[i] == '$' || text[i] == '`')
			return false;
		if (bare && !is_name(text[i], false) && !strchr("@%+=:,./-", text[i]))
			return false;
		i += text[i] == '\\' && i + 1 < end ? 2 : 1;
	}
	return true;
}

static void look_at_value(const char *text, struct vw_shell_assign *assign)
{
	size_t begin = assign->begin, end = assign->end;
	char quote = begin < end ? text[begin] : 0;

	assign->inner = begin;
	if (quote != '"' && quote != '\'') {
		assign->quoting = VW_QUOTE_BARE;
		assign->plain = is_plain(text, begin, end, true);
	} else if (vw_shell_skip(text, end, begin) == end) {
		assign->quoting = quote == '"' ? VW_QUOTE_DOUBLE : VW_QUOTE_SINGLE;
		assign->inner++;
		end--;
		assign->plain = quote == '\'' || is_plain(text, begin + 1, end, false);
	}
	assign->inner_len = end - assign->inner;
}

/* --- commands --- */

struct parser {
	const char *text;
	size_t len, at;
	unsigned int line;
	struct vw_shell *shell;
	size_t room;
	bool start;     /* a command may begin here */
	bool exporting; /* in the words of export */
	bool maybe;     /* behind && or || or in a pipe */
	int depth, parens;
	size_t prefix; /* assignments from here on belong to the command that may follow, or to export */
};

static int bad(const struct parser *p, const char *what, struct vw_error *err)
{
	return vw_error_set(err, EBADMSG, "line %u: %s", p->line, what);
}

static bool is_word(const struct parser *p, size_t begin, size_t end, const char *const *words)
{
	for (; *words; words++)
		if (strlen(*words) == end - begin && !memcmp(p->text + begin, *words, end - begin))
			return true;
	return false;
}

/* Is [begin, end) NAME=… or NAME+=…? 1 = yes, and it is noted, 0, -ENOMEM. */
static int add_assign(struct parser *p, size_t begin, size_t end, unsigned int line)
{
	struct vw_shell *shell = p->shell;
	size_t n = vw_shell_name(p->text + begin, end - begin), value = begin + n;
	struct vw_shell_assign *assign;
	bool append = value < end && p->text[value] == '+';

	value += append;
	if (n == 0 || value >= end || p->text[value] != '=')
		return 0;
	value++;
	if (shell->n == p->room) {
		p->room = p->room ? 2 * p->room : 16;
		assign = reallocarray(shell->v, p->room, sizeof(*assign));
		if (!assign)
			return -ENOMEM;
		shell->v = assign;
	}
	assign = &shell->v[shell->n++];
	/* Files from other systems: the shell takes the CR for part of the value, the kernel for a blank. */
	if (end > value && p->text[end - 1] == '\r' && (end == p->len || p->text[end] == '\n'))
		end--;
	*assign = (struct vw_shell_assign){ .line = line,
		.append = append,
		.sure = !p->maybe && p->depth == 0 && p->parens == 0,
		.begin = value,
		.end = end };
	if (n < sizeof(assign->name))
		memcpy(assign->name, p->text + begin, n);
	look_at_value(p->text, assign);
	if (end < p->len && p->text[end] == '(')
		assign->plain = false; /* an array */
	return 1;
}

static int command_word(
	struct parser *p, size_t begin, size_t end, unsigned int line, struct vw_error *err)
{
	static const char *const opening[] = { "if", "while", "until", "{", NULL };
	static const char *const naming[] = { "case", "for", "select", "function", NULL };
	static const char *const middle[] = { "then", "else", "elif", "do", "!", "time", NULL };
	static const char *const closing[] = { "fi", "done", "esac", "}", NULL };
	static const char *const exports[] = { "export", "readonly", "declare", "typeset", "local",
		NULL };
	static const char *const harmless[] = { ":", "true", "false", "echo", "[", "[[", "test",
		"\r", NULL };
	int rc = add_assign(p, begin, end, line);

	if (rc)
		return rc < 0 ? rc : 0;
	if (is_word(p, begin, end, middle))
		return 0;
	if (is_word(p, begin, end, opening)) {
		p->depth++;
		return 0;
	}
	if (is_word(p, begin, end, closing)) {
		if (p->depth-- == 0)
			return bad(p, "it closes what was never opened", err);
		return 0;
	}
	p->start = false;
	if (is_word(p, begin, end, naming)) {
		p->depth += p->text[begin] != 'f' || end - begin == 3;
		return 0;
	}
	/* VARIABLE=… COMMAND sets it for the command alone. */
	for (size_t i = p->prefix; i < p->shell->n; i++)
		p->shell->v[i].sure = false;
	p->prefix = p->shell->n;
	if (is_word(p, begin, end, exports))
		p->exporting = true;
	else if (!is_word(p, begin, end, harmless)) {
		p->shell->doubt = line;
		p->shell->doubt_at = begin;
	}
	return 0;
}

/* The words of export are expanded before any of them is assigned, and some shells split those without quotes. */
static int export_word(struct parser *p, size_t begin, unsigned int line)
{
	int rc = add_assign(p, begin, p->at, line);
	struct vw_shell_assign *assign;

	if (rc != 1)
		return rc;
	assign = &p->shell->v[p->shell->n - 1];
	if (memchr(p->text + assign->begin, '$', assign->end - assign->begin) &&
		!(assign->plain && assign->quoting == VW_QUOTE_DOUBLE &&
			p->shell->n == p->prefix + 1))
		assign->sure = false;
	return 0;
}

static int read_word(struct parser *p, struct vw_error *err)
{
	size_t begin = p->at, next;
	unsigned int line = p->line;

	while (p->at < p->len && !strchr(" \t\n;&|<>()", p->text[p->at])) {
		next = p->text[p->at] == '\\' ? p->at + 1 + (p->at + 1 < p->len)
					      : vw_shell_skip(p->text, p->len, p->at);
		if (next == VW_SHELL_OPEN)
			return bad(p, "a quote or bracket that begins here is never closed", err);
		if (next == p->at)
			next++;
		for (; p->at < next; p->at++)
			p->line += p->text[p->at] == '\n';
	}
	if (p->start)
		return command_word(p, begin, p->at, line, err);
	return p->exporting ? export_word(p, begin, line) : 0;
}

static void end_command(struct parser *p, bool maybe)
{
	p->start = true;
	p->exporting = false;
	p->maybe = maybe;
	p->prefix = p->shell->n;
}

/* A character that is no part of a word. */
static int read_operator(struct parser *p, struct vw_error *err)
{
	char c = p->text[p->at++];
	bool twice = p->at < p->len && p->text[p->at] == c;

	switch (c) {
	case '\n':
		p->line++;
		end_command(p, false);
		break;
	case ';':
		end_command(p, false);
		break;
	case '&':
	case '|':
		p->at += twice;
		end_command(p, true);
		break;
	case '(':
		p->parens++;
		end_command(p, false);
		break;
	case ')':
		p->parens -= p->parens > 0; /* in a case, a pattern ends with one */
		end_command(p, false);
		break;
	case '<':
		if (twice)
			return bad(p, "here-documents are not understood", err);
		break;
	default:
		break;
	}
	return 0;
}

int vw_shell_parse(const char *text, size_t len, struct vw_shell *shell, struct vw_error *err)
{
	struct parser p = { .text = text, .len = len, .line = 1, .shell = shell, .start = true };
	int rc = 0;

	*shell = (struct vw_shell){ 0 };
	while (p.at < len && rc == 0) {
		char c = text[p.at];

		if (c == ' ' || c == '\t') {
			p.at++;
		} else if (c == '\\' && p.at + 1 < len && text[p.at + 1] == '\n') {
			p.at += 2;
			p.line++;
		} else if (c == '#') {
			while (p.at < len && text[p.at] != '\n')
				p.at++;
		} else if (strchr("\n;&|<>()", c)) {
			rc = read_operator(&p, err);
		} else {
			rc = read_word(&p, err);
		}
	}
	if (rc == 0 && (p.depth || p.parens))
		rc = bad(&p, "the file ends inside of an if, a loop or a bracket", err);
	if (rc < 0)
		vw_shell_free(shell);
	return rc;
}

void vw_shell_free(struct vw_shell *shell)
{
	free(shell->v);
	*shell = (struct vw_shell){ 0 };
}
