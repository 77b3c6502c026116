# Times R survey: Rscript bench.R data.bin rows subsector=15 ... d ...
# data.bin holds the columns one after the other, as doubles; of a category with
# that many levels the positions of its levels. Prints a line of name, elapsed
# and processor seconds for each method. The design is built once, untimed, with
# the linearly independent columns that all calibrations share.
suppressMessages(library(survey))
args <- commandArgs(TRUE)
rows <- as.integer(args[2])
con <- file(args[1], "rb")
d <- list()
for (column in strsplit(args[-(1:2)], "=")) {
  x <- readBin(con, "double", rows)
  if (length(column) > 1) x <- factor(as.integer(x), levels = seq_len(as.integer(column[2])) - 1L)
  d[[column[1]]] <- x
}
close(con)
d <- as.data.frame(d)
w <- d$d * (1 + 0.04 * (as.integer(d$size) - 1) - 0.03 * (as.integer(d$region) - 1) + 0.02 * ((seq_len(rows) - 1) %% 7 - 3))
m <- model.matrix(~ 0 + subsector + region + size + region:sector + employees:sector + budget + sites, d)
q <- qr(crossprod(m * sqrt(d$d)) / rows, tol = 1e-9)
x <- m[, sort(q$pivot[seq_len(q$rank)])]
colnames(x) <- paste0("v", seq_len(ncol(x)))
f <- as.formula(paste("~ 0 +", paste(colnames(x), collapse = "+")))
totals <- colSums(x * w)
margins <- lapply(c("subsector", "region", "size"), function(v) {
  t <- tapply(w, d[[v]], sum)
  setNames(data.frame(names(t), as.numeric(t)), c(v, "Freq"))
})
des <- svydesign(ids = ~1, weights = ~d, data = cbind(d, as.data.frame(x)))
rm(m, x, d, w)
invisible(gc())
time <- function(name, e) {
  message("R: ", name)
  t <- system.time(e)
  cat(name, t[["elapsed"]], t[["user.self"]] + t[["sys.self"]], "\n")
}
time("rake", rake(des, list(~subsector, ~region, ~size), margins,
  control = list(maxit = 50, epsilon = 1e-7, verbose = FALSE)))
time("linear", calibrate(des, f, totals))
time("raking", calibrate(des, f, totals, calfun = "raking"))
time("logit", calibrate(des, f, totals, calfun = "logit", bounds = c(0.5, 2)))
time("bounded", calibrate(des, f, totals, calfun = "linear", bounds = c(0.5, 2)))
