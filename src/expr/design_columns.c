/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of a design column by column: what sums over many rows want, where a transposition would cost more than the
 * sum. */
#include "expr/design_layout.h"
#include "frame/column_layout.h"

/* The cells themselves, where they lie as doubles one after the other. */
static const double *own_cells(const Design *design, const DesignVariable *v, size_t first)
{
  const bool there = v->sketch.class == DESIGN_NUMBER && !design->kept && column_type(v->column) == TYPE_FLOAT64;
  return there ? (const double *)v->column->values.data + first : NULL;
}

static void number_cells(const Design *design, const Column *column, size_t first, size_t count, double *out)
{
  if (!design->kept) {
    column_block(column, first, count, out, 1);
    return;
  }
  for (size_t i = 0; i < count; i++) {
    out[i] = column_float(column, design->kept[first + i]);
  }
}

/* Column k of a variable. */
static void variable_cells(const Design *design, const DesignVariable *v, bool full, size_t k, size_t first,
                           size_t count, double *out)
{
  if (v->sketch.class == DESIGN_NUMBER) {
    number_cells(design, v->column, first, count, out);
  } else if (v->sketch.class == DESIGN_POLY) {
    double x[FORMULA_DEGREE_MOST];
    for (size_t i = 0; i < count; i++) {
      design_poly_values(v, column_float(v->column, design_row(design, first + i)), x);
      out[i] = x[k];
    }
  } else {
    const uint32_t code = (uint32_t)(k + !full);
    for (size_t i = 0; i < count; i++) {
      out[i] = v->codes[first + i] == code;
    }
  }
}

static void multiply_by(const Design *design, const DesignVariable *v, bool full, size_t k, size_t first, size_t count,
                        double *out)
{
  enum { STRIP = 256 };
  double x[STRIP];
  for (size_t at = 0; at < count; at += STRIP) {
    const size_t n = count - at < STRIP ? count - at : STRIP;
    variable_cells(design, v, full, k, first + at, n, x);
    for (size_t i = 0; i < n; i++) {
      out[at + i] = v->codes && x[i] == 0 ? 0 : out[at + i] * x[i]; /* 0 and never -0, as in a row */
    }
  }
}

static const double *term_column(const Design *design, const DesignTerm *term, size_t k, size_t first, size_t count,
                                 double *out)
{
  size_t rest = k;
  for (size_t i = 0; i < term->formula->n; i++) {
    const DesignVariable *v = &design->variables[term->formula->variables[i]];
    const size_t width = design_width(v, term->full[i]);
    if (term->formula->n == 1 && own_cells(design, v, first)) {
      return own_cells(design, v, first);
    }
    (i == 0 ? variable_cells : multiply_by)(design, v, term->full[i], rest % width, first, count, out);
    rest /= width;
  }
  return out;
}

void design_column_block(const Design *design, size_t first, size_t count, double *buffer, const double **x)
{
  if (design->formula->intercept) {
    for (size_t i = 0; i < count; i++) {
      buffer[i] = 1;
    }
    x[0] = buffer;
  }
  for (size_t t = 0; t < design->formula->n_terms; t++) {
    const DesignTerm *term = &design->terms[t];
    for (size_t k = 0; k < term->columns; k++) {
      const size_t j = term->first + k;
      x[j] = term_column(design, term, k, first, count, buffer + j * count);
    }
  }
}

const double *design_response_block(const Design *design, size_t first, size_t count, double *buffer)
{
  const DesignVariable *v = design->response;
  if (v && !v->codes && own_cells(design, v, first)) {
    return own_cells(design, v, first);
  }
  design_response(design, first, count, buffer);
  return buffer;
}
