# A chart of assay, for gnuplot 5.4 or later.
set encoding utf8
if (strstrt(" ".GPVAL_TERMINALS." ", " pngcairo ") > 0) {
  set terminal pngcairo noenhanced size 1200,800 font "Sans,12" fontscale 1 linewidth 1 background rgb "#ffffff"
} else {
  set terminal png truecolor noenhanced size 1200,800 font "Sans,12" fontscale 1 linewidth 1 background rgb "#ffffff"
}
set output ".\057chart.png"
set title "What goes with the amount of a credit"
set xlabel "estimate"
set ylabel "term"
set key off
set label at screen 0.01,0.0112 left font ",9" textcolor rgb "#555555" "intervals of 95 \045"
set size 1,0.9812
set origin 0,0.0187
set border 3 linecolor rgb "#333333"
set grid back linecolor rgb "#dddddd" linetype 1 linewidth 0.5
set tics nomirror out
set style fill solid 0.8 noborder
set xrange [-0.792414802831:0.162946426032]
set yrange [-0.5:6.5]
set ytics ("jobunskilled resident" 0, "jobunemp\057unskilled non res" 1, "jobskilled" 2, "housingrent" 3, "housingown" 4, "age" 5, "duration" 6)
$data1 << EOD
-0.5046783789744084 -0.6309751573747566 -0.3783816005740602 0
-0.5152414713894563 -0.7740424715063454 -0.25644047127256714 1
-0.40291558059917676 -0.5080932065283923 -0.2977379546699612 2
-0.003408513786370926 -0.15139112227997062 0.1445740947072288 3
-0.10166572785406044 -0.22461114513047986 0.02127968942235897 4
0.0009155615789207794 -0.002431345750037342 0.004262468907878901 5
0.038576534239122245 0.03548949909242148 0.04166356938582301 6
EOD
$data2 << EOD
0 -0.5
0 6.5
NaN NaN
EOD
plot $data1 using 1:4:2:3 notitle with xerrorbars pointtype 7 pointsize 0.9 linewidth 1.5 linecolor rgb "#0072b2", \
  $data2 using 1:2 notitle with lines linewidth 1.5 dashtype 2 linecolor rgb "#555555"
unset output
