/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/segment_rule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/segment_rule_layout.h"
#include "core/alloc.h"
#include "core/pool.h"
#include "core/reduce.h"

enum { BEAM = 6, KINDS = 2, ROUNDS = 10 };

/* A condition to be added to a state, with what the longer rule selects. */
typedef struct Candidate {
  RuleCondition condition;
  size_t state, hit, selected;
  double f1;
} Candidate;

typedef struct State {
  SegmentRule rule;
  uint32_t *rows; /* that it selects; NULL: all */
  size_t n;
} State;

/* Rows with one code among those looked at, and how many of them are in the segment. */
typedef struct Tally {
  uint32_t all, hits;
} Tally;

typedef struct Search {
  Task *task;
  const SegmentRules *rules;
  uint8_t *target; /* of each row: 1 in the segment */
  size_t n;
  size_t size;
  Tally *counts; /* for each worker, by code */
  size_t width;  /* codes of the widest variable */
  const State *states;
  Candidate *found; /* states x variables x KINDS */
} Search;

static double f1_of(size_t hit, size_t selected, size_t size)
{
  return selected + size > 0 ? 2 * (double)hit / ((double)selected + (double)size) : 0;
}

double segment_rule_precision(const SegmentRule *rule)
{
  return rule->selected > 0 ? (double)rule->hit / (double)rule->selected : (double)NAN;
}

double segment_rule_recall(const SegmentRule *rule)
{
  return rule->size > 0 ? (double)rule->hit / (double)rule->size : (double)NAN;
}

double segment_rule_f1(const SegmentRule *rule)
{
  return f1_of(rule->hit, rule->selected, rule->size);
}

/* ---- the best condition on one variable among some rows */

static void count_codes(const Search *s, const State *state, const uint32_t *codes, unsigned shift, Tally *counts)
{
  for (size_t i = 0; i < state->n; i++) {
    const size_t row = state->rows ? state->rows[i] : i;
    const uint32_t code = codes[row];
    if (code != RULE_NONE) {
      counts[code >> shift].all++;
      counts[code >> shift].hits += s->target[row];
    }
  }
}

/* The same by single codes, of buckets that are wanted. */
static void count_wanted(const Search *s, const State *state, const uint32_t *codes, unsigned shift, const bool *wanted,
                         Tally *counts)
{
  for (size_t i = 0; i < state->n; i++) {
    const size_t row = state->rows ? state->rows[i] : i;
    const uint32_t code = codes[row];
    if (code != RULE_NONE && wanted[code >> shift]) {
      counts[code].all++;
      counts[code].hits += s->target[row];
    }
  }
}

static void better(const Search *s, Candidate *best, RuleOperator operator, uint32_t cut, size_t hit, size_t selected)
{
  const double f1 = f1_of(hit, selected, s->size);
  if (f1 > best->f1) {
    best->f1 = f1;
    best->hit = hit;
    best->selected = selected;
    best->condition.operator= operator;
    best->condition.cut = cut;
  }
}

/* m tallies of 2^shift codes each. */
static void best_cuts(const Search *s, const Tally *counts, uint32_t m, unsigned shift, Candidate *up, Candidate *down)
{
  size_t hit = 0, selected = 0;
  for (uint32_t i = 0; i < m; i++) {
    hit += counts[i].hits;
    selected += counts[i].all;
    if (counts[i].all > 0) {
      better(s, down, RULE_AT_MOST, ((i + 1) << shift) - 1, hit, selected);
    }
  }
  hit = selected = 0;
  for (uint32_t i = m; i-- > 0;) {
    hit += counts[i].hits;
    selected += counts[i].all;
    if (counts[i].all > 0) {
      better(s, up, RULE_AT_LEAST, i << shift, hit, selected);
    }
  }
}

/* ---- numbers with many values: first by buckets of codes, then by codes where a cut could be better than the best
 * between buckets. No cut within a bucket is better than one that takes all its hits and nothing else. */

enum { BUCKETS = 4096, FEW_CODES = 2 * BUCKETS };

static unsigned bucket_shift(uint32_t codes)
{
  unsigned shift = 0;
  while (codes > FEW_CODES && (codes - 1) >> shift >= BUCKETS) {
    shift++;
  }
  return shift;
}

static void want_buckets(const Search *s, const Tally *buckets, uint32_t m, const Candidate *up, const Candidate *down,
                         bool *wanted)
{
  size_t hit = 0, selected = 0;
  for (uint32_t i = 0; i < m; i++) {
    wanted[i] = f1_of(hit + buckets[i].hits, selected + buckets[i].hits, s->size) > down->f1;
    hit += buckets[i].hits;
    selected += buckets[i].all;
  }
  hit = selected = 0;
  for (uint32_t i = m; i-- > 0;) {
    wanted[i] = wanted[i] || f1_of(hit + buckets[i].hits, selected + buckets[i].hits, s->size) > up->f1;
    hit += buckets[i].hits;
    selected += buckets[i].all;
  }
}

static uint32_t bucket_end(uint32_t bucket, unsigned shift, uint32_t codes)
{
  const uint64_t end = ((uint64_t)bucket + 1) << shift;
  return end < codes ? (uint32_t)end : codes;
}

static void refine(const Search *s, const Tally *buckets, uint32_t m, unsigned shift, const bool *wanted,
                   const Tally *counts, uint32_t codes, Candidate *up, Candidate *down)
{
  size_t hit = 0, selected = 0, all_hits = 0, all = 0;
  for (uint32_t i = 0; i < m; i++) {
    all_hits += buckets[i].hits;
    all += buckets[i].all;
  }
  for (uint32_t i = 0; i < m; i++) {
    size_t own_hit = hit, own = selected;
    for (uint32_t code = i << shift; wanted[i] && code < bucket_end(i, shift, codes); code++) {
      if (counts[code].all > 0) {
        better(s, up, RULE_AT_LEAST, code, all_hits - own_hit, all - own);
        own_hit += counts[code].hits;
        own += counts[code].all;
        better(s, down, RULE_AT_MOST, code, own_hit, own);
      }
    }
    hit += buckets[i].hits;
    selected += buckets[i].all;
  }
}

static void try_buckets(const Search *s, const State *state, const RuleVariable *variable, unsigned shift,
                        Tally *counts, Candidate *up, Candidate *down)
{
  Tally buckets[BUCKETS] = {{0, 0}};
  bool wanted[BUCKETS];
  const uint32_t m = ((variable->n_codes - 1) >> shift) + 1;
  count_codes(s, state, variable->codes, shift, buckets);
  best_cuts(s, buckets, m, shift, up, down);
  want_buckets(s, buckets, m, up, down, wanted);
  for (uint32_t i = 0; i < m; i++) {
    if (wanted[i]) {
      const uint32_t begin = i << shift;
      memset(counts + begin, 0, (bucket_end(i, shift, variable->n_codes) - begin) * sizeof *counts);
    }
  }
  count_wanted(s, state, variable->codes, shift, wanted, counts);
  refine(s, buckets, m, shift, wanted, counts, variable->n_codes, up, down);
}

static int by_code(const void *a, const void *b)
{
  const size_t x = *(const size_t *)a, y = *(const size_t *)b;
  return (x > y) - (x < y);
}

static bool purer(const Tally *a, const Tally *b)
{
  return (uint64_t)a->hits * b->all > (uint64_t)b->hits * a->all;
}

/* Levels by falling share of the segment; each of the first few is found by a scan. */
static void best_levels(const Search *s, const Tally *counts, uint32_t m, Candidate *best)
{
  size_t taken[RULE_LEVELS] = {0}, n = 0, hit = 0, selected = 0;
  while (n < RULE_LEVELS) {
    size_t next = m;
    for (size_t code = 0; code < m; code++) {
      bool used = counts[code].hits == 0;
      for (size_t i = 0; i < n; i++) {
        used = used || taken[i] == code;
      }
      if (!used && (next == m || purer(&counts[code], &counts[next]))) {
        next = code;
      }
    }
    if (next == m) {
      break;
    }
    taken[n++] = next;
    hit += counts[next].hits;
    selected += counts[next].all;
    const double before = best->f1;
    better(s, best, RULE_IN, 0, hit, selected);
    if (best->f1 > before) {
      best->condition.n_levels = n;
      memcpy(best->condition.levels, taken, n * sizeof *taken);
    }
  }
  qsort(best->condition.levels, best->condition.n_levels, sizeof *taken, by_code);
}

static void try_variable(void *context, size_t item, size_t worker)
{
  const Search *s = context;
  const size_t state = item / s->rules->n_variables, number = item % s->rules->n_variables;
  const RuleVariable *variable = &s->rules->variables[number];
  Tally *counts = s->counts + worker * s->width;
  Candidate *found = s->found + item * KINDS;
  for (size_t i = 0; i < KINDS; i++) {
    found[i] =
        (Candidate){.condition = {.variable = number}, .state = state, .f1 = segment_rule_f1(&s->states[state].rule)};
  }
  if (task_cancelled(s->task)) {
    return;
  }
  const unsigned shift = variable->column.kind == SEGMENT_NUMBER ? bucket_shift(variable->n_codes) : 0;
  if (shift > 0) {
    try_buckets(s, &s->states[state], variable, shift, counts, &found[0], &found[1]);
    return;
  }
  memset(counts, 0, variable->n_codes * sizeof *counts);
  count_codes(s, &s->states[state], variable->codes, 0, counts);
  switch (variable->column.kind) {
  case SEGMENT_NUMBER:
    best_cuts(s, counts, variable->n_codes, 0, &found[0], &found[1]);
    break;
  case SEGMENT_FLAG:
    better(s, &found[0], RULE_TRUE, 0, counts[1].hits, counts[1].all);
    better(s, &found[1], RULE_FALSE, 0, counts[0].hits, counts[0].all);
    break;
  default:
    best_levels(s, counts, variable->n_codes, &found[0]);
    break;
  }
}

/* Fills found with the best conditions for each of the states. */
static Status try_all(Search *s, const State *states, size_t n, Error *e)
{
  s->states = states;
  pool_run(task_threads(s->task), n * s->rules->n_variables, try_variable, s);
  return task_cancelled(s->task) ? error_cancelled(e) : STATUS_OK;
}

/* ---- the beam */

static int by_f1(const void *a, const void *b)
{
  const Candidate *x = a, *y = b;
  if (x->f1 != y->f1) {
    return x->f1 > y->f1 ? -1 : 1;
  }
  const size_t u[] = {x->state, x->condition.variable, x->condition.operator};
  const size_t v[] = {y->state, y->condition.variable, y->condition.operator};
  for (size_t i = 0; i < 3; i++) {
    if (u[i] != v[i]) {
      return u[i] < v[i] ? -1 : 1;
    }
  }
  return 0;
}

static Status select_rows(const Search *s, const State *from, const RuleCondition *condition, State *to, Error *e)
{
  const RuleVariable *variable = &s->rules->variables[condition->variable];
  to->rows = mem_alloc(from->n, sizeof *to->rows);
  to->n = 0;
  if (!to->rows) {
    return error_memory(e, from->n * sizeof *to->rows, _("a rule"));
  }
  for (size_t i = 0; i < from->n; i++) {
    const size_t row = from->rows ? from->rows[i] : i;
    if (rule_meets(variable, condition, row)) {
      to->rows[to->n++] = (uint32_t)row;
    }
  }
  return STATUS_OK;
}

static Status extend(const Search *s, const State *from, const Candidate *candidate, State *to, Error *e)
{
  *to = (State){.rule = from->rule};
  to->rule.conditions[to->rule.n++] = candidate->condition;
  to->rule.hit = candidate->hit;
  to->rule.selected = candidate->selected;
  return select_rows(s, from, &candidate->condition, to, e);
}

static void states_free(State *states, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    mem_free(states[i].rows);
    states[i] = (State){.rows = NULL};
  }
}

/* One condition more: the best few of all extensions that gain anything. Of those that select as many rows and as many
 * of the segment only the first is kept: most often they are the same rows. */
static Status widen(Search *s, const State *states, size_t n, State *next, size_t *n_next, Error *e)
{
  const size_t all = n * s->rules->n_variables * KINDS;
  *n_next = 0;
  Status status = try_all(s, states, n, e);
  if (status != STATUS_OK) {
    return status;
  }
  qsort(s->found, all, sizeof *s->found, by_f1);
  for (size_t i = 0; status == STATUS_OK && i < all && *n_next < BEAM; i++) {
    const Candidate *c = &s->found[i];
    bool fresh = c->f1 > segment_rule_f1(&states[c->state].rule);
    for (size_t j = 0; j < *n_next; j++) {
      fresh = fresh && !(next[j].rule.hit == c->hit && next[j].rule.selected == c->selected);
    }
    if (fresh) {
      status = extend(s, &states[c->state], c, &next[*n_next], e);
      *n_next += 1;
    }
  }
  return status;
}

/* ---- each condition anew */

/* The rows that all conditions but one select. */
static Status without(const Search *s, const SegmentRule *rule, size_t left_out, State *out, Error *e)
{
  *out = (State){.n = s->n, .rule = {.size = s->size}};
  Status status = STATUS_OK;
  for (size_t i = 0; status == STATUS_OK && i < rule->n; i++) {
    if (i != left_out) {
      State next = {.n = 0};
      status = select_rows(s, out, &rule->conditions[i], &next, e);
      mem_free(out->rows);
      out->rows = next.rows;
      out->n = next.n;
    }
  }
  return status;
}

static Status renew(Search *s, SegmentRule *rule, size_t which, bool *improved, Error *e)
{
  State state;
  Status status = without(s, rule, which, &state, e);
  if (status == STATUS_OK) {
    status = try_all(s, &state, 1, e);
  }
  mem_free(state.rows);
  if (status != STATUS_OK) {
    return status;
  }
  qsort(s->found, s->rules->n_variables * KINDS, sizeof *s->found, by_f1);
  if (s->found->f1 > segment_rule_f1(rule)) {
    rule->conditions[which] = s->found->condition;
    rule->hit = s->found->hit;
    rule->selected = s->found->selected;
    *improved = true;
  }
  return STATUS_OK;
}

static Status polish(Search *s, SegmentRule *rule, Error *e)
{
  bool improved = rule->n > 1;
  Status status = STATUS_OK;
  for (size_t round = 0; status == STATUS_OK && improved && round < ROUNDS; round++) {
    improved = false;
    for (size_t i = 0; status == STATUS_OK && i < rule->n; i++) {
      status = renew(s, rule, i, &improved, e);
    }
  }
  return status;
}

/* ---- one segment, all segments */

static Status find_rule(Search *s, const RuleAsk *ask, SegmentRule *out, Error *e)
{
  State states[BEAM] = {{.n = s->n}}, next[BEAM] = {{.n = 0}};
  size_t n = 1, n_next = 0;
  Status status = STATUS_OK;
  states[0].rule = (SegmentRule){.size = s->size, .selected = s->n, .hit = s->size};
  *out = states[0].rule;
  for (size_t depth = 0; status == STATUS_OK && n > 0 && depth < ask->conditions; depth++) {
    if (depth > 0 && segment_rule_f1(out) + ask->gain > 1) {
      break; /* nothing longer could gain enough */
    }
    status = widen(s, states, n, next, &n_next, e);
    states_free(states, BEAM);
    memcpy(states, next, sizeof states);
    memset(next, 0, sizeof next);
    n = n_next;
    if (status == STATUS_OK && n > 0) {
      SegmentRule best = states[0].rule;
      status = polish(s, &best, e);
      *out = depth == 0 || segment_rule_f1(&best) >= segment_rule_f1(out) + ask->gain ? best : *out;
    }
  }
  states_free(states, BEAM);
  return status;
}

static Status search_begin(Search *s, Error *e)
{
  for (size_t i = 0; i < s->rules->n_variables; i++) {
    s->width = s->rules->variables[i].n_codes > s->width ? s->rules->variables[i].n_codes : s->width;
  }
  s->counts = mem_alloc(task_threads(s->task) * s->width, sizeof *s->counts);
  s->target = mem_alloc(s->n, sizeof *s->target);
  s->found = mem_alloc(BEAM * s->rules->n_variables * KINDS, sizeof *s->found);
  return s->counts && s->found && s->target ? STATUS_OK : error_memory(e, s->width * sizeof *s->counts, _("a rule"));
}

static Status find_all(Task *task, const int64_t *labels, const RuleAsk *ask, SegmentRules *rules, Error *e)
{
  Search s = {.task = task, .rules = rules, .n = frame_rows(rules->data)};
  Status status = search_begin(&s, e);
  for (size_t segment = 0; status == STATUS_OK && segment < rules->k; segment++) {
    SegmentRule *rule = &rules->rules[segment];
    const int64_t label = (int64_t)segment + 1;
    s.size = 0;
    for (size_t row = 0; row < s.n; row++) {
      s.target[row] = labels[row] == label;
      s.size += s.target[row];
    }
    rule->size = s.size;
    if (s.size > 0) {
      status = find_rule(&s, ask, rule, e);
    }
    if (status == STATUS_OK) {
      status = rule_finish(task, rules, labels, label, rule, e);
    }
    task_progress(task, segment + 1, rules->k);
  }
  mem_free(s.counts);
  mem_free(s.found);
  mem_free(s.target);
  return status;
}

Status segment_rules_find(Task *task, const Frame *data, const int64_t *labels, size_t k, const RuleAsk *ask,
                          SegmentRules *out, Error *e)
{
  const size_t n = frame_rows(data);
  *out = (SegmentRules){.data = data, .k = k};
  Status status;
  if (n >= UINT32_MAX) {
    return error_set(e, STATUS_LIMIT, "too-large", _("rules are searched in fewer than 2^32 rows, not in %zu"), n);
  }
  TRY(task_reserve(task, n * frame_columns(data) * sizeof(uint32_t), _("a rule"), e));
  out->rules = mem_zero(k, sizeof *out->rules);
  TRY(out->rules ? STATUS_OK : error_memory(e, 0, _("a rule")));
  TRY(rule_variables(task, ask, out, e));
  TRY(find_all(task, labels, ask, out, e));
done:
  if (status != STATUS_OK) {
    segment_rules_free(out);
  }
  return status;
}
