# Reads a file as haven does and writes everything it holds as JSON: of each
# variable its label, its value labels, how it is measured, the range of its
# user-missing values, and every cell. A missing value with a reason is written
# as its letter in .dta, as its number in .sav.
suppressMessages({library(haven); library(jsonlite)})
path <- commandArgs(TRUE)[1]
stata <- grepl("[.]dta$", path)
d <- if (stata) read_dta(path) else read_sav(path, user_na = TRUE)

shown <- function(x) {
  if (is.character(x)) return(unclass(as.vector(x)))
  x <- unclass(x)
  attributes(x) <- NULL
  out <- ifelse(is.na(x), ".", formatC(x, digits = 17, format = "g", width = 1))
  if (stata) {
    tag <- na_tag(x)
    out[!is.na(tag)] <- paste0(".", tag[!is.na(tag)])
  }
  out
}
variable <- function(name) {
  x <- d[[name]]
  labels <- attr(x, "labels", exact = TRUE)
  list(name = name, label = as.character(attr(x, "label", exact = TRUE)),
       numbers = as.list(if (is.null(labels)) character() else shown(labels)),
       words = as.list(as.character(names(labels))),
       range = as.numeric(attr(x, "na_range", exact = TRUE)),
       measure = as.character(attr(x, "measure", exact = TRUE)),
       cells = as.list(shown(x)))
}
cat(toJSON(list(title = as.character(attr(d, "label", exact = TRUE)), notes = as.list(as.character(attr(d, "notes", exact = TRUE))),
  variables = lapply(names(d), variable)), auto_unbox = TRUE, digits = NA))
