# Times R survey: Rscript bench.R data.csv task ...
# Prints a line of name, elapsed and processor seconds for each task.
suppressMessages(library(survey))
args <- commandArgs(TRUE)
d <- read.csv(args[1])
tasks <- args[-1]
time <- function(name, e) {
  t <- system.time(e)
  cat(name, t[["elapsed"]], t[["user.self"]] + t[["sys.self"]], "\n")
}
means <- function(des, ...)
  svyby(as.formula(paste("~", paste0("y", 0:19, collapse = "+"))), ~d, des, svymean, na.rm = TRUE, ...)
if ("means" %in% tasks)
  time("means", means(svydesign(~1, strata = ~h, weights = ~w, data = d)))
des <- svydesign(~1, strata = ~h, weights = ~w, data = d)
if ("median" %in% tasks) time("median", svyquantile(~x0, des, 0.5))
if ("raoscott" %in% tasks) time("raoscott", svychisq(~d + y0, des))
if ("logistic" %in% tasks)
  time("logistic", svyglm(y4 ~ x0 + x1 + x2 + x3 + x4 + x5 + x6, des, family = quasibinomial()))
if ("bootstrap" %in% tasks)
  time("bootstrap", means(as.svrepdesign(des, type = "subbootstrap", replicates = 200, compress = TRUE)))
