---@meta
-- Generated from the descriptors by `assay reference`; do not edit.

---@class Frame
---@class Column
---@class Model
Frame, Column, Model = {}, {}, {}

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

---@class cluster.kmeans.options
---@field k integer number of clusters
---@field on? string|string[] variables; default: every numeric column but labels
---@field scale? "none"|"zscore"|"range"|"robust" how variables are scaled first: zscore by the standard deviation, range to 0..1, robust by the quartile distance
---@field starts? integer how often to start from new centres; the best result is kept
---@field max_iter? integer most iterations of a start
---@field tol? number stop when an iteration lowers the inertia by less than this share; 0: until labels stay
---@field init? string|Frame starting centres: kmeans++ spreads them, random takes k rows; or a frame with a row per centre
---@field refine? "auto"|"none"|"swap" after the starts: swap moves single centres, then rows, while that helps; auto: swap from k = 10
---@field weights? string column with the weight of each row, 0 or more
---@field seed? integer seed of the random choices
---@field missing? "error"|"drop" rows with missing values: refuse or leave out
---@field silhouette? boolean also compute the mean silhouette width (time grows with the square of the rows)

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

---@class cluster.profile.options
---@field data Frame the rows to profile; also with columns that were not fitted on
---@field top? integer variables shown per segment, 0 for all

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

column = {}

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

frame = {}

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

--- figures for every column.
---@param data Frame
---@return Frame
function frame.describe(data) end

--- figures for every column.
---@return Frame
function Frame:describe() end

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

---@class frame.read.options
---@field path string file name; "-" is standard input
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
---@field sheet? string sheet of a workbook
---@field range? string cells of a sheet: "B2:F100"
---@field table? string table of a database
---@field sql? string query to a database

--- reads a file into a frame.
---@param main_or_options? any|frame.read.options
---@param options? frame.read.options
---@return Frame
function frame.read(main_or_options, options) end

--- reads a file into a frame.
---@param main_or_options? any|frame.read.options
---@param options? frame.read.options
---@return Frame
function read(main_or_options, options) end

--- what reading the file decided.
---@param data Frame
---@return string
function frame.report(data) end

--- what reading the file decided.
---@return string
function Frame:report() end

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

--- names and types of the columns.
---@param data Frame
---@return Frame
function frame.schema(data) end

--- names and types of the columns.
---@return Frame
function Frame:schema() end

---@class frame.select.options
---@field columns string|string[] names, in the order wanted

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

model = {}

---@class model.augment.options
---@field data Frame rows with the columns the model was fitted on

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

---@class model.predict.options
---@field data Frame rows with the columns the model was fitted on

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

view = {}

---@class view.bars.options
---@field label string column of the names
---@field value string column of the lengths

--- a bar chart as text, a bar for each row.
---@param data Frame
---@param main_or_options? any|view.bars.options
---@param options? view.bars.options
---@return table
function view.bars(data, main_or_options, options) end

---@class view.scatter.options
---@field x string column of the horizontal axis
---@field y string column of the vertical axis
---@field color? string column that groups the points

--- a scatter chart as text.
---@param data Frame
---@param main_or_options? any|view.scatter.options
---@param options? view.scatter.options
---@return table
function view.scatter(data, main_or_options, options) end

