/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of drawing pictures mean. */
#include "registry/topic.h"

static const Topic plot_topics[] = {
    {"gnuplot-died", "gnuplot ended before it had drawn the chart",
     "It was ended from outside, ran out of memory, or what is called gnuplot on PATH is something else. assay "
     "--version shows "
     "what it answers. Nothing was written."},
    {"gnuplot-failed", "gnuplot could not draw the chart",
     "A step of the script failed, or the picture was not whole, as on a full disk: gnuplot works in a folder below "
     "TMPDIR. "
     "p:script(\"chart.gp\") writes what it was given, and gnuplot chart.gp shows its own words. Nothing was "
     "written."},
    {"gnuplot-range", "the numbers are too large, too small or too near to one another for gnuplot",
     "It takes numbers beyond 9e307 for infinite, and wants an axis whose ends differ by more than the last digits. "
     "The chart in "
     "the terminal can show them; for a picture give limits, or change the unit: df:mutate(\"x = (x - 1e15) * "
     "1e6\")."},
    {"gnuplot-terminal", "gnuplot was built without this kind of picture",
     "PNG needs its terminal pngcairo or png, PDF pdfcairo, SVG svg. Debian's gnuplot-nox, gnuplot-qt and "
     "gnuplot-x11 have all "
     "of them; gnuplot -e 'set terminal' lists those of yours."},
    {"gnuplot-timeout", "gnuplot took longer than it may",
     "It was stopped, and nothing was written. timeout = 120 allows it two minutes. Many points drawn one by one "
     "take long: "
     "density = \"density\" does not."},
    {"no-gnuplot", "there is no gnuplot on PATH",
     "Pictures (p:save, p:picture) are drawn by gnuplot 5.4 or later: apt-get install gnuplot-nox, or make deps in "
     "assay's "
     "folder. Charts in the terminal and p:script() do without."},
    {"no-process", "a program could not be started",
     "The system refused: too many processes, no memory, or a file that is no program."},
    {"unknown-picture", "the name does not say what kind of picture to write",
     "The ending says it: .png has pixels, .svg can be enlarged and goes into web pages, .pdf is for print."},
};
REGISTER_TOPICS(plot_topics);
