# Times R survey: Rscript bench.R data.bin rows names task ...
# data.bin holds the columns one after the other, as doubles: read.csv would take
# longer than all tasks. Prints a line of name, elapsed and processor seconds for
# each task. The design is built once; its time counts in that of the means.
suppressMessages(library(survey))
args <- commandArgs(TRUE)
rows <- as.integer(args[2])
names <- strsplit(args[3], ",")[[1]]
tasks <- args[-(1:3)]
con <- file(args[1], "rb")
d <- list()
for (n in names) {
  x <- readBin(con, "double", rows)
  x[is.nan(x)] <- NA # svychisq takes NaN for a level
  d[[n]] <- x
}
close(con)
d <- as.data.frame(d)
clock <- function(e) {
  t <- system.time(e)
  c(t[["elapsed"]], t[["user.self"]] + t[["sys.self"]])
}
built <- clock(des <- if ("psu" %in% names) svydesign(~psu, weights = ~w, data = d) else svydesign(~1, strata = ~h, weights = ~w, data = d))
time <- function(name, e, before = c(0, 0)) {
  if (!(name %in% tasks)) return(invisible())
  message("R: ", name)
  t <- clock(e) + before
  cat(gsub(" ", "_", name), t, "\n")
}
means <- function(des, ...)
  svyby(as.formula(paste("~", paste0("y", 0:19, collapse = "+"))), ~d, des, svymean, na.rm = TRUE, ...)
time("means", means(des), built)
time("median", svyquantile(~x0, des, 0.5))
time("raoscott", svychisq(~d + y0, des))
time("logistic", svyglm(y4 ~ x0 + x1 + x2 + x3 + x4 + x5 + x6, des, family = quasibinomial()))
time("mean", svymean(~y0, des), built)
time("8 means", svymean(~y0+y1+y2+y3+y4+y5+y6+y7, des), built)
time("mean by group", svyby(~y0, ~g, des, svymean), built)
time("bootstrap", means(as.svrepdesign(des, type = "subbootstrap", replicates = 200, compress = TRUE)))
