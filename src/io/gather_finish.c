/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From gathered cells to a frame: names, the columns asked for, types, and the report of what was decided. */
#include <string.h>

#include "core/alloc.h"
#include "frame/builder.h"
#include "io/gather_layout.h"
#include "io/report_columns.h"
#include "io/report_text.h"

typedef struct Finish {
  Gather *gather;
  const GatherPlan *plan;
  Task *task;
  Text *report, lines, call; /* lines about single columns; types = {...} for a first column of values */
  char **names;
  ReportColumns columns; /* those of which there is nothing else to say */
  size_t missing;
} Finish;

/* ---- names */

static Status unique_name(Finish *f, Map *map, size_t column, const char *stem, size_t number, Error *e)
{
  Text name = {0};
  bool fresh = false;
  Status status = STATUS_OK;
  while (status == STATUS_OK && !fresh) {
    size_t ignored;
    text_reset(&name);
    text_printf(&name, "%s_%zu", stem, number++);
    status = text_status(&name, e);
    if (status == STATUS_OK) {
      status = map_put(map, text_data(&name), name.size, &ignored, &fresh, e);
    }
  }
  f->names[column] = status == STATUS_OK ? text_take(&name) : NULL;
  text_free(&name);
  return status;
}

/* Names given once go first, so that no made one takes theirs. */
static Status make_names(Finish *f, Error *e)
{
  const GatherPlan *plan = f->plan;
  Map *map = map_new();
  Status status = map ? STATUS_OK : error_memory(e, 0, _("the columns' names"));
  for (size_t i = 0; status == STATUS_OK && i < plan->columns; i++) {
    const char *name = plan->names && plan->names[i] ? plan->names[i] : "";
    size_t ignored;
    bool fresh = false;
    status = *name ? map_put(map, name, strlen(name), &ignored, &fresh, e) : STATUS_OK;
    if (status == STATUS_OK && fresh && !(f->names[i] = mem_string(name))) {
      status = error_memory(e, strlen(name), _("the columns' names"));
    }
  }
  for (size_t i = 0; status == STATUS_OK && i < plan->columns; i++) {
    const char *name = plan->names && plan->names[i] ? plan->names[i] : "";
    if (!f->names[i]) {
      status = unique_name(f, map, i, *name ? name : "column", *name ? 2 : i + 1, e);
      if (status == STATUS_OK && *name) {
        text_printf(&f->lines, _("the name %1$s is there twice: column %2$zu is called %3$s\n"), name, i + 1,
                    f->names[i]);
      }
    }
  }
  map_free(map);
  return status;
}

static Status find_name(const Finish *f, const char *name, const char *option, size_t *out, Error *e)
{
  const size_t n = f->plan->columns;
  for (*out = 0; *out < n; ++*out) {
    if (strcmp(f->names[*out], name) == 0) {
      return STATUS_OK;
    }
  }
  error_set(e, STATUS_NAME, "unknown-column", _("%1$s has no column '%2$s'"), f->plan->source, name);
  (void)error_where(e, _("option %s"), option);
  const size_t near = text_nearest(name, (const char *const *)f->names, n);
  Text list = {0};
  for (size_t i = 0; i < n && i < 20; i++) {
    text_printf(&list, "%s%s", i ? ", " : "", f->names[i]);
  }
  (void)(near < n ? error_hint(e, _("did you mean '%s'?"), f->names[near])
                  : error_hint(e, _("the columns are %s"), text_data(&list)));
  text_free(&list);
  return STATUS_NAME;
}

/* ---- types */

static bool forced_type(const Finish *f, const char *name, Type *type)
{
  const CsvOptions *options = f->plan->options;
  for (size_t i = 0; options && i < options->n_forced; i++) {
    if (strcmp(options->names[i], name) == 0) {
      *type = options->types[i];
      return true;
    }
  }
  *type = TYPE_STRING;
  return options && options->all_text;
}

static Status misfit(const Finish *f, size_t column, size_t row, Type type, Error *e)
{
  Text cell = {0};
  gather_show(f->gather, row, column + f->plan->left, &cell);
  error_set(e, STATUS_FORMAT, "type-does-not-fit", _("%1$s, column '%2$s', row %3$zu: '%4$.60s' is no %5$s"),
            f->plan->source, f->names[column], row + f->plan->shown, text_data(&cell), type_name(type));
  text_free(&cell);
  Text types = {0};
  report_types(&types, f->names[column], "string");
  (void)error_hint(e, _("read the column as text: %s"), text_data(&types));
  text_free(&types);
  return STATUS_FORMAT;
}

static const char *kind_words(GatherKind kind)
{
  switch (kind) {
  case GATHER_INT: return _("whole numbers");
  case GATHER_FLOAT: return _("numbers with fractions");
  case GATHER_BOOL: return _("truth values");
  case GATHER_TIME: return _("times");
  case GATHER_UTC: return _("times in UTC");
  default: return _("texts");
  }
}

/* "text, because its cells are of several kinds; whole numbers: 5, texts: 2 (another kind first at row 7)" */
static void report_mixed(Finish *f, size_t column, const GatherCensus *census)
{
  size_t last = 0;
  text_printf(&f->lines, _("%s: text, because its cells are of several kinds;"), f->names[column]);
  for (int kind = GATHER_INT, listed = 0; kind < GATHER_KINDS; kind++) {
    if (census->count[kind] > 0) {
      text_printf(&f->lines, "%s %s: %zu", listed++ ? "," : "", kind_words((GatherKind)kind), census->count[kind]);
      last = census->sample[kind] > last ? census->sample[kind] : last;
    }
  }
  text_printf(&f->lines, _(" (another kind first at row %zu)\n"), last + f->plan->shown);
}

static void report_column(Finish *f, size_t column, const GatherCensus *census, const GatherChoice *choice,
                          size_t missing)
{
  const GatherColumn *from = &f->gather->columns[column + f->plan->left];
  const char *name = f->names[column];
  if (choice->mixed && !choice->forced) {
    report_mixed(f, column, census);
  } else if (choice->dropped && !choice->forced) {
    Text cell = {0};
    gather_show(f->gather, choice->misfit, column + f->plan->left, &cell);
    text_printf(&f->lines, _("%1$s: %2$s, though declared %3$s: row %4$zu has '%5$.40s'\n"), name,
                type_name(choice->type), from->declared, choice->misfit + f->plan->shown, text_data(&cell));
    text_free(&cell);
  }
  if (choice->markers && census->markers > 0) {
    text_printf(&f->lines, _("%1$s: texts that stand for missing (NA, N/A, - ...): %2$zu\n"), name, census->markers);
  }
  if (from->mended > 0) {
    text_printf(&f->lines, _("%1$s: texts that were not UTF-8, their bytes replaced by U+FFFD: %2$zu\n"), name,
                from->mended);
  }
  if (missing > 0) {
    text_printf(&f->lines, _("%1$s: %2$s; missing: %3$zu\n"), name, type_name(choice->type), missing);
  } else {
    report_columns_add(&f->columns, name, choice->type, "");
  }
  if (f->call.size == 0 && !type_is_text(choice->type)) {
    report_types(&f->call, name, "string");
  }
}

static Status make_column(Finish *f, size_t column, Column **out, Error *e)
{
  static const GatherColumn empty = {.n = 0};
  const GatherPlan *plan = f->plan;
  const bool there = column + plan->left < f->gather->n;
  const GatherColumn *from = there ? &f->gather->columns[column + plan->left] : &empty;
  GatherCensus census;
  Type type;
  size_t bad = 0;
  gather_census(from, plan->first, plan->rows, &census);
  GatherChoice choice = gather_choose(from, plan->first, plan->rows, &census, plan->markers);
  if (forced_type(f, f->names[column], &type)) {
    choice = (GatherChoice){.type = type, .forced = true, .markers = plan->markers && !type_is_text(type)};
  }
  const Status status = gather_build(from, plan->first, plan->rows, &choice, f->task, &bad, out, e);
  if (status == STATUS_DATA) {
    return misfit(f, column, bad, choice.type, e);
  }
  if (status == STATUS_OK) {
    f->missing += column_missing(*out);
    if (there) {
      report_column(f, column, &census, &choice, column_missing(*out));
    }
  }
  return status;
}

/* ---- the report */

static void write_report(Finish *f, size_t columns)
{
  const GatherPlan *plan = f->plan;
  Text head = {0};
  text_printf(&head, _("%1$s: rows: %2$zu, columns: %3$zu, missing cells: %4$zu\n"), plan->source, plan->rows, columns,
              f->missing);
  report_columns_put(&f->columns, &head);
  text_add(&head, text_data(f->report), f->report->size);
  text_free(f->report);
  *f->report = head;
  text_add(f->report, text_data(&f->lines), f->lines.size);
  if (f->call.size > 0) {
    text_printf(f->report, _("to decide otherwise:\n  %1$s, %2$s})\n"), plan->call, text_data(&f->call));
  }
}

static Status make_frame(Finish *f, Frame **out, Error *e)
{
  const CsvOptions *options = f->plan->options;
  const size_t n = options && options->n_columns > 0 ? options->n_columns : f->plan->columns;
  Draft *draft = draft_new();
  Status status = draft ? STATUS_OK : error_memory(e, 0, _("a frame"));
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    size_t column = i;
    Column *made = NULL;
    if (options && options->n_columns > 0) {
      TRY(find_name(f, options->columns[i], "columns", &column, e));
    }
    TRY(make_column(f, column, &made, e));
    draft_column(draft, f->names[column], made);
  }
  write_report(f, n);
  status = draft_finish(draft, out, e);
  draft = NULL;
done:
  draft_free(draft);
  return status;
}

Status gather_finish(Gather *gather, const GatherPlan *plan, Task *task, Text *report, Frame **out, Error *e)
{
  Finish f = {.gather = gather, .plan = plan, .task = task, .report = report};
  Frame *frame = NULL;
  Status status;
  *out = NULL;
  f.names = mem_zero(plan->columns + 1, sizeof *f.names);
  TRY(f.names ? STATUS_OK : error_memory(e, 0, _("the columns' names")));
  TRY(gather_status(gather, e));
  TRY(make_names(&f, e));
  for (size_t i = 0; plan->options && i < plan->options->n_forced; i++) {
    size_t ignored;
    TRY(find_name(&f, plan->options->names[i], "types", &ignored, e));
  }
  TRY(make_frame(&f, &frame, e));
  TRY(text_status(report, e));
  TRY(frame_with_origin(frame, text_data(report), NULL, out, e));
done:
  frame_unref(frame);
  for (size_t i = 0; f.names && i < plan->columns; i++) {
    mem_free(f.names[i]);
  }
  mem_free(f.names);
  report_columns_free(&f.columns);
  text_free(&f.lines);
  text_free(&f.call);
  return status;
}
