/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page Rules: a table of rules with the counts behind each, the rules around an item, and what goes with a basket. Any model
 * whose tidy frame has two columns of sets called lhs and rhs, with support, confidence and lift, is a set of rules. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "registry/model.h"
#include "registry/registry.h"
#include "tui/chart_panel.h"
#include "tui/input.h"
#include "tui/list_panel.h"
#include "tui/models_panel.h"
#include "tui/table_panel.h"
#include "tui/text_panel.h"
#include "view/number.h"
#include "view/width.h"

enum { NAME = 128, AROUND_MOST = 200, BASKET_MOST = 30 };

typedef struct State {
  ModelsPanel models;
  TablePanel rules;
  TextPanel detail, around;
  ChartPanel chart;
  char name[NAME], item[NAME]; /* of the model; the item that `around` is about, "": the first one of the rule */
  Model *model;
} State;

/* ---- rules in a frame */

typedef struct RuleColumns {
  const Column *lhs, *rhs, *support, *confidence, *lift, *count;
} RuleColumns;

static const Column *find(const Frame *frame, const char *name)
{
  size_t column;
  return frame && frame_find(frame, name, &column) ? frame_column(frame, column) : NULL;
}

static bool rule_columns(const Frame *frame, RuleColumns *out)
{
  *out = (RuleColumns){find(frame, "lhs"), find(frame, "rhs"), find(frame, "support"), find(frame, "confidence"), find(frame, "lift"),
                       find(frame, "count")};
  return out->lhs && out->rhs && out->support && out->confidence && out->lift && out->count &&
         column_type(out->lhs) == TYPE_SET && column_type(out->rhs) == TYPE_SET && column_type(out->support) == TYPE_FLOAT64 &&
         column_type(out->confidence) == TYPE_FLOAT64 && column_type(out->lift) == TYPE_FLOAT64 &&
         column_type(out->count) == TYPE_INT64;
}

static bool has_rules(const SessionVariable *variable)
{
  RuleColumns columns;
  return variable->kind == VALUE_MODEL && rule_columns(model_frame(variable->value.model, "tidy"), &columns);
}

static void note_rules(const SessionVariable *model, Text *out)
{
  text_printf(out, "%zu", frame_rows(model_frame(model->value.model, "tidy")));
}

/* ---- detail: the table of counts behind the measures */

static void put_side(const Column *sets, size_t row, Text *out)
{
  const int32_t *codes;
  const size_t n = column_set(sets, row, &codes);
  for (size_t i = 0; i < n; i++) {
    size_t length;
    const char *text = column_level(sets, (size_t)codes[i], &length);
    text_puts(out, i ? ", " : "");
    text_add(out, text, length);
  }
  text_puts(out, n ? "" : _("(nothing)"));
}

/* All baskets, those with the left side, those with the right side: exact whole numbers behind the rounded measures. */
static void margins(const RuleColumns *c, size_t row, double *n, double *left, double *right)
{
  const double both = (double)column_int(c->count, row);
  *n = round(both / column_float(c->support, row));
  *left = round(both / column_float(c->confidence, row));
  *right = round(column_float(c->confidence, row) / column_float(c->lift, row) * *n);
}

static void write_detail(Tui *tui, void *context, const ViewStyle *style, Text *out)
{
  const State *state = context;
  RuleColumns c;
  Text rule = {0};
  (void)tui;
  if (!rule_columns(state->rules.frame, &c) || state->rules.row >= frame_rows(state->rules.frame)) {
    return;
  }
  double n, left, right;
  const size_t row = state->rules.row;
  const double both = (double)column_int(c.count, row);
  margins(&c, row, &n, &left, &right);
  put_side(c.lhs, row, &rule);
  text_puts(&rule, " => ");
  put_side(c.rhs, row, &rule);
  (void)style_paragraph(style, VIEW_TITLE, text_data(&rule), 2, 0, 2, out);
  const struct {
    const char *label;
    double cells[3];
  } rows[] = {{_("left"), {both, left - both, left}},
              {_("no left"), {right - both, n - left - right + both, n - left}},
              {_("all"), {right, n - right, n}}};
  const char *heads[] = {_("right"), _("no right"), _("all")};
  text_printf(out, "%10s", "");
  for (size_t i = 0; i < 3; i++) {
    text_puts(out, " ");
    width_right(out, heads[i], strlen(heads[i]), 9, style->ascii);
  }
  text_puts(out, "\n");
  for (size_t i = 0; i < 3; i++) {
    width_left(out, rows[i].label, strlen(rows[i].label), 10, style->ascii);
    text_printf(out, " %9.0f %9.0f %9.0f\n", rows[i].cells[0], rows[i].cells[1], rows[i].cells[2]);
  }
  text_printf(out, _("confidence %1$.3f = %2$.0f / %3$.0f\n"), both / left, both, left);
  text_printf(out, _("lift %1$.3f = %2$.3f / (%3$.0f / %4$.0f)\n"), both / left / (right / n), both / left, right, n);
  text_free(&rule);
}

/* ---- the rules around an item, and with a basket */

static bool holds(const Column *sets, size_t row, const char *wanted)
{
  const int32_t *codes;
  const size_t n = column_set(sets, row, &codes), size = strlen(wanted);
  for (size_t i = 0; i < n; i++) {
    size_t length;
    const char *text = column_level(sets, (size_t)codes[i], &length);
    if (length == size && memcmp(text, wanted, size) == 0) {
      return true;
    }
  }
  return false;
}

typedef struct Found {
  size_t row;
  double measure;
} Found;

static int by_measure(const void *a, const void *b)
{
  const Found *x = a, *y = b;
  if (x->measure != y->measure) {
    return x->measure > y->measure ? -1 : 1;
  }
  return (x->row > y->row) - (x->row < y->row);
}

/* All of them, the largest lift first. */
static size_t rules_of(const RuleColumns *c, const Column *side, const char *wanted, Found *out)
{
  size_t n = 0;
  for (size_t row = 0; row < column_rows(side); row++) {
    if (holds(side, row, wanted)) {
      out[n++] = (Found){row, column_float(c->lift, row)};
    }
  }
  qsort(out, n, sizeof *out, by_measure);
  return n;
}

static void put_arms(const RuleColumns *c, const char *title, const Column *other, const Found *found, size_t n, const ViewStyle *style,
                     Text *out)
{
  Text line = {0};
  text_printf(out, "%s\n", title);
  for (size_t i = 0; i < n && i < AROUND_MOST; i++) {
    text_reset(&line);
    text_printf(&line, "  %5.2f  ", column_float(c->lift, found[i].row));
    put_side(other, found[i].row, &line);
    (void)style_paragraph(style, VIEW_PLAIN, text_data(&line), 9, 0, 0, out);
  }
  if (n == 0) {
    text_printf(out, "  %s\n", _("no rule"));
  } else if (n > AROUND_MOST) {
    text_printf(out, _("  and %zu more\n"), n - AROUND_MOST);
  }
  text_free(&line);
}

/* The item in the middle: what brings it, what it brings. The rules are looked through each time: some milliseconds for 100,000. */
static void write_around(Tui *tui, void *context, const ViewStyle *style, Text *out)
{
  State *state = context;
  RuleColumns c;
  char wanted[NAME] = "";
  (void)tui;
  if (!state->model || !rule_columns(model_frame(state->model, "tidy"), &c)) {
    return;
  }
  snprintf(wanted, sizeof wanted, "%s", state->item);
  RuleColumns shown;
  if (!wanted[0] && rule_columns(state->rules.frame, &shown) && state->rules.row < frame_rows(state->rules.frame)) {
    const int32_t *codes;
    size_t length;
    if (column_set(shown.lhs, state->rules.row, &codes) > 0) {
      const char *text = column_level(shown.lhs, (size_t)codes[0], &length);
      snprintf(wanted, sizeof wanted, "%.*s", (int)length, text);
    }
  }
  Found *found = mem_alloc(column_rows(c.lhs) + 1, sizeof *found);
  if (!wanted[0] || !found) {
    mem_free(found);
    return;
  }
  text_printf(out, _("%s; numbers are lifts\n"), wanted);
  size_t n = rules_of(&c, c.rhs, wanted, found);
  put_arms(&c, _("is brought by"), c.lhs, found, n, style, out);
  n = rules_of(&c, c.lhs, wanted, found);
  put_arms(&c, _("brings (with others)"), c.rhs, found, n, style, out);
  mem_free(found);
}

/* Whether every item of the set is one of the basket's lines ("\n" between and around). */
static bool within(const Column *sets, size_t row, const char *basket)
{
  const int32_t *codes;
  const size_t n = column_set(sets, row, &codes);
  Text line = {0};
  bool all = true;
  for (size_t i = 0; i < n && all; i++) {
    size_t length;
    const char *text = column_level(sets, (size_t)codes[i], &length);
    text_reset(&line);
    text_puts(&line, "\n");
    text_add(&line, text, length);
    text_puts(&line, "\n");
    all = strstr(basket, text_data(&line)) != NULL;
  }
  text_free(&line);
  return all;
}

/* The right sides of rules whose left side is in the basket, by confidence; what is in the basket already is left out. */
static void put_recommended(const RuleColumns *c, const char *basket, Text *out)
{
  Found *found = mem_alloc(column_rows(c->lhs) + 1, sizeof *found);
  size_t n = 0;
  for (size_t row = 0; found && row < column_rows(c->lhs); row++) {
    if (within(c->lhs, row, basket) && !within(c->rhs, row, basket)) {
      found[n++] = (Found){row, column_float(c->confidence, row)};
    }
  }
  if (found) {
    qsort(found, n, sizeof *found, by_measure);
  }
  text_printf(out, _("rules whose left side is in the basket: %zu\nconfidence  lift\n"), n);
  for (size_t i = 0; i < n && i < BASKET_MOST; i++) {
    text_printf(out, "%10.3f %5.2f  ", found[i].measure, column_float(c->lift, found[i].row));
    put_side(c->rhs, found[i].row, out);
    text_puts(out, _("   because of "));
    put_side(c->lhs, found[i].row, out);
    text_puts(out, "\n");
  }
  if (n > BASKET_MOST) {
    text_printf(out, _("and %zu more\n"), n - BASKET_MOST);
  }
  mem_free(found);
}

/* ---- showing */

static void moved_rule(Tui *tui, void *context, size_t row, size_t column)
{
  State *state = context;
  (void)row;
  (void)column;
  text_panel_renew(tui, &state->detail);
  text_panel_renew(tui, &state->around);
}

static void show_model(Tui *tui, void *context, const SessionVariable *variable)
{
  State *state = context;
  Model *model = variable ? model_ref(variable->value.model) : NULL;
  const bool same = variable && strcmp(state->name, variable->name) == 0 && state->model == model;
  Text lua = {0};
  model_unref(state->model);
  state->model = model;
  if (same) {
    return;
  }
  snprintf(state->name, sizeof state->name, "%s", variable ? variable->name : "");
  state->item[0] = '\0';
  text_printf(&lua, "%s:tidy()", state->name);
  table_panel_show(tui, &state->rules, model ? text_data(&lua) : "", model ? model_frame(model, "tidy") : NULL);
  text_reset(&lua);
  text_printf(&lua, "%s:plot()", state->name);
  if (model) {
    chart_panel_query(tui, &state->chart, text_data(&lua));
  } else {
    chart_panel_words(tui, &state->chart, "");
  }
  text_free(&lua);
  moved_rule(tui, state, 0, 0);
}

/* ---- actions */

static bool has_model(Tui *tui, void *context)
{
  (void)tui;
  return ((State *)context)->model != NULL;
}

/* Copies of the items of both sides, n of them; NULL without memory. */
static char **items_of(const RuleColumns *c, size_t *n)
{
  const size_t left = column_levels(c->lhs);
  *n = left + column_levels(c->rhs);
  char **items = mem_zero(*n ? *n : 1, sizeof *items);
  for (size_t i = 0; items && i < *n; i++) {
    size_t length;
    const char *item = i < left ? column_level(c->lhs, i, &length) : column_level(c->rhs, i - left, &length);
    items[i] = mem_text(item, length);
  }
  return items;
}

/* Whether rules may have the item; else adds a line that says so, with the nearest that there is. O(items). */
static bool knows_item(const RuleColumns *c, const char *item, Text *why)
{
  size_t n, filled = 0;
  char **items = items_of(c, &n);
  bool known = !items;
  for (; items && filled < n && items[filled]; filled++) {
    known = known || strcmp(items[filled], item) == 0;
  }
  const size_t near = known ? n : text_nearest(item, (const char *const *)items, filled);
  if (!known && near < filled) {
    text_printf(why, _("no rule has '%1$s'; did you mean '%2$s'?\n"), item, items[near]);
  } else if (!known) {
    text_printf(why, _("no rule has '%s'\n"), item);
  }
  for (size_t i = 0; items && i < n; i++) {
    mem_free(items[i]);
  }
  mem_free(items);
  return known;
}

static bool item_done(Tui *tui, void *context, const char *text)
{
  State *state = context;
  Text filter = {0};
  RuleColumns columns;
  if (text && *text && rule_columns(model_frame(state->model, "tidy"), &columns) && !knows_item(&columns, text, &filter)) {
    input_note(tui, VIEW_ERROR, "%.*s", (int)strcspn(text_data(&filter), "\n"), text_data(&filter));
    text_free(&filter);
    return false;
  }
  if (text) {
    snprintf(state->item, sizeof state->item, "%s", text);
    for (const char *c = text; *text && *c; c++) { /* an expression's text: quotes are doubled */
      text_puts(&filter, c == text ? "'" : "");
      text_add(&filter, c, 1);
      text_puts(&filter, *c == '\'' ? "'" : "");
    }
    if (*text) {
      Text both = {0};
      text_puts(&filter, "'");
      text_printf(&both, "%1$s in lhs or %1$s in rhs", text_data(&filter));
      table_panel_follow(tui, &state->rules, &(TableSteps){0}, text_data(&both));
      text_free(&both);
    } else {
      table_panel_follow(tui, &state->rules, &(TableSteps){0}, NULL);
    }
    moved_rule(tui, state, 0, 0);
  }
  text_free(&filter);
  return true;
}

static void ask_item(Tui *tui, void *context)
{
  const InputRequest request = {.prompt = _("rules with the item (empty: all): "), .history = "items", .context = context,
                                .done = item_done};
  tui_ask(tui, &request);
}

static bool basket_done(Tui *tui, void *context, const char *text)
{
  State *state = context;
  RuleColumns c;
  if (text && *text && rule_columns(model_frame(state->model, "tidy"), &c)) {
    Text basket = {0}, found = {0};
    text_puts(&basket, "\n");
    for (const char *at = text; *at;) {
      size_t n = strcspn(at, ",");
      const char *next = at + n + (at[n] == ',');
      for (; n > 0 && *at == ' '; n--) {
        at++;
      }
      for (; n > 0 && at[n - 1] == ' '; n--) {
      }
      char *item = mem_text(at, n);
      if (item && *item) {
        (void)knows_item(&c, item, &found);
      }
      mem_free(item);
      text_add(&basket, at, n);
      text_puts(&basket, "\n");
      at = next;
    }
    put_recommended(&c, text_data(&basket), &found);
    tui_popup(tui, _("What goes with this basket"), &found);
    text_free(&basket);
    text_free(&found);
  }
  return true;
}

static void ask_basket(Tui *tui, void *context)
{
  const InputRequest request = {.prompt = _("items in the basket, commas between: "), .history = "basket", .context = context,
                                .done = basket_done};
  tui_ask(tui, &request);
}

static bool is_baskets(const SessionVariable *variable)
{
  const Frame *frame = variable->kind == VALUE_FRAME ? variable->value.frame : NULL;
  bool has = false;
  for (size_t i = 0; frame && i < frame_columns(frame) && !has; i++) {
    has = column_type(frame_column(frame, i)) == TYPE_SET;
  }
  return has;
}

static void mine(Tui *tui, void *context)
{
  const SessionVariable *subject = tui_object(tui, tui_subject(tui)), *found = subject && is_baskets(subject) ? subject : NULL;
  size_t n;
  const SessionVariable *all = tui_objects(tui, &n);
  (void)context;
  for (size_t i = 0; i < n && !found; i++) {
    found = is_baskets(&all[i]) ? &all[i] : NULL;
  }
  if (found) {
    tui_choose(tui, found->name);
  } else {
    tui_message(tui, VIEW_PLAIN, "%s", _("rules are mined of baskets: make them here first, then F again"));
  }
  tui_go(tui, "run", found ? "rules.rules" : "frame.baskets");
}

static const Action actions[] = {
  {.key = "i", .name = N_("item"), .help = N_("only rules with an item, and what is around it"), .group = N_("Find"), .run = ask_item,
   .applies = has_model},
  {.key = "B", .name = N_("basket"), .help = N_("what goes with a basket, by the rules whose left side is in it"), .group = N_("Look"),
   .run = ask_basket, .applies = has_model},
  {.key = "F", .name = N_("find rules"), .help = N_("the form that mines rules of baskets; without baskets, the one that makes them"),
   .group = N_("Run"), .run = mine},
};

/* ---- the page */

static Status open(Tui *tui, void *context, Error *e)
{
  State *state = context;
  (void)e;
  state->models = (ModelsPanel){.context = state, .has = has_rules, .note = note_rules, .show = show_model, .shown = state->name};
  models_panel_open(&state->models, _("none yet: F mines them"));
  state->rules = (TablePanel){.context = state, .moved = moved_rule, .empty = _("no rules yet: F mines them")};
  state->detail = (TextPanel){.context = state, .write = write_detail, .unlimited = true, .stale = true};
  state->around = (TextPanel){.context = state, .write = write_around, .unlimited = true, .stale = true};
  models_panel_choose(tui, &state->models, "");
  return STATUS_OK;
}

static void close(Tui *tui, void *context)
{
  State *state = context;
  tui_forget(tui, state);
  model_unref(state->model);
}

static void show(Tui *tui, void *context, const char *object)
{
  State *state = context;
  models_panel_choose(tui, &state->models, object);
  if (state->model) { /* where filters and orders are */
    tui_focus(tui, "rules");
  }
}

static void changed(Tui *tui, void *context)
{
  State *state = context;
  models_panel_choose(tui, &state->models, state->name);
}

static void lua(Tui *tui, void *context, Text *out)
{
  const State *state = context;
  (void)tui;
  table_panel_lua(&state->rules, out);
}

static const PanelSlot slots[] = {
  {.name = "models", .title = N_("Rules"), .class = &list_panel, .at = offsetof(State, models)},
  {.name = "rules", .title = N_("Table"), .class = &table_panel, .at = offsetof(State, rules)},
  {.name = "detail", .title = N_("Counts"), .class = &text_panel, .at = offsetof(State, detail)},
  {.name = "around", .title = N_("Around an item"), .class = &text_panel, .at = offsetof(State, around)},
  {.name = "chart", .title = N_("Chart"), .class = &chart_panel, .at = offsetof(State, chart)},
};

static const Page rules = {
  .order = 45,
  .name = "rules",
  .title = N_("Rules"),
  .help = N_("Association rules: sort and filter the table; the counts behind the rule at the cursor; the rules around an item (i); "
             "what goes with a basket (B)."),
  .state_size = sizeof(State),
  .slots = slots,
  .n_slots = sizeof slots / sizeof *slots,
  .layout = "((models:5/chart):24|rules)/(detail:44|around):11",
  .actions = actions,
  .n_actions = sizeof actions / sizeof *actions,
  .open = open,
  .close = close,
  .show = show,
  .suits = has_rules,
  .changed = changed,
  .lua = lua,
};
REGISTER_PAGE(rules);
