# Combines estimates of completed data sets with package mitools.
suppressMessages(library(mitools))
set.seed(1)
cases <- lapply(c(2, 3, 5, 10, 40), function(m) {
  q <- rnorm(m, 10, 1 / m)
  u <- runif(m, 0.5, 1.5)
  r <- MIcombine(as.list(q), as.list(u))
  list(values = q, variances = u, value = as.numeric(r$coefficients), variance = as.numeric(r$variance),
    df = as.numeric(r$df), missing = as.numeric(r$missinfo))
})
cat(jsonlite::toJSON(cases, digits = NA, auto_unbox = TRUE))
