---@meta
-- Generated from the descriptors by `assay reference`; do not edit.

---@class Frame
---@class Column
---@class Model
Frame, Column, Model = {}, {}, {}

chart = {}

--- the numbers behind a chart.
---@param data Chart
---@return Frame
function chart.data(data) end

--- the numbers behind a chart.
---@return Frame
function Chart:data() end

---@class chart.picture.options
---@field format? "png"|"svg"|"pdf"|"sixel"|"kitty" kind of picture; sixel and kitty: what terminals of these kinds show when it is printed
---@field width? integer width; a PDF has 100 pixels to the inch
---@field height? integer height
---@field scale? number 2: twice the pixels, with texts, lines and points twice as large
---@field font? string font, maybe with its size: "DejaVu Serif,14"; not given: Sans at 12 points
---@field density? "auto"|"points"|"density" points one by one or as a density; auto: beyond 50,000
---@field timeout? number how long gnuplot may take before it is stopped

--- the chart as the bytes of a picture, to be put into a page or sent on.
---@param data Chart
---@param main_or_options? any|chart.picture.options
---@param options? chart.picture.options
---@return string
function chart.picture(data, main_or_options, options) end

--- the chart as the bytes of a picture, to be put into a page or sent on.
---@param main_or_options? any|chart.picture.options
---@param options? chart.picture.options
---@return string
function Chart:picture(main_or_options, options) end

---@class chart.save.options
---@field path string file to write; its ending says what it is: .png .svg .pdf
---@field width? integer width; a PDF has 100 pixels to the inch
---@field height? integer height
---@field scale? number 2: twice the pixels, with texts, lines and points twice as large
---@field font? string font, maybe with its size: "DejaVu Serif,14"; not given: Sans at 12 points
---@field density? "auto"|"points"|"density" points one by one or as a density; auto: beyond 50,000
---@field timeout? number how long gnuplot may take before it is stopped

--- writes the chart to a picture: PNG, SVG or PDF.
---@param data Chart
---@param main_or_options? any|chart.save.options
---@param options? chart.save.options
---@return nil
function chart.save(data, main_or_options, options) end

--- writes the chart to a picture: PNG, SVG or PDF.
---@param main_or_options? any|chart.save.options
---@param options? chart.save.options
---@return nil
function Chart:save(main_or_options, options) end

---@class chart.script.options
---@field path? string file to write it to, with much data in a second file beside it; not given: a text
---@field output? string picture that the script writes: .png .svg .pdf
---@field width? integer width; a PDF has 100 pixels to the inch
---@field height? integer height
---@field scale? number 2: twice the pixels, with texts, lines and points twice as large
---@field font? string font, maybe with its size: "DejaVu Serif,14"; not given: Sans at 12 points
---@field density? "auto"|"points"|"density" points one by one or as a density; auto: beyond 50,000

--- the script with which gnuplot draws the chart.
---@param data Chart
---@param main_or_options? any|chart.script.options
---@param options? chart.script.options
---@return string
function chart.script(data, main_or_options, options) end

--- the script with which gnuplot draws the chart.
---@param main_or_options? any|chart.script.options
---@param options? chart.script.options
---@return string
function Chart:script(main_or_options, options) end

---@class chart.show.options
---@field width? integer width; not given: what fits
---@field height? integer height; not given: what fits

--- the chart on the screen, as a picture where the terminal shows pictures.
---@param data Chart
---@param main_or_options? any|chart.show.options
---@param options? chart.show.options
---@return table
function chart.show(data, main_or_options, options) end

--- the chart on the screen, as a picture where the terminal shows pictures.
---@param main_or_options? any|chart.show.options
---@param options? chart.show.options
---@return table
function Chart:show(main_or_options, options) end

cluster = {}

---@class cluster.agreement.options
---@field a string column with the classes of the one partition, such as a model's cluster
---@field b string column with the classes of the other

--- how far two partitions of the rows agree.
---@param data Frame
---@param main_or_options? any|cluster.agreement.options
---@param options? cluster.agreement.options
---@return Frame
function cluster.agreement(data, main_or_options, options) end

--- how far two partitions of the rows agree.
---@param main_or_options? any|cluster.agreement.options
---@param options? cluster.agreement.options
---@return Frame
function Frame:agreement(main_or_options, options) end

---@class cluster.birch.options
---@field k? integer number of clusters made of the groups; 0: where Ward's heights leave the widest gap
---@field threshold? number largest radius of a group, in scaled units; 0: grows from 0 until there are no more groups than `leaves`
---@field branching? integer most groups in a node of the tree
---@field leaves? integer most groups; beyond them the threshold grows
---@field final? "ward"|"ward_weighted"|"kmeans"|"none" what makes clusters of the groups: Ward's linkage with each group once, or by weight; k-means by weight; none
---@field on? string|string[] variables; default: every numeric column but labels
---@field scale? "none"|"zscore"|"range"|"robust" how variables are scaled first: zscore by the standard deviation, range to 0..1, robust by the quartile distance
---@field weights? string column with the weight of each row, 0 or more
---@field seed? integer seed of the random choices
---@field missing? "error"|"drop" rows with missing values: refuse or leave out
---@field sample? integer fit to this many rows drawn at random (by seed), and assign the others as new rows; 0: all rows

--- small dense groups in one pass over the rows, then clusters of these groups (BIRCH).
---@param data Frame
---@param main_or_options? any|cluster.birch.options
---@param options? cluster.birch.options
---@return Model
function cluster.birch(data, main_or_options, options) end

--- small dense groups in one pass over the rows, then clusters of these groups (BIRCH).
---@param main_or_options? any|cluster.birch.options
---@param options? cluster.birch.options
---@return Model
function Frame:birch(main_or_options, options) end

---@class cluster.choose.options
---@field k? any numbers of clusters to try: "2:10", a list, or one number
---@field method? string clustering method, by name, such as kmeans, pam, hierarchical or mixture
---@field on? string|string[] variables; default: every numeric column but labels
---@field scale? "none"|"zscore"|"range"|"robust" how variables are scaled first: zscore by the standard deviation, range to 0..1, robust by the quartile distance
---@field references? integer sets of rows at random for the gap statistic; 0: no gap
---@field reference_fits? "auto"|"full"|"quick" fits to these: full ones are like those that are compared, quick ones begin three times and are not refined; auto: quick for more than 500 rows
---@field null? "box"|"components" where those rows lie: in the box of the variables, or in that of the principal components
---@field power? integer power of distances in the gap: 2 as published, 1 as R's clusGap has it
---@field resamples? integer fits to resampled rows for the stability; 0: none
---@field trial_rows? integer most rows for gap and stability; of more rows a sample is drawn; 0: 5000, or fewer where the method would take long
---@field fit_rows? integer most rows for the fits themselves; of more rows a sample is drawn, and the others are assigned as new rows; 0: all, or fewer where the method would take long
---@field pairs? integer most rows for silhouette and dunn, which compare all pairs; of more rows a sample is drawn; 0: leaves them out
---@field seed? integer seed of the random choices
---@field missing? "error"|"drop" rows with missing values: refuse or leave out
---@field sample? integer fit to this many rows drawn at random (by seed), and assign the others as new rows; 0: all rows
---@field options? table<string, any> options of the method, such as starts or linkage

--- how many clusters: one table of all criteria for a range of k, and what each rule suggests.
---@param data Frame
---@param main_or_options? any|cluster.choose.options
---@param options? cluster.choose.options
---@return Model
function cluster.choose(data, main_or_options, options) end

--- how many clusters: one table of all criteria for a range of k, and what each rule suggests.
---@param main_or_options? any|cluster.choose.options
---@param options? cluster.choose.options
---@return Model
function Frame:choose(main_or_options, options) end

---@class cluster.clara.options
---@field k integer number of clusters
---@field on? string|string[] variables; default: every numeric column but labels, with gower every column
---@field scale? "none"|"zscore"|"range"|"robust" how variables are scaled first: zscore by the standard deviation, range to 0..1, robust by the quartile distance
---@field metric? "euclidean"|"sqeuclidean"|"manhattan"|"chebyshev"|"cosine"|"gower" dissimilarity of rows; gower: of mixed columns
---@field types? string|table<string, string> gower: what a column is, as {rating = "ordinal"}; default: numeric for numbers and times, nominal for texts
---@field variable_weights? any gower: how much a column counts, as {income = 2}; default 1
---@field samples? integer samples to look for medoids in; the best medoids are kept
---@field sample_size? integer rows of a sample; 0: 80 + 4 k
---@field weights? string column with the weight of each row, 0 or more
---@field seed? integer seed of the random choices
---@field missing? "auto"|"error"|"drop" rows with missing values: refuse or leave out; auto: refuse, but gower compares by what both rows have

--- k-medoids of many rows: medoids from samples, judged by all rows.
---@param data Frame
---@param main_or_options? any|cluster.clara.options
---@param options? cluster.clara.options
---@return Model
function cluster.clara(data, main_or_options, options) end

--- k-medoids of many rows: medoids from samples, judged by all rows.
---@param main_or_options? any|cluster.clara.options
---@param options? cluster.clara.options
---@return Model
function Frame:clara(main_or_options, options) end

---@class cluster.code.options
---@field format? "sql"|"lua"|"json" the language
---@field table? string SQL: a table's name, for a whole query instead of an expression
---@field column? string SQL: what the query calls the new column

--- a segmentation as SQL, Lua or JSON, as a text.
---@param data Model
---@param main_or_options? any|cluster.code.options
---@param options? cluster.code.options
---@return string
function cluster.code(data, main_or_options, options) end

--- a segmentation as SQL, Lua or JSON, as a text.
---@param main_or_options? any|cluster.code.options
---@param options? cluster.code.options
---@return string
function Model:code(main_or_options, options) end

--- the condensed tree of hdbscan: which parts of at least min_cluster_size rows there are, and for how long.
---@param data Model
---@return Frame
function cluster.condensed(data) end

--- the condensed tree of hdbscan: which parts of at least min_cluster_size rows there are, and for how long.
---@return Frame
function Model:condensed() end

---@class cluster.consensus.options
---@field by string|string[] columns with the clusters of each clustering; 0 and missing cells: none
---@field k? integer number of clusters; 0: the one that lives longest in the tree
---@field linkage? "average"|"complete"|"single" how groups of rows are joined

--- one clustering out of several: rows that most of them keep together.
---@param data Frame
---@param main_or_options? any|cluster.consensus.options
---@param options? cluster.consensus.options
---@return Model
function cluster.consensus(data, main_or_options, options) end

--- one clustering out of several: rows that most of them keep together.
---@param main_or_options? any|cluster.consensus.options
---@param options? cluster.consensus.options
---@return Model
function Frame:consensus(main_or_options, options) end

--- the covariance matrix of each component of a mixture.
---@param data Model
---@return Frame
function cluster.covariances(data) end

--- the covariance matrix of each component of a mixture.
---@return Frame
function Model:covariances() end

--- all models and numbers of clusters that a fit has tried, with their criteria.
---@param data Model
---@return Frame
function cluster.criteria(data) end

--- all models and numbers of clusters that a fit has tried, with their criteria.
---@return Frame
function Model:criteria() end

---@class cluster.cut.options
---@field k? integer number of clusters
---@field height? number cut at this height in the place of k: no cluster has a merge above it

--- cuts the tree of a hierarchical clustering elsewhere.
---@param data Model
---@param main_or_options? any|cluster.cut.options
---@param options? cluster.cut.options
---@return Model
function cluster.cut(data, main_or_options, options) end

--- cuts the tree of a hierarchical clustering elsewhere.
---@param main_or_options? any|cluster.cut.options
---@param options? cluster.cut.options
---@return Model
function Model:cut(main_or_options, options) end

---@class cluster.dbscan.options
---@field eps? number radius of the neighbourhood, in scaled units; not given: from the knee of the distances to the min_points-th nearest row
---@field min_points? number rows (or weight) within eps, itself counted, that make a core row
---@field border? "nearest"|"first"|"noise" a border row goes to the cluster of its nearest core row, to the cluster that comes first in the data, or is noise
---@field on? string|string[] variables; default: every numeric column but labels
---@field scale? "none"|"zscore"|"range"|"robust" how variables are scaled first: zscore by the standard deviation, range to 0..1, robust by the quartile distance
---@field metric? "euclidean"|"manhattan"|"chebyshev"|"cosine" distance between rows
---@field weights? string column with the weight of each row, 0 or more
---@field seed? integer seed of the random choices
---@field missing? "error"|"drop" rows with missing values: refuse or leave out
---@field sample? integer fit to this many rows drawn at random (by seed), and assign the others as new rows; 0: all rows

--- DBSCAN: clusters of any shape where rows lie dense, the rest is noise.
---@param data Frame
---@param main_or_options? any|cluster.dbscan.options
---@param options? cluster.dbscan.options
---@return Model
function cluster.dbscan(data, main_or_options, options) end

--- DBSCAN: clusters of any shape where rows lie dense, the rest is noise.
---@param main_or_options? any|cluster.dbscan.options
---@param options? cluster.dbscan.options
---@return Model
function Frame:dbscan(main_or_options, options) end

--- the smallest eigenvalues of a spectral clustering's graph.
---@param data Model
---@return Frame
function cluster.eigenvalues(data) end

--- the smallest eigenvalues of a spectral clustering's graph.
---@return Frame
function Model:eigenvalues() end

---@class cluster.export.options
---@field path string file name; its ending .sql, .lua or .json says the format
---@field format? "auto"|"sql"|"lua"|"json" the language; auto: by the file's name
---@field table? string SQL: a table's name, for a whole query instead of an expression
---@field column? string SQL: what the query calls the new column

--- writes a segmentation as SQL, Lua or JSON.
---@param data Model
---@param main_or_options? any|cluster.export.options
---@param options? cluster.export.options
---@return nil
function cluster.export(data, main_or_options, options) end

--- writes a segmentation as SQL, Lua or JSON.
---@param main_or_options? any|cluster.export.options
---@param options? cluster.export.options
---@return nil
function Model:export(main_or_options, options) end

---@class cluster.fuzzy.options
---@field k integer number of clusters
---@field m? number how fuzzy memberships are: near 1 as k-means, from 3 on all alike
---@field starts? integer how often to start; the best result is kept
---@field max_iter? integer most iterations of a start
---@field tol? number stop when an iteration lowers the objective by less than this share
---@field on? string|string[] variables; default: every numeric column but labels
---@field scale? "none"|"zscore"|"range"|"robust" how variables are scaled first: zscore by the standard deviation, range to 0..1, robust by the quartile distance
---@field weights? string column with the weight of each row, 0 or more
---@field seed? integer seed of the random choices
---@field missing? "error"|"drop" rows with missing values: refuse or leave out
---@field sample? integer fit to this many rows drawn at random (by seed), and assign the others as new rows; 0: all rows

--- fuzzy c-means: each row belongs to each cluster to a degree.
---@param data Frame
---@param main_or_options? any|cluster.fuzzy.options
---@param options? cluster.fuzzy.options
---@return Model
function cluster.fuzzy(data, main_or_options, options) end

--- fuzzy c-means: each row belongs to each cluster to a degree.
---@param main_or_options? any|cluster.fuzzy.options
---@param options? cluster.fuzzy.options
---@return Model
function Frame:fuzzy(main_or_options, options) end

---@class cluster.gower.options
---@field on? string|string[] variables; default: every column but labels, sets and texts of their own in each row
---@field types? string|table<string, string> gower: what a column is, as {rating = "ordinal"}; default: numeric for numbers and times, nominal for texts
---@field variable_weights? any gower: how much a column counts, as {income = 2}; default 1
---@field as? "square"|"pairs"|"summary" square: a column for each row; pairs: a row for each pair; summary: one row of figures, for any number of rows
---@field missing? "auto"|"error"|"drop" rows with missing values: refuse or leave out; auto: two rows are compared by what both have

--- dissimilarities of rows with mixed columns.
---@param data Frame
---@param main_or_options? any|cluster.gower.options
---@param options? cluster.gower.options
---@return Frame
function cluster.gower(data, main_or_options, options) end

--- dissimilarities of rows with mixed columns.
---@param main_or_options? any|cluster.gower.options
---@param options? cluster.gower.options
---@return Frame
function Frame:gower(main_or_options, options) end

---@class cluster.hdbscan.options
---@field min_cluster_size? integer the fewest rows that are a cluster
---@field min_points? integer the core distance is that to this nearest row, itself counted; 0: min_cluster_size
---@field method? "eom"|"leaf" eom takes the clusters that last longest, leaf the smallest ones of the hierarchy
---@field leave? "row"|"part" a row leaves a cluster when it is cut off from all rows (as in R), or with the small part it is in (as in Python)
---@field eps? number clusters that part below this distance stay together; 0: none do
---@field alpha? number distances are divided by this beside core distances
---@field single? boolean whether there may be one cluster only
---@field on? string|string[] variables; default: every numeric column but labels
---@field scale? "none"|"zscore"|"range"|"robust" how variables are scaled first: zscore by the standard deviation, range to 0..1, robust by the quartile distance
---@field metric? "euclidean"|"manhattan"|"chebyshev"|"cosine" distance between rows
---@field seed? integer seed of the random choices
---@field missing? "error"|"drop" rows with missing values: refuse or leave out
---@field sample? integer fit to this many rows drawn at random (by seed), and assign the others as new rows; 0: all rows

--- HDBSCAN*: clusters of any shape and different density, and how far each row is an outlier.
---@param data Frame
---@param main_or_options? any|cluster.hdbscan.options
---@param options? cluster.hdbscan.options
---@return Model
function cluster.hdbscan(data, main_or_options, options) end

--- HDBSCAN*: clusters of any shape and different density, and how far each row is an outlier.
---@param main_or_options? any|cluster.hdbscan.options
---@param options? cluster.hdbscan.options
---@return Model
function Frame:hdbscan(main_or_options, options) end

---@class cluster.hierarchical.options
---@field k? integer number of clusters; 0: by height, or where the heights leave the widest gap
---@field height? number cut at this height in the place of k: no cluster has a merge above it; 0: not used
---@field linkage? "single"|"complete"|"average"|"mcquitty"|"ward"|"ward_d"|"centroid"|"median"|"divisive" what is near: ward and ward_d are R's ward.D2 and ward.D, centroid and median R's on the metric as it is; divisive: DIANA, which splits from the top
---@field metric? "euclidean"|"sqeuclidean"|"manhattan"|"chebyshev"|"cosine" distance between rows; with sqeuclidean ward_d, centroid and median are those of the centres
---@field distances? Frame given distances in the place of on and metric: columns a, b (row numbers), distance for all pairs, or a square
---@field neighbours? integer only clusters that such a number of nearest neighbours connects may merge; 0: all
---@field cophenetic? "auto"|"yes"|"no" whether to correlate distances with heights, which takes all pairs; auto: up to 5000 rows
---@field on? string|string[] variables; default: every numeric column but labels
---@field scale? "none"|"zscore"|"range"|"robust" how variables are scaled first: zscore by the standard deviation, range to 0..1, robust by the quartile distance
---@field weights? string column saying how many rows each row stands for, above 0
---@field seed? integer seed of the random choices
---@field missing? "error"|"drop" rows with missing values: refuse or leave out
---@field sample? integer fit to this many rows drawn at random (by seed), and assign the others as new rows; 0: all rows

--- hierarchical clustering: merges the nearest rows, then clusters, into a tree that can be cut anywhere.
---@param data Frame
---@param main_or_options? any|cluster.hierarchical.options
---@param options? cluster.hierarchical.options
---@return Model
function cluster.hierarchical(data, main_or_options, options) end

--- hierarchical clustering: merges the nearest rows, then clusters, into a tree that can be cut anywhere.
---@param main_or_options? any|cluster.hierarchical.options
---@param options? cluster.hierarchical.options
---@return Model
function Frame:hierarchical(main_or_options, options) end

---@class cluster.kmeans.options
---@field k integer number of clusters
---@field on? string|string[] variables; default: every numeric column but labels
---@field scale? "none"|"zscore"|"range"|"robust" how variables are scaled first: zscore by the standard deviation, range to 0..1, robust by the quartile distance
---@field starts? integer how often to start from new centres; the best result is kept
---@field max_iter? integer most iterations of a start
---@field tol? number stop when an iteration lowers the inertia by less than this share; 0: until labels stay
---@field init? string|Frame starting centres: kmeans++ spreads them (greedy), scalable spreads them in few passes (k-means||), random takes k rows, auto: scalable from rows x k = 1e6, else kmeans++; or a frame with a row per centre
---@field refine? "auto"|"none"|"swap" after the starts: swap moves single centres, then rows, while that helps; auto: swap from k = 10, and when the starts disagree
---@field weights? string column with the weight of each row, 0 or more
---@field seed? integer seed of the random choices
---@field missing? "error"|"drop" rows with missing values: refuse or leave out
---@field sample? integer fit to this many rows drawn at random (by seed), and assign the others as new rows; 0: all rows
---@field silhouette? boolean also compute the mean silhouette width (time grows with the square of the rows)
---@field algorithm? "auto"|"lloyd"|"hamerly"|"exponion"|"elkan"|"yinyang" which distances bounds leave out (lloyd: none); all give the same bits, auto takes what was fastest at such sizes

--- k-means: splits rows into k clusters around means.
---@param data Frame
---@param main_or_options? any|cluster.kmeans.options
---@param options? cluster.kmeans.options
---@return Model
function cluster.kmeans(data, main_or_options, options) end

--- k-means: splits rows into k clusters around means.
---@param main_or_options? any|cluster.kmeans.options
---@param options? cluster.kmeans.options
---@return Model
function Frame:kmeans(main_or_options, options) end

---@class cluster.kmedians.options
---@field k integer number of clusters
---@field on? string|string[] variables; default: every numeric column but labels
---@field scale? "none"|"zscore"|"range"|"robust" how variables are scaled first: zscore by the standard deviation, range to 0..1, robust by the quartile distance
---@field starts? integer how often to start from new centres; the best result is kept
---@field max_iter? integer most iterations of a start
---@field tol? number stop when an iteration lowers the cost by less than this share; 0: until the centres stay
---@field init? string|Frame starting centres: kmeans++ spreads them, random takes k rows; or a frame with a row per centre
---@field weights? string column with the weight of each row, 0 or more
---@field seed? integer seed of the random choices
---@field missing? "error"|"drop" rows with missing values: refuse or leave out
---@field sample? integer fit to this many rows drawn at random (by seed), and assign the others as new rows; 0: all rows

--- k-medians: splits rows into k clusters around medians.
---@param data Frame
---@param main_or_options? any|cluster.kmedians.options
---@param options? cluster.kmedians.options
---@return Model
function cluster.kmedians(data, main_or_options, options) end

--- k-medians: splits rows into k clusters around medians.
---@param main_or_options? any|cluster.kmedians.options
---@param options? cluster.kmedians.options
---@return Model
function Frame:kmedians(main_or_options, options) end

---@class cluster.kmodes.options
---@field k integer number of clusters
---@field on? string|string[] variables, each taken as classes; default: every category and boolean but labels
---@field init? string|Frame starting modes: cao takes rows that are frequent and far apart; huang draws classes by how frequent they are; random takes rows; or a frame with a row per mode
---@field starts? integer how often to start; the best result is kept; with cao further starts take rows at random
---@field max_iter? integer most iterations of a start
---@field dissimilarity? "matching"|"ng" what a variable adds: matching 1 where classes differ; ng also 1 - share of the class in the cluster where they agree
---@field weights? string column with the weight of each row, 0 or more
---@field seed? integer seed of the random choices
---@field missing? "error"|"drop" rows with missing values: refuse or leave out
---@field sample? integer fit to this many rows drawn at random (by seed), and assign the others as new rows; 0: all rows

--- k-modes: splits rows of classes into k clusters around their most frequent classes.
---@param data Frame
---@param main_or_options? any|cluster.kmodes.options
---@param options? cluster.kmodes.options
---@return Model
function cluster.kmodes(data, main_or_options, options) end

--- k-modes: splits rows of classes into k clusters around their most frequent classes.
---@param main_or_options? any|cluster.kmodes.options
---@param options? cluster.kmodes.options
---@return Model
function Frame:kmodes(main_or_options, options) end

---@class cluster.kprototypes.options
---@field k integer number of clusters
---@field on? string|string[] variables; default: every column but labels and texts of their own in each row
---@field classes? string|string[] numeric columns that are classes, such as codes; texts always are
---@field gamma? number what a differing class costs, in squares of the numbers; 0: half the mean standard deviation of the numbers
---@field scale? "none"|"zscore"|"range"|"robust" how variables are scaled first: zscore by the standard deviation, range to 0..1, robust by the quartile distance
---@field init? string|Frame starting prototypes: cao takes rows with classes that are frequent and far apart; huang draws classes by how frequent they are; random takes rows; or a frame with a row per prototype
---@field starts? integer how often to start; the best result is kept; with cao further starts take rows at random
---@field max_iter? integer most iterations of a start
---@field dissimilarity? "matching"|"ng" what a class adds: matching 1 where classes differ; ng also 1 - share of the class in the cluster where they agree
---@field weights? string column with the weight of each row, 0 or more
---@field seed? integer seed of the random choices
---@field missing? "error"|"drop" rows with missing values: refuse or leave out
---@field sample? integer fit to this many rows drawn at random (by seed), and assign the others as new rows; 0: all rows

--- k-prototypes: splits rows of classes and numbers into k clusters.
---@param data Frame
---@param main_or_options? any|cluster.kprototypes.options
---@param options? cluster.kprototypes.options
---@return Model
function cluster.kprototypes(data, main_or_options, options) end

--- k-prototypes: splits rows of classes and numbers into k clusters.
---@param main_or_options? any|cluster.kprototypes.options
---@param options? cluster.kprototypes.options
---@return Model
function Frame:kprototypes(main_or_options, options) end

---@class cluster.latent_class.options
---@field k? any number of classes, or several to choose from: 3, "2:6", {2, 4}
---@field on? string|string[] questions, of any type with up to 100 different answers; default: every column of texts or booleans but labels
---@field criterion? "bic"|"icl" what is smallest in the number of classes that is chosen; icl also asks that classes are apart
---@field starts? integer how often to start from random probabilities; the best result is kept
---@field max_iter? integer most iterations of a start
---@field tol? number stop when an iteration changes the log likelihood by less than this share
---@field weights? string column with the weight of each row, 0 or more
---@field seed? integer seed of the random choices
---@field missing? "use"|"drop"|"error" rows with missing answers: use those they have (missing at random), leave them out, or refuse

--- latent class analysis: classes of people behind answers to questions.
---@param data Frame
---@param main_or_options? any|cluster.latent_class.options
---@param options? cluster.latent_class.options
---@return Model
function cluster.latent_class(data, main_or_options, options) end

--- latent class analysis: classes of people behind answers to questions.
---@param main_or_options? any|cluster.latent_class.options
---@param options? cluster.latent_class.options
---@return Model
function Frame:latent_class(main_or_options, options) end

--- the rows of a hierarchical clustering in the order of its tree.
---@param data Model
---@return Frame
function cluster.leaves(data) end

--- the rows of a hierarchical clustering in the order of its tree.
---@return Frame
function Model:leaves() end

---@class cluster.meanshift.options
---@field bandwidth? number radius of the window, in scaled units; not given: by quantile, and said
---@field quantile? number without bandwidth: the mean distance to the row that this share of the rows is nearer than (of at most 2000 rows)
---@field kernel? "flat"|"gaussian" how rows in the window count
---@field bins? boolean begin from a grid instead of every row: faster, a little coarser
---@field far? "assign"|"noise" rows beyond the bandwidth of every centre: to the nearest, or noise
---@field max_iter? integer most steps of a point
---@field on? string|string[] variables; default: every numeric column but labels
---@field scale? "none"|"zscore"|"range"|"robust" how variables are scaled first: zscore by the standard deviation, range to 0..1, robust by the quartile distance
---@field weights? string column with the weight of each row, 0 or more
---@field seed? integer seed of the random choices
---@field missing? "error"|"drop" rows with missing values: refuse or leave out
---@field sample? integer fit to this many rows drawn at random (by seed), and assign the others as new rows; 0: all rows

--- mean shift: clusters are the hills of the density, as many as there are at a bandwidth.
---@param data Frame
---@param main_or_options? any|cluster.meanshift.options
---@param options? cluster.meanshift.options
---@return Model
function cluster.meanshift(data, main_or_options, options) end

--- mean shift: clusters are the hills of the density, as many as there are at a bandwidth.
---@param main_or_options? any|cluster.meanshift.options
---@param options? cluster.meanshift.options
---@return Model
function Frame:meanshift(main_or_options, options) end

--- the merges of a hierarchical clustering, in their order.
---@param data Model
---@return Frame
function cluster.merges(data) end

--- the merges of a hierarchical clustering, in their order.
---@return Frame
function Model:merges() end

---@class cluster.migrate.options
---@field from string column with the former segments
---@field to? string column with the later ones; with now, by default of the same name
---@field now? Frame the later rows, when they are a frame of their own
---@field id? string with now: the column that says which rows are the same
---@field match? "auto"|"name"|"overlap" which segments belong together: those of one name, or so that most rows stay; auto: texts by name, numbers by overlap

--- who moved between two columns of segments, or two dates.
---@param data Frame
---@param main_or_options? any|cluster.migrate.options
---@param options? cluster.migrate.options
---@return Model
function cluster.migrate(data, main_or_options, options) end

--- who moved between two columns of segments, or two dates.
---@param main_or_options? any|cluster.migrate.options
---@param options? cluster.migrate.options
---@return Model
function Frame:migrate(main_or_options, options) end

---@class cluster.migrate_models.options
---@field other any the later model; the same one to see how rows change over time
---@field data Frame the rows that both models label; with now, the earlier ones
---@field now? Frame the later rows, which the later model labels
---@field id? string with now: the column that says which rows are the same

--- who moved between the segments of two models, or of one over time.
---@param data Model
---@param main_or_options? any|cluster.migrate_models.options
---@param options? cluster.migrate_models.options
---@return Model
function cluster.migrate_models(data, main_or_options, options) end

--- who moved between the segments of two models, or of one over time.
---@param main_or_options? any|cluster.migrate_models.options
---@param options? cluster.migrate_models.options
---@return Model
function Model:migrate(main_or_options, options) end

---@class cluster.minibatch.options
---@field k integer number of clusters
---@field on? string|string[] variables; default: every numeric column but labels
---@field scale? "none"|"zscore"|"range"|"robust" how variables are scaled first: zscore by the standard deviation, range to 0..1, robust by the quartile distance
---@field batch? integer rows drawn at a time
---@field max_iter? integer most batches
---@field patience? integer stop when the smoothed squared distance has not fallen for so many batches; 0: go on to max_iter
---@field reassign? number a centre with less than this share of the rows of the largest one is moved; 0: never
---@field init? Frame starting centres, a row each; with a column rows_seen, as tidy() has it, a fit to earlier rows goes on; default: those of k-means on a sample
---@field weights? string column with the weight of each row, 0 or more
---@field seed? integer seed of the random choices
---@field missing? "error"|"drop" rows with missing values: refuse or leave out

--- mini-batch k-means: k clusters of very many rows, from small random batches.
---@param data Frame
---@param main_or_options? any|cluster.minibatch.options
---@param options? cluster.minibatch.options
---@return Model
function cluster.minibatch(data, main_or_options, options) end

--- mini-batch k-means: k clusters of very many rows, from small random batches.
---@param main_or_options? any|cluster.minibatch.options
---@param options? cluster.minibatch.options
---@return Model
function Frame:minibatch(main_or_options, options) end

---@class cluster.mixture.options
---@field k? any number of components, or several to choose from: 3, "2:9", {2, 4, 8}
---@field model? string|string[] covariance models to choose from: auto (all), EII VII EEI VEI EVI VVI EEE VEE EVE VVE EEV VEV EVV VVV, or full (VVV), tied (EEE), diagonal (VVI), spherical (VII)
---@field criterion? "bic"|"icl"|"aic" what is smallest in the model that is chosen; icl also asks that components are apart
---@field init? string|Frame where iterations begin: hierarchical merges rows by likelihood (of more than 2000 rows as many drawn ones, and kmeans has a start too), kmeans, random takes k rows as means; or a frame with a row per mean
---@field starts? integer how often to start; from the second on by k-means (init = random: random). Above 2000 rows hierarchical starts twice at least
---@field max_iter? integer most iterations of a start
---@field tol? number stop when an iteration changes the log likelihood by less than this share; 1e-10 for the maximum to ten digits
---@field reg? number added to every variance after each iteration, in scaled units, so that no component becomes flat
---@field on? string|string[] variables; default: every numeric column but labels
---@field scale? "none"|"zscore"|"range"|"robust" how variables are scaled first: zscore by the standard deviation, range to 0..1, robust by the quartile distance
---@field weights? string column with the weight of each row, 0 or more
---@field seed? integer seed of the random choices
---@field missing? "error"|"drop" rows with missing values: refuse or leave out
---@field sample? integer fit to this many rows drawn at random (by seed), and assign the others as new rows; 0: all rows

--- Gaussian mixtures: clusters as normal distributions, their number chosen by BIC.
---@param data Frame
---@param main_or_options? any|cluster.mixture.options
---@param options? cluster.mixture.options
---@return Model
function cluster.mixture(data, main_or_options, options) end

--- Gaussian mixtures: clusters as normal distributions, their number chosen by BIC.
---@param main_or_options? any|cluster.mixture.options
---@param options? cluster.mixture.options
---@return Model
function Frame:mixture(main_or_options, options) end

---@class cluster.optics.options
---@field min_points? integer the core distance is that to this nearest row, itself counted
---@field eps? number no row is reached over more than this; not given: the largest distance to the nearest row number min_points + 1
---@field cut? number clusters are cut off at this reachability, as by dbscan; not given: by xi
---@field xi? number clusters are valleys whose walls rise by this share from row to row (when cut is not given)
---@field min_cluster_size? integer the fewest rows of a valley; 0: min_points, at least 2
---@field on? string|string[] variables; default: every numeric column but labels
---@field scale? "none"|"zscore"|"range"|"robust" how variables are scaled first: zscore by the standard deviation, range to 0..1, robust by the quartile distance
---@field metric? "euclidean"|"manhattan"|"chebyshev"|"cosine" distance between rows
---@field seed? integer seed of the random choices
---@field missing? "error"|"drop" rows with missing values: refuse or leave out
---@field sample? integer fit to this many rows drawn at random (by seed), and assign the others as new rows; 0: all rows

--- OPTICS: an order of rows in which clusters of every density are valleys.
---@param data Frame
---@param main_or_options? any|cluster.optics.options
---@param options? cluster.optics.options
---@return Model
function cluster.optics(data, main_or_options, options) end

--- OPTICS: an order of rows in which clusters of every density are valleys.
---@param main_or_options? any|cluster.optics.options
---@param options? cluster.optics.options
---@return Model
function Frame:optics(main_or_options, options) end

---@class cluster.pam.options
---@field k integer number of clusters
---@field on? string|string[] variables; default: every numeric column but labels, with gower every column
---@field scale? "none"|"zscore"|"range"|"robust" how variables are scaled first: zscore by the standard deviation, range to 0..1, robust by the quartile distance
---@field metric? "euclidean"|"sqeuclidean"|"manhattan"|"chebyshev"|"cosine"|"gower"|"given" dissimilarity of rows; gower: of mixed columns; given: the frame is the square of dissimilarities itself
---@field types? string|table<string, string> gower: what a column is, as {rating = "ordinal"}; default: numeric for numbers and times, nominal for texts
---@field variable_weights? any gower: how much a column counts, as {income = 2}; default 1
---@field init? string|Frame starting medoids: build takes the row that helps most, k times; lab does so on small samples; random draws rows; or a frame with a column medoid of row numbers
---@field swap? boolean whether medoids are exchanged for other rows while that helps
---@field variant? "eager"|"steepest" which swap is made: the first that helps (FasterPAM), or the best of all as in the classic algorithm
---@field max_iter? integer most passes over the rows
---@field silhouette? boolean also compute silhouettes, diameters and separations: a pass over all pairs of rows
---@field weights? string column with the weight of each row, 0 or more
---@field seed? integer seed of the random choices
---@field missing? "auto"|"error"|"drop" rows with missing values: refuse or leave out; auto: refuse, but gower compares by what both rows have
---@field sample? integer fit to this many rows drawn at random (by seed), and assign the others as new rows; 0: all rows

--- k-medoids: splits rows into k clusters around rows of their own.
---@param data Frame
---@param main_or_options? any|cluster.pam.options
---@param options? cluster.pam.options
---@return Model
function cluster.pam(data, main_or_options, options) end

--- k-medoids: splits rows into k clusters around rows of their own.
---@param main_or_options? any|cluster.pam.options
---@param options? cluster.pam.options
---@return Model
function Frame:pam(main_or_options, options) end

---@class cluster.part.options
---@field name string which frame; a wrong name lists them

--- one of the frames that a clustering, passport or migration is made of.
---@param data Model
---@param main_or_options? any|cluster.part.options
---@param options? cluster.part.options
---@return Frame
function cluster.part(data, main_or_options, options) end

--- one of the frames that a clustering, passport or migration is made of.
---@param main_or_options? any|cluster.part.options
---@param options? cluster.part.options
---@return Frame
function Model:part(main_or_options, options) end

---@class cluster.passport.options
---@field data Frame the rows; also with columns that were not fitted on
---@field value? string a numeric column, such as spend, for the value shares
---@field names? string|string[] names for segments 1, 2, ...; default: proposed from the differences
---@field top? integer differences kept for each segment
---@field typical? integer typical rows, and rows at the border, for each segment
---@field stability? Frame how stable each segment is: columns cluster and stability (or jaccard); default: what the fit itself knows
---@field before? any an earlier model to compare with, or a frame of earlier rows
---@field on? string|string[] columns that rules may use; default: all that can stand in a rule
---@field conditions? integer conditions in a rule at most
---@field gain? number how much a longer rule must gain in f1

--- who the segments are: names, sizes, value, differences, rules, stability, drift, typical rows.
---@param data Model
---@param main_or_options? any|cluster.passport.options
---@param options? cluster.passport.options
---@return Model
function cluster.passport(data, main_or_options, options) end

--- who the segments are: names, sizes, value, differences, rules, stability, drift, typical rows.
---@param main_or_options? any|cluster.passport.options
---@param options? cluster.passport.options
---@return Model
function Model:passport(main_or_options, options) end

---@class cluster.passport_text.options
---@field format? "markdown" only markdown

--- a passport as Markdown.
---@param data Model
---@param main_or_options? any|cluster.passport_text.options
---@param options? cluster.passport_text.options
---@return string
function cluster.passport_text(data, main_or_options, options) end

--- a passport as Markdown.
---@param main_or_options? any|cluster.passport_text.options
---@param options? cluster.passport_text.options
---@return string
function Model:text(main_or_options, options) end

---@class cluster.passport_write.options
---@field path string file name, by custom ending in .md

--- writes a passport as Markdown.
---@param data Model
---@param main_or_options? any|cluster.passport_write.options
---@param options? cluster.passport_write.options
---@return nil
function cluster.passport_write(data, main_or_options, options) end

--- writes a passport as Markdown.
---@param main_or_options? any|cluster.passport_write.options
---@param options? cluster.passport_write.options
---@return nil
function Model:write(main_or_options, options) end

---@class cluster.profile.options
---@field data Frame the rows to profile; also with columns that were not fitted on
---@field top? integer variables shown per segment, 0 for all
---@field value? string a numeric column, such as spend: its sum in each segment and share of the total
---@field adjust? "bh"|"holm"|"none" how p is adjusted for the number of tests: Benjamini-Hochberg (false discoveries), Holm (any false one)

--- what sets each segment apart from the rest.
---@param data Model
---@param main_or_options? any|cluster.profile.options
---@param options? cluster.profile.options
---@return Frame
function cluster.profile(data, main_or_options, options) end

--- what sets each segment apart from the rest.
---@param main_or_options? any|cluster.profile.options
---@param options? cluster.profile.options
---@return Frame
function Model:profile(main_or_options, options) end

--- the order of optics: which row comes when, and how easily it was reached.
---@param data Model
---@return Frame
function cluster.reachability(data) end

--- the order of optics: which row comes when, and how easily it was reached.
---@return Frame
function Model:reachability() end

--- the probability of every answer in each latent class.
---@param data Model
---@return Frame
function cluster.responses(data) end

--- the probability of every answer in each latent class.
---@return Frame
function Model:responses() end

---@class cluster.segment_rules.options
---@field data Frame the rows; also with columns that were not fitted on
---@field on? string|string[] columns that rules may use; default: all that can stand in a rule
---@field conditions? integer conditions in a rule at most
---@field gain? number how much a longer rule must gain in f1

--- for each segment a rule of at most three conditions that finds its rows again.
---@param data Model
---@param main_or_options? any|cluster.segment_rules.options
---@param options? cluster.segment_rules.options
---@return Frame
function cluster.segment_rules(data, main_or_options, options) end

--- for each segment a rule of at most three conditions that finds its rows again.
---@param main_or_options? any|cluster.segment_rules.options
---@param options? cluster.segment_rules.options
---@return Frame
function Model:segment_rules(main_or_options, options) end

---@class cluster.segmentation.options
---@field column string the column with the segment of each row: texts, booleans, or whole numbers from 1 (0: in none)
---@field names? string|string[] names for segments 1, 2, ...; default: the column's cells

--- a column of labels as a model of segments.
---@param data Frame
---@param main_or_options? any|cluster.segmentation.options
---@param options? cluster.segmentation.options
---@return Model
function cluster.segmentation(data, main_or_options, options) end

--- a column of labels as a model of segments.
---@param main_or_options? any|cluster.segmentation.options
---@param options? cluster.segmentation.options
---@return Model
function Frame:segmentation(main_or_options, options) end

---@class cluster.sensitivity.options
---@field data? Frame the rows it was fitted to; needed after model.load
---@field seeds? integer other seeds to try

--- how far the clusters depend on the scaling, on each variable and on the seed.
---@param data Model
---@param main_or_options? any|cluster.sensitivity.options
---@param options? cluster.sensitivity.options
---@return Frame
function cluster.sensitivity(data, main_or_options, options) end

--- how far the clusters depend on the scaling, on each variable and on the seed.
---@param main_or_options? any|cluster.sensitivity.options
---@param options? cluster.sensitivity.options
---@return Frame
function Model:sensitivity(main_or_options, options) end

---@class cluster.silhouette.options
---@field cluster string column with the cluster of each row; rows where it is missing, or 0 in a model's labels, take no part
---@field on? string|string[] variables; default: every numeric column but labels, with gower every column
---@field scale? "none"|"zscore"|"range"|"robust" how variables are scaled first: zscore by the standard deviation, range to 0..1, robust by the quartile distance
---@field metric? "euclidean"|"sqeuclidean"|"manhattan"|"chebyshev"|"cosine"|"gower"|"given" dissimilarity of rows; gower: of mixed columns; given: the frame is the square of dissimilarities itself
---@field types? string|table<string, string> gower: what a column is, as {rating = "ordinal"}; default: numeric for numbers and times, nominal for texts
---@field variable_weights? any gower: how much a column counts, as {income = 2}; default 1
---@field missing? "auto"|"error"|"drop" rows with missing values: refuse or leave out; auto: refuse, but gower compares by what both rows have
---@field sample? integer fit to this many rows drawn at random (by seed), and assign the others as new rows; 0: all rows
---@field seed? integer seed of the random choices

--- how well each row sits in its cluster.
---@param data Frame
---@param main_or_options? any|cluster.silhouette.options
---@param options? cluster.silhouette.options
---@return Model
function cluster.silhouette(data, main_or_options, options) end

--- how well each row sits in its cluster.
---@param main_or_options? any|cluster.silhouette.options
---@param options? cluster.silhouette.options
---@return Model
function Frame:silhouette(main_or_options, options) end

--- the silhouette of every row of a clustering.
---@param data Model
---@return Frame
function cluster.silhouettes(data) end

--- the silhouette of every row of a clustering.
---@return Frame
function Model:silhouettes() end

---@class cluster.som.options
---@field x? integer columns of the grid; 0: about 5 sqrt(n) units in all
---@field y? integer rows of the grid
---@field grid? "hexagonal"|"rectangular" a unit has six neighbours, or eight
---@field toroidal? boolean a grid without edges: its sides are joined
---@field method? "batch"|"online" all rows at once in every epoch, or one after the other
---@field neighbourhood? "gaussian"|"bubble" how neighbours move along: less with distance, or alike
---@field epochs? integer passes over all rows
---@field radius? number of the neighbourhood in the first epoch; 0: two thirds of all pairs are nearer
---@field radius_end? number of the neighbourhood in the last epoch
---@field alpha? number online: how far a code moves to a row at first
---@field alpha_end? number online: and in the end
---@field init? "pca"|"random" codes begin on the plane of the principal components, or at random rows
---@field k? integer clusters the units are cut into; 0: every unit is one
---@field on? string|string[] variables; default: every numeric column but labels
---@field scale? "none"|"zscore"|"range"|"robust" how variables are scaled first: zscore by the standard deviation, range to 0..1, robust by the quartile distance
---@field weights? string column with the weight of each row, 0 or more
---@field seed? integer seed of the random choices
---@field missing? "error"|"drop" rows with missing values: refuse or leave out
---@field sample? integer fit to this many rows drawn at random (by seed), and assign the others as new rows; 0: all rows

--- self-organising map: rows on a grid of units, near ones together.
---@param data Frame
---@param main_or_options? any|cluster.som.options
---@param options? cluster.som.options
---@return Model
function cluster.som(data, main_or_options, options) end

--- self-organising map: rows on a grid of units, near ones together.
---@param main_or_options? any|cluster.som.options
---@param options? cluster.som.options
---@return Model
function Frame:som(main_or_options, options) end

---@class cluster.spectral.options
---@field k? integer number of clusters; 0: where the eigenvalues leave the widest gap, 2 to 10
---@field affinity? "knn"|"rbf" what connects rows: knn their nearest rows, rbf all rows by exp(-gamma distance^2), n^2 numbers
---@field neighbours? integer nearest rows that a row is connected to (knn)
---@field gamma? number how fast affinity falls (rbf); 0: 1 / (2 m^2), m the median distance to the 7th row (landmark)
---@field landmarks? integer by how many rows, drawn by the seed, all affinities are approximated (rbf; Nystrom); 0: none, all pairs
---@field starts? integer starts of k-means on the eigenvectors
---@field on? string|string[] variables; default: every numeric column but labels
---@field scale? "none"|"zscore"|"range"|"robust" how variables are scaled first: zscore by the standard deviation, range to 0..1, robust by the quartile distance
---@field seed? integer seed of the random choices
---@field missing? "error"|"drop" rows with missing values: refuse or leave out
---@field sample? integer fit to this many rows drawn at random (by seed), and assign the others as new rows; 0: all rows

--- spectral clustering: parts a graph of neighbouring rows where it is thinnest.
---@param data Frame
---@param main_or_options? any|cluster.spectral.options
---@param options? cluster.spectral.options
---@return Model
function cluster.spectral(data, main_or_options, options) end

--- spectral clustering: parts a graph of neighbouring rows where it is thinnest.
---@param main_or_options? any|cluster.spectral.options
---@param options? cluster.spectral.options
---@return Model
function Frame:spectral(main_or_options, options) end

---@class cluster.spherical.options
---@field k integer number of clusters
---@field on? string|string[] variables; default: every numeric column but labels
---@field scale? "none"|"zscore"|"range"|"robust" how variables are scaled first: zscore by the standard deviation, range to 0..1, robust by the quartile distance
---@field starts? integer how often to start from new centres; the best result is kept
---@field max_iter? integer most iterations of a start
---@field tol? number stop when an iteration lowers the cost by less than this share; 0: until the centres stay
---@field init? string|Frame starting centres: kmeans++ spreads them, random takes k rows; or a frame with a row per centre
---@field weights? string column with the weight of each row, 0 or more
---@field seed? integer seed of the random choices
---@field missing? "error"|"drop" rows with missing values: refuse or leave out
---@field sample? integer fit to this many rows drawn at random (by seed), and assign the others as new rows; 0: all rows

--- spherical k-means: splits rows into k clusters by direction, not by size.
---@param data Frame
---@param main_or_options? any|cluster.spherical.options
---@param options? cluster.spherical.options
---@return Model
function cluster.spherical(data, main_or_options, options) end

--- spherical k-means: splits rows into k clusters by direction, not by size.
---@param main_or_options? any|cluster.spherical.options
---@param options? cluster.spherical.options
---@return Model
function Frame:spherical(main_or_options, options) end

---@class cluster.stability.options
---@field data? Frame the rows it was fitted to; needed after model.load
---@field rounds? integer fits to resampled rows
---@field scheme? "bootstrap"|"subset" rows of a round: drawn with replacement and taken once each, or half of them without
---@field seed? integer seed of the rows drawn

--- whether each cluster comes again when the method is fitted to resampled rows.
---@param data Model
---@param main_or_options? any|cluster.stability.options
---@param options? cluster.stability.options
---@return Frame
function cluster.stability(data, main_or_options, options) end

--- whether each cluster comes again when the method is fitted to resampled rows.
---@param main_or_options? any|cluster.stability.options
---@param options? cluster.stability.options
---@return Frame
function Model:stability(main_or_options, options) end

--- what each rule says about the number of clusters.
---@param data Model
---@return Frame
function cluster.suggestions(data) end

--- what each rule says about the number of clusters.
---@return Frame
function Model:suggestions() end

---@class cluster.tendency.options
---@field on? string|string[] variables; default: every numeric column but labels
---@field scale? "none"|"zscore"|"range"|"robust" how variables are scaled first: zscore by the standard deviation, range to 0..1, robust by the quartile distance
---@field m? integer places and rows drawn; 0: a tenth of the rows, at most 500
---@field seed? integer seed of the random choices
---@field missing? "error"|"drop" rows with missing values: refuse or leave out

--- whether rows cluster at all: Hopkins' statistic with its null.
---@param data Frame
---@param main_or_options? any|cluster.tendency.options
---@param options? cluster.tendency.options
---@return Frame
function cluster.tendency(data, main_or_options, options) end

--- whether rows cluster at all: Hopkins' statistic with its null.
---@param main_or_options? any|cluster.tendency.options
---@param options? cluster.tendency.options
---@return Frame
function Frame:tendency(main_or_options, options) end

--- the units of a self-organising map.
---@param data Model
---@return Frame
function cluster.units(data) end

--- the units of a self-organising map.
---@return Frame
function Model:units() end

---@class cluster.validity.options
---@field by string column with the clusters; 0 and missing cells are noise
---@field on? string|string[] variables; default: every numeric column but labels
---@field scale? "none"|"zscore"|"range"|"robust" how variables are scaled first: zscore by the standard deviation, range to 0..1, robust by the quartile distance
---@field missing? "error"|"drop" rows with missing values: refuse or leave out
---@field pairs? integer most rows for the figures that compare all pairs (silhouette, dunn, separation, diameter); of more rows these are missing

--- how good a clustering is by the data alone: silhouette, Calinski-Harabasz, Davies-Bouldin, Dunn.
---@param data Frame
---@param main_or_options? any|cluster.validity.options
---@param options? cluster.validity.options
---@return Frame
function cluster.validity(data, main_or_options, options) end

--- how good a clustering is by the data alone: silhouette, Calinski-Harabasz, Davies-Bouldin, Dunn.
---@param main_or_options? any|cluster.validity.options
---@param options? cluster.validity.options
---@return Frame
function Frame:validity(main_or_options, options) end

--- all valleys of optics, those within others before them.
---@param data Model
---@return Frame
function cluster.valleys(data) end

--- all valleys of optics, those within others before them.
---@return Frame
function Model:valleys() end

column = {}

---@class column.cast.options
---@field type "float64"|"int64"|"bool"|"timestamp"|"category"|"string" the type it is to have
---@field invalid? "error"|"missing" what becomes of a cell that does not fit
---@field decimal? "."|"," decimal mark of numbers in texts
---@field thousands? string mark between thousands; any when not given, "" for none
---@field dates? "auto"|"ymd"|"mdy"|"dmy" order of day, month and year in dates like 03/04/2024
---@field format? string how times are written, in places of strptime: "%d.%m.%Y %H:%M"
---@field zone? string zone of the times: "Europe/Berlin"; wall times are taken as its own
---@field missing? string|string[] texts that stand for missing

--- the column as another type.
---@param data Column
---@param main_or_options? any|column.cast.options
---@param options? column.cast.options
---@return Column
function column.cast(data, main_or_options, options) end

--- the column as another type.
---@param main_or_options? any|column.cast.options
---@param options? column.cast.options
---@return Column
function Column:cast(main_or_options, options) end

---@class column.eq.options
---@field value any a number, a text, a boolean or a column of equal length

--- which cells are equal to a value.
---@param data Column
---@param main_or_options? any|column.eq.options
---@param options? column.eq.options
---@return Column
function column.eq(data, main_or_options, options) end

--- which cells are equal to a value.
---@param main_or_options? any|column.eq.options
---@param options? column.eq.options
---@return Column
function Column:eq(main_or_options, options) end

---@class column.ge.options
---@field value any a number, a text, a boolean or a column of equal length

--- which cells are greater than or equal to a value.
---@param data Column
---@param main_or_options? any|column.ge.options
---@param options? column.ge.options
---@return Column
function column.ge(data, main_or_options, options) end

--- which cells are greater than or equal to a value.
---@param main_or_options? any|column.ge.options
---@param options? column.ge.options
---@return Column
function Column:ge(main_or_options, options) end

---@class column.gt.options
---@field value any a number, a text, a boolean or a column of equal length

--- which cells are greater than a value.
---@param data Column
---@param main_or_options? any|column.gt.options
---@param options? column.gt.options
---@return Column
function column.gt(data, main_or_options, options) end

--- which cells are greater than a value.
---@param main_or_options? any|column.gt.options
---@param options? column.gt.options
---@return Column
function Column:gt(main_or_options, options) end

---@class column.le.options
---@field value any a number, a text, a boolean or a column of equal length

--- which cells are less than or equal to a value.
---@param data Column
---@param main_or_options? any|column.le.options
---@param options? column.le.options
---@return Column
function column.le(data, main_or_options, options) end

--- which cells are less than or equal to a value.
---@param main_or_options? any|column.le.options
---@param options? column.le.options
---@return Column
function Column:le(main_or_options, options) end

---@class column.lt.options
---@field value any a number, a text, a boolean or a column of equal length

--- which cells are less than a value.
---@param data Column
---@param main_or_options? any|column.lt.options
---@param options? column.lt.options
---@return Column
function column.lt(data, main_or_options, options) end

--- which cells are less than a value.
---@param main_or_options? any|column.lt.options
---@param options? column.lt.options
---@return Column
function Column:lt(main_or_options, options) end

---@class column.ne.options
---@field value any a number, a text, a boolean or a column of equal length

--- which cells differ from a value.
---@param data Column
---@param main_or_options? any|column.ne.options
---@param options? column.ne.options
---@return Column
function column.ne(data, main_or_options, options) end

--- which cells differ from a value.
---@param main_or_options? any|column.ne.options
---@param options? column.ne.options
---@return Column
function Column:ne(main_or_options, options) end

customer = {}

---@class customer.cohort.options
---@field id string who bought
---@field date string when: a column of times
---@field period? "day"|"week"|"month"|"quarter"|"year" length of a period; weeks begin on Monday
---@field metric? "customers"|"orders"|"revenue" what a cell counts
---@field amount? string for how much; needed for revenue
---@field order? string order number; without it a customer's purchases of a day are one order
---@field rolling? boolean whether customers count until their last purchase, not only when they bought
---@field at? string last day to look at, "2011-12-10"
---@field missing? "error"|"drop" what becomes of rows with missing cells

--- retention: what becomes of customers by the period of their first purchase.
---@param data Frame
---@param main_or_options? any|customer.cohort.options
---@param options? customer.cohort.options
---@return Model
function customer.cohort(data, main_or_options, options) end

--- retention: what becomes of customers by the period of their first purchase.
---@param main_or_options? any|customer.cohort.options
---@param options? customer.cohort.options
---@return Model
function Frame:cohort(main_or_options, options) end

--- a cohort model's ages, all cohorts together.
---@param data Model
---@return Frame
function customer.curve(data) end

--- a cohort model's ages, all cohorts together.
---@return Frame
function Model:curve() end

--- the cut points of the scores.
---@param data Model
---@return Frame
function customer.cuts(data) end

--- the cut points of the scores.
---@return Frame
function Model:cuts() end

---@class customer.rfm.options
---@field id string who bought
---@field date string when: a column of times
---@field amount string for how much
---@field order? string order number; without it a customer's purchases of a day are one order
---@field at? string day to look back from, "2011-12-10"; the day after the last purchase when not given
---@field bins? integer highest score
---@field ties? "order"|"cut" deal equal values by order of appearance, or let them share a score
---@field count? "orders"|"rows" what frequency counts
---@field monetary? "sum"|"mean" all a customer spent, or the mean per order
---@field missing? "error"|"drop" what becomes of rows with missing cells
---@field segments? Frame a map of your own: segment, and bounds of scores such as r_low, r_high

--- recency, frequency and monetary value of each customer, with scores and segments.
---@param data Frame
---@param main_or_options? any|customer.rfm.options
---@param options? customer.rfm.options
---@return Model
function customer.rfm(data, main_or_options, options) end

--- recency, frequency and monetary value of each customer, with scores and segments.
---@param main_or_options? any|customer.rfm.options
---@param options? customer.rfm.options
---@return Model
function Frame:rfm(main_or_options, options) end

--- the segments: how many customers, and what they bring.
---@param data Model
---@return Frame
function customer.segments(data) end

--- the segments: how many customers, and what they bring.
---@return Frame
function Model:segments() end

---@class customer.triangle.options
---@field share? boolean shares of age 0 instead of counts

--- a cohort model in wide form: a row per cohort, a column per age.
---@param data Model
---@param main_or_options? any|customer.triangle.options
---@param options? customer.triangle.options
---@return Frame
function customer.triangle(data, main_or_options, options) end

--- a cohort model in wide form: a row per cohort, a column per age.
---@param main_or_options? any|customer.triangle.options
---@param options? customer.triangle.options
---@return Frame
function Model:triangle(main_or_options, options) end

diff = {}

--- the first cells that differ between two frames.
---@param data Model
---@return Frame
function diff.cells(data) end

--- the first cells that differ between two frames.
---@return Frame
function Model:cells() end

---@class diff.frames.options
---@field other Frame the frame to compare with
---@field tolerance? number relative difference up to which numbers are the same
---@field cells? integer how many to list at most
---@field all? boolean list columns that are the same too

--- what differs between two frames.
---@param data Frame
---@param main_or_options? any|diff.frames.options
---@param options? diff.frames.options
---@return Model
function diff.frames(data, main_or_options, options) end

--- what differs between two frames.
---@param main_or_options? any|diff.frames.options
---@param options? diff.frames.options
---@return Model
function Frame:diff(main_or_options, options) end

---@class diff.models.options
---@field other any the fit to compare with
---@field data? Frame rows to label by both; when not given those the fits were made of

--- what differs between two fits of one method.
---@param data Model
---@param main_or_options? any|diff.models.options
---@param options? diff.models.options
---@return Model
function diff.models(data, main_or_options, options) end

--- what differs between two fits of one method.
---@param main_or_options? any|diff.models.options
---@param options? diff.models.options
---@return Model
function Model:diff(main_or_options, options) end

--- the rows that two fits put into different clusters.
---@param data Model
---@return Frame
function diff.moved(data) end

--- the rows that two fits put into different clusters.
---@return Frame
function Model:moved() end

frame = {}

---@class frame.agg.options
---@field columns? string|string[] one cell per group each
---@field by? string|string[] columns to group by
---@field order? string|string[] order of a group's rows for windows, first and last
---@field named? table<string, any> columns by name, or values for the $names in expressions

--- one row per group: counts, sums, means and the like.
---@param data Frame
---@param main_or_options? any|frame.agg.options
---@param options? frame.agg.options
---@return Frame
function frame.agg(data, main_or_options, options) end

--- one row per group: counts, sums, means and the like.
---@param main_or_options? any|frame.agg.options
---@param options? frame.agg.options
---@return Frame
function Frame:agg(main_or_options, options) end

---@class frame.append.options
---@field frames Frame|Frame[] the frame to add below, or several
---@field strict? boolean whether a column that a frame lacks, or a change of type, is an error
---@field source? string name of a column to add that says which frame a row is from
---@field names? string|string[] names of all the frames, the first included, for messages and source

--- rows of other frames below those of this one.
---@param data Frame
---@param main_or_options? any|frame.append.options
---@param options? frame.append.options
---@return Frame
function frame.append(data, main_or_options, options) end

--- rows of other frames below those of this one.
---@param main_or_options? any|frame.append.options
---@param options? frame.append.options
---@return Frame
function Frame:append(main_or_options, options) end

---@class frame.baskets.options
---@field id? string column that says which basket a row belongs to, for a row per item
---@field item? string column with the item, for a row per item
---@field on? string|string[] columns that are items, for a row per basket
---@field present? string|string[] cells that mean an item is in the basket; all others mean it is not

--- gathers rows or columns of items into baskets.
---@param data Frame
---@param main_or_options? any|frame.baskets.options
---@param options? frame.baskets.options
---@return Frame
function frame.baskets(data, main_or_options, options) end

--- gathers rows or columns of items into baskets.
---@param main_or_options? any|frame.baskets.options
---@param options? frame.baskets.options
---@return Frame
function Frame:baskets(main_or_options, options) end

---@class frame.cast.options
---@field types? table<string, any> types by column name: {amount = "float64"}
---@field invalid? "error"|"missing" what becomes of a cell that does not fit
---@field decimal? "."|"," decimal mark of numbers in texts
---@field thousands? string mark between thousands; any when not given, "" for none
---@field dates? "auto"|"ymd"|"mdy"|"dmy" order of day, month and year in dates like 03/04/2024
---@field format? string how times are written, in places of strptime: "%d.%m.%Y %H:%M"
---@field zone? string zone of the times: "Europe/Berlin"; wall times are taken as its own
---@field missing? string|string[] texts that stand for missing

--- columns as other types.
---@param data Frame
---@param main_or_options? any|frame.cast.options
---@param options? frame.cast.options
---@return Frame
function frame.cast(data, main_or_options, options) end

--- columns as other types.
---@param main_or_options? any|frame.cast.options
---@param options? frame.cast.options
---@return Frame
function Frame:cast(main_or_options, options) end

---@class frame.col.options
---@field name string the column's name

--- one column, also when a verb has its name.
---@param data Frame
---@param main_or_options? any|frame.col.options
---@param options? frame.col.options
---@return Column
function frame.col(data, main_or_options, options) end

--- one column, also when a verb has its name.
---@param main_or_options? any|frame.col.options
---@param options? frame.col.options
---@return Column
function Frame:col(main_or_options, options) end

---@class frame.compute.options
---@field expression string what to compute for each row
---@field by? string|string[] columns whose equal cells make a group for aggregates and windows
---@field order? string|string[] order of a group's rows for windows, first and last
---@field parameters? table<string, any> values for the $names in the expression

--- an expression's cells as a column.
---@param data Frame
---@param main_or_options? any|frame.compute.options
---@param options? frame.compute.options
---@return Column
function frame.compute(data, main_or_options, options) end

--- an expression's cells as a column.
---@param main_or_options? any|frame.compute.options
---@param options? frame.compute.options
---@return Column
function Frame:compute(main_or_options, options) end

---@class frame.count.options
---@field by? string|string[] columns whose cells are counted; all rows when not given

--- how many rows there are of each kind.
---@param data Frame
---@param main_or_options? any|frame.count.options
---@param options? frame.count.options
---@return Frame
function frame.count(data, main_or_options, options) end

--- how many rows there are of each kind.
---@param main_or_options? any|frame.count.options
---@param options? frame.count.options
---@return Frame
function Frame:count(main_or_options, options) end

---@class frame.crosstab.options
---@field rows string column whose cells name the rows of the table
---@field columns string column whose cells name its columns
---@field weight? string column to sum instead of counting rows
---@field percent? "none"|"rows"|"columns"|"all" percentages of each row, of each column or of the whole
---@field margins? boolean whether a row and a column called total are added
---@field missing? "show"|"drop" missing cells: a row and a column NA, or left out
---@field order? "appearance"|"sorted"|"levels" order of rows and columns; levels: categories by their levels, others sorted
---@field most? integer how many columns at most

--- how often cells of two columns occur together.
---@param data Frame
---@param main_or_options? any|frame.crosstab.options
---@param options? frame.crosstab.options
---@return Frame
function frame.crosstab(data, main_or_options, options) end

--- how often cells of two columns occur together.
---@param main_or_options? any|frame.crosstab.options
---@param options? frame.crosstab.options
---@return Frame
function Frame:crosstab(main_or_options, options) end

---@class frame.cut.options
---@field column string the numbers
---@field bins? integer how many bins
---@field how? "width"|"quantiles"|"custom" equal widths, equal numbers of rows, or at; width, or custom when at is given
---@field at? any cut points from the lowest to the highest; math.huge for no end
---@field right? boolean whether a number equal to a cut point falls into the bin below it
---@field ties? "error"|"merge"|"order" quantiles that coincide: refuse, merge them, or deal equal numbers by row
---@field labels? string|string[] names of the bins, from the lowest on
---@field into? string name of the new column; the column's with _band after it when not given

--- numbers into bins, as a category with ordered levels.
---@param data Frame
---@param main_or_options? any|frame.cut.options
---@param options? frame.cut.options
---@return Frame
function frame.cut(data, main_or_options, options) end

--- numbers into bins, as a category with ordered levels.
---@param main_or_options? any|frame.cut.options
---@param options? frame.cut.options
---@return Frame
function Frame:cut(main_or_options, options) end

---@class frame.cut_points.options
---@field column string the numbers
---@field bins? integer how many bins
---@field how? "width"|"quantiles"|"custom" equal widths, equal numbers of rows, or at; width, or custom when at is given
---@field at? any cut points from the lowest to the highest; math.huge for no end
---@field right? boolean whether a number equal to a cut point falls into the bin below it
---@field ties? "error"|"merge"|"order" quantiles that coincide: refuse, merge them, or deal equal numbers by row
---@field labels? string|string[] names of the bins, from the lowest on

--- the bins that cut would make.
---@param data Frame
---@param main_or_options? any|frame.cut_points.options
---@param options? frame.cut_points.options
---@return Frame
function frame.cut_points(data, main_or_options, options) end

--- the bins that cut would make.
---@param main_or_options? any|frame.cut_points.options
---@param options? frame.cut_points.options
---@return Frame
function Frame:cut_points(main_or_options, options) end

--- figures for every column.
---@param data Frame
---@return Frame
function frame.describe(data) end

--- figures for every column.
---@return Frame
function Frame:describe() end

---@class frame.design.options
---@field formula string the formula; what stands left of the ~ is not looked at
---@field missing? "error"|"drop" rows with missing cells: an error, or left out

--- the matrix that a formula makes of the rows.
---@param data Frame
---@param main_or_options? any|frame.design.options
---@param options? frame.design.options
---@return Frame
function frame.design(data, main_or_options, options) end

--- the matrix that a formula makes of the rows.
---@param main_or_options? any|frame.design.options
---@param options? frame.design.options
---@return Frame
function Frame:design(main_or_options, options) end

---@class frame.distinct.options
---@field on? string|string[] columns that are compared; all when not given
---@field keep? "first"|"last" which of several equal rows stays

--- one row of each kind.
---@param data Frame
---@param main_or_options? any|frame.distinct.options
---@param options? frame.distinct.options
---@return Frame
function frame.distinct(data, main_or_options, options) end

--- one row of each kind.
---@param main_or_options? any|frame.distinct.options
---@param options? frame.distinct.options
---@return Frame
function Frame:distinct(main_or_options, options) end

---@class frame.drop.options
---@field columns string|string[] column names

--- leaves some columns out.
---@param data Frame
---@param main_or_options? any|frame.drop.options
---@param options? frame.drop.options
---@return Frame
function frame.drop(data, main_or_options, options) end

--- leaves some columns out.
---@param main_or_options? any|frame.drop.options
---@param options? frame.drop.options
---@return Frame
function Frame:drop(main_or_options, options) end

---@class frame.filter.options
---@field condition string|Column|fun(row: table): boolean which rows to keep
---@field by? string|string[] columns whose equal cells make a group for aggregates and windows
---@field order? string|string[] order of a group's rows for windows, first and last
---@field parameters? table<string, any> values for the $names in the condition

--- keeps the rows for which a condition is true.
---@param data Frame
---@param main_or_options? any|frame.filter.options
---@param options? frame.filter.options
---@return Frame
function frame.filter(data, main_or_options, options) end

--- keeps the rows for which a condition is true.
---@param main_or_options? any|frame.filter.options
---@param options? frame.filter.options
---@return Frame
function Frame:filter(main_or_options, options) end

---@class frame.group.options
---@field by? string|string[] columns whose cells make the groups; none: no groups

--- marks the columns whose equal cells make groups.
---@param data Frame
---@param main_or_options? any|frame.group.options
---@param options? frame.group.options
---@return Frame
function frame.group(data, main_or_options, options) end

--- marks the columns whose equal cells make groups.
---@param main_or_options? any|frame.group.options
---@param options? frame.group.options
---@return Frame
function Frame:group(main_or_options, options) end

---@class frame.head.options
---@field n? integer how many

--- the first rows.
---@param data Frame
---@param main_or_options? any|frame.head.options
---@param options? frame.head.options
---@return Frame
function frame.head(data, main_or_options, options) end

--- the first rows.
---@param main_or_options? any|frame.head.options
---@param options? frame.head.options
---@return Frame
function Frame:head(main_or_options, options) end

---@class frame.join.options
---@field other Frame the right frame
---@field on? any names of the keys, or left = "right" where they differ
---@field how? "inner"|"left"|"right"|"full"|"semi"|"anti"|"cross" which rows are kept
---@field expect? "any"|"one-to-one"|"one-to-many"|"many-to-one" how many partners rows may have; others are an error
---@field missing? "never"|"match" whether a missing key matches a missing one
---@field suffix? string added to a name of the right frame that the left one has too
---@field asof? any column of times or numbers to match the nearest, or left = "right"
---@field direction? "backward"|"forward"|"nearest" where the partner of asof is looked for
---@field tolerance? any how far off at most: "7 days" for times, else a number

--- columns of another frame beside those of this one, by keys.
---@param data Frame
---@param main_or_options? any|frame.join.options
---@param options? frame.join.options
---@return Frame
function frame.join(data, main_or_options, options) end

--- columns of another frame beside those of this one, by keys.
---@param main_or_options? any|frame.join.options
---@param options? frame.join.options
---@return Frame
function Frame:join(main_or_options, options) end

---@class frame.long.options
---@field column? string the column of sets; not needed when there is one
---@field as? string name of the new column

--- turns a column of sets into a row per item.
---@param data Frame
---@param main_or_options? any|frame.long.options
---@param options? frame.long.options
---@return Frame
function frame.long(data, main_or_options, options) end

--- turns a column of sets into a row per item.
---@param main_or_options? any|frame.long.options
---@param options? frame.long.options
---@return Frame
function Frame:long(main_or_options, options) end

---@class frame.mutate.options
---@field columns? string|string[] new or changed columns, one after the other
---@field by? string|string[] columns whose equal cells make a group for aggregates and windows
---@field order? string|string[] order of a group's rows for windows, first and last
---@field named? table<string, any> columns by name, or values for the $names in expressions

--- adds columns, or changes them, by expressions.
---@param data Frame
---@param main_or_options? any|frame.mutate.options
---@param options? frame.mutate.options
---@return Frame
function frame.mutate(data, main_or_options, options) end

--- adds columns, or changes them, by expressions.
---@param main_or_options? any|frame.mutate.options
---@param options? frame.mutate.options
---@return Frame
function Frame:mutate(main_or_options, options) end

---@class frame.next_steps.options
---@field name? string the variable's name

--- what could be done next, from what the columns look like.
---@param data Frame
---@param main_or_options? any|frame.next_steps.options
---@param options? frame.next_steps.options
---@return table
function frame.next_steps(data, main_or_options, options) end

--- what could be done next, from what the columns look like.
---@param main_or_options? any|frame.next_steps.options
---@param options? frame.next_steps.options
---@return table
function Frame:next_steps(main_or_options, options) end

---@class frame.onehot.options
---@field column? string the column of sets; not needed when there is one

--- turns a column of sets into a column per item.
---@param data Frame
---@param main_or_options? any|frame.onehot.options
---@param options? frame.onehot.options
---@return Frame
function frame.onehot(data, main_or_options, options) end

--- turns a column of sets into a column per item.
---@param main_or_options? any|frame.onehot.options
---@param options? frame.onehot.options
---@return Frame
function Frame:onehot(main_or_options, options) end

---@class frame.pivot.options
---@field columns string|string[] columns whose cells name the new columns
---@field rows? string|string[] columns that name the rows; all others when not given
---@field values? string|string[] columns that fill the new ones; left out, rows are counted
---@field agg? string aggregate for cells of several rows: "sum", "mean", "count" ...; without it each must have one
---@field fill? any cell where there are no rows; missing when not given, 0 for counts
---@field prefix? string put before the new names
---@field separator? string put between the parts of a new name
---@field order? "appearance"|"sorted"|"levels" order of the new columns; levels: categories by their levels, others sorted
---@field most? integer how many new columns at most

--- long to wide: cells of columns become columns.
---@param data Frame
---@param main_or_options? any|frame.pivot.options
---@param options? frame.pivot.options
---@return Frame
function frame.pivot(data, main_or_options, options) end

--- long to wide: cells of columns become columns.
---@param main_or_options? any|frame.pivot.options
---@param options? frame.pivot.options
---@return Frame
function Frame:pivot(main_or_options, options) end

---@class frame.read.options
---@field path string|string[] files; with * and ? all that match; "-" is standard input
---@field file? string name of a column to add that says which file a row is from
---@field format? string name of the format, when the file's name does not tell
---@field types? string|table<string, string> "string" for all columns, or types by column name
---@field columns? string|string[] names of the columns to read, in this order
---@field rows? integer how many to read at most
---@field delimiter? string character between fields; found out when not given
---@field quote? string character around fields; "" for none
---@field escape? string character before a quote within quotes, beside doubling; "" for none
---@field comment? string lines that begin with it are passed over; "" for none
---@field header? boolean whether the first line names the columns; found out when not given
---@field names? string|string[] names for the columns, instead of those of the header
---@field skip? integer lines above the header to pass over; found out when not given
---@field footer? integer lines at the end to pass over; found out when not given
---@field ragged? "auto"|"fill"|"reject"|"error" what becomes of rows with too few or too many fields
---@field encoding? string encoding of the text, as iconv names it; found out when not given
---@field decimal? "."|"," decimal mark; found out by column when not given
---@field thousands? string mark between thousands; found out by column when not given, "" for none
---@field dates? "auto"|"ymd"|"mdy"|"dmy" order of day, month and year in dates like 03/04/2024
---@field missing? string|string[] texts that stand for missing, instead of the usual ones
---@field sheet? any name or number of a workbook's sheet
---@field range? string cells of a sheet: "B2:F100"
---@field table? string table of a database
---@field sql? string query to a database

--- reads a file, CSV or another kind, into a frame.
---@param main_or_options? any|frame.read.options
---@param options? frame.read.options
---@return Frame
function frame.read(main_or_options, options) end

--- reads a file, CSV or another kind, into a frame.
---@param main_or_options? any|frame.read.options
---@param options? frame.read.options
---@return Frame
function read(main_or_options, options) end

---@class frame.read_baskets.options
---@field path string file name; "-" is standard input
---@field sep? string character between items, " " for blanks; found out when not given
---@field quote? string character around items that hold the separator; "" for none
---@field header? boolean whether the first line is a heading and no basket
---@field encoding? string encoding of the text, as iconv names it; found out when not given

--- reads a file with a basket per line.
---@param main_or_options? any|frame.read_baskets.options
---@param options? frame.read_baskets.options
---@return Frame
function frame.read_baskets(main_or_options, options) end

--- reads a file with a basket per line.
---@param main_or_options? any|frame.read_baskets.options
---@param options? frame.read_baskets.options
---@return Frame
function read_baskets(main_or_options, options) end

--- the rows of the file that could not be read.
---@param data Frame
---@return Frame
function frame.rejects(data) end

--- the rows of the file that could not be read.
---@return Frame
function Frame:rejects() end

---@class frame.relevel.options
---@field column string the category; a string column becomes one
---@field levels? string|string[] levels to stand first, in this order
---@field by? "appearance"|"sorted"|"frequency"|"value" order of the other levels; as it is when not given
---@field value? string by = "value": column whose aggregate orders the levels
---@field agg? string by = "value": the aggregate
---@field falling? boolean whether the order falls; true for frequency when not given, else false
---@field keep? integer how many of the most frequent levels are kept; the rest become other
---@field share? number share of the cells a level must have to be kept
---@field other? string name of the level for the rest; it stands last
---@field unused? "keep"|"drop" levels without cells
---@field into? string name of the new column; the old one is replaced when not given

--- the order of a category's levels, and rare levels put together.
---@param data Frame
---@param main_or_options? any|frame.relevel.options
---@param options? frame.relevel.options
---@return Frame
function frame.relevel(data, main_or_options, options) end

--- the order of a category's levels, and rare levels put together.
---@param main_or_options? any|frame.relevel.options
---@param options? frame.relevel.options
---@return Frame
function Frame:relevel(main_or_options, options) end

---@class frame.rename.options
---@field names? table<string, any> new names with the old ones: {new = "old"}

--- gives columns other names.
---@param data Frame
---@param main_or_options? any|frame.rename.options
---@param options? frame.rename.options
---@return Frame
function frame.rename(data, main_or_options, options) end

--- gives columns other names.
---@param main_or_options? any|frame.rename.options
---@param options? frame.rename.options
---@return Frame
function Frame:rename(main_or_options, options) end

--- what reading the file decided.
---@param data Frame
---@return string
function frame.report(data) end

--- what reading the file decided.
---@return string
function Frame:report() end

---@class frame.resample.options
---@field time string column of times
---@field every string length of a period: "month", "week", "7 days", "15 minutes"
---@field agg? string|string[] expressions with aggregates, "n = count()"; the number of rows when not given
---@field by? string|string[] columns whose groups each have a sequence of their own
---@field complete? "none"|"group"|"all" periods that do not occur: left out, filled within each group, or within all

--- aggregates by period of time, in a regular sequence.
---@param data Frame
---@param main_or_options? any|frame.resample.options
---@param options? frame.resample.options
---@return Frame
function frame.resample(data, main_or_options, options) end

--- aggregates by period of time, in a regular sequence.
---@param main_or_options? any|frame.resample.options
---@param options? frame.resample.options
---@return Frame
function Frame:resample(main_or_options, options) end

---@class frame.row.options
---@field index integer row number, from 1

--- one row as a table.
---@param data Frame
---@param main_or_options? any|frame.row.options
---@param options? frame.row.options
---@return table
function frame.row(data, main_or_options, options) end

--- one row as a table.
---@param main_or_options? any|frame.row.options
---@param options? frame.row.options
---@return table
function Frame:row(main_or_options, options) end

--- goes through the rows in a for loop.
---@param data Frame
---@return table
function frame.rows(data) end

--- goes through the rows in a for loop.
---@return table
function Frame:rows() end

---@class frame.sample.options
---@field n? integer how many rows; of each group in a grouped frame
---@field share? number in place of n: the share of rows, rounded to whole rows in each group
---@field replace? boolean whether a row may be drawn more than once
---@field order? "rows"|"drawn" whether rows stand as they stood, or as they were drawn
---@field seed? integer seed of the random choices

--- some rows at random.
---@param data Frame
---@param main_or_options? any|frame.sample.options
---@param options? frame.sample.options
---@return Frame
function frame.sample(data, main_or_options, options) end

--- some rows at random.
---@param main_or_options? any|frame.sample.options
---@param options? frame.sample.options
---@return Frame
function Frame:sample(main_or_options, options) end

--- names and types of the columns.
---@param data Frame
---@return Frame
function frame.schema(data) end

--- names and types of the columns.
---@return Frame
function Frame:schema() end

---@class frame.select.options
---@field columns string|string[] column names

--- keeps some columns, in the order given.
---@param data Frame
---@param main_or_options? any|frame.select.options
---@param options? frame.select.options
---@return Frame
function frame.select(data, main_or_options, options) end

--- keeps some columns, in the order given.
---@param main_or_options? any|frame.select.options
---@param options? frame.select.options
---@return Frame
function Frame:select(main_or_options, options) end

---@class frame.sort.options
---@field by string|string[] columns; "-x" for falling
---@field missing? "last"|"first" where missing cells stand, whether the order rises or falls

--- puts the rows in the order of some columns.
---@param data Frame
---@param main_or_options? any|frame.sort.options
---@param options? frame.sort.options
---@return Frame
function frame.sort(data, main_or_options, options) end

--- puts the rows in the order of some columns.
---@param main_or_options? any|frame.sort.options
---@param options? frame.sort.options
---@return Frame
function Frame:sort(main_or_options, options) end

---@class frame.split.options
---@field share? number share of the rows that the first frame gets
---@field by? string|string[] columns whose groups are each split by that share
---@field seed? integer seed of the random choice

--- two frames: rows chosen at random, and the rest.
---@param data Frame
---@param main_or_options? any|frame.split.options
---@param options? frame.split.options
---@return table
function frame.split(data, main_or_options, options) end

--- two frames: rows chosen at random, and the rest.
---@param main_or_options? any|frame.split.options
---@param options? frame.split.options
---@return table
function Frame:split(main_or_options, options) end

---@class frame.tail.options
---@field n? integer how many

--- the last rows.
---@param data Frame
---@param main_or_options? any|frame.tail.options
---@param options? frame.tail.options
---@return Frame
function frame.tail(data, main_or_options, options) end

--- the last rows.
---@param main_or_options? any|frame.tail.options
---@param options? frame.tail.options
---@return Frame
function Frame:tail(main_or_options, options) end

---@class frame.text.options
---@field format? string csv, tsv, json, jsonl, markdown or html; any format that is text

--- the frame as a text, as write puts it into a file.
---@param data Frame
---@param main_or_options? any|frame.text.options
---@param options? frame.text.options
---@return string
function frame.text(data, main_or_options, options) end

--- the frame as a text, as write puts it into a file.
---@param main_or_options? any|frame.text.options
---@param options? frame.text.options
---@return string
function Frame:text(main_or_options, options) end

---@class frame.top.options
---@field n integer how many of each group
---@field order string|string[] columns the rows are ordered by; "-x" for the largest first
---@field ties? "first"|"all" of rows equal to the n-th: those that stand first, or all
---@field missing? "last"|"first" where missing cells stand

--- the first rows of an order, of each group.
---@param data Frame
---@param main_or_options? any|frame.top.options
---@param options? frame.top.options
---@return Frame
function frame.top(data, main_or_options, options) end

--- the first rows of an order, of each group.
---@param main_or_options? any|frame.top.options
---@param options? frame.top.options
---@return Frame
function Frame:top(main_or_options, options) end

---@class frame.unpivot.options
---@field columns? string|string[] columns to put one below the other
---@field ids? string|string[] columns to leave as they are: all others are put one below the other
---@field names_to? string name of the column with the columns' names
---@field values_to? string name of the column with their cells
---@field drop_missing? boolean whether missing cells are left out

--- wide to long: columns become rows.
---@param data Frame
---@param main_or_options? any|frame.unpivot.options
---@param options? frame.unpivot.options
---@return Frame
function frame.unpivot(data, main_or_options, options) end

--- wide to long: columns become rows.
---@param main_or_options? any|frame.unpivot.options
---@param options? frame.unpivot.options
---@return Frame
function Frame:unpivot(main_or_options, options) end

---@class frame.write.options
---@field path string file name; the file is replaced as a whole
---@field format? string name of the format, when the file's name does not tell
---@field table? string table of a database
---@field append? boolean whether to add to a table that is there

--- writes the frame to a file.
---@param data Frame
---@param main_or_options? any|frame.write.options
---@param options? frame.write.options
---@return nil
function frame.write(data, main_or_options, options) end

--- writes the frame to a file.
---@param main_or_options? any|frame.write.options
---@param options? frame.write.options
---@return nil
function Frame:write(main_or_options, options) end

help = {}

---@class help.demo.options
---@field name? string which one

--- demonstrations and lessons; without a name: which there are.
---@param main_or_options? any|help.demo.options
---@param options? help.demo.options
---@return table
function help.demo(main_or_options, options) end

--- demonstrations and lessons; without a name: which there are.
---@param main_or_options? any|help.demo.options
---@param options? help.demo.options
---@return table
function demo(main_or_options, options) end

---@class help.example.options
---@field name string what ?name shows: a function or method

--- runs the example of a help page.
---@param main_or_options? any|help.example.options
---@param options? help.example.options
---@return table
function help.example(main_or_options, options) end

---@class help.step.options
---@field verb string the method's name, such as "kmeans"
---@field x? string what the chart shows to the right, if you choose
---@field y? string what it shows upwards
---@field options? table<string, any> options of the method

--- runs a method that iterates and keeps its steps, to be looked at one by one.
---@param data Frame
---@param main_or_options? any|help.step.options
---@param options? help.step.options
---@return table
function help.step(data, main_or_options, options) end

--- runs a method that iterates and keeps its steps, to be looked at one by one.
---@param data Frame
---@param main_or_options? any|help.step.options
---@param options? help.step.options
---@return table
function step(data, main_or_options, options) end

--- runs a method that iterates and keeps its steps, to be looked at one by one.
---@param main_or_options? any|help.step.options
---@param options? help.step.options
---@return table
function Frame:step(main_or_options, options) end

judge = {}

--- whether scores are the chances they claim to be.
---@param data Model
---@return Frame
function judge.calibration(data) end

--- whether scores are the chances they claim to be.
---@return Frame
function Model:calibration() end

---@class judge.confusion.options
---@field threshold number rows with this score or more are called positive

--- who is called what at a threshold, and the figures of that.
---@param data Model
---@param main_or_options? any|judge.confusion.options
---@param options? judge.confusion.options
---@return Frame
function judge.confusion(data, main_or_options, options) end

--- who is called what at a threshold, and the figures of that.
---@param main_or_options? any|judge.confusion.options
---@param options? judge.confusion.options
---@return Frame
function Model:confusion(main_or_options, options) end

--- shares of positives among the rows of highest score, part by part.
---@param data Model
---@return Frame
function judge.lift(data) end

--- shares of positives among the rows of highest score, part by part.
---@return Frame
function Model:lift() end

---@class judge.roc.options
---@field score string column with the scores: the higher, the likelier positive
---@field truth string column with what happened: booleans, or two different values
---@field positive? string the value of truth that is positive; default: true, or the greater of the two
---@field bins? integer parts of the lift table, and bins of the calibration
---@field benefit? number what each positive that is called positive brings
---@field cost? number what each row that is called positive costs, such as a letter
---@field level? number level of the interval of the area
---@field missing? "error"|"drop" rows with missing values: refuse or leave out

--- how well scores tell two classes apart: ROC, lift, calibration, profit.
---@param data Frame
---@param main_or_options? any|judge.roc.options
---@param options? judge.roc.options
---@return Model
function judge.roc(data, main_or_options, options) end

--- how well scores tell two classes apart: ROC, lift, calibration, profit.
---@param main_or_options? any|judge.roc.options
---@param options? judge.roc.options
---@return Model
function Frame:roc(main_or_options, options) end

model = {}

---@class model.augment.options
---@field data Frame rows with the columns the model was fitted on
---@field options? table<string, any> what models of this kind take beside the data: the page of their fit lists it

--- the data with the model's columns added.
---@param data Model
---@param main_or_options? any|model.augment.options
---@param options? model.augment.options
---@return Frame
function model.augment(data, main_or_options, options) end

--- the data with the model's columns added.
---@param main_or_options? any|model.augment.options
---@param options? model.augment.options
---@return Frame
function Model:augment(main_or_options, options) end

---@class model.continue.options
---@field data? Frame the frame it was fitted to; needed after model.load

--- goes on with a fit that was stopped.
---@param data Model
---@param main_or_options? any|model.continue.options
---@param options? model.continue.options
---@return Model
function model.continue(data, main_or_options, options) end

--- goes on with a fit that was stopped.
---@param main_or_options? any|model.continue.options
---@param options? model.continue.options
---@return Model
function Model:continue(main_or_options, options) end

--- the model's figures as a frame of one row.
---@param data Model
---@return Frame
function model.glance(data) end

--- the model's figures as a frame of one row.
---@return Frame
function Model:glance() end

---@class model.load.options
---@field path string file name, by custom ending in .assay

--- reads a model from a file.
---@param main_or_options? any|model.load.options
---@param options? model.load.options
---@return Model
function model.load(main_or_options, options) end

--- the options the model was fitted with, defaults included.
---@param data Model
---@return table
function model.options(data) end

--- the options the model was fitted with, defaults included.
---@return table
function Model:options() end

---@class model.plot.options
---@field kind? string which of the model's charts; not given: its first, a wrong one lists them
---@field data? Frame the rows to show; needed after model.load where the chart shows rows
---@field x? string column of the horizontal axis, where the chart shows rows
---@field y? string column of the vertical axis, where the chart shows rows
---@field title? string title, in the place of the chart's own

--- a chart of the model.
---@param data Model
---@param main_or_options? any|model.plot.options
---@param options? model.plot.options
---@return Chart
function model.plot(data, main_or_options, options) end

--- a chart of the model.
---@param main_or_options? any|model.plot.options
---@param options? model.plot.options
---@return Chart
function Model:plot(main_or_options, options) end

---@class model.predict.options
---@field data Frame rows with the columns the model was fitted on
---@field options? table<string, any> what models of this kind take beside the data: the page of their fit lists it

--- what the model says of new rows.
---@param data Model
---@param main_or_options? any|model.predict.options
---@param options? model.predict.options
---@return Frame
function model.predict(data, main_or_options, options) end

--- what the model says of new rows.
---@param main_or_options? any|model.predict.options
---@param options? model.predict.options
---@return Frame
function Model:predict(main_or_options, options) end

---@class model.save.options
---@field path string file name, by custom ending in .assay

--- writes the model to a file.
---@param data Model
---@param main_or_options? any|model.save.options
---@param options? model.save.options
---@return nil
function model.save(data, main_or_options, options) end

--- writes the model to a file.
---@param main_or_options? any|model.save.options
---@param options? model.save.options
---@return nil
function Model:save(main_or_options, options) end

--- the model's parts as a frame, a row per component.
---@param data Model
---@return Frame
function model.tidy(data) end

--- the model's parts as a frame, a row per component.
---@return Frame
function Model:tidy() end

---@class model.why.options
---@field figure string a column of glance, such as "inertia"

--- explains one figure of the model.
---@param data Model
---@param main_or_options? any|model.why.options
---@param options? model.why.options
---@return string
function model.why(data, main_or_options, options) end

--- explains one figure of the model.
---@param main_or_options? any|model.why.options
---@param options? model.why.options
---@return string
function Model:why(main_or_options, options) end

plot = {}

---@class plot.bar.options
---@field x string column or expression of the categories
---@field y? string length of a bar: an aggregate such as "mean(spend)", or a column that has one row for each category
---@field color? string column or expression whose values are a series each, side by side
---@field stacked? boolean whether the series stand on one another
---@field sort? "value"|"label"|"data" largest first, by name, or in the data's order; not given: texts by value, all else by name
---@field top? integer so many categories with the largest values are kept, the rest are one bar; 0 keeps all
---@field title? string title above the chart
---@field xlabel? string name of the horizontal axis, in the place of x
---@field ylabel? string name of the vertical axis, in the place of y
---@field ylim? any limits of the vertical axis {low, high}, times as texts; NA for an open end
---@field log? "y" a logarithmic scale; what is not above 0 is left out and counted

--- a bar for each category: rows counted, or any aggregate.
---@param data Frame
---@param main_or_options? any|plot.bar.options
---@param options? plot.bar.options
---@return Chart
function plot.bar(data, main_or_options, options) end

---@class plot.box.options
---@field x? string column or expression of the categories; not given: one box
---@field y string column or expression: numbers
---@field whiskers? number longest whisker in lengths of the box; what lies beyond is an outlier; 0: no outliers
---@field sort? "value"|"label"|"data" by name, in the data's order, or by the median, largest first
---@field title? string title above the chart
---@field xlabel? string name of the horizontal axis, in the place of x
---@field ylabel? string name of the vertical axis, in the place of y
---@field ylim? any limits of the vertical axis {low, high}, times as texts; NA for an open end
---@field log? "y" a logarithmic scale; what is not above 0 is left out and counted

--- a box of quartiles for each category, with whiskers and outliers.
---@param data Frame
---@param main_or_options? any|plot.box.options
---@param options? plot.box.options
---@return Chart
function plot.box(data, main_or_options, options) end

---@class plot.hist.options
---@field x string column or expression: numbers or times
---@field bins? any a number of bins, or a rule for about how many: "fd" (Freedman-Diaconis), "sturges" or "scott"
---@field width? any width of a bin, in the place of bins: a number, for times a text like "7 days"
---@field color? string column or expression whose values are a series each
---@field y? "count"|"share"|"density" height of a bar: rows, their share of the series, or the share by unit of x so that areas add up to 1
---@field stacked? boolean whether series of counts stand on one another; others stand side by side
---@field title? string title above the chart
---@field xlabel? string name of the horizontal axis, in the place of x
---@field ylabel? string name of the vertical axis, in the place of y
---@field xlim? any limits of the horizontal axis {low, high}, times as texts; NA for an open end
---@field ylim? any limits of the vertical axis {low, high}, times as texts; NA for an open end
---@field log? "x"|"y"|"xy" axes with a logarithmic scale; what is not above 0 is left out and counted

--- how often numbers or times occur, by bins of equal width.
---@param data Frame
---@param main_or_options? any|plot.hist.options
---@param options? plot.hist.options
---@return Chart
function plot.hist(data, main_or_options, options) end

---@class plot.line.options
---@field x string column or expression of the horizontal axis: numbers or times; rows are sorted by it
---@field y string|string[] columns or expressions, a line each; an aggregate gives a point for each value of x
---@field color? string column or expression whose values are a line each
---@field title? string title above the chart
---@field xlabel? string name of the horizontal axis, in the place of x
---@field ylabel? string name of the vertical axis, in the place of y
---@field xlim? any limits of the horizontal axis {low, high}, times as texts; NA for an open end
---@field ylim? any limits of the vertical axis {low, high}, times as texts; NA for an open end
---@field log? "x"|"y"|"xy" axes with a logarithmic scale; what is not above 0 is left out and counted

--- lines along an axis of numbers or times.
---@param data Frame
---@param main_or_options? any|plot.line.options
---@param options? plot.line.options
---@return Chart
function plot.line(data, main_or_options, options) end

---@class plot.scatter.options
---@field x string column or expression of the horizontal axis: numbers or times
---@field y string column or expression of the vertical axis
---@field color? string column or expression: texts, booleans and labels of clusters are classes, all else a shade; text(x) for classes
---@field label? string column with a text for each point
---@field trend? "none"|"linear" a line of least squares through all points drawn, formula and R2 in a note; on log axes of the logarithms
---@field title? string title above the chart
---@field xlabel? string name of the horizontal axis, in the place of x
---@field ylabel? string name of the vertical axis, in the place of y
---@field xlim? any limits of the horizontal axis {low, high}, times as texts; NA for an open end
---@field ylim? any limits of the vertical axis {low, high}, times as texts; NA for an open end
---@field log? "x"|"y"|"xy" axes with a logarithmic scale; what is not above 0 is left out and counted

--- points on two axes.
---@param data Frame
---@param main_or_options? any|plot.scatter.options
---@param options? plot.scatter.options
---@return Chart
function plot.scatter(data, main_or_options, options) end

plugin = {}

--- the plugins there are.
---@return Frame
function plugin.list() end

---@class plugin.load.options
---@field name string name of the plugin, as plugin.list() shows it

--- loads a plugin.
---@param main_or_options? any|plugin.load.options
---@param options? plugin.load.options
---@return nil
function plugin.load(main_or_options, options) end

reduce = {}

--- the weights of the variables in principal components.
---@param data Model
---@return Frame
function reduce.loadings(data) end

--- the weights of the variables in principal components.
---@return Frame
function Model:loadings() end

---@class reduce.pca.options
---@field k? integer components to keep; 0: all, or as many as share asks for
---@field share? number keep as many components as have this share of the variance; 0: by k
---@field on? string|string[] variables; default: every numeric column but labels
---@field scale? "none"|"zscore"|"range"|"robust" how variables are scaled first: zscore by the standard deviation, range to 0..1, robust by the quartile distance
---@field missing? "error"|"drop" rows with missing values: refuse or leave out

--- principal components: the directions in which rows vary most.
---@param data Frame
---@param main_or_options? any|reduce.pca.options
---@param options? reduce.pca.options
---@return Model
function reduce.pca(data, main_or_options, options) end

--- principal components: the directions in which rows vary most.
---@param main_or_options? any|reduce.pca.options
---@param options? reduce.pca.options
---@return Model
function Frame:pca(main_or_options, options) end

regress = {}

--- variances and covariances of the coefficients.
---@param data Model
---@return Frame
function regress.covariance(data) end

--- variances and covariances of the coefficients.
---@return Frame
function Model:covariance() end

---@class regress.ols.options
---@field formula string what is explained by what: "spend ~ visits + factor(region)"
---@field weights? string column with the weight of each row, 0 or more
---@field missing? "error"|"drop" rows with missing cells: an error, or left out
---@field level? number of the confidence intervals

--- linear regression by least squares, with standard errors and tests.
---@param data Frame
---@param main_or_options? any|regress.ols.options
---@param options? regress.ols.options
---@return Model
function regress.ols(data, main_or_options, options) end

--- linear regression by least squares, with standard errors and tests.
---@param main_or_options? any|regress.ols.options
---@param options? regress.ols.options
---@return Model
function Frame:ols(main_or_options, options) end

--- least, quartiles and greatest of the residuals.
---@param data Model
---@return Frame
function regress.residuals(data) end

--- least, quartiles and greatest of the residuals.
---@return Frame
function Model:residuals() end

rules = {}

---@class rules.itemsets.options
---@field support? any least share of the baskets, 0.1 when not given; a whole number is a count
---@field on? string column of sets with the baskets; the only one when not given
---@field min_length? integer least items of a set
---@field max_length? integer most items of a set
---@field missing? "error"|"drop" what becomes of rows whose basket is missing

--- frequent itemsets: the sets of items that occur together in many baskets.
---@param data Frame
---@param main_or_options? any|rules.itemsets.options
---@param options? rules.itemsets.options
---@return Model
function rules.itemsets(data, main_or_options, options) end

--- frequent itemsets: the sets of items that occur together in many baskets.
---@param main_or_options? any|rules.itemsets.options
---@param options? rules.itemsets.options
---@return Model
function Frame:itemsets(main_or_options, options) end

---@class rules.rules.options
---@field support? any least share of the baskets, 0.1 when not given; a whole number is a count
---@field confidence? number least share of the baskets with the left side that have the right side too
---@field lift? number least lift
---@field on? string column of sets with the baskets; the only one when not given
---@field min_length? integer least items of both sides; 1 brings rules with an empty left side
---@field max_length? integer most items of both sides
---@field max_lhs? integer most items of the left side
---@field max_rhs? integer most items of the right side
---@field maximum_rules? integer keep so many, the most confident ones
---@field missing? "error"|"drop" what becomes of rows whose basket is missing

--- association rules: which items bring which others.
---@param data Frame
---@param main_or_options? any|rules.rules.options
---@param options? rules.rules.options
---@return Model
function rules.rules(data, main_or_options, options) end

--- association rules: which items bring which others.
---@param main_or_options? any|rules.rules.options
---@param options? rules.rules.options
---@return Model
function Frame:rules(main_or_options, options) end

