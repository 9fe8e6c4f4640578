/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The generated documents: a Markdown page per family, and LuaCATS stubs for editors. */
#include <stdio.h>
#include <string.h>

#include "registry/help.h"

static void cell(const char *text, Text *out)
{
  for (; *text; text++) {
    if (*text == '|') {
      text_char(out, '\\');
    }
    text_char(out, *text);
  }
}

static void option_rows(const Option *options, size_t n, Text *out)
{
  text_puts(out, "| option | takes | default | |\n| --- | --- | --- | --- |\n");
  for (size_t i = 0; i < n; i++) {
    const Option *option = &options[i];
    Text type = {0};
    option_type(option, &type);
    text_printf(out, "| `%s` | ", option->name);
    cell(text_data(&type), out);
    text_printf(out, " | %s | ", option->standard == OPTION_REQUIRED ? "required" : option->standard);
    cell(option->help, out);
    text_printf(out, "%s%s%s |\n", option->unit[0] ? " (" : "", option->unit, option->unit[0] ? ")" : "");
    text_free(&type);
  }
  text_char(out, '\n');
}

static void figure_rows(const Primitive *primitive, Text *out)
{
  text_puts(out, "| figure | definition | formula | range |\n| --- | --- | --- | --- |\n");
  for (size_t i = 0; i < primitive->n_figures; i++) {
    const Figure *figure = &primitive->figures[i];
    text_printf(out, "| `%s` | ", figure->name);
    cell(figure->definition, out);
    text_puts(out, " | ");
    cell(figure->formula, out);
    text_puts(out, " | ");
    cell(figure->range, out);
    text_puts(out, " |\n");
  }
  text_char(out, '\n');
}

static void primitive_section(const Primitive *primitive, Text *out)
{
  text_printf(out, "## %s.%s\n\n%s.\n\n    ", primitive->family, primitive->name, primitive->summary);
  help_signature(primitive, out);
  text_puts(out, "\n\n");
  if (primitive->details) {
    help_wrap(primitive->details, 110, 0, 0, out);
    text_char(out, '\n');
  }
  if (primitive->n_options > 0) {
    option_rows(primitive->options, primitive->n_options, out);
  }
  if (primitive->model && primitive->model->n_predict_options > 0) {
    text_puts(out, "Options of `m:predict(df)` and `m:augment(df)`:\n\n");
    option_rows(primitive->model->predict_options, primitive->model->n_predict_options, out);
  }
  text_printf(out, "Gives %s.\n\n", primitive->returns);
  if (primitive->n_figures > 0) {
    figure_rows(primitive, out);
  }
  if (primitive->reference && primitive->reference[0]) {
    text_printf(out, "Reference: %s.\n\n", primitive->reference);
  }
  text_printf(out, "```lua\n%s%s```\n\n", primitive->example,
              primitive->example[0] && primitive->example[strlen(primitive->example) - 1] == '\n' ? "" : "\n");
}

void help_reference(const char *family, Text *out)
{
  text_printf(out, "# %s\n\nGenerated from the descriptors by `assay reference`; do not edit.\n\n", family);
  for (size_t i = 0; i < registry_size(); i++) {
    if (strcmp(registry_at(i)->family, family) == 0) {
      primitive_section(registry_at(i), out);
    }
  }
}

static const char *lua_type(const Option *option)
{
  switch (option->kind) {
  case OPTION_INT: return "integer";
  case OPTION_NUMBER: return "number";
  case OPTION_BOOL: return "boolean";
  case OPTION_TEXTS:
  case OPTION_ORDER:
  case OPTION_EXPRESSIONS:
  case OPTION_COLUMNS: return "string|string[]";
  case OPTION_FRAME: return "Frame";
  case OPTION_FRAMES: return "Frame|Frame[]";
  case OPTION_CHOICE_FRAME: return "string|Frame";
  case OPTION_TEXT_MAP: return "string|table<string, string>";
  case OPTION_VALUE: return "any";
  case OPTION_CONDITION: return "string|Column|fun(row: table): boolean";
  case OPTION_REST: return "table<string, any>";
  default: return "string";
  }
}

static const char *value_type(ValueKind kind)
{
  switch (kind) {
  case VALUE_BOOL: return "boolean";
  case VALUE_INT: return "integer";
  case VALUE_NUMBER: return "number";
  case VALUE_TEXT: return "string";
  case VALUE_COLUMN: return "Column";
  case VALUE_FRAME: return "Frame";
  case VALUE_MODEL: return "Model";
  case VALUE_CHART: return "Chart";
  case VALUE_NONE: return "nil";
  default: return "table";
  }
}

static void stub_choices(const Option *option, Text *out)
{
  if (option->kind != OPTION_CHOICE) {
    text_puts(out, lua_type(option));
    return;
  }
  text_char(out, '"');
  for (const char *c = option->choices; *c; c++) {
    if (*c == '|') {
      text_puts(out, "\"|\"");
    } else {
      text_char(out, *c);
    }
  }
  text_char(out, '"');
}

static void stub_options(const Primitive *primitive, Text *out)
{
  text_printf(out, "---@class %s.%s.options\n", primitive->family, primitive->name);
  for (size_t i = 0; i < primitive->n_options; i++) {
    const Option *option = &primitive->options[i];
    text_printf(out, "---@field %s%s ", option->name, option->standard == OPTION_REQUIRED ? "" : "?");
    stub_choices(option, out);
    text_printf(out, " %s\n", option->help);
  }
  text_char(out, '\n');
}

static void stub_function(const Primitive *primitive, const char *head, bool takes, Text *out)
{
  text_printf(out, "--- %s.\n", primitive->summary);
  if (takes) {
    text_printf(out, "---@param data %s\n", value_type(primitive->takes));
  }
  if (primitive->n_options > 0) {
    text_printf(out, "---@param main_or_options? any|%s.%s.options\n---@param options? %s.%s.options\n", primitive->family,
                primitive->name, primitive->family, primitive->name);
  }
  text_printf(out, "---@return %s\nfunction %s(%s%s) end\n\n", value_type(primitive->gives), head, takes ? "data" : "",
              primitive->n_options == 0 ? "" : takes ? ", main_or_options, options" : "main_or_options, options");
}

void help_stubs(Text *out)
{
  text_puts(out, "---@meta\n-- Generated from the descriptors by `assay reference`; do not edit.\n\n---@class Frame\n"
                 "---@class Column\n---@class Model\nFrame, Column, Model = {}, {}, {}\n\n");
  const char *family = "";
  for (size_t i = 0; i < registry_size(); i++) {
    const Primitive *primitive = registry_at(i);
    if (strcmp(family, primitive->family) != 0) {
      family = primitive->family;
      text_printf(out, "%s = {}\n\n", family);
    }
    if (primitive->n_options > 0) {
      stub_options(primitive, out);
    }
    char head[160];
    const char *method = primitive_method(primitive);
    snprintf(head, sizeof head, "%s.%s", family, primitive->name);
    stub_function(primitive, head, primitive->takes != VALUE_NONE, out);
    if (primitive->global) {
      stub_function(primitive, primitive->global, primitive->takes != VALUE_NONE, out);
    }
    if (method) {
      snprintf(head, sizeof head, "%s:%s", value_type(primitive->takes), method);
      stub_function(primitive, head, false, out);
    }
  }
}
