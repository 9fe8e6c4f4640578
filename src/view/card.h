/* SPDX-License-Identifier: GPL-3.0-or-later */
/* card.h -- what a model or result shows of itself: a title, lines of key and value, tables, notes, in the
 * order added.
 *
 *   cluster.kmeans: 5 clusters of 200 rows on income, score
 *   converged   after 6 iterations
 *   seed        7
 *
 *   clusters
 *   cluster │ size │ income
 *   ────────┼──────┼────────
 *         1 │   81 │   55.3
 *   warning: 'income' has values 100 times those of 'score'; scale = "zscore" weighs them alike
 *
 * A Card keeps copies (frames by reference). Like a Draft it keeps its first failure and ignores what
 * follows, and its functions take NULL as failed, so that a caller asks once, at card_render. Not for
 * several threads at once.
 */
#ifndef ASSAY_VIEW_CARD_H
#define ASSAY_VIEW_CARD_H

#include "view/table.h"

typedef struct Card Card;

Card *card_new(void) MUST_USE; /* NULL: no memory */
void card_free(Card *card);    /* NULL is fine */

void card_title(Card *card, const char *format, ...) PRINTF(2, 3);

/* A key and what it is. Keys of lines that follow one another stand under one another, and so do their
 * values. */
void card_line(Card *card, const char *key, const char *format, ...) PRINTF(3, 4);

/* A table of the frame's rows under a title of its own (NULL: none), after an empty line. options as for
 * table_render, NULL for a table within a card (`inner`); where options->rows is 0 the tables of a card
 * share the height of the screen. */
void card_table(Card *card, const char *title, const Frame *frame, const TableOptions *options);

/* A paragraph. Its lines are wrapped one by one, and go on below where their text begins: behind the indent, or behind a key
 * with two blanks. */
void card_text(Card *card, const char *text);
void card_note(Card *card, const char *format, ...) PRINTF(2, 3);
void card_warning(Card *card, const char *format, ...) PRINTF(2, 3);

/* Adds the card's lines; texts are escaped and wrapped at the width. Errors: STATUS_MEMORY, now or while
 * it was made. */
Status card_render(const Card *card, const ViewStyle *style, Text *out, Error *e) MUST_USE;

#endif
