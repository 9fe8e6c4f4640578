/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The found rule made readable: without idle conditions, with round cuts, as an expression. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cluster/segment_rule_layout.h"
#include "expr/formula.h"

/* ---- rounding */

/* t units of 10^power, exactly as a decimal text reads. */
static double decimal(double t, int power)
{
  char text[64];
  snprintf(text, sizeof text, "%.0fe%d", t, power);
  return strtod(text, NULL);
}

double rule_round_above(double low, double high)
{
  low = fmax(low, high - (fabs(high) + 1)); /* ends at infinity, and ends so far away that they do not matter */
  high = fmin(fmin(high, DBL_MAX), low + (fabs(low) + 1));
  if (low < 0 && high >= 0) {
    return 0;
  }
  const double middle = low / 2 + high / 2;
  const int largest = (int)floor(log10(fmax(high / 2 - low / 2, DBL_MIN))) + 2;
  for (int power = largest; power > largest - 20; power--) {
    const double unit = decimal(1, power);
    if (!(unit > 0) || !isfinite(unit)) {
      continue;
    }
    const double tries[] = {round(middle / unit), floor(high / unit)};
    for (size_t i = 0; i < 2; i++) {
      const double x = decimal(tries[i], power);
      if (x > low && x <= high) {
        return x;
      }
    }
  }
  return high;
}

double rule_round_below(double low, double high)
{
  const double x = rule_round_above(-high, -low);
  return x == 0 ? 0 : -x;
}

/* ---- conditions that decide, and where their cuts may lie */

typedef struct Room {
  uint32_t below, above; /* ranks next to the cut among the rows that the other conditions select; RULE_NONE: none */
  bool idle;             /* no such row fails the condition */
} Room;

static bool others_meet(const SegmentRules *rules, const SegmentRule *rule, size_t which, size_t row)
{
  for (size_t i = 0; i < rule->n; i++) {
    if (i != which && !rule_meets(&rules->variables[rule->conditions[i].variable], &rule->conditions[i], row)) {
      return false;
    }
  }
  return true;
}

/* above: the lowest rank on the cut's upper side, below: the highest on its lower side. */
static Room find_room(const SegmentRules *rules, const SegmentRule *rule, size_t which)
{
  const RuleCondition *c = &rule->conditions[which];
  const RuleVariable *variable = &rules->variables[c->variable];
  const uint32_t first_above = c->operator== RULE_AT_LEAST ? c->cut : c->cut + 1;
  Room room = {RULE_NONE, RULE_NONE, true};
  for (size_t row = 0; row < frame_rows(rules->data); row++) {
    const uint32_t code = variable->codes[row];
    if (!others_meet(rules, rule, which, row)) {
      continue;
    }
    room.idle = room.idle && rule_meets(variable, c, row);
    if (code != RULE_NONE && code >= first_above) {
      room.above = code < room.above ? code : room.above;
    } else if (code != RULE_NONE) {
      room.below = room.below == RULE_NONE || code > room.below ? code : room.below;
    }
  }
  return room;
}

static void drop_condition(SegmentRule *rule, size_t which)
{
  rule->n--;
  for (size_t i = which; i < rule->n; i++) {
    rule->conditions[i] = rule->conditions[i + 1];
  }
}

/* A cut between two ranks; the cut's rank moves with it, so that conditions settled later see the same rows. */
static void settle_cut(const RuleVariable *variable, const Room *room, RuleCondition *c)
{
  const double low = room->below == RULE_NONE ? -(double)INFINITY : variable->values[room->below];
  const double high = room->above == RULE_NONE ? (double)INFINITY : variable->values[room->above];
  const bool up = c->operator== RULE_AT_LEAST;
  c->value = up ? rule_round_above(low, high) : rule_round_below(low, high);
  uint32_t first = 0; /* the first rank not below the value */
  for (uint32_t end = variable->n_codes; first < end;) {
    const uint32_t middle = first + (end - first) / 2;
    if (up ? variable->values[middle] < c->value : variable->values[middle] <= c->value) {
      first = middle + 1;
    } else {
      end = middle;
    }
  }
  c->cut = up ? first : first - 1;
}

static void count_selected(const SegmentRules *rules, const int64_t *labels, int64_t segment, SegmentRule *rule)
{
  rule->selected = rule->hit = 0;
  for (size_t row = 0; row < frame_rows(rules->data); row++) {
    if (others_meet(rules, rule, SIZE_MAX, row)) {
      rule->selected++;
      rule->hit += labels[row] == segment;
    }
  }
}

/* Conditions on one column stand together, the lower cut first. */
static void order_conditions(SegmentRule *rule)
{
  for (size_t i = 1; i < rule->n; i++) {
    for (size_t j = 0; j < i; j++) {
      const RuleCondition a = rule->conditions[j], b = rule->conditions[i];
      if (a.variable == b.variable) {
        for (size_t at = i; at > j + 1; at--) {
          rule->conditions[at] = rule->conditions[at - 1];
        }
        rule->conditions[j + 1] = a.operator> b.operator? a : b;
        rule->conditions[j] = a.operator> b.operator? b : a;
        break;
      }
    }
  }
}

Status rule_finish(Task *task, const SegmentRules *rules, const int64_t *labels, int64_t segment, SegmentRule *rule,
                   Error *e)
{
  for (size_t i = 0; i < rule->n;) {
    const Room room = find_room(rules, rule, i);
    const RuleVariable *variable = &rules->variables[rule->conditions[i].variable];
    if (task_cancelled(task)) {
      return error_cancelled(e);
    }
    if (room.idle) {
      drop_condition(rule, i);
      continue;
    }
    if (variable->column.kind == SEGMENT_NUMBER) {
      settle_cut(variable, &room, &rule->conditions[i]);
    }
    i++;
  }
  order_conditions(rule);
  count_selected(rules, labels, segment, rule);
  return STATUS_OK;
}

/* ---- as an expression */

static void put_level(const RuleVariable *variable, size_t code, Text *out)
{
  size_t length;
  const char *text = column_level(variable->column.values, code, &length);
  text_char(out, '\'');
  for (size_t i = 0; i < length; i++) {
    text_add(out, text[i] == '\'' ? "''" : &text[i], text[i] == '\'' ? 2 : 1);
  }
  text_char(out, '\'');
}

static void put_condition(const RuleVariable *variable, const RuleCondition *c, const char *name, Text *out)
{
  char number[32];
  switch (c->operator) {
  case RULE_TRUE: text_puts(out, name); return;
  case RULE_FALSE: text_printf(out, "not %s", name); return;
  case RULE_IN: break;
  default:
    text_of_double(c->value, number);
    text_printf(out, "%s %s %s", name, c->operator== RULE_AT_LEAST ? ">=" : "<=", number);
    return;
  }
  text_printf(out, c->n_levels > 1 ? "%s in [" : "%s = ", name);
  for (size_t i = 0; i < c->n_levels; i++) {
    text_puts(out, i ? ", " : "");
    put_level(variable, c->levels[i], out);
  }
  text_puts(out, c->n_levels > 1 ? "]" : "");
}

Status segment_rule_text(const SegmentRules *rules, const SegmentRule *rule, Arena *arena, Text *out, Error *e)
{
  for (size_t i = 0; i < rule->n; i++) {
    const RuleVariable *variable = &rules->variables[rule->conditions[i].variable];
    const char *name = formula_name(frame_name(rules->data, variable->column.column), arena);
    if (!name) {
      return error_memory(e, 0, _("a rule"));
    }
    text_puts(out, i ? " and " : "");
    put_condition(variable, &rule->conditions[i], name, out);
  }
  return text_status(out, e);
}
